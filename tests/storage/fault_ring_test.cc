// Every file-system call of a script goes wrong once; after each, nothing reported durable may be missing,
// nothing may be half, and the store must go on as if nothing had happened.
//
// In the mode `interval` a power cut may take what was not synced yet, the last commits and no others; the
// death of the process alone takes nothing.
//
// A case: a child plays the script until the Nth call goes wrong; the parent plays a power cut on what is
// left (or, in a quarter of the cases, only the death of the process); another child opens the store without
// faults, compares all that it holds with the truth, and plays the script to its end; the power goes again,
// with everything unsynced, and a third one finds all of the script.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/rocks_store.h"
#include "tests/storage/forked_play.h"
#include "tests/storage/ring_size.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"
#include "tests/storage/synced_file_system.h"

namespace penstock {
namespace {

constexpr int kOpenRefusedExit = 71;
constexpr int kWrongExit = 1;
constexpr int kAbortedEnd = -2;

struct Case {
  std::uint64_t call = 0;
  FaultKind kind = FaultKind::kIoError;
  bool power_cut = true;
  PowerCut mode = PowerCut::kAll;
  LogSync log_sync = LogSync::kEachCommit;
  std::chrono::milliseconds sync_interval{1};
};

const char* name_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kIoError:
      return "EIO";
    case FaultKind::kNoSpace:
      return "ENOSPC";
    case FaultKind::kShortWrite:
      return "short write";
    case FaultKind::kCrashBefore:
      return "crash before";
    case FaultKind::kCrashAfter:
      return "crash after";
  }
  return "?";
}

class FaultRing : public testing::Test {
 protected:
  RocksStoreOptions options(const Case& played, std::shared_ptr<FaultPlan> faults) const {
    SyncedFileSystem::Options options;
    options.sidecar = sidecar();
    options.sync_for_real = false;  // the power cuts are played: what counts is what the journal says
    options.faults = std::move(faults);
    RocksStoreOptions store_options = small_store(data());
    store_options.log_sync = played.log_sync;
    store_options.sync_interval = played.sync_interval;
    store_options.file_system = std::make_shared<SyncedFileSystem>(rocksdb::FileSystem::Default(), options);
    return store_options;
  }

  // The child's part up to the fault.
  int play_faulty(const StoreScript& script, const Case& played, ChildReport& report) const {
    // What goes wrong here is meant to.
    if (std::freopen("/dev/null", "w", stderr) == nullptr) return kWrongExit;
    const auto faults = std::make_shared<FaultPlan>(played.call, played.kind);
    const RocksStoreOptions store_options = options(played, faults);
    int exit_status = 0;
    {
      RecordedEvents events;
      events.on_durable = [&](Position position) { report.durable = position.value; };
      auto opened = RocksStore::open(store_options, events);
      if (opened) {
        StoreDriver driver(**opened, events);
        const Gauge& synced = (*opened)->counters().position_synced;
        play(
            script, **opened, events, driver.position(),
            [&](Position position) { report.handed_over = position.value; },
            [&](Position) { report.synced = synced.value(); });
      } else {
        exit_status = kOpenRefusedExit;
      }
    }
    report.calls = faults->calls();
    return exit_status;
  }

  // The second child's part. Says on stderr what is wrong, if anything is.
  int check(const StoreScript& script, const Case& played, ChildReport& report) const {
    RecordedEvents events;
    const RocksStoreOptions store_options = options(played, std::make_shared<FaultPlan>());
    auto opened = RocksStore::open(store_options, events);
    if (!opened) return wrong("it does not open: " + opened.error().text);
    report.noticed = !(*opened)->notice().empty();
    Position applied;
    {
      StoreDriver driver(**opened, events);
      applied = driver.position();
      const bool may_lose = played.log_sync == LogSync::kInterval && played.power_cut;
      const std::uint64_t promised = may_lose ? report.synced : report.durable;
      if (applied.value < promised) {
        return wrong("commit " + std::to_string(promised) + " was promised, and only " +
                     std::to_string(applied.value) + " are there");
      }
      if (applied.value < report.durable) report.lost = report.durable - applied.value;
      if (applied.value > report.handed_over) return wrong("a commit is there that was never handed over");
      if (everything(driver) != script.truth(applied)) {
        return wrong("what it holds is not what commit " + std::to_string(applied.value) + " left");
      }
      play(script, **opened, events, applied, [](Position) {});
    }
    return 0;
  }

