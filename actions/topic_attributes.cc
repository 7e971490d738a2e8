#include "actions/topic_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "broker/delivery_policy.h"
#include "protocol/errors.h"
#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

constexpr std::size_t kDisplayNameMax = 100;
constexpr std::size_t kTextMax = 30 * 1024;
constexpr std::size_t kKmsKeyMax = 2048;

// What one attribute may be.
enum class TopicAttributeKind : std::uint8_t {
  kDisplayName,
  kText,
  kSampleRate,
  kDeliveryPolicy,
  kMessageBytesMax,
  kSignatureVersion,
  kTracing,
  kFifoTopic,
  kContentBasedDeduplication,
  kThroughputScope,
  kNotOffered,
};

struct TopicAttributeRow {
  std::string_view name;
  TopicAttributeKind kind;
};

constexpr std::array kTopicAttributes{
    TopicAttributeRow{"ArchivePolicy", TopicAttributeKind::kNotOffered},
    TopicAttributeRow{"ContentBasedDeduplication", TopicAttributeKind::kContentBasedDeduplication},
    TopicAttributeRow{"DeliveryPolicy", TopicAttributeKind::kDeliveryPolicy},
    TopicAttributeRow{"DisplayName", TopicAttributeKind::kDisplayName},
    TopicAttributeRow{"FifoThroughputScope", TopicAttributeKind::kThroughputScope},
    TopicAttributeRow{"FifoTopic", TopicAttributeKind::kFifoTopic},
    TopicAttributeRow{"KmsMasterKeyId", TopicAttributeKind::kText},
    TopicAttributeRow{"MaximumMessageSize", TopicAttributeKind::kMessageBytesMax},
    TopicAttributeRow{"Policy", TopicAttributeKind::kText},
    TopicAttributeRow{"SignatureVersion", TopicAttributeKind::kSignatureVersion},
    TopicAttributeRow{"TracingConfig", TopicAttributeKind::kTracing},
};

// {HTTP,Lambda,Firehose,SQS,Application}{Success,Failure}Feedback...
std::optional<TopicAttributeKind> feedback_kind(std::string_view name) {
  for (const std::string_view protocol : {"HTTP", "Lambda", "Firehose", "SQS", "Application"}) {
    if (!name.starts_with(protocol)) continue;
    const std::string_view rest = name.substr(protocol.size());
    if (rest == "SuccessFeedbackRoleArn" || rest == "FailureFeedbackRoleArn") return TopicAttributeKind::kText;
    if (rest == "SuccessFeedbackSampleRate") return TopicAttributeKind::kSampleRate;
  }
  return std::nullopt;
}

std::optional<TopicAttributeKind> kind_of(std::string_view name) {
  const auto row = std::find_if(kTopicAttributes.begin(), kTopicAttributes.end(),
                                [name](const TopicAttributeRow& candidate) { return candidate.name == name; });
  return row == kTopicAttributes.end() ? feedback_kind(name) : row->kind;
}

bool is_fifo_only(TopicAttributeKind kind) {
  return kind == TopicAttributeKind::kContentBasedDeduplication || kind == TopicAttributeKind::kThroughputScope;
}

tl::unexpected<Error> fault(AttributeUse use, std::string_view detail) {
  return refuse(
      ErrorCode::kInvalidParameter,
      joined({"Invalid parameter: ", use == AttributeUse::kCreate ? "Attributes Reason: " : "", detail}));
}

tl::unexpected<Error> unknown(AttributeUse use, std::string_view name) {
  if (use == AttributeUse::kSet) return fault(use, "AttributeName");
  return fault(use, joined({"Unknown attribute ", echoed(name)}));
}

std::optional<std::int64_t> number_within(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number < min || number > max ? std::nullopt : std::optional(number);
}

std::optional<bool> boolean_in(std::string_view text) {
  if (equals_without_case(text, "true")) return true;
  if (equals_without_case(text, "false")) return false;
  return std::nullopt;
}

