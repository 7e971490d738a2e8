// One bit of one file of a store is flipped; it may refuse to open, refuse while reading, or report what it
// had to leave out. It may also not matter. What it may never do is show something that is not true and say
// nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/rocks_store.h"
#include "tests/storage/forked_play.h"
#include "tests/storage/ring_size.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

enum End : int { kUnchanged = 0, kSilentlyWrong = 1, kReported = 2, kOpenRefused = 71 };

// Which files a flip can hit: what the store or the library reads back.
std::string kind_of_file(const std::string& name) {
  for (const char* kind : {".log", ".sst", "MANIFEST", "CURRENT", "FORMAT"}) {
    if (name.find(kind) != std::string::npos) return kind;
  }
  return {};
}

class BitFlips : public testing::Test {
 protected:
  // A store as a killed process leaves it: tables, and a log that was not replayed yet.
  void write_store(const StoreScript& script) {
    const ChildEnd end = in_child([&] {
      RecordedEvents events;
      auto opened = RocksStore::open(small_store(original()), events);
      if (!opened) return 1;
      StoreDriver driver(**opened, events);
      play(script, **opened, events, driver.position(), [](Position) {});
      ::_exit(0);
    });
    ASSERT_EQ(end.exit_status, 0);
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(original())) {
      const std::string kind = kind_of_file(entry.path().filename().string());
      if (!kind.empty() && entry.is_regular_file() && entry.file_size() > 0) {
        files_[kind].push_back(fs::relative(entry.path(), original()).string());
      }
    }
    for (auto& [kind, names] : files_) std::sort(names.begin(), names.end());
  }

  int read_all(const StoreScript& script) const {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) return kSilentlyWrong;
    RecordedEvents events;
    auto opened = RocksStore::open(small_store(copy()), events);
    if (!opened) return kOpenRefused;
    StoreDriver driver(**opened, events);
    if (everything(driver) != script.truth(driver.position())) return kSilentlyWrong;
    if (driver.position().value == script.size()) return kUnchanged;
    return (*opened)->notice().empty() ? kSilentlyWrong : kReported;
  }

  static void flip(const std::string& path, std::uint64_t bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(bit / 8));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(bit / 8));
    file.put(static_cast<char>(byte ^ (1 << (bit % 8))));
  }

  // Where the records of a log or MANIFEST begin. A header is 7 bytes, its bytes 4 and 5 the length.
  static std::vector<std::uint64_t> record_offsets(const std::string& path) {
    constexpr std::uint64_t kBlockBytes = 32 << 10;
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::uint64_t> offsets;
    for (std::uint64_t at = 0; at + 7 <= bytes.size();) {
      if (kBlockBytes - at % kBlockBytes < 7) {
        at = (at / kBlockBytes + 1) * kBlockBytes;
        continue;
      }
      offsets.push_back(at);
      at += 7 + static_cast<std::uint8_t>(bytes[at + 4]) + 256U * static_cast<std::uint8_t>(bytes[at + 5]);
    }
    return offsets;
  }

  std::string original() const { return scratch_.path() + "/original"; }
  std::string copy() const { return scratch_.path() + "/copy"; }

  ScratchDirectory scratch_;
  std::map<std::string, std::vector<std::string>> files_;
};

TEST_F(BitFlips, AFlippedBitIsRefusedOrReportedAndNeverSilentlyBelieved) {
  const StoreScript script(17, 3'000);
  ASSERT_NO_FATAL_FAILURE(write_store(script));
  ASSERT_EQ(files_.size(), 5U) << "log, tables, MANIFEST, CURRENT and FORMAT are there";
  SeededRandom random(7);
  std::map<int, int> ends;
  const std::map<std::string, int> shares = {
      {".log", 90}, {".sst", 60}, {"MANIFEST", 40}, {"CURRENT", 5}, {"FORMAT", 5}};
  const int times = long_run() ? 25 : 1;
  for (const auto& [kind, share] : shares) {
    for (int i = 0; i < share * times; ++i) {
      fs::remove_all(copy());
      fs::copy(original(), copy(), fs::copy_options::recursive);
      const std::vector<std::string>& names = files_[kind];
      const std::string path = copy() + "/" + names[random.below(names.size())];
      const std::uint64_t bit = random.below(fs::file_size(path) * 8);
      flip(path, bit);
      const ChildEnd end = in_child([&] { return read_all(script); });
      // A process that ended itself over the damage has not believed it.
      const bool ended = end.exit_status == kRefusedExit || end.signal == SIGABRT;
      EXPECT_TRUE(ended || end.exit_status == kUnchanged || end.exit_status == kReported ||
                  end.exit_status == kOpenRefused)
          << "bit " << bit << " of " << path << ": exit " << end.exit_status << " signal " << end.signal;
      ++ends[end.signal == SIGABRT ? -SIGABRT : end.exit_status];
    }
  }
  std::printf(
      "bit flips: %d not mattering, %d reported, %d refused at open, %d refused in reading, %d aborted\n",
      ends[kUnchanged], ends[kReported], ends[kOpenRefused], ends[kRefusedExit], ends[-SIGABRT]);
  EXPECT_GT(ends[kOpenRefused], 50);
}

// The library takes a record that claims to go on behind the end of the file for one that was being written,
// and drops it with all that follows in the last block.
TEST_F(BitFlips, EveryBitOfALengthInLogAndManifestIsNoticed) {
  const StoreScript script(9, 3'000);
  ASSERT_NO_FATAL_FAILURE(write_store(script));
  for (const char* kind : {".log", "MANIFEST"}) {
    const std::string name = files_[kind].back();
    std::vector<std::uint64_t> records = record_offsets(original() + "/" + name);
    ASSERT_GE(records.size(), 2U);
    if (records.size() > 5) records.erase(records.begin(), records.end() - 5);
    for (const std::uint64_t record : records) {
      for (std::uint64_t bit = (record + 4) * 8; bit < (record + 6) * 8; ++bit) {
        fs::remove_all(copy());
        fs::copy(original(), copy(), fs::copy_options::recursive);
        flip(copy() + "/" + name, bit);
        EXPECT_EQ(in_child([&] { return read_all(script); }).exit_status, kOpenRefused)
            << "bit " << bit << " of " << name;
      }
    }
  }
}

}  // namespace
}  // namespace penstock
