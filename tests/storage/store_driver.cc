#include "tests/storage/store_driver.h"

#include <unistd.h>

#include <cstdio>
#include <limits>
#include <utility>

#include "storage/record_codec.h"

namespace penstock {

void RecordedEvents::durable(Position position) {
  if (on_durable) on_durable(position);
  const std::lock_guard lock(mutex_);
  if (position > durable_) durable_ = position;
  ++durable_reports_;
  said_.notify_all();
}

void RecordedEvents::bodies(std::uint64_t token, std::vector<BodyRecord> records) {
  const std::lock_guard lock(mutex_);
  bodies_[token] = std::move(records);
  said_.notify_all();
}

void RecordedEvents::page(Page page) {
  const std::lock_guard lock(mutex_);
  pages_.push_back(std::move(page));
  said_.notify_all();
}

void RecordedEvents::looked_up(LookedUp found) {
  const std::lock_guard lock(mutex_);
  looked_up_.push_back(std::move(found));
  said_.notify_all();
}

void RecordedEvents::refused(const std::string& reason) {
  std::fprintf(stderr, "refused: %s\n", reason.c_str());
  ::_exit(kRefusedExit);
}

void RecordedEvents::wait_durable(Position position) {
  std::unique_lock lock(mutex_);
  said_.wait(lock, [&] { return durable_ >= position; });
}

std::vector<BodyRecord> RecordedEvents::wait_bodies(std::uint64_t token) {
  std::unique_lock lock(mutex_);
  said_.wait(lock, [&] { return bodies_.contains(token); });
  return bodies_[token];
}

Page RecordedEvents::wait_page() {
  std::unique_lock lock(mutex_);
  said_.wait(lock, [&] { return !pages_.empty(); });
  Page page = std::move(pages_.front());
  pages_.erase(pages_.begin());
  return page;
}

LookedUp RecordedEvents::wait_looked_up() {
  std::unique_lock lock(mutex_);
  said_.wait(lock, [&] { return !looked_up_.empty(); });
  LookedUp found = std::move(looked_up_.front());
  looked_up_.erase(looked_up_.begin());
  return found;
}

std::size_t RecordedEvents::durable_reports() {
  const std::lock_guard lock(mutex_);
  return durable_reports_;
}

QueueAddress queue_address(std::uint64_t id) {
  return {PartitionId{0}, World{AccountId{0}, *Region::parse("us-east-1")}, QueueId{id}};
}

QueueRecord queue_record(std::uint64_t id, std::uint64_t generation) {
  QueueRecord record;
  record.key = QueueKey{queue_address(id)};
  record.name = "queue-" + std::to_string(id);
  record.generation = Generation{generation};
  return record;
}

ContentPtr content_of(std::string body) {
  auto content = std::make_shared<MessageContent>();
  content->body_md5 = md5(body);
  content->body = std::move(body);
  content->sender_id = "000000000000";
  return content;
}

MessageHead head_of(std::uint64_t number) {
  SeededRandom random(number);
  return {MessageId::draw(random), from_epoch_milliseconds(static_cast<std::int64_t>(number))};
}

FreshKey fresh_key(std::uint64_t sequence, std::uint64_t queue) {
  return {queue_address(queue), kFirstLane, Sequence{sequence}};
}

LaterKey later_key(std::int64_t due, std::uint64_t sequence, std::uint64_t queue) {
  return {queue_address(queue), from_epoch_milliseconds(due), Sequence{sequence}};
}

FreshRecord fresh(std::uint64_t sequence, std::string body, std::uint64_t queue) {
  return {fresh_key(sequence, queue), head_of(sequence), content_of(std::move(body))};
}

LaterRecord later(std::int64_t due, std::uint64_t sequence, std::string body, std::uint64_t queue) {
  return {later_key(due, sequence, queue), head_of(sequence), content_of(std::move(body))};
}

TallyRecord tally(std::uint64_t cursor, std::uint64_t high, std::uint64_t queue) {
  TallyRecord record;
  record.key = {queue_address(queue), kFirstLane};
  record.cursor = Sequence{cursor};
  record.high = Sequence{high};
  return record;
}

TouchedRecord touched(std::uint64_t sequence, std::uint32_t count, std::uint64_t queue) {
  TouchedRecord record;
  record.key = {queue_address(queue), kFirstLane, Sequence{sequence}};
  record.nonce = sequence * 7919;
  record.receive_count = count;
  return record;
}

DelayedRecord delayed(std::int64_t second, std::uint64_t count, std::uint64_t queue) {
  return {{queue_address(queue), second}, count};
}

PageWant fresh_want(std::uint64_t from, std::uint64_t to, std::uint64_t queue, std::uint64_t generation) {
  PageWant want;
  want.queue = queue_address(queue);
  want.generation = Generation{generation};
  want.range = FreshRange{kFirstLane, Sequence{from}, Sequence{to}};
  return want;
}

PageWant later_want(std::int64_t from_due, std::uint64_t from, std::int64_t through, std::uint64_t queue) {
  PageWant want;
  want.queue = queue_address(queue);
  want.range =
      LaterRange{from_epoch_milliseconds(from_due), Sequence{from}, from_epoch_milliseconds(through)};
  return want;
}

std::map<std::string, std::string> bytes_of(const std::vector<Record>& records) {
  std::map<std::string, std::string> bytes;
  for (const Record& record : records) {
    const EncodedRecord encoded = encode_record(record);
    bytes.emplace(encoded.key(), encoded.value());
  }
  return bytes;
}

StoreDriver::StoreDriver(Store& store, RecordedEvents& events) : store_(store), events_(events) {
  recovered_ = store_.load([this](Record&& record) { loaded_.push_back(std::move(record)); });
  position_ = recovered_.position;
  time_ = recovered_.time;
}

Position StoreDriver::commit(std::vector<Change> changes, std::vector<BodyRead> reads) {
  position_ = position_.next();
  time_ += Milliseconds{1};
  store_.append({position_, time_, std::move(changes), std::move(reads)});
  events_.wait_durable(position_);
  return position_;
}

Page StoreDriver::read(PageWant want) {
  store_.read(std::move(want), position_);
  return events_.wait_page();
}

std::vector<std::optional<Record>> StoreDriver::look_up(std::vector<Key> keys) {
  store_.read(LookUp{7, std::move(keys)}, position_);
  return events_.wait_looked_up().records;
}

std::vector<Record> StoreDriver::all_bodies(std::uint64_t queue) {
  constexpr std::uint64_t kNoGeneration = std::numeric_limits<std::uint64_t>::max();
  std::vector<Record> bodies;
  const auto gather = [&](PageWant want) {
    while (true) {
      Page page = read(want);
      for (Record& record : page.records) bodies.push_back(std::move(record));
      if (page.complete) return;
      if (auto* range = std::get_if<FreshRange>(&want.range)) {
        range->from = std::get<FreshRecord>(bodies.back()).key.sequence.next();
      } else {
        const LaterKey& last = std::get<LaterRecord>(bodies.back()).key;
        auto& later_range = std::get<LaterRange>(want.range);
        later_range.from_due = last.due;
        later_range.from = last.sequence.next();
      }
    }
  };
  gather(fresh_want(0, std::numeric_limits<std::uint64_t>::max(), queue, kNoGeneration));
  gather(later_want(0, 0, std::numeric_limits<std::int64_t>::max(), queue));
  return bodies;
}

}  // namespace penstock
