#include <utility>

#include "base/require.h"
#include "broker/controls.h"
#include "storage/message_codec.h"
#include "storage/record_codec.h"
#include "storage/record_parts.h"
#include "storage/record_payload.h"
#include "storage/tagged_fields.h"

namespace penstock {
namespace {

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
  kRedriveTarget = 24,
  kRedriveReceives = 25,
  kRedrivePermission = 26,
  kRedriveSources = 27,
  kPolicy = 30,
  kOutboxTopic = 31,         // u64; with it always the next
  kOutboxSubscription = 32,  // 16 bytes
};

void write_body(ByteWriter& writer, const MessageHead& head, const ContentPtr& content) {
  require(content != nullptr, "a body is put with its content");
  write_head(writer, head);
  write_content(writer, *content);
}

bool read_body(ByteReader& reader, MessageHead& head, ContentPtr& content) {
  head = read_head(reader);
  content = read_content(reader);
  return content != nullptr;
}

}  // namespace

// ---- writing

void PayloadWriter::operator()(const PartitionRecord& record) const {
  writer.number(record.next_queue.value);
  if (record.time_ahead != Milliseconds{0}) {
    writer.number(static_cast<std::uint64_t>(record.time_ahead.count()));
  }
}

void PayloadWriter::operator()(const DeletedNameRecord& record) const { write_time(writer, record.deleted); }

void PayloadWriter::operator()(const QueueRecord& record) const {
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
  if (attributes.redrive_policy) {
    fields.text(QueueTag::kRedriveTarget, attributes.redrive_policy->target_arn);
    fields.number(QueueTag::kRedriveReceives, attributes.redrive_policy->receive_count);
  }
  if (attributes.redrive_allow_policy) {
    const RedriveAllowPolicy& policy = *attributes.redrive_allow_policy;
    fields.number(QueueTag::kRedrivePermission, static_cast<std::uint8_t>(policy.permission));
    if (!policy.source_arns.empty()) {
      fields.text(QueueTag::kRedriveSources, encode_texts(policy.source_arns));
    }
  }
  if (!attributes.policy.empty()) fields.text(QueueTag::kPolicy, attributes.policy);
  if (record.outbox_of.has_value()) {
    fields.number(QueueTag::kOutboxTopic, record.outbox_of->topic.id.value);
    fields.text(QueueTag::kOutboxSubscription, raw_bytes(record.outbox_of->id.uuid.bytes));
  }
}

void PayloadWriter::operator()(const TallyRecord& record) const {
  writer.number(record.cursor.value);
  writer.number(record.high.value);
  write_time(writer, record.passed);
  write_time(writer, record.cursor_due);
  writer.number(record.waiting);
}

void PayloadWriter::operator()(const DelayedRecord& record) const { writer.number(record.count); }

void PayloadWriter::operator()(const TouchedRecord& record) const {
  writer.number(record.nonce);
  write_time(writer, record.enqueued);
  write_time(writer, record.first_received);
  write_time(writer, record.last_received);
  write_time(writer, record.hidden_until);
  write_time(writer, record.due);
  writer.number(record.receive_count);
  if (record.group != GroupHash{}) writer.number(record.group.value);
}

void PayloadWriter::operator()(const LaneOfRecord& record) const { writer.number(record.lane.value); }

void PayloadWriter::operator()(const FreshRecord& record) const {
  write_body(writer, record.head, record.content);
}

void PayloadWriter::operator()(const LaterRecord& record) const {
  write_body(writer, record.head, record.content);
}

void PayloadWriter::operator()(const FifoRecord& record) const {
  write_body(writer, record.head, record.content);
}

void PayloadWriter::operator()(const DedupRecord& record) const {
  write_time(writer, record.accepted);
  write_id(writer, record.id);
  writer.number(record.sequence.value);
}

void PayloadWriter::operator()(const AttemptRecord& record) const {
  write_time(writer, record.received);
  writer.number(static_cast<std::uint32_t>(record.messages.size()));
  for (const AttemptedMessage& message : record.messages) {
    writer.number(message.sequence.value);
    writer.number(message.receive_count);
    write_time(writer, message.hidden_until);
  }
}

void PayloadWriter::operator()(const ExpiryRecord&) const {}

void PayloadWriter::operator()(const MoveTaskRecord& record) const {
  write_id(writer, record.id);
  writer.number(static_cast<std::uint8_t>(record.status));
  writer.text(record.destination);
  writer.number(record.rate_max);
  write_time(writer, record.started);
  write_time(writer, record.next);
  writer.number(record.to_move);
  writer.number(record.moved);
  writer.text(record.failure);
}

