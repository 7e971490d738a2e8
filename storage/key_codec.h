// KeyCodec: the bytes of every key.
//
//     u8 format = 1 | u32 partition | u64 account | u8 length, region | u64 queue | u8 kind | own fields
//
// All numbers are big-endian, signed ones with their sign bit turned, so within one queue and kind the
// bytes sort exactly as the keys do. Records of a partition have account 0, no region and queue 0, and so
// sort before those of every queue; a queue's own record sorts before everything else that it has. That
// is the order in which a store is loaded. What belongs to a world and not to a queue has queue 0.
//
// Pure functions. Bytes come from a disk and may be anything: decoding never reads past them and gives
// nothing unless they are exactly what encoding some key gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/record.h"

namespace penstock {

inline constexpr std::uint8_t kKeyFormat = 1;

// What a record is. The numbers are on disk: never renumber, never use one again. Those without a
// comment are written today; the others are given out already (docs/storage_format.md) and refused on
// reading until they are built.
enum class KeyKind : std::uint8_t {
  kApplied = 1,  // the store's own: position and time of the last commit
  kPartition = 2,
  kQueue = 3,
  kTally = 4,
  kDelayed = 5,
  kTouched = 6,
  kFresh = 7,
  kLater = 8,
  kFifo = 9,
  kDedup = 10,
  kAttempt = 11,
  kExpiry = 12,       // of the lane `moved`, in the order in which its messages were sent
  kLaneOf = 13,       // of a message group
  kTopic = 14,
  kSubscription = 15,
  kPublication = 16,  // of a topic: one that has not reached all its targets
  kDeletedName = 17,  // of a world
  kMoveTask = 18,
  kPublicationProgress = 20,  // from here on of a topic
  kTopicSequence = 21,
  kTopicDedup = 22,
  kMobile = 23,  // of a world: SMS and mobile push
};

// A body is put once in all time; see docs/storage_format.md for why. Expiry records lie beside the bodies
// and keep their law.
constexpr bool is_body(KeyKind kind) {
  return kind == KeyKind::kFresh || kind == KeyKind::kLater || kind == KeyKind::kFifo ||
         kind == KeyKind::kExpiry;
}

KeyKind kind_of(const Key& key);
Key key_of(const Record& record);
Key key_of(const BodyKey& key);
PartitionId partition_of(const Key& key);

// `room` more bytes are reserved behind it, for what the caller will append.
std::string encode_key(const Key& key, std::size_t room = 0);
std::string encode_key(const BodyKey& key);
// The key of the record that says which commit was applied last. It is no Key: the core never sees it.
std::string encode_applied_key(PartitionId partition);

// Nothing for the applied record's key, for reserved kinds and for whatever is no key of this format.
std::optional<Key> decode_key(std::string_view bytes);

// A range can be erased only inside one queue and kind: there the bytes sort as the keys do.
bool of_one_queue_and_kind(const Key& from, const Key& to);

}  // namespace penstock