void write(const JsonValue& value, JsonWriter& writer) {
  struct Write {
    JsonWriter& writer;
    void operator()(const JsonNull&) const { writer.null(); }
    void operator()(bool flag) const { writer.boolean(flag); }
    void operator()(std::int64_t number) const { writer.number(number); }
    void operator()(const JsonOtherNumber& number) const { writer.text(number.text); }
    void operator()(const std::string& text) const { writer.text(text); }
    void operator()(const JsonArray& array) const {
      writer.begin_array();
      for (const JsonValue& element : array) write(element, writer);
      writer.end_array();
    }
    void operator()(const JsonObject& object) const {
      writer.begin_object();
      for (const JsonMember& member : object) {
        writer.key(member.name);
        write(member.value, writer);
      }
      writer.end_object();
    }
  };
  std::visit(Write{writer}, value.value);
}

// ---- delivery policies

struct IntegerRule {
  std::string_view name;
  std::int64_t min;
  std::int64_t max;
};
constexpr std::array kRetryRules{
    IntegerRule{"minDelayTarget", 1, 3600},   IntegerRule{"maxDelayTarget", 1, 3600},
    IntegerRule{"numRetries", 0, 100},        IntegerRule{"numNoDelayRetries", 0, 100},
    IntegerRule{"numMinDelayRetries", 0, 100}, IntegerRule{"numMaxDelayRetries", 0, 100},
};

std::string_view kind_name(const JsonValue& value) {
  if (std::holds_alternative<std::string>(value.value)) return "a string";
  if (std::holds_alternative<bool>(value.value)) return "a boolean";
  if (std::holds_alternative<JsonNull>(value.value)) return "null";
  if (std::holds_alternative<JsonArray>(value.value)) return "an array";
  if (std::holds_alternative<JsonObject>(value.value)) return "an object";
  return "a number";
}

// The details of the first fault; nothing: none.
using Fault = std::optional<std::string>;

Fault check_retry(const std::string& path, const JsonValue& value, bool complete) {
  const JsonObject* object = std::get_if<JsonObject>(&value.value);
  if (object == nullptr) {
    return joined({path, " type mismatch, expecting object, received ", kind_name(value)});
  }
  std::int64_t least = 1, most = 3600, retries = 100, phases = 0;
  for (const JsonMember& member : *object) {
    const std::string at = path + "." + member.name;
    if (member.name == "backoffFunction") {
      const std::string* text = std::get_if<std::string>(&member.value.value);
      if (text == nullptr) {
        return joined({at, " type mismatch, expecting string, received ", kind_name(member.value)});
      }
      if (*text != "linear" && *text != "arithmetic" && *text != "geometric" && *text != "exponential") {
        return joined({at, " must be one of [linear, arithmetic, geometric, exponential]"});
      }
      continue;
    }
    const auto* const rule = std::find_if(kRetryRules.begin(), kRetryRules.end(),
                                          [&](const IntegerRule& r) { return r.name == member.name; });
    if (rule == kRetryRules.end()) return joined({"Unexpected JSON member: ", echoed(member.name)});
    const std::int64_t* number = std::get_if<std::int64_t>(&member.value.value);
    if (number == nullptr) {
      return joined({at, " type mismatch, expecting integer, received ", kind_name(member.value)});
    }
    if (*number < rule->min) {
      return joined({at, " must be greater than or equal to ", std::to_string(rule->min)});
    }
    if (*number > rule->max) {
      return joined({at, " must be less than or equal to ", std::to_string(rule->max)});
    }
    if (member.name == "minDelayTarget") least = *number;
    if (member.name == "maxDelayTarget") most = *number;
    if (member.name == "numRetries") retries = *number;
    if (member.name.starts_with("num") && member.name != "numRetries") phases += *number;
  }
  if (complete) {
    for (const std::string_view name : {"minDelayTarget", "maxDelayTarget", "numRetries"}) {
      const bool there =
          std::any_of(object->begin(), object->end(), [&](const JsonMember& m) { return m.name == name; });
      if (!there) return joined({path, ".", name, " must be specified"});
    }
  }
  if (least > most) return joined({path, ".maxDelayTarget must be greater than or equal to minDelayTarget"});
  if (phases > retries) {
    return joined({path, ".numRetries must be greater than or equal to the sum of the retries of its phases"});
  }
  return std::nullopt;
}

