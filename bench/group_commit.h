// The bare durability baseline ("B2"): one committer that writes everything outstanding as one RocksDB
// WriteBatch with one sync, with N producers that each wait for their record before they hand over the
// next. What durable records cost on this disk without a broker.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace penstock {

struct GroupCommitResult {
  std::uint64_t records = 0;
  std::uint64_t syncs = 0;
  std::chrono::duration<double> elapsed{};
  std::chrono::duration<double> cpu{};  // of this process

  double rate() const { return static_cast<double>(records) / elapsed.count(); }
};

// Writes records of that size into a new database in `directory`, with `outstanding` producers played by
// one thread, for about that long.
GroupCommitResult run_group_commit(const std::string& directory, std::size_t outstanding,
                                   std::size_t record_bytes, std::chrono::duration<double> time);

}  // namespace penstock
