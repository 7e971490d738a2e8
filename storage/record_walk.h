// RecordWalk: every record of an open database in the order of its key, although they lie in three families.
//
// Each block's checksum is compared. A family that cannot be read any further ends there, and says why; the
// others go on. One thread.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "storage/rocks_families.h"

namespace penstock {

class RecordWalk {
 public:
  RecordWalk(rocksdb::DB& db, const RocksFamilies& families);

  // At a record; false: there is no more.
  bool valid() const { return at_ != nullptr; }
  void next();

  // Of the record at hand; until next().
  std::string_view key() const { return view(at_->iterator->key()); }
  std::string_view value() const { return view(at_->iterator->value()); }
  rocksdb::ColumnFamilyHandle* family() const { return at_->family; }

  // The first family that could not be read to its end, with the reason; empty: all were.
  std::string trouble() const;

 private:
  struct Stream {
    rocksdb::ColumnFamilyHandle* family = nullptr;
    std::unique_ptr<rocksdb::Iterator> iterator;
  };

  static std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
  void choose();

  std::array<Stream, 3> streams_;
  Stream* at_ = nullptr;
};

}  // namespace penstock
