#include "broker/topic.h"

#include <algorithm>
#include <array>
#include <utility>

namespace penstock {
namespace {

using enum SubscriptionProtocol;

constexpr std::array kProtocols{
    std::pair{kSqs, std::string_view("sqs")},
    std::pair{kHttp, std::string_view("http")},
    std::pair{kHttps, std::string_view("https")},
    std::pair{kEmail, std::string_view("email")},
    std::pair{kEmailJson, std::string_view("email-json")},
    std::pair{kSms, std::string_view("sms")},
    std::pair{kLambda, std::string_view("lambda")},
    std::pair{kApplication, std::string_view("application")},
    std::pair{kFirehose, std::string_view("firehose")},
};

}  // namespace

std::string_view name_of(SubscriptionProtocol protocol) {
  const auto* const found = std::find_if(kProtocols.begin(), kProtocols.end(),
                                         [&](const auto& one) { return one.first == protocol; });
  return found == kProtocols.end() ? std::string_view{} : found->second;
}

std::optional<SubscriptionProtocol> protocol_named(std::string_view name) {
  const auto* const found =
      std::find_if(kProtocols.begin(), kProtocols.end(), [&](const auto& one) { return one.second == name; });
  if (found == kProtocols.end()) return std::nullopt;
  return found->first;
}

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
