#include "storage/record_codec.h"

#include <algorithm>
#include <memory>
#include <type_traits>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/require.h"
#include "storage/tagged_fields.h"

namespace penstock {
namespace {

constexpr std::size_t kVersionBytes = 1;
constexpr std::size_t kHeadBytes = 16 + 8;  // message id, sent
constexpr std::size_t kChecksumBytes = 4;

// On disk: never renumber.
enum class ContentTag : std::uint8_t {
  kBody = 1,
  kBodyMd5 = 2,
  kAttributes = 3,
  kTraceHeader = 4,
  kSenderId = 5,
  kGroupId = 6,
  kDeduplicationId = 7,
};

// On disk: never renumber.
enum class QueueTag : std::uint8_t {
  kName = 1,
  kGeneration = 2,
  kCreated = 3,
  kModified = 4,
  kDelaySeconds = 5,
  kMessageBytesMax = 6,
  kRetentionSeconds = 7,
  kReceiveWaitSeconds = 8,
  kVisibilityTimeoutSeconds = 9,
  kManagedEncryption = 10,  // u8; only if it is off
  kKmsKey = 11,
  kKmsReuseSeconds = 12,
  kTags = 13,
  kPurged = 14,
  kEnded = 15,
  kFifo = 20,  // of FIFO queues only, as are the next three
  kContentBasedDeduplication = 21,
  kDeduplicationScope = 22,
  kThroughputLimit = 23,
  kPolicy = 30,
};

tl::unexpected<Error> damaged(const char* what) { return refuse(ErrorCode::kInternalFailure, what); }

void write_time(ByteWriter& writer, Time time) { writer.signed_number(epoch_milliseconds(time)); }
Time read_time(ByteReader& reader) { return from_epoch_milliseconds(reader.signed_number()); }

void write_id(ByteWriter& writer, const MessageId& id) {
  writer.raw({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

MessageId read_id(ByteReader& reader) {
  MessageId id;
  const std::string_view bytes = reader.raw(id.bytes.size());
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

void write_head(ByteWriter& writer, const MessageHead& head) {
  write_id(writer, head.id);
  write_time(writer, head.sent);
}

MessageHead read_head(ByteReader& reader) {
  MessageHead head;
  head.id = read_id(reader);
  head.sent = read_time(reader);
  return head;
}

void write_content(ByteWriter& writer, const MessageContent& content) {
  TaggedFieldsWriter<ContentTag> fields(writer);
  if (!content.body.empty()) fields.text(ContentTag::kBody, content.body);
  fields.text(ContentTag::kBodyMd5,
              {reinterpret_cast<const char*>(content.body_md5.data()), content.body_md5.size()});
  if (!content.attributes.empty()) {
    std::string bytes;
    ByteWriter list(bytes);
    for (const MessageAttribute& attribute : content.attributes) {
      list.text(attribute.name);
      list.text(attribute.data_type);
      list.text(attribute.value);
    }
    fields.text(ContentTag::kAttributes, bytes);
  }
  if (!content.trace_header.empty()) fields.text(ContentTag::kTraceHeader, content.trace_header);
  if (!content.sender_id.empty()) fields.text(ContentTag::kSenderId, content.sender_id);
  if (!content.group_id.empty()) fields.text(ContentTag::kGroupId, content.group_id);
  if (!content.deduplication_id.empty()) fields.text(ContentTag::kDeduplicationId, content.deduplication_id);
}

bool read_attributes(std::string_view bytes, std::vector<MessageAttribute>& attributes) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) {
    MessageAttribute& attribute = attributes.emplace_back();
    attribute.name = list.text();
    attribute.data_type = list.text();
    attribute.value = list.text();
  }
  return list.finished() && !attributes.empty();
}

// Null if the bytes are no content.
ContentPtr read_content(ByteReader& reader) {
  const auto content = std::make_shared<MessageContent>();
  bool has_md5 = false;
  TaggedFieldsReader<ContentTag> fields(reader);
  while (const auto tag = fields.next()) {
    const std::string_view value = fields.value();
    switch (*tag) {
      case ContentTag::kBody:
        content->body = value;
        break;
      case ContentTag::kBodyMd5:
        if (value.size() != content->body_md5.size()) return nullptr;
        std::copy(value.begin(), value.end(), content->body_md5.begin());
        has_md5 = true;
        break;
      case ContentTag::kAttributes:
        if (!read_attributes(value, content->attributes)) return nullptr;
        break;
      case ContentTag::kTraceHeader:
        content->trace_header = value;
        break;
      case ContentTag::kSenderId:
        content->sender_id = value;
        break;
      case ContentTag::kGroupId:
        content->group_id = value;
        break;
      case ContentTag::kDeduplicationId:
        content->deduplication_id = value;
        break;
      default:
        return nullptr;
    }
  }
  return fields.finished() && has_md5 ? content : nullptr;
}

std::string encode_tags(const std::vector<Tag>& tags) {
  std::string bytes;
  ByteWriter list(bytes);
  for (const Tag& tag : tags) {
    list.text(tag.key);
    list.text(tag.value);
  }
  return bytes;
}

// False unless they ascend by key.
bool read_tags(std::string_view bytes, std::vector<Tag>& tags) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) {
    Tag tag;
    tag.key = list.text();
    tag.value = list.text();
    if (!tags.empty() && tag.key <= tags.back().key) return false;
    tags.push_back(std::move(tag));
  }
  return list.finished() && !tags.empty();
}

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
    constexpr std::size_t kFieldBytes = 1 + 4;
    std::size_t room = kVersionBytes + kHeadBytes + kChecksumBytes + 7 * kFieldBytes;
    if (!content) return room;
    room += content->body_md5.size() + content->body.size() + content->trace_header.size() +
            content->sender_id.size() + content->group_id.size() + content->deduplication_id.size();
    for (const MessageAttribute& attribute : content->attributes) {
      room += 3 * 4 + attribute.name.size() + attribute.data_type.size() + attribute.value.size();
    }
    return room;
  }
};

