// The tables of docs/behaviour/filter_policies.md, asked of the compiled policies; the ring of conformance
// asks them of the API.
#include "tests/policies/filter_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "base/base64.h"
#include "broker/filter_fields.h"
#include "broker/filter_policy.h"

namespace penstock {
namespace {

FilterTable table_of_the_page() {
  std::ifstream file(PENSTOCK_SOURCE_DIR "/docs/behaviour/filter_policies.md", std::ios::binary);
  const Result<FilterTable> table = read_filter_table(std::string(std::istreambuf_iterator<char>(file), {}));
  EXPECT_TRUE(table) << table.error().text;
  return table.value_or(FilterTable{});
}

FilterScope scope(bool on_body) {
  return on_body ? FilterScope::kMessageBody : FilterScope::kMessageAttributes;
}

bool wants(const FilterPolicy& policy, const FilterTable::Message& message) {
  if (message.on_body) {
    const std::optional<FilterFields> fields = FilterFields::of_body(message.body);
    return fields && policy.matches(*fields);
  }
  std::vector<MessageAttribute> attributes;
  for (const FilterTable::Attribute& one : message.attributes) {
    const bool binary = one.type.starts_with("Binary");
    attributes.push_back({one.name, one.type, binary ? base64_decode(one.value).value() : one.value});
  }
  return policy.matches(FilterFields::of_attributes(attributes));
}

TEST(FilterTable, EachMessageIsWantedAsItsRowSays) {
  const FilterTable table = table_of_the_page();
  std::size_t wanted = 0;
  std::set<int> rows;
  for (const FilterTable::Message& message : table.messages) {
    const auto policy = FilterPolicy::parse(message.policy, scope(message.on_body));
    ASSERT_TRUE(policy) << "row " << message.row << ": " << policy.error().detail;
    EXPECT_EQ(wants(**policy, message), message.wanted) << "row " << message.row;
    EXPECT_TRUE(rows.insert(message.row).second) << "row " << message.row << " is there twice";
    wanted += message.wanted ? 1 : 0;
  }
  std::cout << table.messages.size() << " messages and " << table.refused.size()
            << " refused policies by their rows\n";
  // Where one answer is rare the other one could be all that a policy ever says.
  EXPECT_GT(wanted, table.messages.size() / 3);
  EXPECT_LT(wanted, table.messages.size() * 2 / 3);
}

TEST(FilterTable, EachPolicyThatIsWrongIsRefusedInTheWordsOfItsRow) {
  for (const FilterTable::Refused& refused : table_of_the_page().refused) {
    const auto policy = FilterPolicy::parse(refused.policy, scope(refused.on_body));
    EXPECT_EQ(policy ? "nothing" : policy.error().detail, refused.text) << refused.policy;
  }
}

TEST(FilterTable, ARowThatCannotBeUnderstoodIsNamedByItsLine) {
  const std::string head =
      "| row | scope | policy | attributes | body | wanted | evidence |\n|---|---|---|---|---|---|---|\n";
  const Result<FilterTable> good = read_filter_table(
      "# Title\n\n" + head +
      "| 7 | MessageBody | `{\"a\":[\"x\\|y\"]}` | `k=String:v` `n=Number:1` | `{}` | no | D |\n");
  ASSERT_TRUE(good) << good.error().text;
  const FilterTable::Message& message = good->messages.at(0);
  EXPECT_EQ(message.line, 5);
  EXPECT_EQ(message.policy, R"({"a":["x|y"]})");
  EXPECT_EQ(message.attributes.at(1).name, "n");
  EXPECT_EQ(message.attributes.at(1).value, "1");
  for (const char* row :
       {"| x | MessageBody | `{}` | | `{}` | no | D |", "| 7 | Message | `{}` | | `{}` | no | D |",
        "| 7 | MessageBody | {} | | `{}` | no | D |", "| 7 | MessageBody | `{}` | | | no | D |",
        "| 7 | MessageBody | `{}` | `k` | `{}` | no | D |", "| 7 | MessageBody | `{}` | | `{}` | maybe | D |",
        "| 7 | MessageBody | `{}` | | `{}` | no |"}) {
    const Result<FilterTable> bad = read_filter_table(head + row + "\n");
    ASSERT_FALSE(bad) << row;
    EXPECT_TRUE(bad.error().text.starts_with("line 3 ")) << bad.error().text;
  }
}

}  // namespace
}  // namespace penstock