// ---- reading

bool PayloadReader::operator()(PartitionRecord& record) const {
  record.next_queue = QueueId{reader.number<std::uint64_t>()};
  if (version == kAheadVersion) {
    record.time_ahead = Milliseconds{static_cast<std::int64_t>(reader.number<std::uint64_t>())};
    return record.time_ahead > Milliseconds{0} && record.time_ahead <= kTimeAheadMax;
  }
  return true;
}

bool PayloadReader::operator()(DeletedNameRecord& record) const {
  record.deleted = read_time(reader);
  return true;
}

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
      case QueueTag::kRedriveTarget:
        attributes.redrive_policy.emplace().target_arn = fields.value();
        break;
      case QueueTag::kRedriveReceives:
        if (!attributes.redrive_policy) return false;
        attributes.redrive_policy->receive_count = fields.number<std::uint32_t>();
        break;
      case QueueTag::kRedrivePermission: {
        const auto permission = static_cast<RedrivePermission>(fields.number<std::uint8_t>());
        if (permission > RedrivePermission::kByQueue) return false;
        attributes.redrive_allow_policy.emplace().permission = permission;
        break;
      }
      case QueueTag::kRedriveSources:
        if (!attributes.redrive_allow_policy ||
            !read_texts(fields.value(), attributes.redrive_allow_policy->source_arns)) {
          return false;
        }
        break;
      case QueueTag::kPolicy:
        attributes.policy = fields.value();
        break;
      case QueueTag::kOutboxTopic:
        record.outbox_of.emplace();
        record.outbox_of->topic = record.key.queue;
        record.outbox_of->topic.id = QueueId{fields.number<std::uint64_t>()};
        break;
      case QueueTag::kOutboxSubscription:
        if (!record.outbox_of || !read_raw(fields.value(), record.outbox_of->id.uuid.bytes)) return false;
        break;
      default:
        return false;
    }
  }
  const bool whole_policy = !attributes.redrive_policy || attributes.redrive_policy->receive_count != 0;
  const bool whole_outbox = !record.outbox_of || record.outbox_of->id != SubscriptionId{};
  return fields.finished() && has_name && whole_policy && whole_outbox;
}

bool PayloadReader::operator()(TallyRecord& record) const {
  record.cursor = Sequence{reader.number<std::uint64_t>()};
  record.high = Sequence{reader.number<std::uint64_t>()};
  record.passed = read_time(reader);
  record.cursor_due = read_time(reader);
  record.waiting = reader.number<std::uint64_t>();
  return true;
}

bool PayloadReader::operator()(DelayedRecord& record) const {
  record.count = reader.number<std::uint64_t>();
  return true;
}

bool PayloadReader::operator()(TouchedRecord& record) const {
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

bool PayloadReader::operator()(LaneOfRecord& record) const {
  record.lane = Lane{reader.number<std::uint16_t>()};
  return true;
}

bool PayloadReader::operator()(FreshRecord& record) const {
  return read_body(reader, record.head, record.content);
}

bool PayloadReader::operator()(LaterRecord& record) const {
  return read_body(reader, record.head, record.content);
}

bool PayloadReader::operator()(FifoRecord& record) const {
  return read_body(reader, record.head, record.content);
}

bool PayloadReader::operator()(DedupRecord& record) const {
  record.accepted = read_time(reader);
  record.id = read_id(reader);
  record.sequence = Sequence{reader.number<std::uint64_t>()};
  return true;
}

bool PayloadReader::operator()(AttemptRecord& record) const {
  record.received = read_time(reader);
  for (auto left = reader.number<std::uint32_t>(); left > 0 && !reader.failed(); --left) {
    AttemptedMessage& message = record.messages.emplace_back();
    message.sequence = Sequence{reader.number<std::uint64_t>()};
    message.receive_count = reader.number<std::uint32_t>();
    message.hidden_until = read_time(reader);
  }
  return true;
}

bool PayloadReader::operator()(ExpiryRecord&) const { return true; }

bool PayloadReader::operator()(MoveTaskRecord& record) const {
  record.id = read_id(reader);
  record.status = static_cast<MoveTaskStatus>(reader.number<std::uint8_t>());
  record.destination = reader.text();
  record.rate_max = reader.number<std::uint32_t>();
  record.started = read_time(reader);
  record.next = read_time(reader);
  record.to_move = reader.number<std::uint64_t>();
  record.moved = reader.number<std::uint64_t>();
  record.failure = reader.text();
  return record.status <= MoveTaskStatus::kCancelled;
}

}  // namespace penstock
