// The facts: every durable record and its key.
//
// A fact is a key and a value; storage/ writes exactly these and the core keeps exactly these (less the
// bodies) in memory. docs/storage_format.md says how they lie on disk. What each record is for:
//
//   PartitionRecord   one a partition: the next queue id, and how far time is ahead
//   DeletedNameRecord the name of a queue that was deleted less than a minute ago
//   QueueRecord       one a queue: name, attributes, tags, generation
//   TallyRecord       one a lane: how far it has been sent and received
//   DelayedRecord     how many messages become visible in one coming second
//   TouchedRecord     a message that was received and not deleted
//   LaneOfRecord      the lane that one message group of a standard queue has for itself
//   FreshRecord       a message sent without delay: its head and its content
//   LaterRecord       a message sent with a delay: likewise
//   FifoRecord        a message of a FIFO queue: likewise
//   DedupRecord       a send to a FIFO queue that was accepted: its duplicates are not
//   AttemptRecord     what a receive with a ReceiveRequestAttemptId handed out
//   ExpiryRecord      when a message of the lane `moved` was sent
//   MoveTaskRecord    a message move task, and how far it has come
//
// Those of topics are in broker/topic.h, of SMS and mobile push in broker/mobile.h.
//
// A standard queue has lanes, each with its own sequence. Messages sent without delay and without a message
// group lie in lane 0, those of a group in a lane that it shares or has (broker/fresh_lanes.h); messages sent
// with a delay count as the lane kLaterLane; messages moved in from a queue whose dead-letter queue this is
// lie in kMovedLane, with the time of their first sending.
//
// A FIFO queue has one sequence and no lanes; its tally and its touched records lie in lane 0, and its
// delayed records count what was sent in each of the last 900 seconds, since its delay applies to what is
// queued already.
//
// Fresh, later and FIFO records are the bodies: one is put once and never again under the same key. Expiry
// records are put once too, and like the bodies they are not resident.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/named.h"
#include "base/time.h"
#include "broker/address.h"
#include "broker/message.h"
#include "broker/mobile.h"
#include "broker/queue_attributes.h"
#include "broker/retention.h"
#include "broker/topic.h"

namespace penstock {

using Lane = Named<std::uint16_t, struct LaneTag>;
using Sequence = Named<std::uint64_t, struct SequenceTag>;
// Raised by each purge; a page read for an older generation is dropped.
using Generation = Named<std::uint64_t, struct GenerationTag>;

// 128 bits of SHA-256 over what two requests must have in common to be one and the same.
using Fingerprint = std::array<std::uint8_t, 16>;

// A message group, as 64 bits of hash (group_hash); zero: none.
using GroupHash = Named<std::uint64_t, struct GroupHashTag>;

inline constexpr Lane kFirstLane{0};
inline constexpr Lane kMovedLane{0xfffe};
inline constexpr Lane kLaterLane{0xffff};

// ---- keys

struct PartitionKey {
  PartitionId partition;
  constexpr auto operator<=>(const PartitionKey&) const = default;
};

// A name in the world of one account and region.
struct DeletedNameKey {
  PartitionId partition;
  World world;
  std::string name;
  auto operator<=>(const DeletedNameKey&) const = default;
};

struct QueueKey {
  QueueAddress queue;
  constexpr auto operator<=>(const QueueKey&) const = default;
};

struct TallyKey {
  QueueAddress queue;
  Lane lane;
  constexpr auto operator<=>(const TallyKey&) const = default;
};

// Seconds since the epoch, rounded up: messages with due in (second - 1 s, second].
struct DelayedKey {
  QueueAddress queue;
  std::int64_t second = 0;
  constexpr auto operator<=>(const DelayedKey&) const = default;
};

struct TouchedKey {
  QueueAddress queue;
  Lane lane;
  Sequence sequence;
  constexpr auto operator<=>(const TouchedKey&) const = default;
};

struct LaneOfKey {
  QueueAddress queue;
  std::string group;
  auto operator<=>(const LaneOfKey&) const = default;
};

struct FreshKey {
  QueueAddress queue;
  Lane lane;
  Sequence sequence;
  constexpr auto operator<=>(const FreshKey&) const = default;
};

struct LaterKey {
  QueueAddress queue;
  Time due;
  Sequence sequence;
  constexpr auto operator<=>(const LaterKey&) const = default;
};

struct FifoKey {
  QueueAddress queue;
  Sequence sequence;
  constexpr auto operator<=>(const FifoKey&) const = default;
};

// Minutes since the epoch in which the send was accepted, or the receive answered, so that whole minutes
// can be dropped at once.
struct DedupKey {
  QueueAddress queue;
  std::int64_t minute = 0;
  Fingerprint fingerprint{};
  constexpr auto operator<=>(const DedupKey&) const = default;
};

struct AttemptKey {
  QueueAddress queue;
  std::int64_t minute = 0;
  Fingerprint fingerprint{};
  constexpr auto operator<=>(const AttemptKey&) const = default;
};

// A message of kMovedLane that was never received here.
struct ExpiryKey {
  QueueAddress queue;
  Time enqueued;
  Sequence sequence;
  constexpr auto operator<=>(const ExpiryKey&) const = default;
};

// Of the queue that messages are moved out of; numbered from 1 in the order of their starts.
struct MoveTaskKey {
  QueueAddress queue;
  std::uint64_t number = 0;
  constexpr auto operator<=>(const MoveTaskKey&) const = default;
};

// ---- values

struct PartitionRecord {
  PartitionKey key;
  QueueId next_queue{1};
  Milliseconds time_ahead{0};  // of the wall clock: the leaps of virtual time so far

