// QueueFacts: whether the records of one queue agree with each other.
//
//     a lane of fresh messages   each sequence from the cursor to high has a body; below the cursor those
//     that are
//                                touched, and no others
//     the lane of later ones     from the cursor on as many bodies as its tally says; below, those that are
//     touched;
//                                in each coming second no more than are counted
//     the lane `moved`           as many bodies that are not touched as its tally says, each with its expiry
//     record a FIFO queue               as many bodies as its tally says, none below its cursor, each touched
//     one among them
//
// These hold after every commit, since each changes all of a fact at once. Records come in the order of their
// keys (storage/key_codec.h), so a queue's own record and tallies come before its touched records, and those
// before its bodies. Memory: the touched records and what is counted; never the bodies.
//
// It lives while one queue's records are read. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "broker/record.h"
#include "storage/finding.h"

namespace penstock {

class QueueFacts {
 public:
  // `now`: the time of the last commit.
  QueueFacts(const QueueRecord& queue, Time now);

  // A record of this queue other than its own.
  void add(const Record& record);
  // All of them were seen.
  void finish(const SayFinding& say);

 private:
  struct Touched {
    Sequence sequence;
    Time due;
    bool has_body = false;
  };
  struct LaneFacts {
    TallyRecord tally;
    std::vector<Touched> touched;   // ascending by sequence
    std::uint64_t waiting = 0;      // bodies from the cursor on; of `moved` those that are not touched
    std::uint64_t left_behind = 0;  // bodies below the cursor that nothing knows of
    std::uint64_t beyond = 0;       // bodies from high on
    std::uint64_t misplaced = 0;    // touched ones whose body lies elsewhere
  };

  LaneFacts& lane(Lane lane);
  Touched* touched(LaneFacts& lane, Sequence sequence);
  void add_fresh(const FreshRecord& record);
  void add_later(const LaterRecord& record);
  void add_fifo(const FifoRecord& record);
  void finish(Lane number, const LaneFacts& facts, const SayFinding& say) const;
  std::string place_of(Lane number) const;

  const QueueRecord& queue_;
  const Time now_;
  std::map<Lane, LaneFacts> lanes_;
  std::map<std::int64_t, std::uint64_t> counted_;  // by second, as the delayed records say
  std::map<std::int64_t, std::uint64_t> seen_;     // by second, bodies
  std::map<Lane, std::string> given_;              // the group that has the lane
  std::uint64_t lanes_shared_ = 0;                 // given to two groups
  std::uint64_t alien_ = 0;                        // records that such a queue does not have
  // Of `moved`: messages that were never received, by body and by expiry record, as sums over what they name.
  std::uint64_t moved_sum_ = 0;
  std::uint64_t expiry_sum_ = 0;
  std::uint64_t expiries_ = 0;
};

}  // namespace penstock
