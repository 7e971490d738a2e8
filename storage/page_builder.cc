#include "storage/page_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/record_codec.h"

namespace penstock {
namespace {

tl::unexpected<Error> gap() {
  return refuse(ErrorCode::kInternalFailure, "a message that was never received is missing");
}

}  // namespace

PageBuilder::PageBuilder(PageWant&& want) {
  page_.want = std::move(want);
  const QueueAddress& queue = page_.want.queue;
  if (const auto* fresh = std::get_if<FreshRange>(&page_.want.range)) {
    from_ = encode_key(Key{FreshKey{queue, fresh->lane, fresh->from}});
    to_ = encode_key(Key{FreshKey{queue, fresh->lane, std::max(fresh->from, fresh->to)}});
    expected_ = fresh->from.value;
  } else if (const auto* fifo = std::get_if<FifoRange>(&page_.want.range)) {
    from_ = encode_key(Key{FifoKey{queue, fifo->from}});
    to_ = encode_key(Key{FifoKey{queue, std::max(fifo->from, fifo->to)}});
  } else if (const auto* expiry = std::get_if<ExpiryRange>(&page_.want.range)) {
    from_ = encode_key(Key{ExpiryKey{queue, expiry->from, {}}});
    to_ = encode_key(Key{ExpiryKey{queue, kNever, Sequence{std::numeric_limits<std::uint64_t>::max()}}});
  } else if (std::holds_alternative<BodiesAsked>(page_.want.range)) {
    // No range: its keys are looked up one by one.
  } else {
    const auto& later = std::get<LaterRange>(page_.want.range);
    from_ = encode_key(Key{LaterKey{queue, later.from_due, later.from}});
    // Just behind the last key due at `through`; no due is added to, so kNever needs no care.
    to_ =
        encode_key(Key{LaterKey{queue, later.through, Sequence{std::numeric_limits<std::uint64_t>::max()}}});
    to_.push_back('\0');
    to_ = std::max(from_, to_);
  }
}

std::vector<std::string> PageBuilder::keys() const {
  std::vector<std::string> keys;
  if (const auto* asked = std::get_if<BodiesAsked>(&page_.want.range)) {
    for (const BodyKey& key : asked->keys) keys.push_back(encode_key(key));
  }
  return keys;
}

std::string PageBuilder::queue_key() const { return encode_key(Key{QueueKey{page_.want.queue}}); }

Result<void> PageBuilder::note_queue(std::optional<std::string_view> value) {
  if (!value) return {};
  const Result<Record> record = decode_record(queue_key(), *value);
  if (!record) return tl::unexpected<Error>(record.error());
  const auto* fresh = std::get_if<FreshRange>(&page_.want.range);
  // Those whom peeking reads may be received and deleted before the snapshot.
  dense_ = fresh != nullptr && fresh->lane != kMovedLane && page_.want.peek == 0 &&
           std::get<QueueRecord>(*record).generation == page_.want.generation;
  return {};
}

Result<bool> PageBuilder::add(std::string_view key, std::string_view value) {
  if (!page_.records.empty() &&
      (page_.records.size() >= page_.want.records_max || bytes_ + value.size() > page_.want.bytes_max)) {
    return false;
  }
  Result<Record> record = decode_record(key, value);
  if (!record) return tl::unexpected<Error>(record.error());
  if (const auto* fresh = std::get_if<FreshRecord>(&*record); dense_ && fresh) {
    if (fresh->key.sequence.value != expected_) return gap();
    ++expected_;
  }
  bytes_ += value.size();
  page_.records.push_back(std::move(*record));
  return true;
}

Result<Page> PageBuilder::finish(bool exhausted) {
  if (const auto* fresh = std::get_if<FreshRange>(&page_.want.range); exhausted && dense_ && fresh) {
    if (expected_ < fresh->to.value) return gap();
  }
  page_.complete = exhausted;
  return std::move(page_);
}

}  // namespace penstock
