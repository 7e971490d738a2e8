#include "storage/memory_table.h"

#include <optional>
#include <utility>

#include "base/require.h"
#include "storage/commit_bodies.h"
#include "storage/key_codec.h"
#include "storage/page_builder.h"
#include "storage/record_codec.h"

namespace penstock {
namespace {

struct ChangeApplier {
  std::map<std::string, std::string>& records;

  void operator()(const Put& put) const { insert(encode_record(put.record), kind_of(key_of(put.record))); }
  void operator()(const Erase& erase) const { records.erase(encode_key(erase.key)); }
  void operator()(const EraseRange& erase) const {
    require(of_one_queue_and_kind(erase.from, erase.to), "a range is of one queue and kind");
    const std::string from = encode_key(erase.from);
    const std::string to = encode_key(erase.to);
    if (from < to) records.erase(records.lower_bound(from), records.lower_bound(to));
  }
  void operator()(const Copy& copy) const {
    const std::string from = encode_key(copy.from);
    const auto source = records.find(from);
    require(source != records.end(), "what is copied exists");
    Result<EncodedRecord> copied = copy_body(source->second, copy);
    require(copied.has_value(), "what is copied is undamaged");
    insert(std::move(*copied), kind_of(key_of(copy.to)));
  }

 private:
  void insert(EncodedRecord&& record, KeyKind kind) const {
    const auto [place, added] =
        records.insert_or_assign(std::string(record.key()), std::string(record.value()));
    require(added || !is_body(kind), "a body key is put once in all time");
  }
};

}  // namespace

void MemoryTable::apply(const Commit& commit) {
  if (commit.position <= position_) return;
  require(commit.position == position_.next(), "commits come without a gap");
  require(commit.time >= time_, "the time of commits never decreases");
  for (const Change& change : commit.changes) std::visit(ChangeApplier{records_}, change);
  position_ = commit.position;
  time_ = commit.time;
}

void MemoryTable::load(const std::function<void(Record&&)>& visit) const {
  for (const auto& [key, value] : records_) {
    const std::optional<Key> decoded = decode_key(key);
    require(decoded.has_value(), "every key in memory can be decoded");
    if (is_body(kind_of(*decoded))) continue;
    Result<Record> record = decode_record(key, value);
    require(record.has_value(), "every record in memory can be decoded");
    visit(std::move(*record));
  }
}

void MemoryTable::each(const std::function<void(const Record&)>& visit) const {
  for (const auto& [key, value] : records_) {
    const Result<Record> record = decode_record(key, value);
    require(record.has_value(), "every record in memory can be decoded");
    visit(*record);
  }
}

Page MemoryTable::read(const PageWant& want) const {
  PageBuilder builder{PageWant(want)};
  const auto queue = records_.find(builder.queue_key());
  const Result<void> noted = builder.note_queue(
      queue == records_.end() ? std::nullopt : std::optional<std::string_view>(queue->second));
  require(noted.has_value(), "every record in memory can be decoded");
  if (std::holds_alternative<BodiesAsked>(want.range)) return read_bodies(std::move(builder));
  auto place = records_.lower_bound(builder.from());
  const auto end = records_.lower_bound(builder.to());
  for (; place != end; ++place) {
    const Result<bool> added = builder.add(place->first, place->second);
    require(added.has_value(), "a range of messages never received has no gap");
    if (!*added) break;
  }
  Result<Page> page = builder.finish(place == end);
  require(page.has_value(), "a range of messages never received has no gap");
  return std::move(*page);
}

LookedUp MemoryTable::read(const LookUp& wanted) const {
  LookedUp found{wanted.token, {}};
  for (const Key& key : wanted.keys) {
    const auto place = records_.find(encode_key(key));
    std::optional<Record>& record = found.records.emplace_back();
    if (place == records_.end()) continue;
    Result<Record> decoded = decode_record(place->first, place->second);
    require(decoded.has_value(), "every record in memory can be decoded");
    record = std::move(*decoded);
  }
  return found;
}

Page MemoryTable::read_bodies(PageBuilder&& builder) const {
  bool full = false;
  for (const std::string& key : builder.keys()) {
    const auto place = records_.find(key);
    if (place == records_.end()) continue;
    const Result<bool> added = builder.add(place->first, place->second);
    require(added.has_value(), "every record in memory can be decoded");
    if (!*added) {
      full = true;
      break;
    }
  }
  Result<Page> page = builder.finish(!full);
  require(page.has_value(), "single bodies have no gap");
  return std::move(*page);
}

BodyRecord MemoryTable::body(const BodyKey& key) const {
  const std::string bytes = encode_key(key);
  const auto place = records_.find(bytes);
  require(place != records_.end(), "a body that is asked for exists");
  Result<Record> record = decode_record(bytes, place->second);
  require(record.has_value(), "every record in memory can be decoded");
  return body_of(std::move(*record));
}

std::vector<std::vector<BodyRecord>> MemoryTable::bodies_for(const Commit& next) const {
  const CommitBodies placed(next);
  std::vector<std::vector<BodyRecord>> bodies;
  for (const BodyRead& read : next.body_reads) {
    std::vector<BodyRecord>& records = bodies.emplace_back();
    for (const BodyKey& key : read.keys) {
      records.push_back(placed.find(key, [this](const BodyKey& stored) { return body(stored); }));
    }
  }
  return bodies;
}

}  // namespace penstock
