#include "server/delivery_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "actions/envelope.h"
#include "actions/payload.h"
#include "protocol/json_writer.h"
#include "protocol/query_form.h"
#include "protocol/text.h"
#include "server/webhook_request.h"

namespace penstock {
namespace {

ApiResponse refused(std::string_view why, int status = 400) {
  ApiResponse response;
  response.status = status;
  response.content_type = "application/json";
  JsonWriter writer(response.body);
  writer.begin_object();
  writer.member("error", why);
  writer.end_object();
  return response;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

ApiResponse DeliveryPage::answer(const ApiRequest& request) const {
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const Result<QueryForm> form =
      QueryForm::parse(request.target.substr(std::min(mark + 1, request.target.size())), {});
  if (!form) return refused("the query string cannot be read");
  DeliveryRecord::Selection selection;
  selection.deliveries_max = kPageMax;
  if (const std::string* protocol = form->find("protocol")) {
    selection.protocol = protocol_named(*protocol);
    if (!selection.protocol)
      return refused("protocol must be one that topics deliver by, like sms or lambda");
  }
  if (const std::string* endpoint = form->find("endpoint")) selection.endpoint = *endpoint;
  if (const std::string* topic = form->find("topic")) selection.topic_arn = *topic;
  if (const std::string* after = form->find("after")) {
    const auto number = number_in(*after);
    if (!number) return refused("after must be a number, as next in an earlier answer");
    selection.after = *number;
  }
  if (const std::string* limit = form->find("limit")) {
    const auto number = number_in(*limit);
    if (!number || *number == 0 || *number > kPageMax) return refused("limit must be a number from 1 to 100");
    selection.deliveries_max = static_cast<std::size_t>(*number);
  }

  const DeliveryRecord::Found found = record->find(selection);
  const std::string began = iso_time(from_epoch_milliseconds(
      std::chrono::duration_cast<std::chrono::milliseconds>(DeliveryRecord::began().time_since_epoch())
          .count()));
  const std::string* const believed = form->find("began");
  if (selection.after > found.counts.recorded || (believed != nullptr && *believed != began)) {
    return refused(
        joined(
            {"what is asked for was in an earlier record, which ended with its process: this one began at ",
             began, "; ask again with after=0"}),
        410);
  }
  ApiResponse response;
  response.content_type = "application/json";
  JsonWriter writer(response.body);
  writer.begin_object();
  writer.key("deliveries");
  writer.begin_array();
  std::uint64_t next = selection.after;
  for (const RecordedDelivery& delivery : found.deliveries) {
    if (next != selection.after && response.body.size() > kPageBytesMax) break;
    const OutgoingDestination& to = *delivery.to;
    const Notification& notification = *delivery.content->notification;
    const PayloadPlace place{to.protocol, to.endpoint, to.subscription_arn,
                             url_base.empty() ? std::string_view(to.url_base) : std::string_view(url_base)};
    writer.begin_object();
    writer.key("number");
    writer.number(static_cast<std::int64_t>(delivery.number));
    writer.member("Protocol", name_of(to.protocol));
    writer.member("Endpoint", to.endpoint);
    if (!to.topic_arn.empty()) writer.member("TopicArn", to.topic_arn);
    if (!to.subscription_arn.empty()) writer.member("SubscriptionArn", to.subscription_arn);
    writer.member("Type", type_name(notification.kind));
    writer.member("MessageId", notification.id.text());
    writer.member("Timestamp", iso_time(notification.published));
    if (!notification.subject.empty()) writer.member("Subject", notification.subject);
    if (!notification.token.empty()) writer.member("Token", notification.token);
    if (!delivery.content->attributes.empty()) {
      writer.key("MessageAttributes");
      response.body += attributes_json(delivery.content->attributes, AttributeTypes::kAsGiven);
    }
    writer.member("Payload", render_payload(*delivery.content, place, signing));
    writer.end_object();
    next = delivery.number;
  }
  writer.end_array();
  const auto count = [&writer](std::string_view name, std::uint64_t value) {
    writer.key(name);
    writer.number(static_cast<std::int64_t>(value));
  };
  count("next", next);
  count("recorded", found.counts.recorded);
  count("dropped", found.counts.dropped);
  count("kept", found.counts.kept());
  writer.member("began", began);
  writer.member("note", "kept in memory: a restart forgets what is here and begins a new record");
  writer.end_object();
  return response;
}

}  // namespace penstock
