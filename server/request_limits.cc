#include "server/request_limits.h"

#include <cstring>
#include <string>

#include "server/endpoint.h"

namespace penstock {
namespace {

// Two and a half megabytes of addresses; more accounts than a credentials file has.
constexpr std::size_t kAddressesMax = 1 << 16;
constexpr std::size_t kAccountsMax = 1 << 13;

RateLimiter::Key key_of(AccountId account) {
  const std::uint64_t number = account.number();
  RateLimiter::Key key{};
  std::memcpy(key.data(), &number, sizeof number);
  return key;
}

}  // namespace

RequestLimits::RequestLimits(const Settings& settings, std::uint64_t secret) {
  const auto begin = [secret](std::optional<RateLimiter>& limiter, const RequestRate& rate, std::size_t room) {
    if (rate.per_second == 0) return;
    limiter.emplace(RateLimiter::Rate{rate.per_second, rate.burst == 0 ? rate.per_second : rate.burst}, room, secret);
  };
  begin(addresses_, settings.address_rate, kAddressesMax);
  begin(accounts_, settings.account_rate, kAccountsMax);
}

bool RequestLimits::admit_address(std::string_view peer, Moment now) {
  if (!addresses_) return true;
  const std::optional<IpAddress> address = address_in(peer);
  if (!address || addresses_->admit(network_of(*address), now)) return true;
  refused_addresses_.fetch_add(1, std::memory_order_relaxed);
  log_warning(told_addresses_, "a request was refused: too many come from its address",
              {{"setting", "request-rate-address"}, {"address", peer}});
  return false;
}

bool RequestLimits::admit_account(AccountId account, Moment now) {
  if (!accounts_ || accounts_->admit(key_of(account), now)) return true;
  refused_accounts_.fetch_add(1, std::memory_order_relaxed);
  log_warning(told_accounts_, "a request was refused: its account makes too many",
              {{"setting", "request-rate-account"}, {"account", account.text()}});
  return false;
}

}  // namespace penstock
