// FreshLanes: the lanes of a standard queue in which messages sent without delay wait to be received.
//
//     lane 0        messages without a group, and nothing else if no group was ever used
//     1 to 63       groups by their hash
//     64 to 511     given to one group each, until that lane is empty
//
// A group that finds kCrowded messages in its hashed lane is given a lane of its own, a fact (LaneOfRecord).
// So whatever backlog one group has, another one's next message has at most kCrowded before it in its lane. Only
// when all lanes are given away (more than 448 groups with a backlog) do groups share long lanes.
//
// A lane is chosen when a send is decided and stands in key and handle. A lane's tally outlives its messages:
// its sequence goes on under the next group. Invariant: a lane that is given to a group is not empty.
#pragma once

#include <bitset>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "broker/fresh_lane.h"

namespace penstock {

class FreshLanes {
 public:
  FreshLanes(QueueAddress queue, WindowBudget& budget)
      : queue_(queue), budget_(budget), first_(queue, kFirstLane, budget) {}

  // ---- facts
  void put(const TallyRecord& tally) { at(tally.key.lane).put(tally); }
  void put(const FreshRecord& record) { at(record.key.lane).put(record); }
  void put(const LaneOfRecord& record);
  void erase(const LaneOfKey& key);
  const std::map<std::string, Lane>& given() const { return given_; }

  // ---- decisions
  struct Choice {
    Lane lane;
    bool is_given = false;  // by this choice
  };
  Choice decide_lane(const std::string& group) const;

  // ---- view
  // Whether there is any lane but the first.
  bool grouped() const { return !others_.empty(); }
  std::size_t size() const { return 1 + others_.size(); }
  FreshLane& first() { return first_; }
  // Begins empty if it was not there yet.
  FreshLane& at(Lane lane);
  // Null for a lane that nothing was ever sent to.
  FreshLane* find(Lane lane);
  const FreshLane* find(Lane lane) const;
  // Whose lane it is; null: nobody's.
  const std::string* group_of(Lane lane) const;
  // Ascending.
  template <class Visit>
  void each(const Visit& visit) {
    visit(first_);
    for (auto& [number, lane] : others_) visit(lane);
  }
  template <class Visit>
  void each(const Visit& visit) const {
    visit(first_);
    for (const auto& [number, lane] : others_) visit(lane);
  }

  std::uint64_t count() const;
  Time oldest_enqueued() const;
  Time next_expiry(const Retention& retention) const;
  bool waits_for_page() const;
  std::size_t pages_on_their_way() const;
  // A lane has messages and none of them is at hand, so nobody knows whose is next there.
  bool front_is_unknown() const;
  void abandon_pages();
  void evict();

 private:
  static constexpr std::uint16_t kHashed = 63;
  static constexpr std::uint16_t kGivenFirst = 64;
  static constexpr std::size_t kGivenMax = 448;
  static constexpr std::uint64_t kCrowded = 4;

  const QueueAddress queue_;
  WindowBudget& budget_;
  FreshLane first_;
  std::map<std::uint16_t, FreshLane> others_;
  std::map<std::string, Lane> given_;
  std::map<Lane, std::string> groups_;
  std::bitset<kGivenMax> taken_;
};

}  // namespace penstock
