#include "actions/subscriptions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "actions/sns_arn.h"
#include "actions/topic_attributes.h"
#include "base/address_kind.h"
#include "base/base64.h"
#include "protocol/errors.h"
#include "protocol/mail_address.h"
#include "protocol/text.h"
#include "protocol/web_url.h"

namespace penstock {
namespace {

constexpr std::size_t kEndpointMax = 2048;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits, perhaps behind a plus, with single separators between them.
bool is_phone_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (is_digit(text[at])) continue;
    const bool separator = text[at] == '-' || text[at] == '.' || text[at] == '/';
    if (!separator || !is_digit(text[at - 1])) return false;
  }
  return true;
}

// "arn:{partition}:{service}:{region}:{account}:{kind}{separator}{name}...": whose it is; nothing if it is no
// such ARN.
std::optional<AccountId> owner_of_arn(std::string_view arn, std::string_view service, std::string_view resource) {
  const std::string head = joined({":", service, ":"});
  const std::size_t at = arn.find(head);
  if (!arn.starts_with("arn:aws") || at == std::string_view::npos || arn.find(':', 4) != at) return std::nullopt;
  std::string_view rest = arn.substr(at + head.size());
  const std::size_t region_end = std::min(rest.find(':'), rest.size());
  if (!Region::parse(rest.substr(0, region_end))) return std::nullopt;
  rest.remove_prefix(std::min(region_end + 1, rest.size()));
  const std::size_t account_end = std::min(rest.find(':'), rest.size());
  const auto account = AccountId::parse(rest.substr(0, account_end));
  rest.remove_prefix(std::min(account_end + 1, rest.size()));
  const bool named = rest.size() > resource.size() && rest.starts_with(resource) &&
                     std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c <= '~'; });
  return named ? account : std::nullopt;
}

// Of the endpoints that are resources of AWS: whose they are.
std::optional<AccountId> owner_of_endpoint(SubscriptionProtocol protocol, std::string_view endpoint) {
  using enum SubscriptionProtocol;
  switch (protocol) {
    case kSqs:
      if (const auto queue = queue_of_arn(endpoint)) return queue->world.account;
      return std::nullopt;
    case kLambda:
      return owner_of_arn(endpoint, "lambda", "function:");
    case kFirehose:
      return owner_of_arn(endpoint, "firehose", "deliverystream/");
    case kApplication:
      return owner_of_arn(endpoint, "sns", "endpoint/");
    default:
      return std::nullopt;
  }
}

// What a name resolves to is looked at with each delivery (server/webhook_sender.h); here what can be seen.
std::optional<std::string> url_fault(const std::string& endpoint, bool private_receivers) {
  const auto url = WebUrl::parse(endpoint);
  if (!url) return "Endpoint";
  if (!url->literal) {
    const bool local = url->host == "localhost" || url->host.ends_with(".localhost");
    if (local && !private_receivers) return "Unreachable Endpoint";
    return std::nullopt;
  }
  const AddressKind kind = address_kind(*url->literal);
  if (kind == AddressKind::kForbidden || (kind == AddressKind::kPrivate && !private_receivers)) {
    return "Unreachable Endpoint";
  }
  return std::nullopt;
}

// The detail of what is wrong with an endpoint of the protocol; nothing: all is well.
std::optional<std::string> endpoint_fault(SubscriptionProtocol protocol, const std::string& endpoint,
                                          bool private_receivers) {
  using enum SubscriptionProtocol;
  const bool owned = owner_of_endpoint(protocol, endpoint).has_value();
  switch (protocol) {
    case kSqs:
      if (!owned) return "SQS endpoint ARN";
      return std::nullopt;
    case kHttp:
    case kHttps:
      if (!starts_with_without_case(endpoint, joined({name_of(protocol), "://"}))) {
        return "Endpoint must match the specified protocol";
      }
      return url_fault(endpoint, private_receivers);
    case kEmail:
    case kEmailJson:
      if (!is_mail_address(endpoint)) return "Email address";
      return std::nullopt;
    case kSms:
      if (!is_phone_number(endpoint)) return joined({"Invalid SMS endpoint: ", echoed(endpoint)});
      return std::nullopt;
    case kLambda:
      if (!owned) return "Lambda endpoint ARN";
      return std::nullopt;
    case kApplication:
      if (!owned) return joined({"Application endpoint arn invalid:", echoed(endpoint)});
      return std::nullopt;
    case kFirehose:
      if (!owned) return "Firehose endpoint ARN";
      return std::nullopt;
  }
  return std::nullopt;
}

tl::unexpected<Error> invalid(std::string_view detail) {
  return tl::unexpected(invalid_parameter_of_sns(detail));
}

