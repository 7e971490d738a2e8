// EngineLook: how RocksDB stands, for /metrics: what it holds in memory and on disk, and how far its own
// work is behind.
//
// The committer looks about once a second, between commits, so that nobody else ever asks the engine; any
// thread reads.
#pragma once

#include <chrono>

#include "storage/rocks_families.h"
#include "storage/store_counters.h"

namespace penstock {

class EngineLook {
 public:
  using Clock = std::chrono::steady_clock;

  EngineLook(rocksdb::DB& db, const RocksFamilies& families, EngineGauges& gauges);
  // Looks, if the last look is old enough.
  void look_if_due(Clock::time_point now);

 private:
  static constexpr std::chrono::milliseconds kAge{900};  // less than the committer's rest of a second

  rocksdb::DB& db_;
  RocksFamilies families_;
  EngineGauges& gauges_;
  Clock::time_point looked_{};
};

}  // namespace penstock
