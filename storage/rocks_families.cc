#include "storage/rocks_families.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace penstock {
namespace {

std::shared_ptr<rocksdb::TableFactory> table_factory(const std::shared_ptr<rocksdb::Cache>& cache,
                                                     bool point_reads) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  // Indexes and filters live in the cache too, in parts: with a hundred million bodies on disk they would
  // otherwise be resident as a whole.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = false;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 4096;
  table.block_size = 16 << 10;
  if (point_reads) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::ColumnFamilyOptions family_options(std::size_t memtable_bytes, bool bodies,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = memtable_bytes;
  family.max_write_buffer_number = bodies ? 3 : 2;
  family.target_file_size_base = 64 << 20;
  family.level_compaction_dynamic_level_bytes = true;
  family.compression = bodies ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  family.table_factory = table_factory(cache, bodies);
  family.force_consistency_checks = true;
  return family;
}

}  // namespace

std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(const RocksStoreOptions& options) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  return {
      {rocksdb::kDefaultColumnFamilyName, family_options(options.state_memtable_bytes, false, cache)},
      {"bodies", family_options(options.bodies_memtable_bytes, true, cache)},
      {"touched", family_options(options.touched_memtable_bytes, false, cache)},
  };
}

rocksdb::DBOptions database_options(const RocksStoreOptions& options, rocksdb::Env& env) {
  rocksdb::DBOptions database;
  database.env = &env;
  database.paranoid_checks = true;
  database.max_background_jobs = 2;
  database.max_open_files = 512;
  database.skip_stats_update_on_db_open = true;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.max_manifest_file_size = 64 << 20;

  // The log: synced by each commit, verified against the MANIFEST, never flushed while recovering (which
  // could need room on a full disk). Whatever tail a power cut left is cut before the library sees it, so
  // it need tolerate nothing.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  database.track_and_verify_wals_in_manifest = true;
  database.avoid_flush_during_recovery = true;
  database.max_total_wal_size = options.wal_bytes_max;
  // Write-back of tables in small steps: a commit's sync otherwise waits behind a whole one.
  database.bytes_per_sync = 1 << 20;

  // After a failed write or sync nothing is known of the disk: never try again.
  database.max_bgerror_resume_count = 0;

  database.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  database.max_log_file_size = 1 << 20;
  database.keep_log_file_num = 2;
  return database;
}

}  // namespace penstock
