// RequestLimits: how many requests an address and an account may make in a time, as the operator has chosen.
//
//   address   before anything of a request is looked at: nobody can be kept out by whoever uses their name
//   account   once it is known whose request it is: proven, where signatures are verified
//
// What is refused is counted and nothing else: it is not in the audit log, which a flood would otherwise push out.
// Of an IPv6 address the network of 64 bits counts, since whoever has one has them all. Any thread may ask; the time is
// handed in.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/address.h"
#include "server/log.h"
#include "server/rate_limiter.h"
#include "server/settings.h"

namespace penstock {

class RequestLimits {
 public:
  using Moment = RateLimiter::Moment;

  // `secret`: drawn by chance.
  RequestLimits(const Settings& settings, std::uint64_t secret);

  // `peer`: the text of an address.
  bool admit_address(std::string_view peer, Moment now);
  bool admit_account(AccountId account, Moment now);

  std::uint64_t refused_addresses() const { return refused_addresses_.load(std::memory_order_relaxed); }
  std::uint64_t refused_accounts() const { return refused_accounts_.load(std::memory_order_relaxed); }

 private:
  std::optional<RateLimiter> addresses_;  // nothing: off
  std::optional<RateLimiter> accounts_;
  std::atomic<std::uint64_t> refused_addresses_{0};
  std::atomic<std::uint64_t> refused_accounts_{0};
  LogLimit told_addresses_;
  LogLimit told_accounts_;
};

}  // namespace penstock
