// The plays ring: every play in the folder of plays is a test of its own, named by its title.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/plays/play_stage.h"

namespace penstock {
namespace {

class PlayTest : public testing::Test {
 public:
  explicit PlayTest(Play play) : play_(std::move(play)) {}

 private:
  void TestBody() override {
    const std::string otherwise = PlayStage().perform(play_);
    EXPECT_EQ(otherwise, "") << play_.title;
  }

  Play play_;
};

class PlayFile : public testing::Test {
 public:
  explicit PlayFile(std::string complaint) : complaint_(std::move(complaint)) {}

 private:
  void TestBody() override { FAIL() << complaint_; }

  std::string complaint_;
};

std::string suite_name(const std::filesystem::path& path) {
  return Play{.title = path.stem().string(), .line = 0, .steps = {}}.name();
}

bool register_plays() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(PENSTOCK_PLAYS)) {
    if (entry.path().extension() == ".play") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string suite = suite_name(path);
    const Result<std::vector<Play>> plays = parse_plays(text);
    if (!plays || plays->empty()) {
      const std::string complaint = path.string() + ": " + (plays ? "no play" : plays.error().text);
      testing::RegisterTest(suite.c_str(), "CanBeRead", nullptr, nullptr, __FILE__, __LINE__,
                            [complaint]() -> testing::Test* { return new PlayFile(complaint); });
      continue;
    }
    for (const Play& play : *plays) {
      testing::RegisterTest(suite.c_str(), play.name().c_str(), nullptr, nullptr, path.c_str(), play.line,
                            [play]() -> testing::Test* { return new PlayTest(play); });
    }
  }
  return true;
}

const bool registered = register_plays();

}  // namespace
}  // namespace penstock
