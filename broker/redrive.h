// Redrive: the words in which one queue hands a message to another of the same broker.
//
// Two things move messages: a receive that finds one which was received too often (to the dead-letter
// queue), and a move task (back to where it came from, or to another queue). Both are one Copy and the
// erasure of the original in one commit, decided without the content. What one decision moves is bounded,
// whichever queues take part; what is left over goes on with the next tick.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "broker/page.h"
#include "broker/record.h"

namespace penstock {

class Queue;

// How many messages one decision may still move.
class MoveAllowance {
 public:
  static constexpr std::size_t kMessagesMax = 64;
  static constexpr std::size_t kBytesMax = 4 << 20;
  // What a content takes that nobody has at hand: the longest that can be sent, and what surrounds it.
  static constexpr std::size_t kUnknownBytes = (1 << 20) + 4096;

  // Whether one more of that size may be moved; the first may be of any size.
  bool admits(std::size_t bytes) const {
    return messages_ == 0 || (messages_ < kMessagesMax && bytes_ + bytes <= kBytesMax);
  }
  void spend(std::size_t bytes) {
    ++messages_;
    bytes_ += bytes;
  }

 private:
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
};

// A message on its way into a queue.
struct Arrival {
  BodyKey from;
  MessageHead head;
  bool keeps_id = false;         // the id that it has, not that of `head`
  DeadLetter dead_letter;        // nothing: it is a new message here
  std::string deduplication_id;  // another one than it has; empty: as it was
  std::size_t bytes_max = 0;
};

// The oldest message of a queue that a move task could take.
struct Departure {
  BodyKey body;
  ContentPtr content;  // null: not at hand
  // Whether where it came from can only be learnt from its content.
  bool may_be_dead_letter = false;
  // Of a message that was received here; nothing: it never was.
  std::optional<TouchedRecord> touched;
  MessageHead head;  // only if it was never received
};

inline std::size_t bytes_max(const ContentPtr& content) {
  return content ? memory_bytes(*content) : MoveAllowance::kUnknownBytes;
}

// How a queue finds the others of its account and region.
class Neighbours {
 public:
  virtual ~Neighbours() = default;
  // Null if there is none of that name.
  virtual Queue* neighbour(const World& world, std::string_view name) = 0;
};

}  // namespace penstock
