// StoreCounters: what the store has done so far, for /metrics and for tests that assert counts.
//
// The store's threads add, any thread reads; each number alone is exact, and no two of them belong to the
// same moment.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace penstock {

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Durations in buckets with fixed upper bounds, as Prometheus wants them.
class DurationHistogram {
 public:
  // Upper bounds in microseconds; the last bucket, one more, has none.
  static constexpr std::array<std::uint64_t, 12> kBounds{100,    250,    500,    1'000,   2'500,   5'000,
                                                         10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000};

  void add(std::chrono::microseconds duration) {
    const auto amount = static_cast<std::uint64_t>(duration.count());
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && amount > kBounds[bucket]) ++bucket;
    buckets_[bucket].add();
    sum_.add(amount);
  }
  // Of that bucket alone, not cumulative.
  std::uint64_t count(std::size_t bucket) const { return buckets_[bucket].value(); }
  std::uint64_t sum_microseconds() const { return sum_.value(); }

 private:
  std::array<Counter, kBounds.size() + 1> buckets_;
  Counter sum_;
};

// Sizes in buckets with fixed upper bounds, in bytes.
class SizeHistogram {
 public:
  static constexpr std::array<std::uint64_t, 9> kBounds{
      1 << 8, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24};

  void add(std::uint64_t bytes) {
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && bytes > kBounds[bucket]) ++bucket;
    buckets_[bucket].add();
    sum_.add(bytes);
  }
  // Of that bucket alone, not cumulative.
  std::uint64_t count(std::size_t bucket) const { return buckets_[bucket].value(); }
  std::uint64_t sum() const { return sum_.value(); }

 private:
  std::array<Counter, kBounds.size() + 1> buckets_;
  Counter sum_;
};

// How RocksDB stands; about a second old.
struct EngineGauges {
  Gauge memtable_bytes;
  Gauge table_bytes;  // of the files that are in use
  Gauge pending_compaction_bytes;
  Gauge running_compactions;
  Gauge running_flushes;
  Gauge snapshots;
  Gauge block_cache_bytes;
  Gauge write_stopped;  // 1: the engine takes no write until it has caught up
};

struct StoreCounters {
  Counter commits;
  Counter commits_skipped;            // at or below the position applied already
  Counter records_written;            // puts, erasures and copies that reached a write batch
  Counter bytes_written;              // of write batches
  SizeHistogram commit_bytes;         // of each write batch
  DurationHistogram sync_duration;    // of each sync of the log, be it with a commit or by interval
  DurationHistogram commit_duration;  // writing one batch, and syncing it if that is done by commit
  Gauge position_synced;              // the last commit that a power cut could not take any more
  Counter log_syncs;                  // beside the commits, in the mode `interval`
  DurationHistogram log_sync_duration;
  Counter records_loaded;
  Counter pages;
  Counter page_records;
  Counter look_ups;
  Counter body_reads;
  Gauge disk_free_bytes;  // at the last look
  EngineGauges engine;
};

}  // namespace penstock