Result<TopicOperation> subscribe_of(sns::SubscribeRequest&& request, bool fifo_topic, const Caller& caller,
                                    Call& call) {
  const auto protocol = protocol_named(*request.protocol);
  if (!protocol) {
    return invalid(joined({"Amazon SNS does not support this protocol string: ", echoed(*request.protocol)}));
  }
  const bool queue = *protocol == SubscriptionProtocol::kSqs;
  if (fifo_topic && !queue) return invalid(joined({"Invalid protocol type: ", name_of(*protocol)}));
  const std::string endpoint = std::move(request.endpoint).value_or(std::string());
  if (endpoint.size() > kEndpointMax) return invalid("Endpoint");
  if (const auto fault = endpoint_fault(*protocol, endpoint, call.private_receivers)) return invalid(*fault);
  if (!fifo_topic && queue && endpoint.ends_with(".fifo")) {
    return invalid("Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS "
                   "topics");
  }
  Result<SuppliedSubscriptionAttributes> attributes =
      supplied_subscription_attributes(request.attributes, AttributeUse::kCreate);
  if (!attributes) return tl::unexpected(attributes.error());
  call.asked = AskedOfSubscribe{request.return_subscription_arn &&
                                equals_without_case(*request.return_subscription_arn, "true")};
  Subscribe subscribe;
  subscribe.protocol = *protocol;
  // What belongs to the caller need not be asked, nor do telephones, which could not answer.
  subscribe.confirmed =
      !asks_endpoint(*protocol) &&
      owner_of_endpoint(*protocol, endpoint).value_or(caller.world.account) == caller.world.account;
  subscribe.url_base = call.notification_base();
  subscribe.endpoint = endpoint;
  subscribe.caller = caller.world.account;
  subscribe.principal = joined({"arn:aws:iam::", caller.world.account.text(), ":root"});
  subscribe.attributes = std::move(*attributes);
  if (!subscribe.confirmed && call.signing != nullptr) subscribe.signing_key = call.signing->key_id();
  return TopicOperation(std::move(subscribe));
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

// A list goes on behind this subscription.
std::string token_behind(const SubscriptionKey& key) {
  return base64_encode(joined({std::to_string(key.topic.id.value), ":", key.id.text()}));
}

std::optional<std::pair<QueueId, SubscriptionId>> place_of_token(const std::string& token) {
  const std::optional<std::string> text = base64_decode(token);
  if (!text) return std::nullopt;
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  std::uint64_t topic = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + colon, topic);
  const auto id = MessageId::parse(std::string_view(*text).substr(colon + 1));
  if (error != std::errc{} || end != text->data() + colon || !id) return std::nullopt;
  return std::pair(QueueId{topic}, SubscriptionId{*id});
}

std::string shown_endpoint(const SubscriptionRecord& record) {
  return is_http(record.protocol) ? without_password(record.endpoint) : record.endpoint;
}

std::string arn_of(const SubscriptionFound& found) {
  return subscription_arn(found.record.key.topic.world, found.topic_name, found.record.key.id);
}

}  // namespace

Result<Planned> plan_topic(sns::SubscribeRequest&& request, const Caller& caller, Call& call) {
  Result<TopicPlace> place = topic_of_arn(request.topic_arn, "TopicArn", caller);
  if (!place) return tl::unexpected(place.error());
  const bool fifo = place->name.ends_with(".fifo");
  return planned(std::move(*place), subscribe_of(std::move(request), fifo, caller, call));
}

Result<Planned> plan_topic(sns::UnsubscribeRequest&& request, const Caller& caller, Call& call) {
  Result<SubscriptionPlace> place =
      subscription_of_arn(request.subscription_arn, caller, ArnRegion::kOwnUnlessNameless);
  if (!place) return tl::unexpected(place.error());
  Unsubscribe unsubscribe{place->id, caller.nameless, {}};
  if (caller.nameless && call.signing != nullptr) unsubscribe.signing_key = call.signing->key_id();
  return planned(std::move(place->topic), TopicOperation(unsubscribe));
}

Result<Planned> plan_topic(sns::ConfirmSubscriptionRequest&& request, const Caller& caller, Call& call) {
  if (!topic_of_arn(request.topic_arn, "TopicArn", caller, ArnRegion::kOwnUnlessNameless))
    return invalid("Topic");
  const bool hexadecimal =
      !request.token->empty() && request.token->size() % 2 == 0 &&
      request.token->find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hexadecimal) return refuse(ErrorCode::kInvalidParameter, "Invalid token");
  call.asked = AskedOfSubscribe{true};
  return planned(
      {caller.world, {}},
      TopicOperation(ConfirmSubscription{
          std::move(*request.token), !caller.nameless && request.authenticate_on_unsubscribe &&
                                         equals_without_case(*request.authenticate_on_unsubscribe, "true")}));
}

Result<Planned> plan_topic(sns::ListSubscriptionsRequest&& request, const Caller& caller, Call&) {
  ListSubscriptions list;
  if (request.next_token && !request.next_token->empty()) {
    const auto place = place_of_token(*request.next_token);
    if (!place) return invalid("NextToken");
    list.after = SubscriptionKey{TopicAddress{PartitionId{}, caller.world, place->first}, place->second};
  }
  return planned({caller.world, {}}, TopicOperation(list));
}

