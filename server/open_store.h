// How the Store is opened that the settings ask for. A daemon for tests may open its own instead, over a
// file system that fails on purpose.
#pragma once

#include <functional>
#include <memory>
#include <tl/expected.hpp>

#include "server/settings.h"
#include "storage/rocks_store.h"
#include "storage/store.h"
#include "storage/store_counters.h"

namespace rocksdb {
class FileSystem;
}

namespace penstock {

struct OpenedStore {
  std::unique_ptr<Store> store;
  const StoreCounters* counters = nullptr;  // of the store, living as long; null: it counts nothing
  RocksStore* on_disk = nullptr;            // the store, if it is this one, of which backups can be taken
};

using StoreOpener = std::function<tl::expected<OpenedStore, StartRefusal>(const Settings&, StoreEvents&)>;

// RocksDB in the data directory, or memory. What recovery has to say is logged.
tl::expected<OpenedStore, StartRefusal> open_store(const Settings& settings, StoreEvents& events);

// The same, with RocksDB over this file system.
tl::expected<OpenedStore, StartRefusal> open_store_over(std::shared_ptr<rocksdb::FileSystem> file_system,
                                                        const Settings& settings, StoreEvents& events);

}  // namespace penstock