struct PayloadWriter {
  ByteWriter& writer;

  void operator()(const PartitionRecord& record) const { writer.number(record.next_queue.value); }
  void operator()(const DeletedNameRecord& record) const { write_time(writer, record.deleted); }
  void operator()(const QueueRecord& record) const {
    const QueueAttributes& attributes = record.attributes;
    TaggedFieldsWriter<QueueTag> fields(writer);
    fields.text(QueueTag::kName, record.name);
    fields.number(QueueTag::kGeneration, record.generation.value);
    fields.signed_number(QueueTag::kCreated, epoch_milliseconds(record.created));
    fields.signed_number(QueueTag::kModified, epoch_milliseconds(record.modified));
    fields.signed_number(QueueTag::kDelaySeconds, attributes.delay.count());
    fields.number(QueueTag::kMessageBytesMax, attributes.message_bytes_max);
    fields.signed_number(QueueTag::kRetentionSeconds, attributes.retention.count());
    fields.signed_number(QueueTag::kReceiveWaitSeconds, attributes.receive_wait.count());
    fields.signed_number(QueueTag::kVisibilityTimeoutSeconds, attributes.visibility_timeout.count());
    if (!attributes.managed_encryption) fields.number(QueueTag::kManagedEncryption, std::uint8_t{0});
    if (!attributes.kms_key.empty()) fields.text(QueueTag::kKmsKey, attributes.kms_key);
    if (attributes.kms_reuse) fields.signed_number(QueueTag::kKmsReuseSeconds, attributes.kms_reuse->count());
    if (!record.tags.empty()) fields.text(QueueTag::kTags, encode_tags(record.tags));
    if (record.purged != kEpoch) fields.signed_number(QueueTag::kPurged, epoch_milliseconds(record.purged));
    if (record.ended != kEpoch) fields.signed_number(QueueTag::kEnded, epoch_milliseconds(record.ended));
    if (attributes.fifo) {
      fields.number(QueueTag::kFifo, std::uint8_t{1});
      fields.number(QueueTag::kContentBasedDeduplication,
                    static_cast<std::uint8_t>(attributes.content_based_deduplication));
      fields.number(QueueTag::kDeduplicationScope, static_cast<std::uint8_t>(attributes.deduplication_scope));
      fields.number(QueueTag::kThroughputLimit, static_cast<std::uint8_t>(attributes.throughput_limit));
    }
    if (!attributes.policy.empty()) fields.text(QueueTag::kPolicy, attributes.policy);
  }
  void operator()(const TallyRecord& record) const {
    writer.number(record.cursor.value);
    writer.number(record.high.value);
    write_time(writer, record.passed);
    write_time(writer, record.cursor_due);
    writer.number(record.waiting);
  }
  void operator()(const DelayedRecord& record) const { writer.number(record.count); }
  void operator()(const TouchedRecord& record) const {
    writer.number(record.nonce);
    write_time(writer, record.enqueued);
    write_time(writer, record.first_received);
    write_time(writer, record.last_received);
    write_time(writer, record.hidden_until);
    write_time(writer, record.due);
    writer.number(record.receive_count);
    if (record.group != GroupHash{}) writer.number(record.group.value);
  }
  void operator()(const LaneOfRecord& record) const { writer.number(record.lane.value); }
  void operator()(const FreshRecord& record) const { body(record.head, record.content); }
  void operator()(const LaterRecord& record) const { body(record.head, record.content); }
  void operator()(const FifoRecord& record) const { body(record.head, record.content); }
  void operator()(const DedupRecord& record) const {
    write_time(writer, record.accepted);
    write_id(writer, record.id);
    writer.number(record.sequence.value);
  }
  void operator()(const AttemptRecord& record) const {
    write_time(writer, record.received);
    writer.number(static_cast<std::uint32_t>(record.messages.size()));
    for (const AttemptedMessage& message : record.messages) {
      writer.number(message.sequence.value);
      writer.number(message.receive_count);
      write_time(writer, message.hidden_until);
    }
  }

