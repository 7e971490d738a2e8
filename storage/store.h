// Store: the seam between the core and whatever keeps its facts.
//
// Two implementations from the first day: RocksDB (storage/rocks_store.h) and memory
// (storage/memory_store.h). A replicated log would be a third.
//
// The promise: commits are applied in the order of their positions, each exactly once, whole or not at
// all. `durable(position)` is reported only when that commit and every one before it would survive what
// the store's durability mode promises. Whatever cannot be kept is never reported as an error to go on
// from: `refused` is called, and it does not return.
//
// The methods are called one at a time, by the owner of the Broker or from within durable(). Events arrive on
// threads of the store and must not block; of them only durable() may call back, to append what is next and to
// read. A store that reports from within an append does so only to its owner: not of what was appended within
// durable() before that has returned.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "broker/change.h"
#include "broker/look_up.h"
#include "broker/page.h"

namespace penstock {

// Bodies of messages that a commit delivered and whose content was not at hand: as they were before the
// commit, or as it put them. (It may have erased them too, if a delete was decided after the delivery.)
struct BodyRead {
  std::uint64_t token = 0;  // the asker's own
  std::vector<BodyKey> keys;
};

struct Commit {
  Position position;  // one more than the commit before
  Time time;          // broker time, at or after its last decision; never less than that of the commit before
  std::vector<Change> changes;
  std::vector<BodyRead> body_reads;
};

// What the core asks to be read beside its commits.
using StoreRead = std::variant<PageWant, LookUp>;

struct BodyRecord {
  MessageHead head;
  ContentPtr content;
};

class StoreEvents {
 public:
  virtual ~StoreEvents() = default;
  // This commit and all before it are durable.
  virtual void durable(Position position) = 0;
  // The bodies asked for by a commit that is durable, in the order of the keys.
  virtual void bodies(std::uint64_t token, std::vector<BodyRecord> records) = 0;
  virtual void page(Page page) = 0;
  virtual void looked_up(LookedUp found) = 0;
  // The store failed, or found itself corrupt. Ends the process (exit 70); never returns.
  [[noreturn]] virtual void refused(const std::string& reason) = 0;
};

struct Recovered {
  Position position;  // of the last commit applied; 0: a new store
  Time time;          // of that commit
};

class Store {
 public:
  virtual ~Store() = default;

  // Reads every record that is resident in the core (all but bodies), in key order. Called once, before
  // anything else.
  virtual Recovered load(const std::function<void(Record&&)>& visit) = 0;

  // Hands over the next commit. At most one may be outstanding: the caller waits for durable() of the
  // one before. A position at or below the last applied one is skipped and reported durable.
  virtual void append(Commit&& commit) = 0;

  // Answers by events.page() or events.looked_up(), as of the given commit or a later one, waiting for it if need
  // be.
  virtual void read(StoreRead&& wanted, Position at_least) = 0;

  // False while less than the disk reserve is free: commands that grow the store are then refused. It
  // turns true again by itself.
  virtual bool admits_growth() const = 0;
};

}  // namespace penstock
