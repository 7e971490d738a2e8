#include "tests/conformance/filter_cases.h"

#include <gtest/gtest.h>

#include "tests/conformance/performance.h"

namespace penstock::conformance {
namespace {

constexpr const char* kMessages =
    "| row | scope | policy | attributes | body | wanted | evidence |\n|---|---|---|---|---|---|---|\n";
constexpr const char* kRefused = "| scope | policy | text | evidence |\n|---|---|---|---|\n";

// What does not go as the page says; empty: all does.
std::string otherwise(const std::string& page) {
  const Result<CaseFile> file = filter_cases(page, "page");
  if (!file) return file.error().text;
  std::string all;
  for (const Case& one : file->cases) all += perform(one, Protocol::kQuery).otherwise;
  return all;
}

TEST(FilterCases, ARowThatIsWrongFailsAtItsLine) {
  const std::string wanted =
      std::string(kMessages) + "| 1 | MessageAttributes | `{\"a\":[\"x\"]}` | `a=String:x` | | yes | D |\n";
  EXPECT_EQ(otherwise(wanted), "");
  // One message too few and one too many.
  EXPECT_NE(otherwise(wanted + "| 2 | MessageAttributes | `{\"a\":[\"x\"]}` | `a=String:y` | | yes | D |\n"),
            "");
  EXPECT_NE(otherwise(wanted + "| 2 | MessageBody | `{\"a\":[\"x\"]}` | | `{\"a\":\"x\"}` | no | D |\n"), "");
  const std::string refused =
      std::string(kRefused) +
      "| MessageBody | `{\"a\":1}` | `FilterPolicy: \"a\" must be an object or an array` | R |\n";
  EXPECT_EQ(otherwise(refused), "");
  const std::string not_refused =
      otherwise(refused + "| MessageBody | `{\"a\":[1]}` | `FilterPolicy: no` | R |\n");
  EXPECT_TRUE(not_refused.starts_with("line 4, ")) << not_refused;
  const std::string other_words =
      otherwise(std::string(kRefused) + "| MessageBody | `{\"a\":1}` | `FilterPolicy: no` | R |\n");
  EXPECT_TRUE(other_words.starts_with("line 3, ")) << other_words;
}

TEST(FilterCases, ManyRowsAreManyCasesAndEachIsInOne) {
  std::string page = kMessages;
  for (int row = 1; row <= 25; ++row) {
    page += "| " + std::to_string(row) +
            " | MessageAttributes | `{\"a\":[\"x\"]}` | `a=String:x` | | yes | D |\n";
  }
  const Result<CaseFile> file = filter_cases(page, "page");
  ASSERT_TRUE(file) << file.error().text;
  EXPECT_EQ(file->cases.size(), 3U);
  std::size_t published = 0;
  for (const Case& one : file->cases) {
    for (const CaseStep& step : one.steps) published += step.verb == "Publish" ? 1U : 0U;
  }
  EXPECT_EQ(published, 25U);
  EXPECT_EQ(otherwise(page), "");
}

}  // namespace
}  // namespace penstock::conformance
