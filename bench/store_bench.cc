// The store alone: commits of 1 KB messages on the real disk, synced, with so many messages in each; and
// reading them back by pages.
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "bench/scratch_directory.h"
#include "storage/rocks_store.h"

namespace penstock {
namespace {

const QueueAddress kQueue{{}, {AccountId{0}, *Region::parse("us-east-1")}, {1}};

// Waits for what the store reports.
class Reports final : public StoreEvents {
 public:
  void durable(Position position) override {
    set([&] { durable_ = position; });
  }
  void bodies(std::uint64_t, std::vector<BodyRecord>) override {}
  void page(Page page) override {
    set([&] {
      page_records_ = page.records.size();
      page_come_ = true;
    });
  }
  void looked_up(LookedUp) override {}
  [[noreturn]] void refused(const std::string& reason) override {
    std::fprintf(stderr, "the store refused: %s\n", reason.c_str());
    std::abort();
  }

  void wait_durable(Position position) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return durable_ >= position; });
  }
  std::size_t wait_page() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return page_come_; });
    page_come_ = false;
    return page_records_;
  }

 private:
  template <class Set>
  void set(const Set& assign) {
    {
      const std::lock_guard lock(mutex_);
      assign();
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Position durable_;
  std::size_t page_records_ = 0;
  bool page_come_ = false;
};

class OpenStore {
 public:
  OpenStore() : scratch_("/var/tmp") {
    auto opened = RocksStore::open({.directory = scratch_.path("data")}, reports);
    if (!opened) throw std::runtime_error(opened.error().text);
    store = std::move(*opened);
    store->load([](Record&&) {});
    commit({Put{QueueRecord{.key = {kQueue}, .name = "bench"}}});
  }

  void commit(std::vector<Change> changes) {
    position = position.next();
    store->append({position, from_epoch_milliseconds(1), std::move(changes), {}});
    reports.wait_durable(position);
  }
  std::vector<Change> sends(std::int64_t count) {
    std::vector<Change> changes;
    for (std::int64_t i = 0; i < count; ++i) {
      changes.push_back(Put{FreshRecord{{kQueue, kFirstLane, high}, {}, content_}});
      high = high.next();
    }
    changes.push_back(Put{TallyRecord{.key = {kQueue, kFirstLane}, .high = high}});
    return changes;
  }

 private:
  ScratchDirectory scratch_;
  ContentPtr content_ = std::make_shared<MessageContent>(MessageContent{.body = std::string(1024, 'x')});

 public:
  Reports reports;
  std::unique_ptr<RocksStore> store;
  Position position;
  Sequence high;
};

void durable_commit(benchmark::State& state) {
  OpenStore open;
  for (auto _ : state) open.commit(open.sends(state.range(0)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(durable_commit)->Arg(1)->Arg(64)->Arg(256)->UseRealTime()->MinTime(2);

void read_pages(benchmark::State& state) {
  OpenStore open;
  for (int i = 0; i < 200; ++i) open.commit(open.sends(500));
  std::int64_t records = 0;
  Sequence from;
  for (auto _ : state) {
    open.store->read(PageWant{.queue = kQueue, .range = FreshRange{kFirstLane, from, open.high}}, open.position);
    const std::size_t read = open.reports.wait_page();
    records += static_cast<std::int64_t>(read);
    from = Sequence{(from.value + read) % (open.high.value - 1)};
  }
  state.SetItemsProcessed(records);
}
BENCHMARK(read_pages)->UseRealTime()->MinTime(2);

}  // namespace
}  // namespace penstock

BENCHMARK_MAIN();