  // The third child's part, after the power went once more.
  int check_end(const StoreScript& script, const Case& played) const {
    RecordedEvents events;
    auto opened = RocksStore::open(options(played, std::make_shared<FaultPlan>()), events);
    if (!opened) return wrong("it does not open again: " + opened.error().text);
    StoreDriver driver(**opened, events);
    if (driver.position().value != script.size()) return wrong("it lost what came after the fault");
    if (everything(driver) != script.truth(driver.position())) return wrong("it does not go on rightly");
    return 0;
  }

  static int wrong(const std::string& what) {
    std::fprintf(stderr, "WRONG: %s\n", what.c_str());
    return kWrongExit;
  }

  // Until a call never comes, because the script has fewer.
  template <class Play>
  static void every_call(const Play& play) {
    for (std::uint64_t call = 1; play(call) && !HasFailure(); ++call) {
    }
  }

  // False when the call never came: the script has fewer.
  bool run(const StoreScript& script, const Case& played) {
    std::filesystem::remove_all(data());
    std::filesystem::remove_all(sidecar() + ".graves");
    std::filesystem::remove(sidecar());
    SharedReport report;
    const ChildEnd end = in_child([&] { return play_faulty(script, played, *report); });
    ++ends_[end.signal == SIGABRT ? kAbortedEnd : end.exit_status];
    // The library may abort when an append to its log fails; that is a crash like any other.
    EXPECT_TRUE(end.exit_status == 0 || end.exit_status == kOpenRefusedExit ||
                end.exit_status == kRefusedExit || end.exit_status == kCrashedExit || end.signal == SIGABRT)
        << "exit " << end.exit_status << " signal " << end.signal << told(played);
    const bool clean = end.exit_status == 0 && report->calls < played.call;
    if (played.power_cut) {
      const Dropped dropped = drop_unsynced(data(), sidecar(), played.mode, played.call);
      dropped_bytes_ += dropped.bytes;
      dropped_entries_ += dropped.entries;
    }
    const ChildEnd checked = in_child([&] { return check(script, played, *report); });
    EXPECT_EQ(checked.exit_status, 0) << "signal " << checked.signal << told(played);
    drop_unsynced(data(), sidecar(), PowerCut::kAll, 0);
    const ChildEnd checked_end = in_child([&] { return check_end(script, played); });
    EXPECT_EQ(checked_end.exit_status, 0) << "signal " << checked_end.signal << told(played);
    ++cases_;
    if (report->noticed) ++noticed_;
    lost_commits_ += report->lost;
    return !clean;
  }

  static std::string told(const Case& played) {
    return " at call " + std::to_string(played.call) + ", " + name_of(played.kind) +
           (played.power_cut ? ", power cut " + std::to_string(static_cast<int>(played.mode)) : ", killed") +
           (played.log_sync == LogSync::kInterval
                ? ", synced every " + std::to_string(played.sync_interval.count()) + " ms"
                : "");
  }

  void tell(const char* ring) const {
    std::printf("%s: %llu cases, %llu opened with a notice;", ring, static_cast<unsigned long long>(cases_),
                static_cast<unsigned long long>(noticed_));
    for (const auto& [status, count] : ends_) {
      const char* what = status == 0                  ? "played to the end"
                         : status == kOpenRefusedExit ? "open refused"
                         : status == kRefusedExit     ? "refused at run time"
                         : status == kAbortedEnd      ? "aborted by the library"
                                                      : "crashed";
      std::printf(" %s %llu,", what, static_cast<unsigned long long>(count));
    }
    std::printf(" power cuts undid %llu directory entries and dropped %llu bytes\n",
                static_cast<unsigned long long>(dropped_entries_),
                static_cast<unsigned long long>(dropped_bytes_));
  }

  std::string data() const { return scratch_.path() + "/data"; }
  std::string sidecar() const { return scratch_.path() + "/sidecar"; }

