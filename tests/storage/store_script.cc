#include "tests/storage/store_script.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/random.h"
#include "storage/record_codec.h"

namespace penstock {
namespace {

constexpr std::uint64_t kQueues = 2;

std::string body_of_size(std::uint64_t number, std::size_t bytes) {
  // Bytes that no compression makes small, so that tables and logs get the size they would have.
  SeededRandom random(number);
  std::string body;
  while (body.size() < bytes) {
    const std::uint64_t bits = random.next();
    body.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  }
  return body;
}

class Author {
 public:
  explicit Author(std::size_t body_bytes) : body_bytes_(body_bytes) {}

  Commit write(std::uint64_t position) {
    Commit commit{Position{position}, from_epoch_milliseconds(static_cast<std::int64_t>(position)), {}, {}};
    if (position == 1) {
      commit.changes = {Put{PartitionRecord{{PartitionId{0}}, QueueId{3}}}, Put{queue_record(1)},
                        Put{queue_record(2)}};
    }
    send(commit.changes, 1);
    send(commit.changes, 1);
    switch (position % 6) {
      case 0:
        send_later(commit.changes, static_cast<std::int64_t>(position) * 10);
        break;
      case 1:
      case 2:
      case 3:
        receive_and_erase(commit.changes);
        break;
      case 4:
        move(commit.changes);
        break;
      default:
        expire(commit.changes);
    }
    if (position == 14) purge(commit.changes);
    return commit;
  }

 private:
  void send(std::vector<Change>& changes, std::uint64_t queue) {
    changes.push_back(Put{fresh(high_, body_of_size(high_, body_bytes_ + high_ % 100), queue)});
    ++high_;
    changes.push_back(Put{tally(cursor_, high_)});
  }
  void send_later(std::vector<Change>& changes, std::int64_t due) {
    changes.push_back(Put{later(due, later_high_++, body_of_size(high_, body_bytes_))});
    changes.push_back(Put{delayed(due / 1000 + 1, later_high_)});
  }
  // One of the messages is received, the one before it is deleted.
  void receive_and_erase(std::vector<Change>& changes) {
    changes.push_back(Put{touched(cursor_, 1)});
    changes.push_back(Put{touched(cursor_, 2)});
    if (cursor_ > low_) {
      changes.push_back(Erase{touched(cursor_ - 1, 0).key});
      changes.push_back(Erase{fresh_key(cursor_ - 1)});
    }
    ++cursor_;
    changes.push_back(Put{tally(cursor_, high_)});
  }
  void move(std::vector<Change>& changes) {
    const std::uint64_t from = cursor_++;
    changes.push_back(Copy{fresh_key(from), fresh_key(moved_++, 2), head_of(from + 1'000)});
    changes.push_back(Erase{fresh_key(from)});
    // Out of this very commit, which put it.
    changes.push_back(Copy{fresh_key(high_ - 1), later_key(5, moved_, 2), head_of(high_)});
    changes.push_back(Put{tally(cursor_, high_)});
  }
  void expire(std::vector<Change>& changes) {
    const std::uint64_t to = cursor_ + 1;
    changes.push_back(EraseRange{fresh_key(cursor_ > 0 ? cursor_ - 1 : 0), fresh_key(to)});
    changes.push_back(EraseRange{touched(0, 0).key, touched(to, 0).key});
    cursor_ = low_ = to;
    changes.push_back(Put{tally(cursor_, high_)});
  }
  void purge(std::vector<Change>& changes) {
    changes.push_back(EraseRange{fresh_key(0), fresh_key(high_)});
    changes.push_back(EraseRange{touched(0, 0).key, touched(high_, 0).key});
    changes.push_back(EraseRange{later_key(0, 0), later_key(1'000'000, 0)});
    changes.push_back(Put{queue_record(1, 1)});
    cursor_ = low_ = high_;
    changes.push_back(Put{tally(cursor_, high_)});
  }

  const std::size_t body_bytes_;
  std::uint64_t low_ = 0;  // below it everything was erased
  std::uint64_t cursor_ = 0;
  std::uint64_t high_ = 0;
  std::uint64_t later_high_ = 0;
  std::uint64_t moved_ = 0;
};

}  // namespace

StoreScript::StoreScript(std::size_t commits, std::size_t body_bytes) {
  Author author(body_bytes);
  for (std::uint64_t position = 1; position <= commits; ++position)
    commits_.push_back(author.write(position));
}

Commit StoreScript::commit(std::uint64_t position) const { return commits_.at(position - 1); }

std::map<std::string, std::string> StoreScript::truth(Position position) const {
  // Through a MemoryStore, whose pages show the bodies too.
  MemoryTable table;
  for (std::uint64_t next = 1; next <= position.value; ++next) table.apply(commit(next));
  std::vector<Record> records;
  table.load([&](Record&& record) { records.push_back(std::move(record)); });
  for (std::uint64_t queue = 1; queue <= kQueues; ++queue) {
    constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
    for (PageWant want : {fresh_want(0, kAll, queue, kAll), later_want(0, 0, 1'000'000'000, queue)}) {
      want.records_max = want.bytes_max = kAll;
      for (Record& record : table.read(want).records) records.push_back(std::move(record));
    }
  }
  return bytes_of(records);
}

std::map<std::string, std::string> everything(StoreDriver& driver) {
  std::map<std::string, std::string> all = bytes_of(driver.loaded());
  for (std::uint64_t queue = 1; queue <= kQueues; ++queue) all.merge(bytes_of(driver.all_bodies(queue)));
  return all;
}

RocksStoreOptions small_store(const std::string& directory) {
  RocksStoreOptions options;
  options.directory = directory;
  options.disk_reserve_bytes = 1;
  options.bodies_memtable_bytes = 64 << 10;
  options.touched_memtable_bytes = 64 << 10;
  options.state_memtable_bytes = 64 << 10;
  options.block_cache_bytes = 1 << 20;
  options.wal_bytes_max = 256 << 10;
  return options;
}

void play(const StoreScript& script, RocksStore& store, RecordedEvents& events, Position applied,
          const std::function<void(Position)>& before, const std::function<void(Position)>& after) {
  for (std::uint64_t next = applied.value + 1; next <= script.size(); ++next) {
    before(Position{next});
    store.append(script.commit(next));
    events.wait_durable(Position{next});
    if (after) after(Position{next});
    if (script.compacts_after(next)) {
      if (const Result<void> compacted = store.compact(); !compacted) events.refused(compacted.error().text);
    }
  }
}

}  // namespace penstock