  bool operator==(const PartitionRecord&) const = default;
};

struct DeletedNameRecord {
  DeletedNameKey key;
  Time deleted;

  bool operator==(const DeletedNameRecord&) const = default;
};

struct QueueRecord {
  QueueKey key;
  std::string name;
  QueueAttributes attributes;
  std::vector<Tag> tags;  // ascending by key, at most 50
  Generation generation;
  Time created;
  Time modified;
  Time purged;  // last; kEpoch: never
  Time ended;   // broker/retention.h
  // The subscription whose outbox it is: no request can name such a queue. Nothing: everybody's.
  std::optional<SubscriptionKey> outbox_of{};

  Retention retention() const { return {attributes.retention, ended}; }

  bool operator==(const QueueRecord&) const = default;
};

// Of lane 0 and the lanes of groups (the positions are sequences):
//   cursor  every message below it has been received, or is gone
//   high    the next sequence to be sent; so high - cursor messages were never received
//   passed  when the last message below the cursor was enqueued; no message from the cursor on is older
// Of kLaterLane: the cursor is the position (cursor_due, cursor) of the first message not yet passed, in
// the order of LaterKey; `waiting` counts the messages from there on, due or not; `passed` is when the
// first message was sent into the empty lane, so none waiting is due earlier.
// Of kMovedLane: cursor and high as of lane 0, but messages in between may be gone; `waiting` counts those
// that were never received; none of them was enqueued before `passed`.
// Of a FIFO queue: no message below the cursor is left, none from the cursor on was sent before `passed`;
// `waiting` counts the messages that are left, received or not.
struct TallyRecord {
  TallyKey key;
  Sequence cursor;
  Sequence high;
  Time passed;
  Time cursor_due;
  std::uint64_t waiting = 0;

  bool operator==(const TallyRecord&) const = default;
};

struct DelayedRecord {
  DelayedKey key;
  std::uint64_t count = 0;

  bool operator==(const DelayedRecord&) const = default;
};

struct TouchedRecord {
  TouchedKey key;
  std::uint64_t nonce = 0;  // drawn at the first receive; every handle of the message carries it
  Time enqueued;            // SentTimestamp
  Time first_received;
  Time last_received;
  Time hidden_until;  // visible from this moment on
  Time due;           // of kLaterLane: where the body lies; elsewhere kEpoch
  std::uint32_t receive_count = 0;
  GroupHash group;  // whose message it is, for fairness

