#include "storage/record_codec.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/require.h"
#include "storage/message_codec.h"
#include "storage/record_parts.h"
#include "storage/record_payload.h"

namespace penstock {
namespace {

constexpr std::size_t kVersionBytes = 1;
constexpr std::size_t kChecksumBytes = 4;

tl::unexpected<Error> damaged(const char* what) { return refuse(ErrorCode::kInternalFailure, what); }

// About the bytes of the record's value, and never less for a body: so it is written without being moved.
struct ValueRoom {
  // The touched record is the longest one, of those that are written often.
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 64;
  }
  std::size_t operator()(const FreshRecord& record) const { return body(record.content); }
  std::size_t operator()(const LaterRecord& record) const { return body(record.content); }
  std::size_t operator()(const FifoRecord& record) const { return body(record.content); }

 private:
  static std::size_t body(const ContentPtr& content) {
    return kVersionBytes + kHeadBytes + kChecksumBytes + (content ? content_room(*content) : 0);
  }
};

// Of a touched record whose message has a group, of a partition record with virtual time, and of a subscription by a
// protocol that earlier builds have outboxes for and nobody who delivers; everything else is written in the first
// version.
std::uint8_t version_of(const Record& record) {
  if (const auto* partition = std::get_if<PartitionRecord>(&record)) {
    return partition->time_ahead != Milliseconds{0} ? kAheadVersion : kRecordVersion;
  }
  if (const auto* touched = std::get_if<TouchedRecord>(&record)) {
    return touched->group != GroupHash{} ? kGroupedVersion : kRecordVersion;
  }
  if (const auto* subscription = std::get_if<SubscriptionRecord>(&record)) {
    const bool known = !has_outbox(subscription->protocol) || is_http(subscription->protocol);
    return known ? kRecordVersion : kOutOfReachVersion;
  }
  return kRecordVersion;
}

// Of those that have two.
std::uint8_t second_version(const Key& key) {
  if (std::holds_alternative<PartitionKey>(key)) return kAheadVersion;
  if (std::holds_alternative<TouchedKey>(key)) return kGroupedVersion;
  return std::holds_alternative<SubscriptionKey>(key) ? kOutOfReachVersion : kRecordVersion;
}

template <class WritePayload>
EncodedRecord seal(std::string&& key, WritePayload&& write_payload, std::uint8_t version = kRecordVersion) {
  EncodedRecord encoded{std::move(key), 0};
  encoded.key_bytes = encoded.bytes.size();
  ByteWriter writer(encoded.bytes);
  writer.number(version);
  write_payload(writer);
  writer.number(checksum32(encoded.bytes));
  require(encoded.bytes.size() - encoded.key_bytes <= kValueBytesMax, "a record has a bound in bytes");
  return encoded;
}

// The payload, if version and checksum are right.
Result<std::string_view> open_seal(std::string_view key, std::string_view value,
                                   std::uint8_t version = kRecordVersion) {
  if (value.size() < kVersionBytes + kChecksumBytes) return damaged("a record is too short");
  if (value.size() > kValueBytesMax) return damaged("a record is too long");
  const std::size_t covered = value.size() - kChecksumBytes;
  std::string bytes;
  bytes.reserve(key.size() + covered);
  bytes.append(key).append(value.substr(0, covered));
  ByteReader stored(value.substr(covered));
  if (stored.number<std::uint32_t>() != checksum32(bytes)) return damaged("a record's checksum is wrong");
  // Only now: a flipped bit in the version is damage, another version under a right checksum is news.
  if (static_cast<std::uint8_t>(value[0]) != version) {
    return damaged("a record has a version that this program does not know");
  }
  return value.substr(kVersionBytes, covered - kVersionBytes);
}

struct EmptyRecord {
  Record operator()(const PartitionKey& key) const { return PartitionRecord{.key = key}; }
  Record operator()(const DeletedNameKey& key) const { return DeletedNameRecord{key, {}}; }
  Record operator()(const QueueKey& key) const {
    QueueRecord record;
    record.key = key;
    return record;
  }
  Record operator()(const TallyKey& key) const { return TallyRecord{key, {}, {}, {}, {}, 0}; }
  Record operator()(const DelayedKey& key) const { return DelayedRecord{key, 0}; }
  Record operator()(const TouchedKey& key) const {
    TouchedRecord record;
    record.key = key;
    return record;
  }
  Record operator()(const FreshKey& key) const { return FreshRecord{key, {}, {}}; }
  Record operator()(const LaterKey& key) const { return LaterRecord{key, {}, {}}; }
  Record operator()(const FifoKey& key) const { return FifoRecord{key, {}, {}}; }
  Record operator()(const DedupKey& key) const { return DedupRecord{key, {}, {}, {}}; }
  Record operator()(const AttemptKey& key) const { return AttemptRecord{key, {}, {}}; }
  Record operator()(const LaneOfKey& key) const { return LaneOfRecord{key, {}}; }
  Record operator()(const ExpiryKey& key) const { return ExpiryRecord{key}; }
  Record operator()(const MobileKey& key) const { return of<MobileRecord>(key); }
  Record operator()(const MoveTaskKey& key) const { return of<MoveTaskRecord>(key); }
  Record operator()(const TopicKey& key) const { return of<TopicRecord>(key); }
  Record operator()(const SubscriptionKey& key) const { return of<SubscriptionRecord>(key); }
  Record operator()(const TopicSequenceKey& key) const { return of<TopicSequenceRecord>(key); }
  Record operator()(const TopicDedupKey& key) const { return of<TopicDedupRecord>(key); }
  Record operator()(const PublicationKey& key) const { return of<PublicationRecord>(key); }
  Record operator()(const PublicationProgressKey& key) const { return of<PublicationProgressRecord>(key); }

