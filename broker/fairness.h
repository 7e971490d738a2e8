// Fairness: which tenants of a standard queue are noisy.
//
// A tenant is a message group; a message without one is a tenant of its own and never noisy. A tenant becomes
// noisy with more than a tenth of the messages in flight and at least 30 of them, or with more than a tenth of
// the recent processing time: for how long messages have been in flight, those of now and those that ended
// within this minute or the last (each counts a millisecond more, so that quick ones count too).
//
//     quiet --- above a threshold ---> noisy --- its backlog is drained, or five minutes without a send ---> quiet
//
// With the state goes the memory of what it has used; whoever is above a threshold after that is noisy again.
//
// A view: what is in flight is rebuilt from the touched records, the rest begins anew after a restart, and a
// tenant that uses much is found again within a few receives. Nothing but the order of messages depends on it.
// The TouchedSet owns it and tells it what flies; the queue tells it the rest. While no group was ever seen it
// costs two additions a message. Bounded by what is in flight and kIdleMax.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "broker/record.h"

namespace penstock {

// Stored in touched records and behind the choice of lanes: never to be changed. Zero for no group only.
GroupHash group_hash(std::string_view group);

class Fairness {
 public:
  // ---- of the TouchedSet: a message is in flight since `received`, or is not any more.
  void flies(GroupHash group, Time received);
  void landed(GroupHash group, Time received);
  // ---- of the TouchedSet and the queue: it was processed until then.
  void processed(GroupHash group, Time received, Time until);
  // ---- of the queue
  void sent(GroupHash group, Time now);
  void drained(GroupHash group);

  // Whether any group has been seen lately.
  bool any() const { return !tenants_.empty(); }
  // Finds out and remembers.
  bool noisy(GroupHash group, Time now);
  std::size_t in_flight(GroupHash group) const;

 private:
  static constexpr std::size_t kIdleMax = 10'000;

  // Milliseconds of processing in one minute and in the one before it.
  struct Recent {
    std::int64_t minute = 0;
    std::int64_t now = 0;
    std::int64_t before = 0;

    void turn_to(std::int64_t to);
    std::int64_t sum() const { return now + before; }
  };
  struct Usage {
    std::size_t count = 0;       // in flight
    std::int64_t received = 0;   // the sum of their moments of receipt, milliseconds since the epoch
    Recent recent;

    // Processing time as of now, in milliseconds.
    std::int64_t processing(Time now);
  };
  struct Tenant {
    Usage usage;
    Time active = kEpoch;  // last send, or when the tenant was looked at first
    bool noisy = false;

    bool idle() const { return usage.count == 0 && !noisy; }
  };

  bool above_threshold(Tenant& tenant, Time now);
  void sweep(std::int64_t minute);

  boost::unordered_flat_map<std::uint64_t, Tenant> tenants_;
  Usage all_;  // ungrouped messages too
  std::int64_t swept_ = 0;  // minute
};

}  // namespace penstock
