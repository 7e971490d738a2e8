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
  kDeadLetterSource = 8,
  kDeadLetterReceives = 9,  // u32
  kNotificationKind = 10,  // u8; from here on: of a topic's copies only
  kTopicArn = 11,
  kPublicationId = 12,
  kPublished = 13,
  kSubject = 14,
  kSubscription = 15,
  kSignatureVersion = 16,  // u8
  kSigningKey = 17,
  kSequenceNumber = 18,
  kToken = 19,
  kRaw = 20,   // u8 1
  kForm = 21,  // u8
};

// On disk: never renumber.
enum class TopicTag : std::uint8_t {
  kName = 1,
  kCreated = 2,
  kFifo = 3,  // u8 1; of FIFO topics only
  kContentBasedDeduplication = 4,
  kThroughputScope = 5,
  kMessageBytesMax = 6,
  kSignatureVersion = 7,
  kTexts = 8,
  kTags = 9,
  kDataProtectionPolicy = 10,
  kSubscriptionsDeleted = 11,
};

// On disk: never renumber.
enum class SubscriptionTag : std::uint8_t {
  kProtocol = 1,  // u8
  kEndpoint = 2,
  kOwner = 3,  // u64
  kPrincipal = 4,
  kCreated = 5,
  kRawMessageDelivery = 6,  // u8 1
  kFilterPolicy = 7,
  kFilterScope = 8,  // u8
  kRedrivePolicy = 9,
  kDeadLetterArn = 10,
  kDeliveryPolicy = 11,
  kRoleArn = 12,
  kPending = 13,                    // u8 1
  kConfirmationAuthenticated = 14,  // u8 1
  kToken = 15,
  kTokenIssued = 16,
  kOutbox = 17,  // u64
  kUrlBase = 18,
  kUnsubscribed = 19,
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
  kRedriveTarget = 24,
  kRedriveReceives = 25,
  kRedrivePermission = 26,
  kRedriveSources = 27,
  kPolicy = 30,
  kOutboxTopic = 31,         // u64; with it always the next
  kOutboxSubscription = 32,  // 16 bytes
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

std::string_view raw(const std::array<std::uint8_t, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// False if the value is not 16 bytes.
bool read_raw(std::string_view value, std::array<std::uint8_t, 16>& bytes) {
  if (value.size() != bytes.size()) return false;
  std::copy(value.begin(), value.end(), bytes.begin());
  return true;
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

void write_dead_letter(TaggedFieldsWriter<ContentTag>& fields, const DeadLetter& letter) {
  if (!letter.source_arn.empty()) fields.text(ContentTag::kDeadLetterSource, letter.source_arn);
  if (letter.receive_count != 0) fields.number(ContentTag::kDeadLetterReceives, letter.receive_count);
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
  write_dead_letter(fields, content.dead_letter);
  if (!content.notification) return;
  const Notification& notification = *content.notification;
  fields.number(ContentTag::kNotificationKind, static_cast<std::uint8_t>(notification.kind));
  fields.text(ContentTag::kTopicArn, notification.topic_arn);
  fields.text(ContentTag::kPublicationId, raw(notification.id.bytes));
  fields.signed_number(ContentTag::kPublished, epoch_milliseconds(notification.published));
  if (!notification.subject.empty()) fields.text(ContentTag::kSubject, notification.subject);
  fields.text(ContentTag::kSubscription, raw(notification.subscription.bytes));
  if (notification.signature_version != 0) {
    fields.number(ContentTag::kSignatureVersion, notification.signature_version);
    fields.text(ContentTag::kSigningKey, raw(notification.signing_key));
  }
  if (notification.sequence_number != 0) {
    fields.number(ContentTag::kSequenceNumber, notification.sequence_number);
  }
  if (!notification.token.empty()) fields.text(ContentTag::kToken, notification.token);
  if (notification.raw) fields.number(ContentTag::kRaw, std::uint8_t{1});
  if (notification.form != 0) fields.number(ContentTag::kForm, notification.form);
}

// The content of a copy: as it lies there, but for what the copy says otherwise. Not decoded; false if the
// bytes are no fields.
bool copy_content(ByteReader& reader, const Copy& copy, ByteWriter& writer) {
  TaggedFieldsReader<ContentTag> original(reader);
  TaggedFieldsWriter<ContentTag> fields(writer);
  const bool another_id = !copy.deduplication_id.empty();
  bool replaced = false;
  // In the place of what the copy says, for tags ascend.
  const auto replace = [&] {
    if (std::exchange(replaced, true)) return;
    if (another_id) fields.text(ContentTag::kDeduplicationId, copy.deduplication_id);
    write_dead_letter(fields, copy.dead_letter);
  };
  while (const auto tag = original.next()) {
    if (*tag > ContentTag::kForm) return false;
    if (*tag == ContentTag::kDeduplicationId && another_id) continue;
    if (*tag == ContentTag::kDeadLetterSource || *tag == ContentTag::kDeadLetterReceives) continue;
    if (*tag > ContentTag::kDeadLetterReceives) replace();
    fields.text(*tag, original.value());
  }
  replace();
  return original.finished();
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

// One field of a notification; false if it is none.
bool read_notification(ContentTag tag, TaggedFieldsReader<ContentTag>& fields, Notification& notification) {
  const std::string_view value = fields.value();
  switch (tag) {
    case ContentTag::kTopicArn:
      notification.topic_arn = value;
      return true;
    case ContentTag::kPublicationId:
      return read_raw(value, notification.id.bytes);
    case ContentTag::kPublished:
      notification.published = from_epoch_milliseconds(fields.signed_number());
      return true;
    case ContentTag::kSubject:
      notification.subject = value;
      return true;
    case ContentTag::kSubscription:
      return read_raw(value, notification.subscription.bytes);
    case ContentTag::kSignatureVersion:
      notification.signature_version = fields.number<std::uint8_t>();
      return notification.signature_version == 1 || notification.signature_version == 2;
    case ContentTag::kSigningKey:
      return read_raw(value, notification.signing_key);
    case ContentTag::kSequenceNumber:
      notification.sequence_number = fields.number<std::uint64_t>();
      return true;
    case ContentTag::kToken:
      notification.token = value;
      return true;
    case ContentTag::kRaw:
      notification.raw = fields.number<std::uint8_t>() == 1;
      return notification.raw;
    case ContentTag::kForm:
      notification.form = fields.number<std::uint8_t>();
      return notification.form != 0;
    default:
      return false;
  }
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
      case ContentTag::kDeadLetterSource:
        content->dead_letter.source_arn = value;
        break;
      case ContentTag::kDeadLetterReceives:
        content->dead_letter.receive_count = fields.number<std::uint32_t>();
        break;
      case ContentTag::kNotificationKind: {
        const auto kind = static_cast<Notification::Kind>(fields.number<std::uint8_t>());
        if (kind > Notification::Kind::kUnsubscribeConfirmation) return nullptr;
        content->notification = std::make_shared<Notification>();
        content->notification->kind = kind;
        break;
      }
      default:
        if (!content->notification || !read_notification(*tag, fields, *content->notification)) return nullptr;
    }
  }
  return fields.finished() && has_md5 ? content : nullptr;
}

std::string encode_texts(const std::vector<std::string>& texts) {
  std::string bytes;
  ByteWriter list(bytes);
  for (const std::string& text : texts) list.text(text);
  return bytes;
}

bool read_texts(std::string_view bytes, std::vector<std::string>& texts) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) texts.emplace_back(list.text());
  return list.finished() && !texts.empty();
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

// False unless they ascend by name.
bool read_texts(std::string_view bytes, NamedTexts& texts) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) {
    std::string name(list.text());
    std::string text(list.text());
    if (!texts.empty() && name <= texts.back().first) return false;
    texts.emplace_back(std::move(name), std::move(text));
  }
  return list.finished() && !texts.empty();
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
    if (content->notification) {
      room += 12 * kFieldBytes + 3 * 16 + 3 * 8 + 2 + content->notification->topic_arn.size() +
              content->notification->subject.size() + content->notification->token.size();
    }
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
      fields.text(QueueTag::kOutboxSubscription, raw(record.outbox_of->id.uuid.bytes));
    }
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
  void operator()(const ExpiryRecord&) const {}
  void operator()(const MoveTaskRecord& record) const {
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
  void operator()(const TopicRecord& record) const;
  void operator()(const SubscriptionRecord& record) const;
  void operator()(const TopicSequenceRecord& record) const { writer.number(record.next.value); }
  void operator()(const TopicDedupRecord& record) const {
    write_time(writer, record.accepted);
    write_id(writer, record.id);
    writer.number(record.sequence.value);
  }
  void operator()(const PublicationRecord& record) const {
    require(record.content != nullptr, "a publication is put with its content");
    std::string content;
    ByteWriter inside(content);
    write_content(inside, *record.content);
    writer.text(content);
    writer.number(static_cast<std::uint32_t>(record.targets.size()));
    for (const PublicationTarget& target : record.targets) {
      writer.number(target.queue.world.account.number());
      writer.text(target.queue.world.region.text());
      writer.number(target.queue.id.value);
      write_id(writer, target.subscription.uuid);
      writer.number(static_cast<std::uint8_t>(target.raw));
    }
  }
  void operator()(const PublicationProgressRecord& record) const { writer.number(record.delivered); }
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

void PayloadWriter::operator()(const TopicRecord& record) const {
  const TopicAttributes& attributes = record.attributes;
  TaggedFieldsWriter<TopicTag> fields(writer);
  fields.text(TopicTag::kName, record.name);
  fields.signed_number(TopicTag::kCreated, epoch_milliseconds(record.created));
  if (attributes.fifo) {
    fields.number(TopicTag::kFifo, std::uint8_t{1});
    fields.number(TopicTag::kContentBasedDeduplication,
                  static_cast<std::uint8_t>(attributes.content_based_deduplication));
  }
  if (attributes.throughput_scope) {
    fields.number(TopicTag::kThroughputScope, static_cast<std::uint8_t>(*attributes.throughput_scope));
  }
  if (attributes.message_bytes_max) fields.number(TopicTag::kMessageBytesMax, *attributes.message_bytes_max);
  if (attributes.signature_version) fields.number(TopicTag::kSignatureVersion, *attributes.signature_version);
  if (!attributes.texts.empty()) {
    std::string bytes;
    ByteWriter list(bytes);
    for (const auto& [name, text] : attributes.texts) {
      list.text(name);
      list.text(text);
    }
    fields.text(TopicTag::kTexts, bytes);
  }
  if (!record.tags.empty()) fields.text(TopicTag::kTags, encode_tags(record.tags));
  if (!record.data_protection_policy.empty()) {
    fields.text(TopicTag::kDataProtectionPolicy, record.data_protection_policy);
  }
  if (record.subscriptions_deleted != 0) {
    fields.number(TopicTag::kSubscriptionsDeleted, record.subscriptions_deleted);
  }
}

void PayloadWriter::operator()(const SubscriptionRecord& record) const {
  const SubscriptionAttributes& attributes = record.attributes;
  TaggedFieldsWriter<SubscriptionTag> fields(writer);
  const auto text = [&fields](SubscriptionTag tag, const std::string& value) {
    if (!value.empty()) fields.text(tag, value);
  };
  const auto flag = [&fields](SubscriptionTag tag, bool value) {
    if (value) fields.number(tag, std::uint8_t{1});
  };
  fields.number(SubscriptionTag::kProtocol, static_cast<std::uint8_t>(record.protocol));
  text(SubscriptionTag::kEndpoint, record.endpoint);
  fields.number(SubscriptionTag::kOwner, record.owner.number());
  text(SubscriptionTag::kPrincipal, record.principal);
  fields.signed_number(SubscriptionTag::kCreated, epoch_milliseconds(record.created));
  flag(SubscriptionTag::kRawMessageDelivery, attributes.raw_message_delivery);
  text(SubscriptionTag::kFilterPolicy, attributes.filter_policy);
  if (attributes.filter_scope) {
    fields.number(SubscriptionTag::kFilterScope, static_cast<std::uint8_t>(*attributes.filter_scope));
  }
  text(SubscriptionTag::kRedrivePolicy, attributes.redrive_policy);
  text(SubscriptionTag::kDeadLetterArn, attributes.dead_letter_arn);
  text(SubscriptionTag::kDeliveryPolicy, attributes.delivery_policy);
  text(SubscriptionTag::kRoleArn, attributes.role_arn);
  flag(SubscriptionTag::kPending, record.pending);
  flag(SubscriptionTag::kConfirmationAuthenticated, record.confirmation_authenticated);
  text(SubscriptionTag::kToken, record.token);
  if (record.token_issued != kEpoch) {
    fields.signed_number(SubscriptionTag::kTokenIssued, epoch_milliseconds(record.token_issued));
  }
  if (record.outbox != QueueId{}) fields.number(SubscriptionTag::kOutbox, record.outbox.value);
  text(SubscriptionTag::kUrlBase, record.url_base);
  if (record.unsubscribed != kEpoch) {
    fields.signed_number(SubscriptionTag::kUnsubscribed, epoch_milliseconds(record.unsubscribed));
  }
}

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
  bool operator()(ExpiryRecord&) const { return true; }
  bool operator()(MoveTaskRecord& record) const {
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
  bool operator()(TopicRecord& record) const;
  bool operator()(SubscriptionRecord& record) const;
  bool operator()(TopicSequenceRecord& record) const {
    record.next = PublicationSequence{reader.number<std::uint64_t>()};
    return true;
  }
  bool operator()(TopicDedupRecord& record) const {
    record.accepted = read_time(reader);
    record.id = read_id(reader);
    record.sequence = PublicationSequence{reader.number<std::uint64_t>()};
    return true;
  }
  bool operator()(PublicationRecord& record) const;
  bool operator()(PublicationProgressRecord& record) const {
    record.delivered = reader.number<std::uint64_t>();
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
  return fields.finished() && has_name && whole_policy;
}

bool PayloadReader::operator()(PublicationRecord& record) const {
  ByteReader content(reader.text());
  record.content = read_content(content);
  if (!record.content || !record.content->notification) return false;
  for (auto left = reader.number<std::uint32_t>(); left > 0 && !reader.failed(); --left) {
    PublicationTarget& target = record.targets.emplace_back();
    target.queue.partition = record.key.topic.partition;
    target.queue.world.account = AccountId{reader.number<std::uint64_t>()};
    const std::optional<Region> region = Region::parse(reader.text());
    if (!region) return false;
    target.queue.world.region = *region;
    target.queue.id = QueueId{reader.number<std::uint64_t>()};
    target.subscription.uuid = read_id(reader);
    target.raw = reader.number<std::uint8_t>() != 0;
  }
  return true;
}

bool PayloadReader::operator()(TopicRecord& record) const {
  TopicAttributes& attributes = record.attributes;
  TaggedFieldsReader<TopicTag> fields(reader);
  while (const auto tag = fields.next()) {
    switch (*tag) {
      case TopicTag::kName:
        record.name = fields.value();
        break;
      case TopicTag::kCreated:
        record.created = from_epoch_milliseconds(fields.signed_number());
        break;
      case TopicTag::kFifo:
        attributes.fifo = fields.number<std::uint8_t>() == 1;
        break;
      case TopicTag::kContentBasedDeduplication:
        attributes.content_based_deduplication = fields.number<std::uint8_t>() != 0;
        break;
      case TopicTag::kThroughputScope:
        attributes.throughput_scope = static_cast<FifoThroughputScope>(fields.number<std::uint8_t>());
        if (*attributes.throughput_scope > FifoThroughputScope::kMessageGroup) return false;
        break;
      case TopicTag::kMessageBytesMax:
        attributes.message_bytes_max = fields.number<std::uint32_t>();
        break;
      case TopicTag::kSignatureVersion:
        attributes.signature_version = fields.number<std::uint8_t>();
        if (*attributes.signature_version != 1 && *attributes.signature_version != 2) return false;
        break;
      case TopicTag::kTexts:
        if (!read_texts(fields.value(), attributes.texts)) return false;
        break;
      case TopicTag::kTags:
        if (!read_tags(fields.value(), record.tags)) return false;
        break;
      case TopicTag::kDataProtectionPolicy:
        record.data_protection_policy = fields.value();
        break;
      case TopicTag::kSubscriptionsDeleted:
        record.subscriptions_deleted = fields.number<std::uint64_t>();
        break;
      default:
        return false;
    }
  }
  return fields.finished() && !record.name.empty();
}

bool PayloadReader::operator()(SubscriptionRecord& record) const {
  SubscriptionAttributes& attributes = record.attributes;
  TaggedFieldsReader<SubscriptionTag> fields(reader);
  const auto flag = [&fields] { return fields.number<std::uint8_t>() == 1; };
  while (const auto tag = fields.next()) {
    switch (*tag) {
      case SubscriptionTag::kProtocol:
        record.protocol = static_cast<SubscriptionProtocol>(fields.number<std::uint8_t>());
        if (record.protocol > SubscriptionProtocol::kFirehose) return false;
        break;
      case SubscriptionTag::kEndpoint:
        record.endpoint = fields.value();
        break;
      case SubscriptionTag::kOwner:
        record.owner = AccountId{fields.number<std::uint64_t>()};
        break;
      case SubscriptionTag::kPrincipal:
        record.principal = fields.value();
        break;
      case SubscriptionTag::kCreated:
        record.created = from_epoch_milliseconds(fields.signed_number());
        break;
      case SubscriptionTag::kRawMessageDelivery:
        attributes.raw_message_delivery = flag();
        break;
      case SubscriptionTag::kFilterPolicy:
        attributes.filter_policy = fields.value();
        break;
      case SubscriptionTag::kFilterScope:
        attributes.filter_scope = static_cast<FilterPolicyScope>(fields.number<std::uint8_t>());
        if (*attributes.filter_scope > FilterPolicyScope::kMessageBody) return false;
        break;
      case SubscriptionTag::kRedrivePolicy:
        attributes.redrive_policy = fields.value();
        break;
      case SubscriptionTag::kDeadLetterArn:
        attributes.dead_letter_arn = fields.value();
        break;
      case SubscriptionTag::kDeliveryPolicy:
        attributes.delivery_policy = fields.value();
        break;
      case SubscriptionTag::kRoleArn:
        attributes.role_arn = fields.value();
        break;
      case SubscriptionTag::kPending:
        record.pending = flag();
        break;
      case SubscriptionTag::kConfirmationAuthenticated:
        record.confirmation_authenticated = flag();
        break;
      case SubscriptionTag::kToken:
        record.token = fields.value();
        break;
      case SubscriptionTag::kTokenIssued:
        record.token_issued = from_epoch_milliseconds(fields.signed_number());
        break;
      case SubscriptionTag::kOutbox:
        record.outbox = QueueId{fields.number<std::uint64_t>()};
        break;
      case SubscriptionTag::kUrlBase:
        record.url_base = fields.value();
        break;
      case SubscriptionTag::kUnsubscribed:
        record.unsubscribed = from_epoch_milliseconds(fields.signed_number());
        break;
      default:
        return false;
    }
  }
  return fields.finished() && record.protocol >= SubscriptionProtocol::kSqs;
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
  Record operator()(const ExpiryKey& key) const { return ExpiryRecord{key}; }
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
