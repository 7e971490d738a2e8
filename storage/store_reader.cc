#include "storage/store_reader.h"

#include <pthread.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "storage/page_builder.h"
#include "storage/record_codec.h"

namespace penstock {
namespace {

tl::unexpected<Error> failed(const rocksdb::Status& status) {
  return refuse(ErrorCode::kInternalFailure, status.ToString());
}

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace

StoreReader::StoreReader(rocksdb::DB& db, const RocksFamilies& families, StoreEvents& events,
                         StoreCounters& counters)
    : db_(db), families_(families), events_(events), counters_(counters), thread_([this] { run(); }) {}

StoreReader::~StoreReader() {
  letters_.insist(Stop{});
  thread_.join();
}

StoreReader::Snapshot StoreReader::take_snapshot() {
  return Snapshot(db_.GetSnapshot(),
                  [this](const rocksdb::Snapshot* snapshot) { db_.ReleaseSnapshot(snapshot); });
}

void StoreReader::run() {
  pthread_setname_np(pthread_self(), "reader");
  std::vector<Letter> letters;
  while (true) {
    letters.clear();
    letters_.drain(letters, Mailbox<Letter>::Deadline::max());
    for (Letter& letter : letters) {
      if (std::holds_alternative<Stop>(letter)) return;
      if (auto* wanted_now = std::get_if<StoreRead>(&letter)) {
        read_now(std::move(*wanted_now));
      } else {
        auto& wanted = std::get<Bodies>(letter);
        Result<std::vector<BodyRecord>> read = bodies(wanted);
        if (!read) events_.refused("reading a body: " + read.error().text);
        counters_.body_reads.add(read->size());
        wanted.snapshot.reset();
        events_.bodies(wanted.read.token, std::move(*read));
      }
    }
  }
}

void StoreReader::read_now(StoreRead&& wanted) {
  if (const auto* keys = std::get_if<LookUp>(&wanted)) {
    Result<LookedUp> found = look_up(*keys);
    if (!found) events_.refused("looking up a record: " + found.error().text);
    counters_.look_ups.add();
    events_.looked_up(std::move(*found));
    return;
  }
  Result<Page> read = page(std::get<PageWant>(std::move(wanted)));
  if (!read) events_.refused("reading a page: " + read.error().text);
  counters_.pages.add();
  counters_.page_records.add(read->records.size());
  events_.page(std::move(*read));
}

Result<LookedUp> StoreReader::look_up(const LookUp& wanted) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  LookedUp found{wanted.token, {}};
  for (const Key& key : wanted.keys) {
    const std::string bytes = encode_key(key);
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = db_.Get(options, families_.of(kind_of(key)), bytes, &value);
    std::optional<Record>& record = found.records.emplace_back();
    if (status.IsNotFound()) continue;
    if (!status.ok()) return failed(status);
    Result<Record> decoded = decode_record(bytes, view(value));
    if (!decoded) return tl::unexpected<Error>(decoded.error());
    record = std::move(*decoded);
  }
  return found;
}

Result<Page> StoreReader::page(PageWant&& want) {
  PageBuilder builder(std::move(want));
  const Snapshot snapshot = take_snapshot();
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.get();
  options.verify_checksums = true;

  std::string queue;
  const rocksdb::Status found = db_.Get(options, families_.state, builder.queue_key(), &queue);
  if (!found.ok() && !found.IsNotFound()) return failed(found);
  const Result<void> noted =
      builder.note_queue(found.ok() ? std::optional<std::string_view>(queue) : std::nullopt);
  if (!noted) return tl::unexpected<Error>(noted.error());

  if (std::holds_alternative<BodiesAsked>(builder.want().range)) return page_of_bodies(std::move(builder), options);

  // Bounds on both sides: the walk never steps over the tombstones of what was consumed before.
  const rocksdb::Slice from(builder.from());
  const rocksdb::Slice to(builder.to());
  options.iterate_lower_bound = &from;
  options.iterate_upper_bound = &to;
  options.total_order_seek = true;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> iterator(db_.NewIterator(options, families_.bodies));
  bool full = false;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const Result<bool> added = builder.add(view(iterator->key()), view(iterator->value()));
    if (!added) return tl::unexpected<Error>(added.error());
    if (!*added) {
      full = true;
      break;
    }
  }
  if (!iterator->status().ok()) return failed(iterator->status());
  return builder.finish(!full);
}

Result<Page> StoreReader::page_of_bodies(PageBuilder&& builder, const rocksdb::ReadOptions& options) {
  bool full = false;
  for (const std::string& key : builder.keys()) {
    rocksdb::PinnableSlice value;
    const rocksdb::Status found = db_.Get(options, families_.bodies, key, &value);
    if (found.IsNotFound()) continue;
    if (!found.ok()) return failed(found);
    const Result<bool> added = builder.add(key, view(value));
    if (!added) return tl::unexpected<Error>(added.error());
    if (!*added) {
      full = true;
      break;
    }
  }
  return builder.finish(!full);
}

Result<std::vector<BodyRecord>> StoreReader::bodies(const Bodies& wanted) {
  std::vector<BodyRecord> records;
  records.reserve(wanted.read.keys.size());
  for (const BodyKey& key : wanted.read.keys) {
    Result<BodyRecord> body =
        wanted.placed->find(key, [&](const BodyKey& stored) { return stored_body(stored, wanted.snapshot); });
    if (!body) return tl::unexpected<Error>(body.error());
    records.push_back(std::move(*body));
  }
  return records;
}

Result<BodyRecord> StoreReader::stored_body(const BodyKey& key, const Snapshot& snapshot) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.get();
  options.verify_checksums = true;
  const std::string bytes = encode_key(key);
  rocksdb::PinnableSlice value;
  const rocksdb::Status found = db_.Get(options, families_.bodies, bytes, &value);
  if (found.IsNotFound())
    return refuse(ErrorCode::kInternalFailure, "the body of a received message is missing");
  if (!found.ok()) return failed(found);
  Result<Record> record = decode_record(bytes, view(value));
  if (!record) return tl::unexpected<Error>(record.error());
  return body_of(std::move(*record));
}

}  // namespace penstock
