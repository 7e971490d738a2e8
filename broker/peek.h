// Peek: looking at the messages of a queue without receiving them, as the core is asked and answers.
//
// Nothing is delivered, counted, hidden or woken by it: it is a question, and no fact changes. What is seen
// of a message is how it stands at the moment of the answer. A queue may be deep and its bodies on disk, so
// one question looks at a stretch of it (PeekBounds) and says where the next one goes on. Messages that come,
// go or change their state between two questions may be missed or seen twice; whatever stays as it is, is
// seen once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "broker/message.h"
#include "broker/page.h"
#include "broker/record.h"

namespace penstock {

enum class MessageState : std::uint8_t {
  kVisible,   // it can be received
  kInFlight,  // received, and hidden until its visibility timeout ends
  kDelayed,   // sent with a delay that is not over
};

struct PeekStates {
  bool visible = true;
  bool in_flight = true;
  bool delayed = true;

  bool contain(MessageState state) const {
    return state == MessageState::kVisible ? visible : state == MessageState::kInFlight ? in_flight : delayed;
  }
};

// What a queue shows, in this order. A FIFO queue has the last stage alone.
enum class PeekStage : std::uint8_t {
  kTouched = 0,  // what was received before; `number` is a place in broker/touched_set.h
  kFresh = 1,    // lane by lane; `number` is a sequence
  kMoved = 2,    // dead letters that were moved in; likewise
  kLater = 3,    // what was sent with a delay, from (due, number) on
  kFifo = 4,     // `number` is a sequence
};

// Where looking goes on.
struct PeekPosition {
  PeekStage stage = PeekStage::kTouched;
  Lane lane{};
  Time due{};
  std::uint64_t number = 0;

  // Opaque to clients; at most 80 characters of a-z, 0-9 and '-'. The queue is part of it.
  std::string text(QueueId queue) const;
  // Nothing unless it is such a text of that queue.
  struct OfQueue;
  static std::optional<OfQueue> parse(std::string_view text);

  bool operator==(const PeekPosition&) const = default;
};

struct PeekPosition::OfQueue {
  QueueId queue;
  PeekPosition position;
};

struct Peek {
  std::optional<PeekPosition::OfQueue> from;  // nothing: from the beginning
  PeekStates states;
  std::uint32_t messages_max = 100;  // 1 to PeekBounds::kMessagesMax
};

struct PeekBounds {
  static constexpr std::uint32_t kMessagesMax = 1000;
  // Of content, in one answer; a single larger message is given all the same.
  static constexpr std::size_t kBytesMax = 1 << 20;
  // Pages read for one answer, and sequences that one page of a range with gaps spans: what was deleted
  // costs, too.
  static constexpr std::size_t kPagesMax = 600;
  static constexpr std::uint64_t kSparseSpan = 10'000;
  // Places of received messages that one answer looks at.
  static constexpr std::size_t kPlacesMax = 20'000;
  // Messages that were read for one answer, shown or not.
  static constexpr std::size_t kRecordsMax = 2000;
};

struct PeekedMessage {
  MessageState state{};
  MessageHead head;
  ContentPtr content;
  Time visible_at;                     // it can be received from this moment on
  std::uint32_t receive_count = 0;     // as a consumer would be told; 0: it was never received
  std::optional<Time> first_received;  // nothing: it was never received
  std::optional<Sequence> sequence;    // of a FIFO queue
};

struct Peeked {
  QueueAddress queue;
  std::vector<PeekedMessage> messages;
  std::optional<PeekPosition> next;  // nothing: that was all
};

// The next thing to read, and where looking goes on once it has been read whole.
struct PeekStretch {
  std::variant<FreshRange, LaterRange, FifoRange, BodiesAsked> range;
  // Of BodiesAsked: the place of each key.
  std::vector<std::uint64_t> places;
  PeekPosition beyond;
};

}  // namespace penstock
