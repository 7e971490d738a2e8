#include "storage/engine_look.h"

#include <string>

namespace penstock {

EngineLook::EngineLook(rocksdb::DB& db, const RocksFamilies& families, EngineGauges& gauges)
    : db_(db), families_(families), gauges_(gauges) {}

void EngineLook::look_if_due(Clock::time_point now) {
  if (now - looked_ < kAge) return;
  looked_ = now;
  // A property that the engine does not tell keeps its last value.
  const auto over_families = [&](Gauge& gauge, const std::string& property) {
    std::uint64_t value = 0;
    if (db_.GetAggregatedIntProperty(property, &value)) gauge.set(value);
  };
  const auto of_database = [&](Gauge& gauge, const std::string& property) {
    std::uint64_t value = 0;
    if (db_.GetIntProperty(families_.bodies, property, &value)) gauge.set(value);
  };
  using Properties = rocksdb::DB::Properties;
  over_families(gauges_.memtable_bytes, Properties::kCurSizeAllMemTables);
  over_families(gauges_.table_bytes, Properties::kTotalSstFilesSize);
  over_families(gauges_.pending_compaction_bytes, Properties::kEstimatePendingCompactionBytes);
  of_database(gauges_.running_compactions, Properties::kNumRunningCompactions);
  of_database(gauges_.running_flushes, Properties::kNumRunningFlushes);
  of_database(gauges_.snapshots, Properties::kNumSnapshots);
  of_database(gauges_.block_cache_bytes, Properties::kBlockCacheUsage);
  of_database(gauges_.write_stopped, Properties::kIsWriteStopped);
}

}  // namespace penstock
