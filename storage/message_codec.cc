#include "storage/message_codec.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "storage/record_parts.h"
#include "storage/tagged_fields.h"

namespace penstock {
namespace {

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
  kNotificationKind = 10,   // u8; from here on: of a topic's copies only
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

void write_dead_letter(TaggedFieldsWriter<ContentTag>& fields, const DeadLetter& letter) {
  if (!letter.source_arn.empty()) fields.text(ContentTag::kDeadLetterSource, letter.source_arn);
  if (letter.receive_count != 0) fields.number(ContentTag::kDeadLetterReceives, letter.receive_count);
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

}  // namespace

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
  write_dead_letter(fields, content.dead_letter);
  if (!content.notification) return;
  const Notification& notification = *content.notification;
  fields.number(ContentTag::kNotificationKind, static_cast<std::uint8_t>(notification.kind));
  fields.text(ContentTag::kTopicArn, notification.topic_arn);
  fields.text(ContentTag::kPublicationId, raw_bytes(notification.id.bytes));
  fields.signed_number(ContentTag::kPublished, epoch_milliseconds(notification.published));
  if (!notification.subject.empty()) fields.text(ContentTag::kSubject, notification.subject);
  fields.text(ContentTag::kSubscription, raw_bytes(notification.subscription.bytes));
  if (notification.signature_version != 0) {
    fields.number(ContentTag::kSignatureVersion, notification.signature_version);
    fields.text(ContentTag::kSigningKey, raw_bytes(notification.signing_key));
  }
  if (notification.sequence_number != 0) {
    fields.number(ContentTag::kSequenceNumber, notification.sequence_number);
  }
  if (!notification.token.empty()) fields.text(ContentTag::kToken, notification.token);
  if (notification.raw) fields.number(ContentTag::kRaw, std::uint8_t{1});
  if (notification.form != 0) fields.number(ContentTag::kForm, notification.form);
}

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
        if (!content->notification || !read_notification(*tag, fields, *content->notification))
          return nullptr;
    }
  }
  return fields.finished() && has_md5 ? content : nullptr;
}

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

std::size_t content_room(const MessageContent& content) {
  constexpr std::size_t kFieldBytes = 1 + 4;
  std::size_t room = 9 * kFieldBytes + content.body_md5.size() + content.body.size() +
                     content.trace_header.size() + content.sender_id.size() + content.group_id.size() +
                     content.deduplication_id.size() + content.dead_letter.source_arn.size() + 4;
  if (content.notification) {
    room += 12 * kFieldBytes + 3 * 16 + 3 * 8 + 2 + content.notification->topic_arn.size() +
            content.notification->subject.size() + content.notification->token.size();
  }
  for (const MessageAttribute& attribute : content.attributes) {
    room += 3 * 4 + attribute.name.size() + attribute.data_type.size() + attribute.value.size();
  }
  return room;
}

}  // namespace penstock
