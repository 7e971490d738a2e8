#include "base/clock.h"

#include <time.h>

#include <algorithm>

#include "base/require.h"

namespace penstock {
namespace {

Milliseconds read_clock(clockid_t id) {
  timespec time{};
  clock_gettime(id, &time);
  return Milliseconds{static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000};
}

}  // namespace

BrokerClock::Readings BrokerClock::Readings::take() {
  return {Time{read_clock(CLOCK_REALTIME)}, read_clock(CLOCK_BOOTTIME)};
}

BrokerClock::BrokerClock(const Readings& readings, Milliseconds offset, Time last_commit)
    : offset_(offset), boottime_(readings.boottime), now_(std::max(readings.wall + offset, last_commit)) {}

Time BrokerClock::leap(Milliseconds by) {
  require(by >= Milliseconds{0}, "time never runs back");
  offset_ += by;
  now_ += by;
  return now_;
}

BrokerClock::Reading BrokerClock::advance(const Readings& readings) {
  const Milliseconds passed = std::max(readings.boottime - boottime_, Milliseconds{0});
  boottime_ = std::max(boottime_, readings.boottime);
  now_ += passed;

  const Milliseconds behind = (readings.wall + offset_) - now_;
  if (behind > kStepBehind) {
    now_ += behind;
    slew_rest_ = Milliseconds{0};
    return {now_, true};
  }
  slew_rest_ += passed;
  const Milliseconds slew_max = slew_rest_ / kSlewShare;
  slew_rest_ -= slew_max * kSlewShare;
  // slew_max is at most a tenth of what has passed, so that time never runs back.
  now_ += std::clamp(behind, -std::min(slew_max, passed), slew_max);
  return {now_, false};
}

}  // namespace penstock