  ScratchDirectory scratch_;
  std::uint64_t cases_ = 0;
  std::uint64_t noticed_ = 0;  // of the stores opened after a fault, those that told of it
  std::map<int, std::uint64_t> ends_;
  std::uint64_t dropped_bytes_ = 0;
  std::uint64_t dropped_entries_ = 0;
  std::uint64_t lost_commits_ = 0;  // reported durable in the mode `interval`, and taken by a power cut
};

constexpr FaultKind kEveryKind[] = {FaultKind::kIoError, FaultKind::kNoSpace, FaultKind::kShortWrite,
                                    FaultKind::kCrashBefore, FaultKind::kCrashAfter};

// How the machine dies with the process: in a quarter of the cases it does not.
Case with_death(std::uint64_t call, FaultKind kind, Random& random) {
  const std::uint64_t death = random.below(4);
  Case played{.call = call, .kind = kind};
  played.power_cut = death != 0;
  played.mode = static_cast<PowerCut>(death == 0 ? 0 : death - 1);
  return played;
}

TEST_F(FaultRing, WhicheverFileSystemCallGoesWrongNothingDurableIsLostAndNothingIsHalf) {
  const StoreScript script(16, 5'000);
  SeededRandom random(1);
  if (!long_run()) {
    every_call([&](std::uint64_t call) {
      return run(script, with_death(call, kEveryKind[random.below(std::size(kEveryKind))], random));
    });
    tell("each call once, one seeded kind");
  } else {
    for (const LogSync log_sync : {LogSync::kEachCommit, LogSync::kInterval}) {
      every_call([&](std::uint64_t call) {
        bool struck = false;
        for (const FaultKind kind : kEveryKind) {
          Case played = with_death(call, kind, random);
          played.log_sync = log_sync;
          struck = run(script, played) || struck;
        }
        return struck;
      });
    }
    tell("each call in every way");
  }
  EXPECT_GT(ends_[kRefusedExit], 0U);
  EXPECT_GT(ends_[kCrashedExit], 0U);
  EXPECT_GT(dropped_bytes_, 0U);
}

TEST_F(FaultRing, ACommitOfManyPagesCutByThePowerIsThereAsAWholeOrNotAtAll) {
  const StoreScript script(8, 150'000);
  const FaultKind kinds[] = {FaultKind::kCrashBefore, FaultKind::kCrashAfter, FaultKind::kShortWrite,
                             FaultKind::kNoSpace};
  SeededRandom random(2);
  const std::uint64_t calls = long_run() ? 2'000 : 80;
  for (std::uint64_t i = 0; i < calls && !HasFailure(); ++i) {
    Case played = with_death(120 + random.below(400), kinds[random.below(std::size(kinds))], random);
    played.power_cut = true;
    played.mode = static_cast<PowerCut>(1 + random.below(2));
    run(script, played);
  }
  tell("power cuts in large commits");
  EXPECT_GT(dropped_bytes_, 100'000U);
  EXPECT_GT(noticed_, 0U);
}

TEST_F(FaultRing, SyncedByIntervalAPowerCutTakesTheLastCommitsOnlyAndTheDeathOfTheProcessNone) {
  // Large enough for several logs, so that an old one's end could be lost before a new one's beginning.
  const StoreScript script(16, 20'000);
  SeededRandom random(3);
  const std::uint64_t cases = long_run() ? 2'000 : 100;
  for (std::uint64_t i = 0; i < cases && !HasFailure(); ++i) {
    Case played = with_death(60 + random.below(400), kEveryKind[random.below(std::size(kEveryKind))], random);
    played.log_sync = LogSync::kInterval;
    // Never but where it must, or all the time.
    played.sync_interval = random.below(2) == 0 ? std::chrono::hours(1) : std::chrono::milliseconds(1);
    run(script, played);
  }
  tell("synced by interval");
  std::printf("power cuts took %llu commits that were not synced yet\n",
              static_cast<unsigned long long>(lost_commits_));
  EXPECT_GT(lost_commits_, 0U);
  EXPECT_GT(dropped_bytes_, 100'000U);
}

}  // namespace
}  // namespace penstock
