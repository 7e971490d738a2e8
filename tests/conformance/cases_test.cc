// Every case is a test of its own in each protocol that it speaks, named by its title.
#include <gtest/gtest.h>

#include <cctype>

#include "tests/conformance/cases.h"
#include "tests/conformance/performance.h"

namespace penstock::conformance {
namespace {

class CaseTest : public testing::Test {
 public:
  CaseTest(Case one, Protocol protocol) : case_(std::move(one)), protocol_(protocol) {}

 private:
  void TestBody() override {
    const std::string otherwise = perform(case_, protocol_).otherwise;
    EXPECT_EQ(otherwise, "") << case_.title;
  }

  Case case_;
  Protocol protocol_;
};

// A case in which this build differs from AWS: it differs in at least one protocol, or the mark has to go.
class DifferenceTest : public testing::Test {
 public:
  explicit DifferenceTest(Case one) : case_(std::move(one)) {}

 private:
  void TestBody() override {
    std::string otherwise;
    for (const Protocol protocol : {Protocol::kJson, Protocol::kQuery}) {
      if (case_.speaks(protocol)) otherwise += perform(case_, protocol).otherwise;
    }
    EXPECT_NE(otherwise, "") << case_.title << "\n  goes as with AWS now: take its mark away";
  }

  Case case_;
};

class UnreadableCases : public testing::Test {
 public:
  explicit UnreadableCases(std::string complaint) : complaint_(std::move(complaint)) {}

 private:
  void TestBody() override { FAIL() << complaint_; }

  std::string complaint_;
};

std::string suite_of(const CaseFile& file) { return Case{.title = file.name}.name(); }

bool register_cases() {
  const Result<std::vector<CaseFile>> files = read_case_files(PENSTOCK_SOURCE_DIR);
  if (!files) {
    testing::RegisterTest(
        "Cases", "CanBeRead", nullptr, nullptr, __FILE__, __LINE__,
        [complaint = files.error().text]() -> testing::Test* { return new UnreadableCases(complaint); });
    return true;
  }
  for (const CaseFile& file : *files) {
    for (const Case& one : file.cases) {
      if (one.differs) {
        testing::RegisterTest((suite_of(file) + "Differently").c_str(), one.name().c_str(), nullptr, nullptr,
                              file.path.c_str(), one.line,
                              [one]() -> testing::Test* { return new DifferenceTest(one); });
        continue;
      }
      for (const Protocol protocol : {Protocol::kJson, Protocol::kQuery}) {
        if (!one.speaks(protocol)) continue;
        const std::string suite = suite_of(file) + (protocol == Protocol::kJson ? "InJson" : "InQuery");
        testing::RegisterTest(suite.c_str(), one.name().c_str(), nullptr, nullptr, file.path.c_str(),
                              one.line,
                              [one, protocol]() -> testing::Test* { return new CaseTest(one, protocol); });
      }
    }
  }
  return true;
}

const bool registered = register_cases();

}  // namespace
}  // namespace penstock::conformance
