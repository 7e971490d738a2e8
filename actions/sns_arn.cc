#include "actions/sns_arn.h"

#include <algorithm>
#include <vector>

#include "protocol/text.h"

namespace penstock {
namespace {

std::vector<std::string_view> parts_of(std::string_view arn) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t colon = arn.find(':');
    parts.push_back(arn.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    arn.remove_prefix(colon + 1);
  }
}

// The six parts that every ARN has.
Result<std::vector<std::string_view>> checked_parts(const Text& arn, std::string_view field) {
  std::vector<std::string_view> parts = parts_of(arn ? std::string_view(*arn) : std::string_view());
  if (parts.size() >= 6) return parts;
  return tl::unexpected(invalid_parameter_of_sns(
      joined({field, " Reason: An ARN must have at least 6 elements, not ", std::to_string(parts.size())})));
}

std::optional<TopicPlace> topic_in(const std::vector<std::string_view>& parts, const Caller& caller,
                                   ArnRegion wanted) {
  const std::optional<AccountId> account = AccountId::parse(parts[4]);
  const std::optional<Region> region = Region::parse(parts[3]);
  const bool any = wanted == ArnRegion::kOwnUnlessNameless && caller.nameless;
  const bool own_region = any || region == caller.world.region;
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "sns" || !region || !own_region ||
      !account || parts[5].empty()) {
    return std::nullopt;
  }
  return TopicPlace{{*account, *region}, std::string(parts[5])};
}

}  // namespace

Error invalid_parameter_of_sns(std::string_view detail) {
  return {ErrorCode::kInvalidParameter, joined({"Invalid parameter: ", detail})};
}

Result<TopicPlace> topic_of_arn(const Text& arn, std::string_view field, const Caller& caller,
                                ArnRegion region) {
  const auto parts = checked_parts(arn, field);
  if (!parts) return tl::unexpected(parts.error());
  std::optional<TopicPlace> place = parts->size() == 6 ? topic_in(*parts, caller, region) : std::nullopt;
  if (!place) return tl::unexpected(invalid_parameter_of_sns(field));
  return std::move(*place);
}

Result<SubscriptionPlace> subscription_of_arn(const Text& arn, const Caller& caller, ArnRegion region) {
  if (!arn) {
    return tl::unexpected(
        invalid_parameter_of_sns("SubscriptionArn Reason: no value for required parameter"));
  }
  const auto parts = checked_parts(arn, "SubscriptionArn");
  if (!parts) return tl::unexpected(parts.error());
  if (parts->size() == 6) return tl::unexpected(invalid_parameter_of_sns("SubscriptionId"));
  std::optional<TopicPlace> topic = parts->size() == 7 ? topic_in(*parts, caller, region) : std::nullopt;
  if (!topic) return tl::unexpected(invalid_parameter_of_sns("SubscriptionArn"));
  SubscriptionPlace place{std::move(*topic), std::nullopt};
  if (const auto id = MessageId::parse((*parts)[6])) place.id = SubscriptionId{*id};
  return place;
}

std::string subscription_arn(const World& world, std::string_view topic_name, const SubscriptionId& id) {
  return joined({topic_arn(world, topic_name), ":", id.text()});
}

bool is_topic_name(std::string_view name) {
  if (name.empty() || name.size() > 256) return false;
  if (name.ends_with(".fifo")) name.remove_suffix(5);
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace penstock