 private:
  void body(const MessageHead& head, const ContentPtr& content) const {
    require(content != nullptr, "a body is put with its content");
    write_head(writer, head);
    write_content(writer, *content);
  }
};

// Each overload fills in the record whose key is known, and says whether the payload could be understood.
struct PayloadReader {
  ByteReader& reader;
  std::uint8_t version;

  bool operator()(PartitionRecord& record) const {
    record.next_queue = QueueId{reader.number<std::uint64_t>()};
    return true;
  }
  bool operator()(DeletedNameRecord& record) const {
    record.deleted = read_time(reader);
    return true;
  }
  bool operator()(QueueRecord& record) const;
  bool operator()(TallyRecord& record) const {
    record.cursor = Sequence{reader.number<std::uint64_t>()};
    record.high = Sequence{reader.number<std::uint64_t>()};
    record.passed = read_time(reader);
    record.cursor_due = read_time(reader);
    record.waiting = reader.number<std::uint64_t>();
    return true;
  }
  bool operator()(DelayedRecord& record) const {
    record.count = reader.number<std::uint64_t>();
    return true;
  }
  bool operator()(TouchedRecord& record) const {
    record.nonce = reader.number<std::uint64_t>();
    record.enqueued = read_time(reader);
    record.first_received = read_time(reader);
    record.last_received = read_time(reader);
    record.hidden_until = read_time(reader);
    record.due = read_time(reader);
    record.receive_count = reader.number<std::uint32_t>();
    if (version == kRecordVersion) return true;
    record.group = GroupHash{reader.number<std::uint64_t>()};
    return record.group != GroupHash{};
  }
  bool operator()(LaneOfRecord& record) const {
    record.lane = Lane{reader.number<std::uint16_t>()};
    return true;
  }
  bool operator()(FreshRecord& record) const { return body(record.head, record.content); }
  bool operator()(LaterRecord& record) const { return body(record.head, record.content); }
  bool operator()(FifoRecord& record) const { return body(record.head, record.content); }
  bool operator()(DedupRecord& record) const {
    record.accepted = read_time(reader);
    record.id = read_id(reader);
    record.sequence = Sequence{reader.number<std::uint64_t>()};
    return true;
  }
  bool operator()(AttemptRecord& record) const {
    record.received = read_time(reader);
    for (auto left = reader.number<std::uint32_t>(); left > 0 && !reader.failed(); --left) {
      AttemptedMessage& message = record.messages.emplace_back();
      message.sequence = Sequence{reader.number<std::uint64_t>()};
      message.receive_count = reader.number<std::uint32_t>();
      message.hidden_until = read_time(reader);
    }
    return true;
  }

 private:
  bool body(MessageHead& head, ContentPtr& content) const {
    head = read_head(reader);
    content = read_content(reader);
    return content != nullptr;
  }
};

