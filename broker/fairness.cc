#include "broker/fairness.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr std::size_t kNoisyInFlight = 30;
constexpr int kNoisyShare = 10;  // one in so many
constexpr Seconds kQuietAfter{300};

std::int64_t minute_of(Time time) { return epoch_milliseconds(time) / 60'000; }

}  // namespace

// FNV-1a in 64 bits.
GroupHash group_hash(std::string_view group) {
  if (group.empty()) return GroupHash{};
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : group) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return GroupHash{hash == 0 ? 1 : hash};
}

void Fairness::Recent::turn_to(std::int64_t to) {
  if (to <= minute) return;
  before = to == minute + 1 ? now : 0;
  now = 0;
  minute = to;
}

std::int64_t Fairness::Usage::processing(Time now) {
  recent.turn_to(minute_of(now));
  const auto flying = static_cast<std::int64_t>(count);
  return flying * (epoch_milliseconds(now) + 1) - received + recent.sum();
}

void Fairness::flies(GroupHash group, Time received) {
  ++all_.count;
  all_.received += epoch_milliseconds(received);
  if (group == GroupHash{}) return;
  Usage& usage = tenants_[group.value].usage;
  ++usage.count;
  usage.received += epoch_milliseconds(received);
}

void Fairness::landed(GroupHash group, Time received) {
  --all_.count;
  all_.received -= epoch_milliseconds(received);
  if (group == GroupHash{}) return;
  const auto found = tenants_.find(group.value);
  Usage& usage = found->second.usage;
  --usage.count;
  usage.received -= epoch_milliseconds(received);
  if (found->second.idle() && tenants_.size() > kIdleMax) tenants_.erase(found);
}

void Fairness::processed(GroupHash group, Time received, Time until) {
  if (tenants_.empty()) return;
  const std::int64_t minute = minute_of(until);
  const std::int64_t time = std::max<std::int64_t>(0, (until - received).count()) + 1;
  all_.recent.turn_to(minute);
  all_.recent.now += time;
  if (const auto found = tenants_.find(group.value); found != tenants_.end()) {
    found->second.usage.recent.turn_to(minute);
    found->second.usage.recent.now += time;
  }
}

void Fairness::sent(GroupHash group, Time now) {
  const auto found = tenants_.find(group.value);
  if (found != tenants_.end()) found->second.active = now;
}

void Fairness::drained(GroupHash group) {
  const auto found = tenants_.find(group.value);
  if (found == tenants_.end()) return;
  found->second.noisy = false;
  found->second.usage.recent = {};
}

bool Fairness::noisy(GroupHash group, Time now) {
  if (group == GroupHash{}) return false;
  sweep(minute_of(now));
  const auto found = tenants_.find(group.value);
  if (found == tenants_.end()) return false;
  Tenant& tenant = found->second;
  if (tenant.active == kEpoch) tenant.active = now;
  if (tenant.noisy && now >= tenant.active + kQuietAfter) {
    tenant.noisy = false;
    tenant.active = now;
    tenant.usage.recent = {};
    return false;
  }
  if (!tenant.noisy && above_threshold(tenant, now)) {
    tenant.noisy = true;
    tenant.active = now;
  }
  return tenant.noisy;
}

bool Fairness::above_threshold(Tenant& tenant, Time now) {
  const std::size_t count = tenant.usage.count;
  if (count >= kNoisyInFlight && count * kNoisyShare > all_.count) return true;
  return tenant.usage.processing(now) * kNoisyShare > all_.processing(now);
}

std::size_t Fairness::in_flight(GroupHash group) const {
  const auto found = tenants_.find(group.value);
  return found == tenants_.end() ? 0 : found->second.usage.count;
}

void Fairness::sweep(std::int64_t minute) {
  if (minute <= swept_) return;
  swept_ = minute;
  boost::unordered::erase_if(tenants_, [minute](auto& entry) {
    entry.second.usage.recent.turn_to(minute);
    return entry.second.idle() && entry.second.usage.recent.sum() == 0;
  });
}

}  // namespace penstock
