#include "broker/fresh_lanes.h"

#include <algorithm>

#include "base/require.h"
#include "broker/fairness.h"

namespace penstock {

void FreshLanes::put(const LaneOfRecord& record) {
  const std::size_t place = std::size_t{record.lane.value} - kGivenFirst;
  require(record.lane.value >= kGivenFirst && place < kGivenMax, "lanes from 64 to 511 are given away");
  given_[record.key.group] = record.lane;
  groups_[record.lane] = record.key.group;
  taken_.set(place);
}

void FreshLanes::erase(const LaneOfKey& key) {
  const auto found = given_.find(key.group);
  if (found == given_.end()) return;
  taken_.reset(std::size_t{found->second.value} - kGivenFirst);
  groups_.erase(found->second);
  given_.erase(found);
}

FreshLanes::Choice FreshLanes::decide_lane(const std::string& group) const {
  if (group.empty()) return {kFirstLane};
  if (!given_.empty()) {
    const auto found = given_.find(group);
    if (found != given_.end()) return {found->second};
  }
  const Lane hashed{static_cast<std::uint16_t>(1 + group_hash(group).value % kHashed)};
  const auto lane = others_.find(hashed.value);
  if (lane == others_.end() || lane->second.count() < kCrowded || taken_.all()) return {hashed};
  std::size_t place = 0;
  while (taken_.test(place)) ++place;
  return {Lane{static_cast<std::uint16_t>(kGivenFirst + place)}, true};
}

FreshLane& FreshLanes::at(Lane lane) {
  if (lane == kFirstLane) return first_;
  return others_.try_emplace(lane.value, queue_, lane, budget_).first->second;
}

FreshLane* FreshLanes::find(Lane lane) {
  if (lane == kFirstLane) return &first_;
  const auto found = others_.find(lane.value);
  return found == others_.end() ? nullptr : &found->second;
}

const FreshLane* FreshLanes::find(Lane lane) const {
  if (lane == kFirstLane) return &first_;
  const auto found = others_.find(lane.value);
  return found == others_.end() ? nullptr : &found->second;
}

const std::string* FreshLanes::group_of(Lane lane) const {
  const auto found = groups_.find(lane);
  return found == groups_.end() ? nullptr : &found->second;
}

std::uint64_t FreshLanes::count() const {
  std::uint64_t count = 0;
  each([&](const FreshLane& lane) { count += lane.count(); });
  return count;
}

Time FreshLanes::oldest_enqueued() const {
  Time oldest = kNever;
  each([&](const FreshLane& lane) { oldest = std::min(oldest, lane.oldest_enqueued()); });
  return oldest;
}

Time FreshLanes::next_expiry(const Retention& retention) const {
  Time expiry = kNever;
  each([&](const FreshLane& lane) { expiry = std::min(expiry, lane.next_expiry(retention)); });
  return expiry;
}

bool FreshLanes::waits_for_page() const { return pages_on_their_way() != 0; }

std::size_t FreshLanes::pages_on_their_way() const {
  std::size_t count = 0;
  each([&](const FreshLane& lane) { count += lane.waits_for_page() ? std::size_t{1} : std::size_t{0}; });
  return count;
}

bool FreshLanes::front_is_unknown() const {
  bool unknown = false;
  each([&](const FreshLane& lane) { unknown = unknown || lane.front_is_unknown(); });
  return unknown;
}

void FreshLanes::abandon_pages() {
  each([](FreshLane& lane) { lane.abandon_page(); });
}

void FreshLanes::evict() {
  each([](FreshLane& lane) { lane.evict(); });
}

}  // namespace penstock