// One of those that a receiver by HTTP may be told, perhaps with a charset behind it.
bool is_content_type(std::string_view text) {
  constexpr std::array<std::string_view, 12> kTypes{"text/plain",
                                                    "application/json",
                                                    "text/css",
                                                    "text/csv",
                                                    "text/html",
                                                    "text/xml",
                                                    "application/atom+xml",
                                                    "application/octet-stream",
                                                    "application/soap+xml",
                                                    "application/x-www-form-urlencoded",
                                                    "application/xhtml+xml",
                                                    "application/xml"};
  std::string_view type = text.substr(0, text.find(';'));
  std::string_view rest = text.substr(type.size());
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) return false;
  if (rest.empty()) return true;
  rest.remove_prefix(1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (!starts_with_without_case(rest, "charset=")) return false;
  rest.remove_prefix(8);
  return !rest.empty() && rest.size() <= 40 && std::all_of(rest.begin(), rest.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Fault check_section(const std::string& path, std::string_view kind, const JsonValue& value, bool complete) {
  if (std::holds_alternative<JsonNull>(value.value)) return std::nullopt;
  if (kind == "retry") return check_retry(path, value, complete);
  const JsonObject* object = std::get_if<JsonObject>(&value.value);
  if (object == nullptr) {
    return joined({path, " type mismatch, expecting object, received ", kind_name(value)});
  }
  for (const JsonMember& member : *object) {
    if (kind == "throttle" && member.name == "maxReceivesPerSecond") {
      const std::int64_t* number = std::get_if<std::int64_t>(&member.value.value);
      if (number == nullptr) {
        return joined({path, ".maxReceivesPerSecond type mismatch, expecting integer, received ",
                       kind_name(member.value)});
      }
      if (*number < 1) return joined({path, ".maxReceivesPerSecond must be greater than or equal to 1"});
    } else if (kind == "request" && member.name == "headerContentType") {
      if (!std::holds_alternative<std::string>(member.value.value)) {
        return joined({path, ".headerContentType type mismatch, expecting string, received ",
                       kind_name(member.value)});
      }
      if (!is_content_type(std::get<std::string>(member.value.value))) {
        return joined({path, ".headerContentType is not a permitted content type"});
      }
    } else {
      return joined({"Unexpected JSON member: ", echoed(member.name)});
    }
  }
  return std::nullopt;
}

struct Section {
  std::string_view name;
  std::string_view kind;
};
constexpr std::array kTopicSections{Section{"defaultHealthyRetryPolicy", "retry"},
                                    Section{"defaultSicklyRetryPolicy", "retry"},
                                    Section{"defaultThrottlePolicy", "throttle"},
                                    Section{"defaultRequestPolicy", "request"}};
constexpr std::array kSubscriptionSections{Section{"healthyRetryPolicy", "retry"},
                                           Section{"sicklyRetryPolicy", "retry"},
                                           Section{"throttlePolicy", "throttle"},
                                           Section{"requestPolicy", "request"}};

// Also drops what is null.
template <class Sections>
Fault check_sections(const Sections& sections, const std::string& prefix, std::string_view flag, bool complete,
                     JsonObject& object) {
  for (const JsonMember& member : object) {
    if (member.name == flag) {
      if (!std::holds_alternative<bool>(member.value.value)) {
        return joined({prefix, flag, " type mismatch, expecting boolean, received ", kind_name(member.value)});
      }
      continue;
    }
    const auto* const section = std::find_if(sections.begin(), sections.end(),
                                             [&](const Section& s) { return s.name == member.name; });
    if (section == sections.end()) return joined({"Unexpected JSON member: ", echoed(member.name)});
    if (Fault wrong = check_section(prefix + member.name, section->kind, member.value, complete)) return wrong;
  }
  std::erase_if(object, [](const JsonMember& m) { return std::holds_alternative<JsonNull>(m.value.value); });
  return std::nullopt;
}

// As it is kept: the sections that were given, and whether subscriptions may override them.
tl::expected<std::string, std::string> topic_delivery_policy(const std::string& text) {
  Result<JsonValue> parsed = JsonValue::parse(text);
  JsonObject* root = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (root == nullptr) return tl::unexpected(std::string("failed to parse JSON."));
  for (const JsonMember& member : *root) {
    if (member.name != "http") return tl::unexpected(joined({"Unexpected JSON member: ", echoed(member.name)}));
  }
  JsonValue* http_value = find_member(*root, "http");
  JsonObject* http = http_value == nullptr ? nullptr : std::get_if<JsonObject>(&http_value->value);
  if (http == nullptr) return tl::unexpected(std::string("http must be specified"));
  if (Fault wrong = check_sections(kTopicSections, "http.", "disableSubscriptionOverrides", false, *http)) {
    return tl::unexpected(std::move(*wrong));
  }
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  writer.key("http");
  writer.begin_object();
  bool disables = false;
  for (const JsonMember& member : *http) {
    if (member.name == "disableSubscriptionOverrides") {
      disables = std::get<bool>(member.value.value);
    } else {
      writer.key(member.name);
      write(member.value, writer);
    }
  }
  writer.key("disableSubscriptionOverrides");
  writer.boolean(disables);
  writer.end_object();
  writer.end_object();
  return json;
}

Fault check_subscription_delivery_policy(const std::string& text) {
  Result<JsonValue> parsed = JsonValue::parse(text);
  JsonObject* root = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (root == nullptr) return "failed to parse JSON.";
  return check_sections(kSubscriptionSections, "", "guaranteed", true, *root);
}

// ---- one attribute

Result<void> take_topic_attribute(const std::string& name, const std::string& value, bool fifo,
                                  AttributeUse use, SuppliedTopicAttributes& out) {
  using enum TopicAttributeKind;
  const std::optional<TopicAttributeKind> kind = kind_of(name);
  if (!kind || (is_fifo_only(*kind) && !fifo) || (*kind == kFifoTopic && use == AttributeUse::kSet)) {
    return unknown(use, name);
  }
  const auto wrong = [&](std::string_view detail) { return fault(use, joined({name, ": ", detail})); };
  switch (*kind) {
    case kNotOffered:
      return tl::unexpected(not_offered(joined({"the topic attribute ", name})));
    case kDisplayName:
      if (count_characters(value) > kDisplayNameMax) return wrong("must be at most 100 characters long");
      break;
    case kText:
      if (value.size() > (name == "KmsMasterKeyId" ? kKmsKeyMax : kTextMax)) return wrong("value is too long");
      break;
    case kSampleRate:
      if (!value.empty() && !number_within(value, 0, 100)) {
        return wrong(joined({echoed(value), " value provided is not an integer between 0-100"}));
      }
      break;
    case kDeliveryPolicy: {
      if (value.empty()) break;
      auto policy = topic_delivery_policy(value);
      if (!policy) return wrong(policy.error());
      out.texts.emplace_back(name, std::move(*policy));
      return {};
    }
    case kMessageBytesMax: {
      const auto bytes = number_within(value, 1024, 1'048'576);
      if (!bytes) return wrong(joined({"Invalid value [", echoed(value), "]. Must be between 1024 and 1048576."}));
      out.message_bytes_max = static_cast<std::uint32_t>(*bytes);
      return {};
    }
    case kSignatureVersion: {
      const auto version = number_within(value, 1, 2);
      if (!version) return wrong(joined({"Invalid value [", echoed(value), "]. Must be 1 or 2."}));
      out.signature_version = static_cast<std::uint8_t>(*version);
      return {};
    }
    case kTracing:
      if (!value.empty() && value != "PassThrough" && value != "Active") {
        return wrong(joined({"Invalid value [", echoed(value), "]. Must be PassThrough or Active."}));
      }
      break;
    case kFifoTopic: {
      const auto flag = boolean_in(value);
      if (!flag) return wrong(joined({"Invalid value [", echoed(value), "]. Must be true or false."}));
      out.fifo = *flag;
      return {};
    }
    case kContentBasedDeduplication:
      out.content_based_deduplication = boolean_in(value);
      if (!out.content_based_deduplication) {
        return wrong(joined({"Invalid value [", echoed(value), "]. Must be true or false."}));
      }
      return {};
    case kThroughputScope:
      if (value != "Topic" && value != "MessageGroup") {
        return wrong(joined({"Invalid value [", echoed(value), "]. Must be Topic or MessageGroup."}));
      }
      out.throughput_scope =
          value == "Topic" ? FifoThroughputScope::kTopic : FifoThroughputScope::kMessageGroup;
      return {};
  }
  out.texts.emplace_back(name, value);
  return {};
}

Result<void> take_redrive_policy(const std::string& value, AttributeUse use,
                                 SuppliedSubscriptionAttributes& out) {
  out.redrive_policy = value;
  if (value.empty()) return {};
  Result<JsonValue> parsed = JsonValue::parse(value);
  JsonObject* policy = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (policy == nullptr) return fault(use, "RedrivePolicy: failed to parse JSON.");
  for (const JsonMember& member : *policy) {
    if (member.name == "deadLetterTargetArn") continue;
    return fault(use,
                 joined({"RedrivePolicy: invalid JSON. Attribute ", echoed(member.name), " is unknown."}));
  }
  const JsonValue* target = find_member(*policy, "deadLetterTargetArn");
  const std::string* arn = target == nullptr ? nullptr : std::get_if<std::string>(&target->value);
  if (arn == nullptr || !queue_of_arn(*arn)) {
    return fault(use, "RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  out.dead_letter_arn = *arn;
  return {};
}

Result<void> take_subscription_attribute(const std::string& name, const std::string& value, AttributeUse use,
                                         SuppliedSubscriptionAttributes& out) {
  if (name == "RawMessageDelivery") {
    out.raw_message_delivery = boolean_in(value);
    if (out.raw_message_delivery) return {};
    return fault(use,
                 joined({"RawMessageDelivery: Invalid value [", echoed(value), "]. Must be true or false."}));
  }
  if (name == "FilterPolicy") {
    // "{}" removes it too.
    out.filter_policy = value == "{}" ? std::string() : value;
    return {};
  }
  if (name == "FilterPolicyScope") {
    if (value == "MessageAttributes") {
      out.filter_scope = FilterPolicyScope::kMessageAttributes;
    } else if (value == "MessageBody") {
      out.filter_scope = FilterPolicyScope::kMessageBody;
    } else {
      return fault(use, joined({"FilterPolicyScope: Invalid value [", echoed(value),
                                "]. Please use either MessageBody or MessageAttributes"}));
    }
    return {};
  }
  if (name == "RedrivePolicy") return take_redrive_policy(value, use, out);
  if (name == "DeliveryPolicy") {
    if (!value.empty()) {
      if (value.size() > kTextMax) return fault(use, "DeliveryPolicy: value is too long");
      if (Fault wrong = check_subscription_delivery_policy(value)) {
        return fault(use, joined({"DeliveryPolicy: ", *wrong}));
      }
    }
    out.delivery_policy = value;
    return {};
  }
  if (name == "SubscriptionRoleArn") {
    if (value.size() > kKmsKeyMax) return fault(use, "SubscriptionRoleArn: value is too long");
    out.role_arn = value;
    return {};
  }
  if (name == "ReplayPolicy") {
    return tl::unexpected(not_offered(joined({"the subscription attribute ", name})));
  }
  return unknown(use, name);
}

}  // namespace

Result<SuppliedTopicAttributes> supplied_topic_attributes(bool fifo_topic,
                                                          const MapOf<std::string>& attributes,
                                                          AttributeUse use) {
  SuppliedTopicAttributes supplied;
  for (const auto& [name, value] : attributes.entries) {
    if (Result<void> taken = take_topic_attribute(name, value, fifo_topic, use, supplied); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return supplied;
}

Result<SuppliedSubscriptionAttributes> supplied_subscription_attributes(const MapOf<std::string>& attributes,
                                                                        AttributeUse use) {
  SuppliedSubscriptionAttributes supplied;
  for (const auto& [name, value] : attributes.entries) {
    if (Result<void> taken = take_subscription_attribute(name, value, use, supplied); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return supplied;
}

std::string effective_topic_delivery_policy(const std::string& policy) {
  Result<JsonValue> parsed = JsonValue::parse(policy.empty() ? "{\"http\":{}}" : policy);
  JsonObject none;
  JsonObject* root = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  JsonValue* http_value = root == nullptr ? nullptr : find_member(*root, "http");
  JsonObject* http = http_value == nullptr ? &none : std::get_if<JsonObject>(&http_value->value);
  const auto object_at = [&](std::string_view name) {
    JsonValue* value = find_member(*http, name);
    return value == nullptr ? nullptr : std::get_if<JsonObject>(&value->value);
  };
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  writer.key("http");
  writer.begin_object();
  writer.key("defaultHealthyRetryPolicy");
  writer.begin_object();
  JsonObject* retry = object_at("defaultHealthyRetryPolicy");
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kDefaults{{{"minDelayTarget", 20},
                                                                               {"maxDelayTarget", 20},
                                                                               {"numRetries", 3},
                                                                               {"numMaxDelayRetries", 0},
                                                                               {"numNoDelayRetries", 0},
                                                                               {"numMinDelayRetries", 0}}};
  for (const auto& [name, otherwise] : kDefaults) {
    JsonValue* given = retry == nullptr ? nullptr : find_member(*retry, name);
    const std::int64_t* number = given == nullptr ? nullptr : std::get_if<std::int64_t>(&given->value);
    writer.key(name);
    writer.number(number == nullptr ? otherwise : *number);
  }
  JsonValue* backoff = retry == nullptr ? nullptr : find_member(*retry, "backoffFunction");
  const std::string* function = backoff == nullptr ? nullptr : std::get_if<std::string>(&backoff->value);
  writer.member("backoffFunction", function == nullptr ? std::string_view("linear") : *function);
  writer.end_object();
  for (const std::string_view name : {"defaultSicklyRetryPolicy", "defaultThrottlePolicy"}) {
    if (JsonValue* section = find_member(*http, name)) {
      writer.key(name);
      write(*section, writer);
    }
  }
  JsonValue* disables = find_member(*http, "disableSubscriptionOverrides");
  const bool* disabled = disables == nullptr ? nullptr : std::get_if<bool>(&disables->value);
  writer.key("disableSubscriptionOverrides");
  writer.boolean(disabled != nullptr && *disabled);
  JsonObject* request = object_at("defaultRequestPolicy");
  JsonValue* type = request == nullptr ? nullptr : find_member(*request, "headerContentType");
  const std::string* content_type = type == nullptr ? nullptr : std::get_if<std::string>(&type->value);
  writer.key("defaultRequestPolicy");
  writer.begin_object();
  writer.member("headerContentType",
                content_type == nullptr ? std::string_view("text/plain; charset=UTF-8") : *content_type);
  writer.end_object();
  writer.end_object();
  writer.end_object();
  return json;
}

std::string effective_subscription_delivery_policy(const std::string& of_topic,
                                                   const std::string& of_subscription) {
  const DeliveryPolicy policy = effective_delivery_policy(of_topic, of_subscription);
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  writer.key("healthyRetryPolicy");
  writer.begin_object();
  const auto number = [&writer](std::string_view name, std::int64_t value) {
    writer.key(name);
    writer.number(value);
  };
  number("minDelayTarget", policy.retry.delay_min.count());
  number("maxDelayTarget", policy.retry.delay_max.count());
  number("numRetries", policy.retry.retries);
  number("numMaxDelayRetries", policy.retry.at_delay_max);
  number("numNoDelayRetries", policy.retry.without_delay);
  number("numMinDelayRetries", policy.retry.at_delay_min);
  writer.member("backoffFunction", name_of(policy.retry.backoff));
  writer.end_object();
  writer.key("sicklyRetryPolicy");
  writer.null();
  writer.key("throttlePolicy");
  if (policy.receives_per_second) {
    writer.begin_object();
    number("maxReceivesPerSecond", *policy.receives_per_second);
    writer.end_object();
  } else {
    writer.null();
  }
  writer.key("requestPolicy");
  writer.begin_object();
  writer.member("headerContentType", policy.content_type);
  writer.end_object();
  writer.key("guaranteed");
  writer.boolean(false);
  writer.end_object();
  return json;
}

std::string expanded_delivery_policy(const std::string& policy) {
  Result<JsonValue> parsed = JsonValue::parse(policy);
  JsonObject* root = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (root == nullptr) return policy;
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  for (const std::string_view name :
       {"healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy"}) {
    writer.key(name);
    if (JsonValue* section = find_member(*root, name)) {
      write(*section, writer);
    } else {
      writer.null();
    }
  }
  JsonValue* guaranteed = find_member(*root, "guaranteed");
  const bool* flag = guaranteed == nullptr ? nullptr : std::get_if<bool>(&guaranteed->value);
  writer.key("guaranteed");
  writer.boolean(flag != nullptr && *flag);
  writer.end_object();
  return json;
}

}  // namespace penstock
