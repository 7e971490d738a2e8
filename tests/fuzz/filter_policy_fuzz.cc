// Filter policies: any bytes are a policy or refused in AWS's words; asking one is the same each time, and does not depend
// on how its text is laid out.
//
// The input is a policy and, behind the first line's end, a message's body.
#include <nlohmann/json.hpp>

#include "base/require.h"
#include "broker/filter_fields.h"
#include "broker/filter_policy.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

using Json = nlohmann::ordered_json;

// The same document, written with blanks and line ends everywhere; nothing: it is not one for everybody.
std::optional<std::string> laid_out(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  try {
    // Members that are said twice are one for nlohmann, and numbers are written anew: those are no layout.
    if (document.dump() != text) return std::nullopt;
    return document.dump(2);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

void examine(std::string_view input) {
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(0, line);
  const std::string_view message = input.substr(std::min(line + 1, input.size()));
  const auto body = FilterFields::of_body(message);
  const FilterFields attributes =
      FilterFields::of_attributes({{"a", "String", std::string(message)}, {"b", "String.Array", std::string(message)},
                                   {"n", "Number", "1.5"}});
  for (const FilterScope scope : {FilterScope::kMessageAttributes, FilterScope::kMessageBody}) {
    const auto policy = FilterPolicy::parse(text, scope);
    const auto other_text = laid_out(text);
    const auto other = FilterPolicy::parse(other_text.value_or(std::string(text)), scope);
    require(policy.has_value() == other.has_value(), "the layout of a policy says nothing");
    if (!policy) {
      require(policy.error().detail.starts_with("Filter"), "a refusal is in AWS's words");
      continue;
    }
    const auto ask = [&](const FilterFields& fields) {
      const bool wanted = (*policy)->matches(fields);
      require((*policy)->matches(fields) == wanted, "a policy says the same each time");
      require((*other)->matches(fields) == wanted, "the layout of a policy changes nothing");
      require(wanted || !(*policy)->wants_everything(), "what wants everything wants this");
    };
    ask(attributes);
    if (body) ask(*body);
  }
}

std::vector<std::string> seeds() {
  return {
      R"({"a":["x",1,null,{"prefix":"p"},{"numeric":[">",0,"<=",100]}],"b":[{"anything-but":["x","y"]}]})"
      "\n"
      R"({"a":"px","b":["z",1]})",
      R"({"$or":[{"a":[{"exists":true}]},{"b":{"c":[{"cidr":"10.0.0.0/8"}]}}],"d":[{"wildcard":"a*\\*b"}]})"
      "\n"
      R"({"b":[{"c":"10.1.1.1"},{"c":"11.1.1.1"}],"d":"axx*b"})",
      R"({"a":[{"anything-but":{"suffix":"é"}},{"equals-ignore-case":"É"},{"prefix":{"equals-ignore-case":"x"}}]})"
      "\n"
      R"({"a":"é"})",
      R"({"a":{"b":{"c":[true,false,{"exists":false}]}},"n":[{"numeric":["=",1.5]}]})"
      "\n"
      R"({"a":[{"b":[{"c":true}]}],"n":1.5e0})",
      R"({"a":[{"anything-but":{"prefix":["p","q"]}},{"anything-but":{"wildcard":"*x"}},{"suffix":"s"}]})"
      "\n[\"p\",1,true,null]",
      "{}\n{}",
      R"({"a":[]})"
      "\n{",
  };
}

}  // namespace penstock
