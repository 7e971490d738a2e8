#include "server/open_store.h"

#include "server/log.h"
#include "storage/memory_store.h"

namespace penstock {

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