Result<Planned> plan_topic(sns::ListSubscriptionsByTopicRequest&& request, const Caller& caller, Call&) {
  Result<TopicPlace> place = topic_of_arn(request.topic_arn, "TopicArn", caller);
  if (!place) return tl::unexpected(place.error());
  ListTopicSubscriptions list;
  if (request.next_token && !request.next_token->empty()) {
    const auto after = place_of_token(*request.next_token);
    if (!after) return planned(std::move(*place), invalid("NextToken"));
    list.after = after->second;
  }
  return planned(std::move(*place), TopicOperation(list));
}

Result<Planned> plan_topic(sns::GetSubscriptionAttributesRequest&& request, const Caller& caller, Call&) {
  Result<SubscriptionPlace> place = subscription_of_arn(request.subscription_arn, caller);
  if (!place) return tl::unexpected(place.error());
  return planned(std::move(place->topic), TopicOperation(DescribeSubscription{place->id}));
}

Result<Planned> plan_topic(sns::SetSubscriptionAttributesRequest&& request, const Caller& caller, Call&) {
  Result<SubscriptionPlace> place = subscription_of_arn(request.subscription_arn, caller);
  if (!place) return tl::unexpected(place.error());
  MapOf<std::string> one;
  one.entries.emplace_back(std::move(*request.attribute_name),
                           std::move(request.attribute_value).value_or(std::string()));
  Result<SuppliedSubscriptionAttributes> supplied =
      supplied_subscription_attributes(one, AttributeUse::kSet);
  if (!supplied) return planned(std::move(place->topic), tl::unexpected(supplied.error()));
  return planned(std::move(place->topic),
                 TopicOperation(SetSubscriptionAttributes{place->id, std::move(*supplied)}));
}

sns::SubscriptionArnResult result_of(const Call& call, const SubscriptionMade& made) {
  const auto* asked = std::get_if<AskedOfSubscribe>(&call.asked);
  if (made.pending && (asked == nullptr || !asked->return_arn)) return {"pending confirmation"};
  return {subscription_arn(made.key.topic.world, made.topic_name, made.key.id)};
}

sns::AttributesResult result_of(const Call&, const SubscriptionDescribed& described) {
  const SubscriptionRecord& record = described.found.record;
  const SubscriptionAttributes& attributes = record.attributes;
  sns::AttributesResult result;
  auto& pairs = result.attributes.pairs;
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  pairs.emplace_back("SubscriptionArn", arn_of(described.found));
  pairs.emplace_back("TopicArn", topic_arn(record.key.topic.world, described.found.topic_name));
  pairs.emplace_back("Protocol", name_of(record.protocol));
  pairs.emplace_back("Endpoint", shown_endpoint(record));
  pairs.emplace_back("Owner", record.owner.text());
  pairs.emplace_back("SubscriptionPrincipal", record.principal);
  pairs.emplace_back("ConfirmationWasAuthenticated", flag(record.confirmation_authenticated));
  pairs.emplace_back("PendingConfirmation", flag(record.pending));
  pairs.emplace_back("RawMessageDelivery", flag(attributes.raw_message_delivery));
  if (!attributes.filter_policy.empty()) {
    pairs.emplace_back("FilterPolicy", attributes.filter_policy);
    pairs.emplace_back("FilterPolicyScope", attributes.filter_scope == FilterPolicyScope::kMessageBody
                                                ? "MessageBody"
                                                : "MessageAttributes");
  }
  if (!attributes.redrive_policy.empty()) pairs.emplace_back("RedrivePolicy", attributes.redrive_policy);
  if (!attributes.delivery_policy.empty()) {
    pairs.emplace_back("DeliveryPolicy", expanded_delivery_policy(attributes.delivery_policy));
  }
  if (is_http(record.protocol)) {
    pairs.emplace_back(
        "EffectiveDeliveryPolicy",
        effective_subscription_delivery_policy(described.topic_delivery_policy, attributes.delivery_policy));
  }
  if (!attributes.role_arn.empty()) pairs.emplace_back("SubscriptionRoleArn", attributes.role_arn);
  return result;
}

sns::ListSubscriptionsResult result_of(const Call&, const SubscriptionsListed& listed) {
  sns::ListSubscriptionsResult result;
  for (const SubscriptionFound& found : listed.subscriptions) {
    const SubscriptionRecord& record = found.record;
    result.subscriptions.members.push_back(
        {.subscription_arn = record.pending ? std::string("PendingConfirmation") : arn_of(found),
         .owner = record.owner.text(),
         .protocol = name_of(record.protocol),
         .endpoint = shown_endpoint(record),
         .topic_arn = topic_arn(record.key.topic.world, found.topic_name)});
  }
  if (listed.more) result.next_token = token_behind(listed.subscriptions.back().record.key);
  return result;
}

}  // namespace penstock
