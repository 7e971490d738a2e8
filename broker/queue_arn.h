// The ARN of a queue: arn:aws:sqs:{region}:{account}:{name}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/address.h"

namespace penstock {

inline std::string queue_arn(const World& world, std::string_view name) {
  std::string arn = "arn:aws:sqs:";
  arn.append(world.region.text()).append(":").append(world.account.text()).append(":").append(name);
  return arn;
}

struct QueueArn {
  World world;
  std::string name;

  // Nothing unless queue_arn() gives the text for some world and a name; whether a queue can have that name
  // is not looked at.
  static std::optional<QueueArn> parse(std::string_view text) {
    constexpr std::string_view kHead = "arn:aws:sqs:";
    if (!text.starts_with(kHead)) return std::nullopt;
    text.remove_prefix(kHead.size());
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::optional<Region> region = Region::parse(text.substr(0, colon));
    text.remove_prefix(colon + 1);
    const std::optional<AccountId> account = AccountId::parse(text.substr(0, 12));
    if (!region || !account || text.size() < 14 || text[12] != ':') return std::nullopt;
    const std::string_view name = text.substr(13);
    if (name.find(':') != std::string_view::npos) return std::nullopt;
    return QueueArn{{*account, *region}, std::string(name)};
  }
};

}  // namespace penstock
