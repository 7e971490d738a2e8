#include "storage/disk_reserve.h"

#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

namespace penstock {
namespace {

using std::chrono::milliseconds;

class AskedDisk : public rocksdb::FileSystemWrapper {
 public:
  AskedDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "AskedDisk"; }
  rocksdb::IOStatus GetFreeSpace(const std::string&, const rocksdb::IOOptions&, std::uint64_t* bytes,
                                 rocksdb::IODebugContext*) override {
    ++asked;
    *bytes = free;
    return broken ? rocksdb::IOStatus::IOError("cannot tell") : rocksdb::IOStatus::OK();
  }

  std::uint64_t free = 1'000;
  bool broken = false;
  int asked = 0;
};

TEST(DiskReserve, GrowthIsRefusedBelowTheReserveAndHealsWhenSpaceReturns) {
  const auto disk = std::make_shared<AskedDisk>();
  DiskReserve reserve(disk, "/", 1'000);
  EXPECT_TRUE(reserve.admits_growth());
  const auto start = DiskReserve::Clock::now() + milliseconds(1'000);
  disk->free = 999;
  reserve.note_written(1, start);
  EXPECT_FALSE(reserve.admits_growth());
  EXPECT_EQ(reserve.free_bytes(), 999U);
  disk->free = 1'000;
  EXPECT_LE(reserve.next_refresh(), start + milliseconds(100)) << "it looks soon again, so that it heals";
  reserve.refresh(reserve.next_refresh());
  EXPECT_TRUE(reserve.admits_growth());
}

TEST(DiskReserve, TheDiskIsAskedEvery100MillisecondsOrEvery8MebibytesAndNotMoreOften) {
  const auto disk = std::make_shared<AskedDisk>();
  DiskReserve reserve(disk, "/", 1);
  const auto start = DiskReserve::Clock::now() + milliseconds(1'000);
  reserve.refresh(start);
  const int asked = disk->asked;
  for (int i = 0; i < 99; ++i) reserve.note_written(1, start + milliseconds(i));
  EXPECT_EQ(disk->asked, asked);
  reserve.note_written(1, start + milliseconds(100));
  EXPECT_EQ(disk->asked, asked + 1);
  reserve.note_written(8 << 20, start + milliseconds(101));
  EXPECT_EQ(disk->asked, asked + 2);
}

TEST(DiskReserve, ADiskThatCannotTellCountsAsFull) {
  const auto disk = std::make_shared<AskedDisk>();
  disk->broken = true;
  EXPECT_FALSE(DiskReserve(disk, "/", 1).admits_growth());
}

}  // namespace
}  // namespace penstock
