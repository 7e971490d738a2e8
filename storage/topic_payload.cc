#include <optional>
#include <string>

#include "base/require.h"
#include "storage/message_codec.h"
#include "storage/record_parts.h"
#include "storage/record_payload.h"
#include "storage/tagged_fields.h"

namespace penstock {
namespace {

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
enum class MobileTag : std::uint8_t {
  kTexts = 1,
  kCreated = 2,
};

}  // namespace

// ---- writing

void PayloadWriter::operator()(const MobileRecord& record) const {
  TaggedFieldsWriter<MobileTag> fields(writer);
  if (!record.texts.empty()) fields.text(MobileTag::kTexts, encode_texts(record.texts));
  fields.signed_number(MobileTag::kCreated, epoch_milliseconds(record.created));
}

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
  if (!attributes.texts.empty()) fields.text(TopicTag::kTexts, encode_texts(attributes.texts));
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

void PayloadWriter::operator()(const TopicSequenceRecord& record) const { writer.number(record.next.value); }

void PayloadWriter::operator()(const TopicDedupRecord& record) const {
  write_time(writer, record.accepted);
  write_id(writer, record.id);
  writer.number(record.sequence.value);
}

void PayloadWriter::operator()(const PublicationRecord& record) const {
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

void PayloadWriter::operator()(const PublicationProgressRecord& record) const {
  writer.number(record.delivered);
}

// ---- reading

bool PayloadReader::operator()(MobileRecord& record) const {
  TaggedFieldsReader<MobileTag> fields(reader);
  while (const auto tag = fields.next()) {
    switch (*tag) {
      case MobileTag::kTexts:
        if (!read_texts(fields.value(), record.texts)) return false;
        break;
      case MobileTag::kCreated:
        record.created = from_epoch_milliseconds(fields.signed_number());
        break;
      default:
        return false;
    }
  }
  return fields.finished();
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

bool PayloadReader::operator()(TopicSequenceRecord& record) const {
  record.next = PublicationSequence{reader.number<std::uint64_t>()};
  return true;
}

bool PayloadReader::operator()(TopicDedupRecord& record) const {
  record.accepted = read_time(reader);
  record.id = read_id(reader);
  record.sequence = PublicationSequence{reader.number<std::uint64_t>()};
  return true;
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

bool PayloadReader::operator()(PublicationProgressRecord& record) const {
  record.delivered = reader.number<std::uint64_t>();
  return true;
}

}  // namespace penstock
