// A real small file system fills up under a store: growth is refused while there is still room, deletes go
// on inside the reserve, and it heals when space returns. (An ENOSPC that is only injected does not show how
// the library meets a disk that is really full.)
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "storage/rocks_store.h"
#include "tests/storage/forked_play.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

// ext4 in a loop-mounted image if this machine lets us, else a tmpfs with a size.
class SmallFileSystem {
 public:
  SmallFileSystem() {
    std::filesystem::create_directory(path());
    const std::string image = scratch_.path() + "/image";
    std::ofstream(image).close();
    std::filesystem::resize_file(image, 192 * kMebibyte);
    const std::string mount = "mkfs.ext4 -q -F -m 0 " + image + " 2>/dev/null && mount -o loop " + image +
                              " " + path() + " 2>/dev/null";
    if (std::system(mount.c_str()) == 0) {
      kind_ = "ext4";
    } else if (::mount("penstock-test", path().c_str(), "tmpfs", 0, "size=192m") == 0) {
      kind_ = "tmpfs";
    } else {
      reason_ = std::strerror(errno);
    }
  }
  ~SmallFileSystem() {
    if (!kind_.empty()) ::umount2(path().c_str(), MNT_DETACH);
  }

  std::string path() const { return scratch_.path() + "/small"; }
  const std::string& kind() const { return kind_; }  // empty: none could be mounted
  const std::string& reason() const { return reason_; }

 private:
  ScratchDirectory scratch_;
  std::string kind_;
  std::string reason_;
};

TEST(FullDisk, GrowthIsRefusedBeforeTheDiskIsFullDeletesGoOnAndItHealsWhenSpaceReturns) {
  const SmallFileSystem disk;
  if (disk.kind().empty()) GTEST_SKIP() << "no small file system can be mounted here: " << disk.reason();
  std::printf("a small %s\n", disk.kind().c_str());
  RocksStoreOptions options = small_store(disk.path() + "/data");
  options.disk_reserve_bytes = 64 * kMebibyte;
  options.bodies_memtable_bytes = 2 * kMebibyte;
  options.wal_bytes_max = 8 * kMebibyte;
  // What stands beside the store and is in its way; it goes when the operator makes room.
  const std::string ballast = disk.path() + "/ballast";
  {
    std::ofstream file(ballast, std::ios::binary);
    const std::string block(kMebibyte, 'b');
    for (int i = 0; i < 48; ++i) file << block;
  }

  const ChildEnd end = in_child([&] {
    RecordedEvents events;
    const auto opened = RocksStore::open(options, events);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().text.c_str());
      return 1;
    }
    RocksStore& store = **opened;
    StoreDriver driver(store, events);
    SeededRandom random(3);
    std::uint64_t sent = 0;
    const auto send = [&] {
      std::string body(256 << 10, '\0');
      for (char& byte : body) byte = static_cast<char>(random.next());
      driver.commit({Put{fresh(sent++, std::move(body))}});
    };
    while (store.admits_growth()) {
      if (sent > 1'000) return 2;  // 250 MB on a disk of 192: it was never refused
      send();
    }
    std::printf("refused after %llu messages of 256 KiB with %llu MiB free\n",
                static_cast<unsigned long long>(sent),
                static_cast<unsigned long long>(store.free_bytes() / kMebibyte));
    if (store.free_bytes() >= options.disk_reserve_bytes || store.free_bytes() < kMebibyte) return 3;

    // Deletes and receives go on.
    std::uint64_t erased = 0;
    for (; erased < sent / 2; ++erased) {
      driver.commit({Put{touched(erased, 1)}});
      driver.commit({Erase{fresh_key(erased)}, Erase{touched(erased, 1).key}});
    }
    if (driver.all_bodies(1).size() != sent - erased) return 4;

    // Room is made beside it; the committer notices without anybody's help.
    std::filesystem::remove(ballast);
    for (int i = 0; i < 100'000 && !store.admits_growth(); ++i) driver.commit({});
    if (!store.admits_growth()) return 5;
    for (int i = 0; i < 8; ++i) send();
    std::fflush(stdout);
    return driver.all_bodies(1).size() == sent - erased ? 0 : 6;
  });
  EXPECT_EQ(end.exit_status, 0) << "signal " << end.signal;

  const ChildEnd again = in_child([&] {
    RecordedEvents events;
    return RocksStore::open(options, events) ? 0 : 1;
  });
  EXPECT_EQ(again.exit_status, 0);
}

}  // namespace
}  // namespace penstock
