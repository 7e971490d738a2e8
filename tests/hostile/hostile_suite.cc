#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

// "SlowPeers" as "slow peers".
std::string family_name(std::string_view suite) {
  std::string words;
  for (const char c : suite) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !words.empty()) words += ' ';
    words += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

}  // namespace

std::unique_ptr<HostileStage> HostileSuite::stage_;

void HostileSuite::SetUpTestSuite() {
  stage_ = std::make_unique<HostileStage>(
      family_name(testing::UnitTest::GetInstance()->current_test_suite()->name()));
}

}  // namespace penstock
