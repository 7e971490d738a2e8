#include "actions/publishing.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include "actions/envelope.h"
#include "actions/mobile_push.h"
#include "actions/sns_arn.h"
#include "base/digest.h"
#include "broker/filter_fields.h"
#include "protocol/errors.h"
#include "protocol/json_value.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"
#include "protocol/utf8.h"

namespace penstock {
namespace {

constexpr std::size_t kEntriesMax = 10;
constexpr std::size_t kSubjectMax = 99;
constexpr std::size_t kSmsCharactersMax = 1'600;  // of one Publish, in as many parts as it takes
constexpr std::size_t kNameMax = 256;
constexpr std::size_t kAttributesMax = 256;  // AWS names none; so that a form never grows into more

tl::unexpected<Error> invalid(std::string_view detail) {
  return tl::unexpected(invalid_parameter_of_sns(detail));
}
tl::unexpected<Error> bad_value(std::string text) {
  return refuse(ErrorCode::kParameterValueInvalid, std::move(text));
}

// ---- message attributes

Result<void> check_name(std::string_view name) {
  if (name.size() > kNameMax) return bad_value("Length of message attribute name must be less than 256 bytes.");
  for (std::string_view rest = name; !rest.empty();) {
    const Utf8Character character = utf8_character(rest);
    const char c = rest.front();
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         c == '_' || c == '-' || c == '.';
    if (!allowed) {
      return bad_value(joined({"Invalid non-alphanumeric character '", character_text(character.code_point),
                               "' was found in the message attribute name. Can only include alphanumeric "
                               "characters, hyphens, underscores, or dots."}));
    }
    rest.remove_prefix(character.size);
  }
  if (name.starts_with('.')) {
    return bad_value("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.ends_with('.')) {
    return bad_value("Invalid message attribute name ending with character '.' was found.");
  }
  if (name.find("..") != std::string_view::npos) {
    return bad_value("Message attribute name can not have successive '.' character.");
  }
  return {};
}

// What stands before the suffix; empty if it is no type.
std::string_view base_type(std::string_view type) {
  for (const std::string_view base : {"String", "Number", "Binary"}) {
    if (type == base) return base;
    if (type.size() > base.size() + 1 && type.starts_with(base) && type[base.size()] == '.') return base;
  }
  return {};
}

Result<MessageAttribute> attribute_of(const std::string& name, sns::MessageAttributeValue&& given) {
  if (Result<void> good = check_name(name); !good) return tl::unexpected(good.error());
  const std::string& type = *given.data_type;
  const std::string_view base = base_type(type);
  if (base.empty()) {
    return bad_value(joined({"The message attribute '", name,
                             "' has an invalid message attribute type, the set of supported type prefixes is "
                             "Binary, Number, and String."}));
  }
  const bool binary = base == "Binary";
  const bool has_text = given.string_value && !given.string_value->empty();
  const bool has_bytes = given.binary_value && !given.binary_value->bytes.empty();
  if (binary ? (has_text && !has_bytes) : (has_bytes && !has_text)) {
    return bad_value(joined({"The message attribute '", name, "' with type '", echoed(type),
                             "' must use field '", binary ? "Binary" : "String", "'."}));
  }
  if (!has_text && !has_bytes) {
    return bad_value(
        joined({"The message attribute '", name,
                "' must contain non-empty message attribute value for message attribute type '", echoed(type),
                "'."}));
  }
  std::string value = binary ? std::move(given.binary_value->bytes) : std::move(*given.string_value);
  if (base == "Number" && classify_number(value) != NumberText::kNumber) {
    return bad_value(joined({"Could not cast message attribute '", name, "' value to number."}));
  }
  return MessageAttribute{name, std::move(*given.data_type), std::move(value)};
}

Result<std::vector<MessageAttribute>> attributes_of(sns::MessageAttributeMap&& given) {
  if (given.entries.size() > kAttributesMax) {
    return bad_value(joined({"Number of message attributes [", std::to_string(given.entries.size()),
                             "] exceeds the allowed maximum [", std::to_string(kAttributesMax), "]."}));
  }
  std::vector<MessageAttribute> attributes;
  for (auto& [name, value] : given.entries) {
    Result<MessageAttribute> attribute = attribute_of(name, std::move(value));
    if (!attribute) return tl::unexpected(attribute.error());
    attributes.push_back(std::move(*attribute));
  }
  std::sort(attributes.begin(), attributes.end(),
            [](const MessageAttribute& a, const MessageAttribute& b) { return a.name < b.name; });
  return attributes;
}

// ---- one publication

struct ToPublish {
  std::string message;
  Text subject;
  Text structure;
  sns::MessageAttributeMap attributes;
  Text group_id;
  Text deduplication_id;
};

// As filter policies see a body; null: it is no JSON object.
FilterFieldsPtr fields_of(const std::string& body) {
  if (body.find('{') == std::string::npos) return nullptr;
  auto fields = FilterFields::of_body(body);
  return fields ? std::make_shared<const FilterFields>(std::move(*fields)) : nullptr;
}

constexpr std::array kFormed{SubscriptionProtocol::kHttp,        SubscriptionProtocol::kHttps,
                             SubscriptionProtocol::kEmail,       SubscriptionProtocol::kEmailJson,
                             SubscriptionProtocol::kSms,         SubscriptionProtocol::kLambda,
                             SubscriptionProtocol::kApplication, SubscriptionProtocol::kFirehose};

// What a queue gets of a message that has a form for each protocol, and in `publish` what the others get.
Result<std::string> message_for_queues(const std::string& message, bool fifo, Publish& publish) {
  Result<JsonValue> parsed = JsonValue::parse(message);
  JsonObject* object = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (object == nullptr) return invalid("Message Structure - JSON message body failed to parse");
  const auto text_of = [&](std::string_view key) {
    JsonValue* value = find_member(*object, key);
    return value == nullptr ? nullptr : std::get_if<std::string>(&value->value);
  };
  std::string* otherwise = text_of("default");
  if (otherwise == nullptr) return invalid("Message Structure - No default entry in JSON message body");
  const std::string* given = text_of("sqs");
  const std::string own = given == nullptr ? *otherwise : *given;
  // A FIFO topic delivers to queues only.
  for (const SubscriptionProtocol protocol : kFormed) {
    if (fifo) break;
    const std::string* form = text_of(name_of(protocol));
    if (form == nullptr) form = otherwise;
    // Each platform takes its own message out of the whole (actions/payload.h).
    const bool whole = protocol == SubscriptionProtocol::kApplication;
    if (!whole && *form == own) continue;
    const std::string& body = whole ? message : *form;
    publish.forms.push_back({protocol, body, md5(body), fields_of(*form)});
  }
  return own;
}

Result<void> check_subject(const Text& subject) {
  if (!subject) return {};
  const bool controls = std::any_of(subject->begin(), subject->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (subject->empty() || controls || count_characters(*subject) > kSubjectMax) return invalid("Subject");
  return {};
}

Result<void> check_ids(const ToPublish& message, bool fifo) {
  if (fifo && !message.group_id) {
    return invalid("The MessageGroupId parameter is required for FIFO topics");
  }
  if (!fifo && message.deduplication_id) {
    return invalid(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not "
        "valid for this topic type");
  }
  const auto check = [](const Text& id, std::string_view name) -> Result<void> {
    if (!id || is_identifier(*id)) return {};
    return invalid(joined({name, " Reason: ", name,
                           " can only include alphanumeric and punctuation characters. 1 to 128 in length."}));
  };
  if (Result<void> good = check(message.group_id, "MessageGroupId"); !good) return good;
  return check(message.deduplication_id, "MessageDeduplicationId");
}

Result<Publish> publish_of(ToPublish&& message, const TopicPlace& place, const Caller& caller,
                           const Call& call) {
  const bool fifo = place.name.ends_with(".fifo");
  if (Result<void> good = check_subject(message.subject); !good) return tl::unexpected(good.error());
  if (message.message.empty()) return invalid("Empty message");
  Result<std::vector<MessageAttribute>> attributes = attributes_of(std::move(message.attributes));
  if (!attributes) return tl::unexpected(attributes.error());

  Publish publish;
  std::size_t size = message.message.size();
  for (const MessageAttribute& attribute : *attributes) {
    size += attribute.name.size() + attribute.data_type.size() + attribute.value.size();
  }
  publish.size = static_cast<std::uint32_t>(std::min<std::size_t>(size, UINT32_MAX));
  if (message.structure && *message.structure != "json") return invalid("MessageStructure");
  MessageContent& content = publish.content;
  if (fifo && !message.deduplication_id) content.deduplication_id = hex(sha256(message.message));
  if (message.structure) {
    Result<std::string> selected = message_for_queues(message.message, fifo, publish);
    if (!selected) return tl::unexpected(selected.error());
    content.body = std::move(*selected);
  } else {
    content.body = std::move(message.message);
  }
  if (Result<void> good = check_ids(message, fifo); !good) return tl::unexpected(good.error());
  publish.deduplicated_by_content = fifo && !message.deduplication_id;
  if (message.deduplication_id) content.deduplication_id = std::move(*message.deduplication_id);
  content.body_md5 = md5(content.body);
  content.attributes = std::move(*attributes);
  content.trace_header = std::string(caller.trace_header);
  content.sender_id = place.world.account.text();
  content.group_id = std::move(message.group_id).value_or(std::string());

  content.notification = std::make_shared<Notification>();
  Notification& notification = *content.notification;
  notification.topic_arn = topic_arn(place.world, place.name);
  notification.subject = std::move(message.subject).value_or(std::string());
  if (call.signing != nullptr && !fifo) {
    notification.signature_version = 1;
    notification.signing_key = call.signing->key_id();
  }
  publish.attributes =
      std::make_shared<const FilterFields>(FilterFields::of_attributes(content.attributes));
  publish.body = fields_of(content.body);
  return publish;
}

// ---- batches

Result<void> check_batch(const std::vector<sns::PublishBatchEntry>& entries) {
  if (entries.empty()) {
    return refuse(ErrorCode::kEmptyBatchRequest, "The batch request doesn't contain any entries.");
  }
  if (entries.size() > kEntriesMax) return refuse(ErrorCode::kTooManyEntriesInBatchRequest);
  std::set<std::string_view> seen;
  for (const sns::PublishBatchEntry& entry : entries) {
    if (!seen.insert(*entry.id).second) return refuse(ErrorCode::kBatchEntryIdsNotDistinct);
  }
  for (const sns::PublishBatchEntry& entry : entries) {
    if (entry.id->size() > 80) {
      return refuse(ErrorCode::kInvalidBatchEntryId,
                    joined({"The Id of a batch entry in the batch request is too long: ", echoed(*entry.id)}));
    }
    if (!is_batch_id(*entry.id)) {
      return refuse(ErrorCode::kInvalidBatchEntryId,
                    joined({"The Id of a batch entry in the batch request contains an impermissible character: ",
                            echoed(*entry.id)}));
    }
  }
  return {};
}

Planned planned(TopicPlace&& place, Result<TopicOperation>&& operation) {
  Planned made{place.world, std::move(place.name), Operation{}};
  if (operation) {
    made.operation = Operation(AboutTopic{std::move(*operation)});
  } else {
    made.operation = tl::unexpected(std::move(operation.error()));
  }
  return made;
}

// To a telephone or an endpoint: what a subscription of that protocol would be given.
Result<PublishDirectly> directly(ToPublish&& message, SubscriptionProtocol protocol, const World& world,
                                 const Caller& caller, const Call& call) {
  Result<Publish> publish = publish_of(std::move(message), {world, {}}, caller, call);
  if (!publish) return tl::unexpected(publish.error());
  if (publish->size > kPublicationBytesMax) return invalid("Message too long");
  auto content = std::make_shared<MessageContent>(std::move(publish->content));
  for (PublicationForm& form : publish->forms) {
    if (form.protocol != protocol) continue;
    content->body = std::move(form.body);
    content->notification->form = static_cast<std::uint8_t>(protocol);
  }
  if (protocol == SubscriptionProtocol::kSms && count_characters(content->body) > kSmsCharactersMax) {
    return invalid("Message too long");
  }
  content->notification->topic_arn.clear();
  content->notification->signature_version = 0;
  return PublishDirectly{std::move(content), protocol};
}

bool is_endpoint_arn(const Text& arn) { return arn && arn->find(":endpoint/") != std::string::npos; }

}  // namespace

Result<Planned> plan_topic(sns::PublishRequest&& request, const Caller& caller, Call& call) {
  const int targets = (request.topic_arn ? 1 : 0) + (request.target_arn ? 1 : 0) + (request.phone_number ? 1 : 0);
  if (targets != 1) return invalid("TopicArn or TargetArn Reason: no value for required parameter");
  ToPublish message{std::move(*request.message),
                    std::move(request.subject),
                    std::move(request.message_structure),
                    std::move(request.message_attributes),
                    std::move(request.message_group_id),
                    std::move(request.message_deduplication_id)};
  if (request.phone_number) {
    auto number = plain_number(*request.phone_number);
    if (!number) {
      return invalid(joined({"PhoneNumber Reason: ", echoed(*request.phone_number), " is not valid to publish to"}));
    }
    Result<PublishDirectly> direct = directly(std::move(message), SubscriptionProtocol::kSms, caller.world, caller, call);
    if (!direct) return tl::unexpected(direct.error());
    return planned_mobile(caller.world, {}, *std::move(number), std::move(*direct));
  }
  if (is_endpoint_arn(request.target_arn)) {
    Result<MobilePlace> endpoint = endpoint_of_arn(request.target_arn, "TargetArn", caller);
    if (!endpoint) return tl::unexpected(endpoint.error());
    Result<PublishDirectly> direct =
        directly(std::move(message), SubscriptionProtocol::kApplication, endpoint->world, caller, call);
    if (!direct) return tl::unexpected(direct.error());
    return planned_mobile(endpoint->world, "endpoint/" + endpoint->name, endpoint->name, std::move(*direct));
  }
  Result<TopicPlace> place = request.topic_arn ? topic_of_arn(request.topic_arn, "TopicArn", caller)
                                               : topic_of_arn(request.target_arn, "TargetArn", caller);
  if (!place) return tl::unexpected(place.error());
  Result<Publish> publish = publish_of(std::move(message), *place, caller, call);
  if (!publish) return planned(std::move(*place), tl::unexpected(publish.error()));
  return planned(std::move(*place), TopicOperation(std::move(*publish)));
}

Result<Planned> plan_topic(sns::PublishBatchRequest&& request, const Caller& caller, Call& call) {
  Result<TopicPlace> place = topic_of_arn(request.topic_arn, "TopicArn", caller);
  if (!place) return tl::unexpected(place.error());
  if (Result<void> good = check_batch(request.entries); !good) {
    return planned(std::move(*place), tl::unexpected(good.error()));
  }
  AskedOfPublishes asked;
  PublishBatch batch;
  for (sns::PublishBatchEntry& entry : request.entries) {
    asked.ids.push_back(std::move(*entry.id));
    ToPublish message{std::move(*entry.message),
                      std::move(entry.subject),
                      std::move(entry.message_structure),
                      std::move(entry.message_attributes),
                      std::move(entry.message_group_id),
                      std::move(entry.message_deduplication_id)};
    Result<Publish> publish = publish_of(std::move(message), *place, caller, call);
    if (!publish) return planned(std::move(*place), tl::unexpected(publish.error()));
    batch.entries.push_back(std::move(*publish));
  }
  call.asked = std::move(asked);
  return planned(std::move(*place), TopicOperation(std::move(batch)));
}

sns::PublishResult result_of(const Call&, const Published& published) {
  return {published.id.text(), published.sequence ? publication_number(published.sequence->value) : ""};
}

sns::PublishBatchResult result_of(const Call& call, const PublishedBatch& batch) {
  const std::vector<std::string>& ids = std::get<AskedOfPublishes>(call.asked).ids;
  sns::PublishBatchResult result;
  for (std::size_t at = 0; at < ids.size(); ++at) {
    if (at < batch.entries.size()) {
      result.successful.members.push_back({ids[at], result_of(call, batch.entries[at])});
    } else {
      const WireError& row = wire_error(ErrorCode::kThrottled);
      result.failed.members.push_back({ids[at], row.query_code, row.text, false});
    }
  }
  return result;
}

}  // namespace penstock
