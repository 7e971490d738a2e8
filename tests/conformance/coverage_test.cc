// The reference, the product's tables and the cases belong together: nothing in one of them lacks the others.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <regex>

#include "protocol/errors.h"
#include "tests/conformance/behaviour.h"
#include "tests/conformance/compatibility_page.h"
#include "tests/conformance/not_shown.h"

namespace penstock::conformance {
namespace {

const std::filesystem::path kRoot = PENSTOCK_SOURCE_DIR;

const std::vector<CaseFile>& files() {
  static const std::vector<CaseFile> kFiles =
      read_case_files(kRoot).value_or(std::vector<CaseFile>{});
  return kFiles;
}

const Coverage& coverage() {
  static const Coverage kCoverage(files());
  return kCoverage;
}

std::set<int> facts_of_the_page() {
  std::set<int> all;
  for (const char* page : {"docs/behaviour/sqs.md", "docs/behaviour/sns.md"}) {
    const Result<std::vector<int>> facts = facts_of(read_text(kRoot / page));
    EXPECT_TRUE(facts) << facts.error().text;
    if (facts) all.insert(facts->begin(), facts->end());
  }
  return all;
}

std::string listed(const std::vector<std::string>& what) {
  std::string text;
  for (const std::string& one : what) text += "\n  " + one;
  return text;
}

TEST(Coverage, TheNumbersOfFactsAscendAndNoneIsUsedTwice) {
  const Result<std::vector<int>> facts = facts_of(read_text(kRoot / "docs/behaviour/sqs.md"));
  ASSERT_TRUE(facts) << facts.error().text;
  EXPECT_GT(facts->size(), 300u);
  EXPECT_TRUE(std::is_sorted(facts->begin(), facts->end(), std::less_equal<>()));
  const Result<std::vector<int>> of_sns = facts_of(read_text(kRoot / "docs/behaviour/sns.md"));
  ASSERT_TRUE(of_sns) << of_sns.error().text;
  EXPECT_GT(of_sns->size(), 50u);
  EXPECT_TRUE(std::is_sorted(of_sns->begin(), of_sns->end(), std::less_equal<>()));
}

TEST(Coverage, AFactWithoutATagOrANumberIsFound) {
  EXPECT_EQ(
      facts_of("- **SQS-7** It is so. [R]\n\n- other\n- **SQS-8** And so. [R, the order in part]\n").value(),
      (std::vector{7, 8}));
  EXPECT_EQ(facts_of("- **SNS-9** It is so. [B]\n").value(), std::vector{kSnsFacts + 9});
  EXPECT_FALSE(facts_of("- **SQS-7** It is so.\n"));
  EXPECT_FALSE(facts_of("- **SQS-x** It is so. [R]\n"));
}

TEST(Coverage, EveryFactHasACaseOrAReasonWhyNot) {
  std::vector<std::string> without;
  for (const int fact : facts_of_the_page()) {
    const bool excepted = std::any_of(kFactsNotShown.begin(), kFactsNotShown.end(),
                                      [&](const FactNotShown& one) { return one.fact == fact; });
    if (coverage().facts().contains(fact) == excepted) without.push_back(name_of_fact(fact));
  }
  EXPECT_EQ(listed(without), "");
  std::cout << coverage().cases() << " cases about " << coverage().facts().size() << " facts, performed "
            << coverage().performances() << " times\n";
}

TEST(Coverage, AFactThatNoCaseShowsIsNamedWhereItIsShown) {
  std::vector<std::string> unnamed;
  for (const FactNotShown& exception : kFactsNotShown) {
    if (exception.shown_in.empty()) continue;
    const std::string file = read_text(kRoot / exception.shown_in);
    const std::regex name(name_of_fact(exception.fact) + "\\b");
    if (!std::regex_search(file, name)) {
      unnamed.push_back(name_of_fact(exception.fact) + " in " + std::string(exception.shown_in));
    }
  }
  EXPECT_EQ(listed(unnamed), "");
}

TEST(Coverage, EveryFactOfACaseExistsAndEveryCaseHasOne) {
  const std::set<int> facts = facts_of_the_page();
  std::vector<std::string> unknown;
  for (const CaseFile& file : files()) {
    for (const Case& one : file.cases) {
      if (one.facts.empty()) unknown.push_back(file.name + ": " + one.title + " names no fact");
      for (const int fact : one.facts) {
        if (!facts.contains(fact)) unknown.push_back(file.name + ": " + name_of_fact(fact));
      }
    }
  }
  EXPECT_EQ(listed(unknown), "");
}

TEST(Coverage, NoTwoCasesOfAFileHaveTheSameTitle) {
  for (const CaseFile& file : files()) {
    std::set<std::string> names;
    for (const Case& one : file.cases)
      EXPECT_TRUE(names.insert(one.name()).second) << file.name << ": " << one.title;
  }
}

TEST(Coverage, WhatTheTablesOfferIsShownInEachProtocol) { EXPECT_EQ(listed(not_shown(coverage())), ""); }

TEST(Coverage, WhatSnsRefusesWithItsTableDeclares) { EXPECT_EQ(listed(not_declared(coverage())), ""); }

TEST(Coverage, AnExceptionThatACaseProvokesAfterAllIsNone) {
  for (const ErrorNotProvoked& exception : kErrorsNotProvoked) {
    const std::string code(wire_error(exception.code).query_code);
    EXPECT_EQ(coverage().provoked(Protocol::kJson, code) + coverage().provoked(Protocol::kQuery, code), 0u)
        << code;
  }
}

TEST(Coverage, WhatNoCaseShowsIsMissing) { EXPECT_GT(not_shown(Coverage({})).size(), 100u); }

TEST(CompatibilityPage, IsWhatIsPrinted) {
  const std::string page = compatibility_page(coverage(), read_text(kRoot / "docs/behaviour/clients.md"));
  EXPECT_TRUE(read_text(kRoot / "docs/compatibility.md") == page)
      << "docs/compatibility.md is stale: penstock_compatibility . > docs/compatibility.md";
}

}  // namespace
}  // namespace penstock::conformance
