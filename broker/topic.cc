#include "broker/topic.h"

namespace penstock {

std::optional<QueueName> queue_of_arn(std::string_view arn) {
  constexpr int kParts = 6;
  std::string_view parts[kParts];
  for (int part = 0; part < kParts; ++part) {
    const std::size_t end = part + 1 < kParts ? arn.find(':') : arn.size();
    if (end == std::string_view::npos) return std::nullopt;
    parts[part] = arn.substr(0, end);
    arn.remove_prefix(end < arn.size() ? end + 1 : end);
  }
  const std::optional<Region> region = Region::parse(parts[3]);
  const std::optional<AccountId> account = AccountId::parse(parts[4]);
  std::string_view stem = parts[5];
  if (stem.ends_with(".fifo")) stem.remove_suffix(5);
  const bool named =
      !stem.empty() && parts[5].size() <= 80 &&
      stem.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
          std::string_view::npos;
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "sqs" || !region || !account || !named) {
    return std::nullopt;
  }
  return QueueName{{*account, *region}, std::string(parts[5])};
}

std::string topic_arn(const World& world, std::string_view name) {
  std::string arn = "arn:aws:sns:";
  arn.append(world.region.text()).append(":").append(world.account.text()).append(":").append(name);
  return arn;
}

}  // namespace penstock