bool PayloadReader::operator()(QueueRecord& record) const {
  QueueAttributes& attributes = record.attributes;
  bool has_name = false;
  TaggedFieldsReader<QueueTag> fields(reader);
  while (const auto tag = fields.next()) {
    switch (*tag) {
      case QueueTag::kName:
        record.name = fields.value();
        has_name = true;
        break;
      case QueueTag::kGeneration:
        record.generation = Generation{fields.number<std::uint64_t>()};
        break;
      case QueueTag::kCreated:
        record.created = from_epoch_milliseconds(fields.signed_number());
        break;
      case QueueTag::kModified:
        record.modified = from_epoch_milliseconds(fields.signed_number());
        break;
      case QueueTag::kDelaySeconds:
        attributes.delay = Seconds{fields.signed_number()};
        break;
      case QueueTag::kMessageBytesMax:
        attributes.message_bytes_max = fields.number<std::uint32_t>();
        break;
      case QueueTag::kRetentionSeconds:
        attributes.retention = Seconds{fields.signed_number()};
        break;
      case QueueTag::kReceiveWaitSeconds:
        attributes.receive_wait = Seconds{fields.signed_number()};
        break;
      case QueueTag::kVisibilityTimeoutSeconds:
        attributes.visibility_timeout = Seconds{fields.signed_number()};
        break;
      case QueueTag::kManagedEncryption:
        if (fields.number<std::uint8_t>() != 0) return false;
        attributes.managed_encryption = false;
        break;
      case QueueTag::kKmsKey:
        attributes.kms_key = fields.value();
        break;
      case QueueTag::kKmsReuseSeconds:
        attributes.kms_reuse = Seconds{fields.signed_number()};
        break;
      case QueueTag::kTags:
        if (!read_tags(fields.value(), record.tags)) return false;
        break;
      case QueueTag::kPurged:
        record.purged = from_epoch_milliseconds(fields.signed_number());
        break;
      case QueueTag::kEnded:
        record.ended = from_epoch_milliseconds(fields.signed_number());
        break;
      case QueueTag::kFifo:
        attributes.fifo = fields.number<std::uint8_t>() == 1;
        break;
      case QueueTag::kContentBasedDeduplication:
        attributes.content_based_deduplication = fields.number<std::uint8_t>() != 0;
        break;
      case QueueTag::kDeduplicationScope:
        attributes.deduplication_scope = static_cast<DeduplicationScope>(fields.number<std::uint8_t>());
        if (attributes.deduplication_scope > DeduplicationScope::kMessageGroup) return false;
        break;
      case QueueTag::kThroughputLimit:
        attributes.throughput_limit = static_cast<FifoThroughputLimit>(fields.number<std::uint8_t>());
        if (attributes.throughput_limit > FifoThroughputLimit::kPerMessageGroup) return false;
        break;
      case QueueTag::kPolicy:
        attributes.policy = fields.value();
        break;
      default:
        return false;
    }
  }
  return fields.finished() && has_name;
}

// Of a touched record whose message has a group; everything else is written in the first version.
std::uint8_t version_of(const Record& record) {
  const auto* touched = std::get_if<TouchedRecord>(&record);
  return touched != nullptr && touched->group != GroupHash{} ? kGroupedVersion : kRecordVersion;
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
  Record operator()(const PartitionKey& key) const { return PartitionRecord{key, {}}; }
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
};

}  // namespace

EncodedRecord encode_record(const Record& record) {
  return seal(encode_key(key_of(record), std::visit(ValueRoom{}, record)),
              [&](ByteWriter& writer) { std::visit(PayloadWriter{writer}, record); }, version_of(record));
}

Result<Record> decode_record(std::string_view key, std::string_view value) {
  const std::optional<Key> decoded = decode_key(key);
  const bool grouped = decoded && std::holds_alternative<TouchedKey>(*decoded) && !value.empty() &&
                       static_cast<std::uint8_t>(value[0]) == kGroupedVersion;
  const std::uint8_t version = grouped ? kGroupedVersion : kRecordVersion;
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

Result<EncodedRecord> copy_body(std::string_view from, std::string_view value, const BodyKey& to,
                                const MessageHead& head) {
  const Result<std::string_view> payload = open_seal(from, value);
  if (!payload) return tl::unexpected<Error>(payload.error());
  if (payload->size() < kHeadBytes) return damaged("a body is too short");
  return seal(encode_key(to), [&](ByteWriter& writer) {
    write_head(writer, head);
    writer.raw(payload->substr(kHeadBytes));
  });
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
