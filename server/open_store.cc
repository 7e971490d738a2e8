#include "server/open_store.h"

#include <algorithm>

#include "server/log.h"
#include "storage/memory_store.h"

namespace penstock {

namespace {

// What of the engine's memory goes where: below the default all of it shrinks, above it the cache alone grows.
void share_memory(RocksStoreOptions& options, std::size_t bytes) {
  // A family's memtables are sealed and written one after the other, so there are several of each.
  const std::size_t by_default = 3 * options.bodies_memtable_bytes + 2 * options.touched_memtable_bytes +
                                 2 * options.state_memtable_bytes + options.block_cache_bytes;
  if (bytes >= by_default) {
    options.block_cache_bytes += bytes - by_default;
    return;
  }
  for (std::size_t* const part : {&options.bodies_memtable_bytes, &options.touched_memtable_bytes,
                                  &options.state_memtable_bytes, &options.block_cache_bytes}) {
    *part = std::max(std::size_t{256} << 10, *part / 1024 * bytes / by_default * 1024);
  }
}

}  // namespace

tl::expected<OpenedStore, StartRefusal> open_store(const Settings& settings, StoreEvents& events) {
  return open_store_over(nullptr, settings, events);
}

tl::expected<OpenedStore, StartRefusal> open_store_over(std::shared_ptr<rocksdb::FileSystem> file_system,
                                                        const Settings& settings, StoreEvents& events) {
  if (settings.durability == Durability::kMemory) {
    log_warning("durability is memory: everything is lost when this process ends");
    return OpenedStore{std::make_unique<MemoryStore>(events)};
  }
  RocksStoreOptions options;
  options.directory = settings.data;
  options.disk_reserve_bytes = settings.disk_reserve_bytes;
  if (settings.durability == Durability::kInterval) {
    options.log_sync = LogSync::kInterval;
    options.sync_interval = settings.sync_interval;
  }
  share_memory(options, settings.store_bytes_max);
  options.file_system = std::move(file_system);
  auto opened = RocksStore::open(options, events);
  if (!opened) return tl::unexpected(StartRefusal{kExitStore, opened.error().text});
  std::unique_ptr<RocksStore> store = *std::move(opened);
  if (!store->notice().empty()) {
    log_warning("the store has something to say", {{"notice", store->notice()}});
  }
  const StoreCounters* const counters = &store->counters();
  RocksStore* const on_disk = store.get();
  return OpenedStore{std::move(store), counters, on_disk};
}

}  // namespace penstock
