// MemoryTable: all records of a partition in memory, under the very keys and bytes they would have on
// disk, so that whatever runs on it also proves the record formats.
//
// It is the body of MemoryStore and of the simulator's store. Not thread-safe: one owner.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "storage/page_builder.h"
#include "storage/store.h"

namespace penstock {

class MemoryTable {
 public:
  // Applies the commit if its position is the next one; skips it at or below position(). A gap, or a
  // body key put twice, is our own mistake and aborts.
  void apply(const Commit& commit);

  Recovered recovered() const { return {position_, time_}; }
  void load(const std::function<void(Record&&)>& visit) const;
  // Every record, bodies too, in key order.
  void each(const std::function<void(const Record&)>& visit) const;
  Page read(const PageWant& want) const;
  LookedUp read(const LookUp& wanted) const;
  BodyRecord body(const BodyKey& key) const;
  // What the next commit asks for, read by read, in the order of its keys. To be called before it is
  // applied: it may erase what it delivers.
  std::vector<std::vector<BodyRecord>> bodies_for(const Commit& next) const;

 private:
  // The bodies that are there.
  Page read_bodies(PageBuilder&& builder) const;

  std::map<std::string, std::string> records_;
  Position position_;
  Time time_;
};

}  // namespace penstock