  bool operator==(const TouchedRecord&) const = default;
};

// From the send that gives the lane out until the lane is empty.
struct LaneOfRecord {
  LaneOfKey key;
  Lane lane;

  bool operator==(const LaneOfRecord&) const = default;
};

struct FreshRecord {
  FreshKey key;
  MessageHead head;
  ContentPtr content;
};

struct LaterRecord {
  LaterKey key;
  MessageHead head;
  ContentPtr content;
};

struct FifoRecord {
  FifoKey key;
  MessageHead head;
  ContentPtr content;
};

struct DedupRecord {
  DedupKey key;
  Time accepted;
  MessageId id;
  Sequence sequence;

  bool operator==(const DedupRecord&) const = default;
};

// One message of an attempt, as the attempt left it; if its touched record says anything else by now,
// somebody has acted on it.
struct AttemptedMessage {
  Sequence sequence;
  std::uint32_t receive_count = 0;
  Time hidden_until;

  bool operator==(const AttemptedMessage&) const = default;
};

struct AttemptRecord {
  AttemptKey key;
  Time received;
  std::vector<AttemptedMessage> messages;  // at most 10, in the order of the answer

  bool operator==(const AttemptRecord&) const = default;
};

struct ExpiryRecord {
  ExpiryKey key;

  bool operator==(const ExpiryRecord&) const = default;
};

// The numbers are on disk.
enum class MoveTaskStatus : std::uint8_t {
  kRunning = 0,
  kCompleted = 1,
  kFailed = 2,
  kCancelling = 3,
  kCancelled = 4,
};

struct MoveTaskRecord {
  MoveTaskKey key;
  MessageId id;  // taskId: a UUID, drawn as those of messages are
  MoveTaskStatus status = MoveTaskStatus::kRunning;
  std::string destination;     // a queue's name; empty: each message goes back to where it came from
  std::uint32_t rate_max = 0;  // messages a second; 0: none was given
  Time started;
  Time next;                  // nothing is moved before this moment
  std::uint64_t to_move = 0;  // as counted at the start
  std::uint64_t moved = 0;
  std::string failure;  // FailureReason; only if it failed

  bool operator==(const MoveTaskRecord&) const = default;
};

// A struct of its own, so that its copies and its end are compiled once.
struct Record
    : std::variant<PartitionRecord, DeletedNameRecord, QueueRecord, TallyRecord, DelayedRecord, TouchedRecord,
                   FreshRecord, LaterRecord, FifoRecord, DedupRecord, AttemptRecord, ExpiryRecord,
                   MoveTaskRecord, TopicRecord, SubscriptionRecord, TopicSequenceRecord, TopicDedupRecord,
                   PublicationRecord, PublicationProgressRecord, LaneOfRecord, MobileRecord> {
  using variant::variant;
  Record() = default;
  Record(const Record&);
  Record(Record&&) noexcept;
  Record& operator=(const Record&);
  Record& operator=(Record&&) noexcept;
  ~Record();
};
// A struct of its own, so that its copies and its end are compiled once.
struct Key : std::variant<PartitionKey, DeletedNameKey, QueueKey, TallyKey, DelayedKey, TouchedKey, FreshKey,
                          LaterKey, FifoKey, DedupKey, AttemptKey, ExpiryKey, MoveTaskKey, TopicKey,
                          SubscriptionKey, TopicSequenceKey, TopicDedupKey, PublicationKey,
                          PublicationProgressKey, LaneOfKey, MobileKey> {
  using variant::variant;
  Key() = default;
  Key(const Key&);
  Key(Key&&) noexcept;
  Key& operator=(const Key&);
  Key& operator=(Key&&) noexcept;
  ~Key();
};
using BodyKey = std::variant<FreshKey, LaterKey, FifoKey>;

// True of the keys and records of topics.
template <class Own>
concept OfTopic = requires(const Own& own) {
  own.topic;
}
|| requires(const Own& own) { own.key.topic; };

}  // namespace penstock
