#include "broker/access_request.h"

#include <algorithm>

#include "broker/case_folding.h"

namespace penstock {

std::optional<std::vector<std::string_view>> arn_parts(std::string_view arn) {
  std::vector<std::string_view> parts;
  while (parts.size() < 5) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.push_back(arn);
  return parts;
}

std::optional<AccessCaller> AccessCaller::of_arn(std::string arn) {
  const auto parts = arn_parts(arn);
  if (!parts || (*parts)[0] != "arn" || (*parts)[1].empty() || !(*parts)[3].empty()) return std::nullopt;
  const std::optional<AccountId> account = AccountId::parse((*parts)[4]);
  if (!account) return std::nullopt;
  const std::string_view service = (*parts)[2];
  const std::string_view entity = (*parts)[5];
  AccessCaller caller(Kind::kIdentity, {});
  caller.account_ = account;
  if (service == "iam" && entity == "root") {
    caller.kind_ = Kind::kAccount;
  } else if (service == "iam" && (entity.starts_with("user/") || entity.starts_with("role/"))) {
    if (entity.size() == 5) return std::nullopt;
  } else if (service == "sts" && entity.starts_with("assumed-role/")) {
    const std::string_view role_and_session = entity.substr(13);
    const std::size_t slash = role_and_session.find('/');
    if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
    caller.role_ = "arn:" + std::string((*parts)[1]) + ":iam::" + account->text() + ":role/" +
                   std::string(role_and_session.substr(0, slash));
  } else {
    return std::nullopt;
  }
  caller.name_ = std::move(arn);
  return caller;
}

void RequestContext::set_values(std::string_view key, std::vector<std::string> values) {
  std::string folded = fold_ascii_case(key);
  const auto known =
      std::find_if(keys_.begin(), keys_.end(), [&](const auto& k) { return k.first == folded; });
  if (known != keys_.end()) {
    known->second = std::move(values);
  } else {
    constexpr std::size_t kKeysOfARequest = 12;
    if (keys_.empty()) keys_.reserve(kKeysOfARequest);
    keys_.emplace_back(std::move(folded), std::move(values));
  }
}

std::span<const std::string> RequestContext::values(std::string_view folded_key) const {
  const auto known =
      std::find_if(keys_.begin(), keys_.end(), [&](const auto& k) { return k.first == folded_key; });
  if (known == keys_.end()) return {};
  return known->second;
}

std::string policy_action(std::string_view service, std::string_view operation) {
  constexpr std::string_view kBatch = "Batch";
  if (operation.ends_with(kBatch)) operation.remove_suffix(kBatch.size());
  return std::string(service) + ":" + std::string(operation);
}

}  // namespace penstock
