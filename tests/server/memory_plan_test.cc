#include "server/memory_plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "server/command_line.h"

namespace penstock {
namespace {

Settings settings_of(std::vector<std::string> words) {
  words.insert(words.begin(), "serve");
  auto asked = read_command_line(words, {});
  EXPECT_TRUE(asked) << asked.error().text;
  return asked ? std::get<Serve>(*asked).settings : Settings{};
}

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(MemoryPlan, WithEnoughMemoryEveryBoundStaysAsItIs) {
  Settings settings = settings_of({});
  const MemoryPlan plan = fit_memory(settings, std::uint64_t{8} << 30);
  EXPECT_TRUE(plan.fits);
  EXPECT_TRUE(plan.shrunk.empty());
  EXPECT_EQ(settings.request_bytes_max, 256 * kMiB);
  EXPECT_EQ(settings.connections_max, 16'384U);
}

TEST(MemoryPlan, ThreeQuartersOfTheLimitAreSharedOut) {
  for (const std::uint64_t limit : {256 * kMiB, 512 * kMiB, 1024 * kMiB, 2048 * kMiB}) {
    Settings settings = settings_of({"--io-threads", "1"});
    const MemoryPlan plan = fit_memory(settings, limit);
    EXPECT_TRUE(plan.fits) << limit;
    EXPECT_LE(plan.planned_bytes, limit / 4 * 3);
    EXPECT_GE(plan.planned_bytes, limit / 4 * 3 - kMiB) << "and nothing of them is given away";
    EXPECT_EQ(plan.shrunk.size(), 10U);
    EXPECT_LT(settings.limits.dedup_bytes_max, 64 * kMiB);
    EXPECT_LT(settings.store_bytes_max, 176 * kMiB);
  }
}

TEST(MemoryPlan, WhatSomebodyHasSetKeepsItsValueAndTheOthersMakeRoom) {
  Settings alone = settings_of({"--io-threads", "1"});
  fit_memory(alone, 1024 * kMiB);
  Settings settings =
      settings_of({"--io-threads", "1", "--window-memory-max", "300MiB", "--connections-max", "16384"});
  const MemoryPlan plan = fit_memory(settings, 1024 * kMiB);
  EXPECT_TRUE(plan.fits);
  EXPECT_EQ(settings.limits.window_bytes_max, 300 * kMiB);
  EXPECT_EQ(settings.connections_max, 16'384U) << "also if it was set to the default";
  EXPECT_EQ(std::count(plan.shrunk.begin(), plan.shrunk.end(), "window-memory-max"), 0);
  EXPECT_LT(settings.limits.dedup_bytes_max, alone.limits.dedup_bytes_max);
}

TEST(MemoryPlan, NoBoundShrinksBelowWhatItTakesToWork) {
  Settings settings = settings_of({"--io-threads", "4"});
  const MemoryPlan plan = fit_memory(settings, 64 * kMiB);
  EXPECT_FALSE(plan.fits);
  EXPECT_GE(settings.request_bytes_max / settings.io_threads, settings.http.body_bytes_max + kHeadBytesMax);
  EXPECT_GE(settings.answer_bytes_max, 16 * kMiB);
  EXPECT_GE(settings.limits.window_bytes_max, 4 * kMiB);
  EXPECT_GE(settings.connections_max, 128U);
}

TEST(MemoryPlan, WithDurabilityMemoryTheStoreHasNoShare) {
  Settings settings = settings_of({"--durability", "memory"});
  fit_memory(settings, 512 * kMiB);
  EXPECT_EQ(settings.store_bytes_max, 176 * kMiB);
}

// A hierarchy of cgroups as the kernel shows one.
class Cgroups : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("penstock-cgroups-" + std::to_string(getpid()));
    std::filesystem::create_directories(root_ / "machine" / "pod" / "container");
    self("0::/machine/pod/container\n");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void self(const std::string& text) { std::ofstream(root_ / "self") << text; }
  void limit(const std::string& group, const std::string& text) {
    std::ofstream(root_ / group / "memory.max") << text << '\n';
  }
  std::optional<std::uint64_t> found() const { return memory_limit(root_ / "self", root_); }

  std::filesystem::path root_;
};

TEST_F(Cgroups, TheSmallestLimitOfOurGroupAndThoseAboveItHolds) {
  EXPECT_EQ(found(), std::nullopt);
  limit("machine/pod/container", "max");
  limit("machine", "4294967296");
  EXPECT_EQ(found(), 4294967296U);
  limit("machine/pod", "1073741824");
  EXPECT_EQ(found(), 1073741824U);
  limit("machine/pod/container", "536870912");
  EXPECT_EQ(found(), 536870912U);
}

TEST_F(Cgroups, InAContainerOurGroupIsTheRoot) {
  self("0::/\n");
  limit("", "268435456");
  EXPECT_EQ(found(), 268435456U);
}

TEST_F(Cgroups, WhatCannotBeUnderstoodIsNoLimit) {
  for (const char* const text : {"", "max", "-1", "12MiB", "99999999999999999999999", "0"}) {
    limit("machine/pod/container", text);
    EXPECT_EQ(found(), std::nullopt) << text;
  }
  for (const char* const text : {"", "0::/../../elsewhere\n", "4:memory:/machine\n", "nonsense"}) {
    self(text);
    EXPECT_EQ(found(), std::nullopt) << text;
  }
  EXPECT_EQ(memory_limit(root_ / "nothing", root_), std::nullopt);
}

}  // namespace
}  // namespace penstock
