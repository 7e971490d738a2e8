// RocksFamilies: which column family a record lies in, and how each is tuned (and RocksDB as a whole).
//
//     bodies   put once, read seldom, large
//     touched  rewritten at every receive, read as a whole at the start
//     default  everything else: little, and rewritten all the time
//
// Bodies lie apart so that rewriting the state of a message never moves its body; see
// docs/storage_format.md.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <memory>
#include <vector>

#include "storage/key_codec.h"
#include "storage/rocks_store.h"

namespace penstock {

struct RocksFamilies {
  rocksdb::ColumnFamilyHandle* state = nullptr;
  rocksdb::ColumnFamilyHandle* bodies = nullptr;
  rocksdb::ColumnFamilyHandle* touched = nullptr;

  rocksdb::ColumnFamilyHandle* of(KeyKind kind) const {
    if (is_body(kind)) return bodies;
    return kind == KeyKind::kTouched ? touched : state;
  }
};

// In the order state, bodies, touched.
std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(const RocksStoreOptions& options);

rocksdb::DBOptions database_options(const RocksStoreOptions& options, rocksdb::Env& env);

}  // namespace penstock