 private:
  template <class Own, class OwnKey>
  static Own of(const OwnKey& key) {
    Own record;
    record.key = key;
    return record;
  }
};

}  // namespace

EncodedRecord encode_record(const Record& record) {
  return seal(
      encode_key(key_of(record), std::visit(ValueRoom{}, record)),
      [&](ByteWriter& writer) { std::visit(PayloadWriter{writer}, record); }, version_of(record));
}

Result<Record> decode_record(std::string_view key, std::string_view value) {
  const std::optional<Key> decoded = decode_key(key);
  std::uint8_t version = kRecordVersion;
  if (decoded && !value.empty() && static_cast<std::uint8_t>(value[0]) == second_version(*decoded)) {
    version = second_version(*decoded);
  }
  const Result<std::string_view> payload = open_seal(key, value, version);
  if (!payload) return tl::unexpected<Error>(payload.error());
  if (!decoded) return damaged("a record has a key of a kind that this program does not know");
  Record record = std::visit(EmptyRecord{}, *decoded);
  ByteReader reader(*payload);
  if (!std::visit(PayloadReader{reader, version}, record) || !reader.finished()) {
    return damaged("a record has fields that this program does not know");
  }
  return record;
}

BodyRecord body_of(Record&& record) {
  if (auto* later = std::get_if<LaterRecord>(&record)) return {later->head, std::move(later->content)};
  if (auto* fifo = std::get_if<FifoRecord>(&record)) return {fifo->head, std::move(fifo->content)};
  auto* fresh = std::get_if<FreshRecord>(&record);
  require(fresh != nullptr, "a body is a fresh, a later or a FIFO record");
  return {fresh->head, std::move(fresh->content)};
}

Result<EncodedRecord> copy_body(std::string_view value, const Copy& copy) {
  const Result<std::string_view> payload = open_seal(encode_key(copy.from), value);
  if (!payload) return tl::unexpected<Error>(payload.error());
  if (payload->size() < kHeadBytes) return damaged("a body is too short");
  bool whole = true;
  EncodedRecord copied = seal(encode_key(key_of(copy.to), payload->size() + 128), [&](ByteWriter& writer) {
    ByteReader content(*payload);
    const MessageId id = read_head(content).id;
    write_head(writer, {copy.keeps_id ? id : copy.head.id, copy.head.sent});
    whole = copy_content(content, copy, writer);
  });
  if (!whole) return damaged("a body has fields that this program does not know");
  return copied;
}

EncodedRecord encode_applied(PartitionId partition, const AppliedRecord& applied) {
  return seal(encode_applied_key(partition), [&](ByteWriter& writer) {
    writer.number(applied.position.value);
    write_time(writer, applied.time);
  });
}

Result<AppliedRecord> decode_applied(std::string_view key, std::string_view value) {
  const Result<std::string_view> payload = open_seal(key, value);
  if (!payload) return tl::unexpected<Error>(payload.error());
  ByteReader reader(*payload);
  AppliedRecord applied;
  applied.position = Position{reader.number<std::uint64_t>()};
  applied.time = read_time(reader);
  if (!reader.finished()) return damaged("the applied record has a wrong length");
  return applied;
}

}  // namespace penstock
