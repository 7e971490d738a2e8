// StoreDriver: a store under test, driven as the owner of a Broker drives it: one commit outstanding, every
// event taken note of, every answer waited for (never slept for).
//
// A refusal ends the process with exit status 70, as in the daemon; plays about refusals run it in a forked
// child.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/store.h"

namespace penstock {

inline constexpr int kRefusedExit = 70;

// What the store has said, gathered from its threads.
class RecordedEvents final : public StoreEvents {
 public:
  void durable(Position position) override;
  void bodies(std::uint64_t token, std::vector<BodyRecord> records) override;
  void page(Page page) override;
  void looked_up(LookedUp found) override;
  [[noreturn]] void refused(const std::string& reason) override;

  // Each waits until it was said.
  void wait_durable(Position position);
  std::vector<BodyRecord> wait_bodies(std::uint64_t token);
  Page wait_page();
  LookedUp wait_looked_up();

  // Called, on the store's thread, as soon as a commit is durable.
  std::function<void(Position)> on_durable;
  std::size_t durable_reports();

 private:
  std::mutex mutex_;
  std::condition_variable said_;
  Position durable_;
  std::size_t durable_reports_ = 0;
  std::map<std::uint64_t, std::vector<BodyRecord>> bodies_;
  std::vector<Page> pages_;
  std::vector<LookedUp> looked_up_;
};

// ---- the things that plays are about

QueueAddress queue_address(std::uint64_t id = 1);
QueueRecord queue_record(std::uint64_t id = 1, std::uint64_t generation = 0);
ContentPtr content_of(std::string body);
MessageHead head_of(std::uint64_t number);
FreshKey fresh_key(std::uint64_t sequence, std::uint64_t queue = 1);
LaterKey later_key(std::int64_t due, std::uint64_t sequence, std::uint64_t queue = 1);
FreshRecord fresh(std::uint64_t sequence, std::string body, std::uint64_t queue = 1);
LaterRecord later(std::int64_t due, std::uint64_t sequence, std::string body, std::uint64_t queue = 1);
TallyRecord tally(std::uint64_t cursor, std::uint64_t high, std::uint64_t queue = 1);
TouchedRecord touched(std::uint64_t sequence, std::uint32_t count, std::uint64_t queue = 1);
DelayedRecord delayed(std::int64_t second, std::uint64_t count, std::uint64_t queue = 1);
PageWant fresh_want(std::uint64_t from, std::uint64_t to, std::uint64_t queue = 1,
                    std::uint64_t generation = 0);
PageWant later_want(std::int64_t from_due, std::uint64_t from, std::int64_t through, std::uint64_t queue = 1);

// Key and value as they would lie on disk: two records are the same if these are.
std::map<std::string, std::string> bytes_of(const std::vector<Record>& records);

class StoreDriver {
 public:
  StoreDriver(Store& store, RecordedEvents& events);

  // What it said when it was loaded.
  const Recovered& recovered() const { return recovered_; }
  const std::vector<Record>& loaded() const { return loaded_; }

  Position commit(std::vector<Change> changes, std::vector<BodyRead> reads = {});
  Page read(PageWant want);
  std::vector<std::optional<Record>> look_up(std::vector<Key> keys);
  // Bodies of a queue page by page, whether they are dense or not.
  std::vector<Record> all_bodies(std::uint64_t queue);
  std::vector<BodyRecord> bodies(std::uint64_t token) { return events_.wait_bodies(token); }

  Position position() const { return position_; }
  Position at(std::uint64_t number) const { return Position{number}; }

 private:
  Store& store_;
  RecordedEvents& events_;
  Recovered recovered_;
  std::vector<Record> loaded_;
  Position position_;
  Time time_;
};

}  // namespace penstock
