#include "bench/group_commit.h"

#include <rocksdb/db.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/process_usage.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

GroupCommitResult run_group_commit(const std::string& directory, std::size_t outstanding,
                                   std::size_t record_bytes, std::chrono::duration<double> time) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 64 << 20;
  options.bytes_per_sync = 1 << 20;
  options.max_total_wal_size = 256 << 20;
  rocksdb::DB* opened = nullptr;
  if (const rocksdb::Status status = rocksdb::DB::Open(options, directory, &opened); !status.ok()) {
    throw std::runtime_error("group commit baseline: " + status.ToString());
  }
  const std::unique_ptr<rocksdb::DB> db(opened);

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t waiting = 0;    // handed over, not yet taken by the committer
  std::size_t committed = 0;  // durable, not yet seen by its producer
  bool over = false;
  GroupCommitResult result;

  const auto cpu_before = own_cpu();
  const Clock::time_point begin = Clock::now();
  std::thread committer([&] {
    const std::string value(record_bytes, 'x');
    std::uint64_t sequence = 0;
    rocksdb::WriteOptions write;
    write.sync = true;
    rocksdb::WriteBatch batch;
    for (;;) {
      std::size_t taken = 0;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return waiting > 0 || over; });
        if (waiting == 0) return;
        taken = std::exchange(waiting, 0);
      }
      batch.Clear();
      for (std::size_t i = 0; i < taken; ++i) {
        std::string key(8, '\0');
        std::uint64_t rest = ++sequence;
        for (std::size_t byte = 8; byte > 0; --byte, rest >>= 8) key[byte - 1] = static_cast<char>(rest);
        batch.Put(key, value);
      }
      if (!db->Write(write, &batch).ok()) std::abort();
      {
        const std::lock_guard lock(mutex);
        committed += taken;
        result.records += taken;
        ++result.syncs;
      }
      changed.notify_all();
    }
  });

  const Clock::time_point end = begin + std::chrono::duration_cast<Clock::duration>(time);
  std::size_t idle = outstanding;
  while (Clock::now() < end) {
    std::unique_lock lock(mutex);
    waiting += std::exchange(idle, 0);
    changed.notify_all();
    changed.wait(lock, [&] { return committed > 0; });
    idle += std::exchange(committed, 0);
  }
  {
    const std::lock_guard lock(mutex);
    over = true;
  }
  changed.notify_all();
  committer.join();
  result.elapsed = Clock::now() - begin;
  result.cpu = own_cpu() - cpu_before;
  return result;
}

}  // namespace penstock
