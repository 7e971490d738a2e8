#include "storage/key_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/storage/store_driver.h"

namespace penstock {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

std::vector<Key> keys_of_every_kind() {
  const QueueAddress queue = queue_address(7);
  return {
      PartitionKey{PartitionId{3}},
      DeletedNameKey{PartitionId{3}, queue.world, "mail"},
      MobileKey{PartitionId{3}, queue.world, MobileKind::kSmsAttributes, ""},
      MobileKey{PartitionId{3}, queue.world, MobileKind::kEndpoint, "GCM/app/1"},
      QueueKey{queue},
      TallyKey{queue, Lane{0xffff}},
      DelayedKey{queue, -1},
      DelayedKey{queue, std::numeric_limits<std::int64_t>::max()},
      TouchedKey{queue, Lane{5}, Sequence{kMost}},
      FreshKey{queue, Lane{0}, Sequence{0}},
      LaneOfKey{queue, "tenant"},
      LaterKey{queue, kNever, Sequence{1}},
      ExpiryKey{queue, kNever, Sequence{kMost}},
      MoveTaskKey{queue, kMost},
      TopicKey{queue},
      SubscriptionKey{queue, SubscriptionId{MessageId{{1, 2, 255}}}},
      TopicSequenceKey{queue},
      TopicDedupKey{queue, -1, {9, 255}},
      PublicationKey{queue, PublicationSequence{kMost}},
      PublicationProgressKey{queue, PublicationSequence{0}},
      LaterKey{
          {PartitionId{kMost & 0xffffffff}, {AccountId{999'999'999'999}, {}}, QueueId{kMost}}, kEpoch, {}}};
}

TEST(KeyCodec, AKeyOfEveryKindIsReadAsItWasWritten) {
  for (const Key& key : keys_of_every_kind()) {
    EXPECT_EQ(decode_key(encode_key(key)), key);
  }
}

TEST(KeyCodec, WithinOneQueueAndKindTheBytesSortAsTheKeysDo) {
  SeededRandom random(1);
  const auto number = [&]() -> std::uint64_t {
    switch (random.below(4)) {
      case 0:
        return random.below(3);
      case 1:
        return kMost - random.below(3);
      default:
        return random.next();
    }
  };
  const QueueAddress queue = queue_address();
  for (int round = 0; round < 5'000; ++round) {
    const Lane lanes[] = {Lane{static_cast<std::uint16_t>(random.below(3))},
                          Lane{static_cast<std::uint16_t>(random.below(3))}};
    const std::uint64_t a = number(), b = number(), c = number(), d = number();
    const std::pair<Key, Key> pairs[] = {
        {FreshKey{queue, lanes[0], Sequence{a}}, FreshKey{queue, lanes[1], Sequence{b}}},
        {TouchedKey{queue, lanes[0], Sequence{a}}, TouchedKey{queue, lanes[1], Sequence{b}}},
        {DelayedKey{queue, static_cast<std::int64_t>(a)}, DelayedKey{queue, static_cast<std::int64_t>(b)}},
        {LaneOfKey{queue, "g" + std::to_string(a)}, LaneOfKey{queue, "g" + std::to_string(b)}},
        {LaterKey{queue, from_epoch_milliseconds(static_cast<std::int64_t>(a)), Sequence{c}},
         LaterKey{queue, from_epoch_milliseconds(static_cast<std::int64_t>(b)), Sequence{d}}},
    };
    for (const auto& [one, other] : pairs) {
      EXPECT_EQ(one < other, encode_key(one) < encode_key(other));
      EXPECT_EQ(one == other, encode_key(one) == encode_key(other));
    }
  }
}

TEST(KeyCodec, AQueuesOwnRecordSortsBeforeAllThatItHasAndAPartitionsBeforeEveryQueue) {
  const QueueAddress queue = queue_address();
  const std::string own = encode_key(Key{QueueKey{queue}});
  for (const Key& key : std::vector<Key>{
           TallyKey{queue, {}}, DelayedKey{queue, std::numeric_limits<std::int64_t>::min()},
           TouchedKey{queue, {}, {}}, FreshKey{queue, {}, {}},
           LaterKey{queue, from_epoch_milliseconds(std::numeric_limits<std::int64_t>::min()), {}}}) {
    EXPECT_LT(own, encode_key(key));
  }
  EXPECT_LT(encode_key(Key{PartitionKey{queue.partition}}), own);
  EXPECT_LT(encode_applied_key(queue.partition), encode_key(Key{PartitionKey{queue.partition}}));
}

TEST(KeyCodec, TheNumbersOfKindsAndTheLayoutNeverChange) {
  const std::string expected(
      "\x01"                               // format
      "\x00\x00\x00\x00"                   // partition
      "\x00\x00\x00\x00\x00\x00\x00\x00"   // account
      "\x09us-east-1"                      // region
      "\x00\x00\x00\x00\x00\x00\x00\x01"   // queue
      "\x07"                               // kind: fresh
      "\x00\x00"                           // lane
      "\x00\x00\x00\x00\x00\x00\x01\x02",  // sequence
      1 + 4 + 8 + 10 + 8 + 1 + 2 + 8);
  EXPECT_EQ(encode_key(Key{fresh_key(0x102)}), expected);
  const KeyKind kinds[] = {
      KeyKind::kApplied,     KeyKind::kPartition,  KeyKind::kQueue,  KeyKind::kTally, KeyKind::kDelayed,
      KeyKind::kTouched,     KeyKind::kFresh,      KeyKind::kLater,  KeyKind::kFifo,  KeyKind::kDedup,
      KeyKind::kAttempt,     KeyKind::kExpiry,     KeyKind::kLaneOf, KeyKind::kTopic, KeyKind::kSubscription,
      KeyKind::kPublication, KeyKind::kDeletedName, KeyKind::kMoveTask};
  for (std::size_t i = 0; i < std::size(kinds); ++i) EXPECT_EQ(static_cast<std::size_t>(kinds[i]), i + 1);
  EXPECT_EQ(static_cast<int>(KeyKind::kPublicationProgress), 20);
  EXPECT_EQ(static_cast<int>(KeyKind::kTopicSequence), 21);
  EXPECT_EQ(static_cast<int>(KeyKind::kTopicDedup), 22);
  EXPECT_EQ(static_cast<int>(KeyKind::kMobile), 23);
  const MobileKind mobile[] = {MobileKind::kSmsAttributes, MobileKind::kOptedOut, MobileKind::kSandboxNumber,
                               MobileKind::kApplication, MobileKind::kEndpoint};
  for (std::size_t i = 0; i < std::size(mobile); ++i) EXPECT_EQ(static_cast<std::size_t>(mobile[i]), i + 1);
}

TEST(KeyCodec, ATopicsOwnRecordSortsBeforeAllThatItHas) {
  const QueueAddress topic = queue_address();
  const std::string own = encode_key(Key{TopicKey{topic}});
  for (const Key& key : std::vector<Key>{SubscriptionKey{topic, {}}, PublicationKey{topic, {}},
                                         TopicSequenceKey{topic}, TopicDedupKey{topic, 0, {}}}) {
    EXPECT_LT(own, encode_key(key));
  }
  EXPECT_LT(encode_key(Key{PublicationKey{topic, PublicationSequence{kMost}}}),
            encode_key(Key{PublicationProgressKey{topic, {}}}))
      << "progress is read behind its publication";
}

TEST(KeyCodec, BytesThatAreNoKeyAreRefused) {
  for (const Key& key : keys_of_every_kind()) {
    const std::string bytes = encode_key(key);
    // They end with a name, of whatever length.
    if (std::holds_alternative<DeletedNameKey>(key) || std::holds_alternative<LaneOfKey>(key) ||
        std::holds_alternative<MobileKey>(key)) {
      continue;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_key(std::string_view(bytes).substr(0, size)));
    }
    EXPECT_FALSE(decode_key(bytes + '\0'));
    EXPECT_FALSE(decode_key("\x02" + bytes.substr(1))) << "another format";
  }
  std::string bytes = encode_key(Key{QueueKey{queue_address()}});
  for (const char kind : {'\0', '\x01', '\x09', '\x0d', '\x10', '\x11', '\x12', '\x13', '\x17', '\xff'}) {
    bytes.back() = kind;
    EXPECT_FALSE(decode_key(bytes)) << "a kind that is reserved or unknown";
  }
  const World world = queue_address().world;
  EXPECT_FALSE(decode_key(encode_key(Key{MobileKey{{}, world, MobileKind::kOptedOut, ""}}))) << "no number";
  EXPECT_FALSE(decode_key(encode_key(Key{MobileKey{{}, world, MobileKind::kSmsAttributes, "x"}}))) << "a name too much";
  EXPECT_FALSE(decode_key(encode_key(Key{MobileKey{{}, world, MobileKind{6}, "x"}}))) << "nothing that is known";
  EXPECT_FALSE(decode_key(encode_key(Key{LaneOfKey{queue_address(), ""}}))) << "no group";
  EXPECT_FALSE(decode_key(encode_applied_key(PartitionId{1}))) << "the core never sees it";
  EXPECT_FALSE(decode_key(encode_key(Key{DeletedNameKey{{}, queue_address().world, ""}}))) << "no name";
  EXPECT_FALSE(decode_key(bytes.substr(0, bytes.size() - 1) + "\x11mail")) << "a name of a queue";
}

TEST(KeyCodec, WhateverIsReadAsAKeyIsWrittenAsTheSameBytes) {
  SeededRandom random(2);
  std::size_t keys = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes = encode_key(keys_of_every_kind()[random.below(keys_of_every_kind().size())]);
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    }
    if (const auto key = decode_key(bytes)) {
      ++keys;
      EXPECT_EQ(encode_key(*key), bytes);
    }
  }
  EXPECT_GT(keys, 1'000U);
}

}  // namespace
}  // namespace penstock
