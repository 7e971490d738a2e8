#include "storage/key_codec.h"

#include <algorithm>
#include <type_traits>

#include "base/bytes.h"

namespace penstock {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

std::uint64_t ordered(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ kSignBit; }
std::int64_t disordered(std::uint64_t value) { return static_cast<std::int64_t>(value ^ kSignBit); }

// Longest region and longest own fields.
constexpr std::size_t kKeyBytesMax = 1 + 4 + 8 + 1 + Region::kLengthMax + 8 + 1 + 24;

void write_head(ByteWriter& writer, const QueueAddress& queue, KeyKind kind) {
  const std::string_view region = queue.world.region.text();
  writer.number(kKeyFormat);
  writer.number(queue.partition.value);
  writer.number(queue.world.account.number());
  writer.number(static_cast<std::uint8_t>(region.size()));
  writer.raw(region);
  writer.number(queue.id.value);
  writer.number(static_cast<std::uint8_t>(kind));
}

struct FieldsWriter {
  ByteWriter& writer;

  void operator()(const PartitionKey& key) const {
    write_head(writer, QueueAddress{key.partition, {}, {}}, KeyKind::kPartition);
  }
  void operator()(const DeletedNameKey& key) const {
    write_head(writer, QueueAddress{key.partition, key.world, {}}, KeyKind::kDeletedName);
    writer.raw(key.name);
  }
  void operator()(const MobileKey& key) const {
    write_head(writer, QueueAddress{key.partition, key.world, {}}, KeyKind::kMobile);
    writer.number(static_cast<std::uint8_t>(key.kind));
    writer.raw(key.name);
  }
  void operator()(const QueueKey& key) const { write_head(writer, key.queue, KeyKind::kQueue); }
  void operator()(const TallyKey& key) const {
    write_head(writer, key.queue, KeyKind::kTally);
    writer.number(key.lane.value);
  }
  void operator()(const DelayedKey& key) const {
    write_head(writer, key.queue, KeyKind::kDelayed);
    writer.number(ordered(key.second));
  }
  void operator()(const TouchedKey& key) const {
    write_head(writer, key.queue, KeyKind::kTouched);
    writer.number(key.lane.value);
    writer.number(key.sequence.value);
  }
  void operator()(const FreshKey& key) const {
    write_head(writer, key.queue, KeyKind::kFresh);
    writer.number(key.lane.value);
    writer.number(key.sequence.value);
  }
  void operator()(const LaterKey& key) const {
    write_head(writer, key.queue, KeyKind::kLater);
    writer.number(ordered(epoch_milliseconds(key.due)));
    writer.number(key.sequence.value);
  }
  void operator()(const FifoKey& key) const {
    write_head(writer, key.queue, KeyKind::kFifo);
    writer.number(key.sequence.value);
  }
  void operator()(const ExpiryKey& key) const {
    write_head(writer, key.queue, KeyKind::kExpiry);
    writer.number(ordered(epoch_milliseconds(key.enqueued)));
    writer.number(key.sequence.value);
  }
  void operator()(const MoveTaskKey& key) const {
    write_head(writer, key.queue, KeyKind::kMoveTask);
    writer.number(key.number);
  }
  void operator()(const DedupKey& key) const { in_minute(key.queue, key, KeyKind::kDedup); }
  void operator()(const AttemptKey& key) const { in_minute(key.queue, key, KeyKind::kAttempt); }
  void operator()(const LaneOfKey& key) const {
    write_head(writer, key.queue, KeyKind::kLaneOf);
    writer.raw(key.group);
  }
  void operator()(const TopicKey& key) const { write_head(writer, key.topic, KeyKind::kTopic); }
  void operator()(const SubscriptionKey& key) const {
    write_head(writer, key.topic, KeyKind::kSubscription);
    raw(key.id.uuid.bytes);
  }
  void operator()(const TopicSequenceKey& key) const {
    write_head(writer, key.topic, KeyKind::kTopicSequence);
  }
  void operator()(const TopicDedupKey& key) const { in_minute(key.topic, key, KeyKind::kTopicDedup); }
  void operator()(const PublicationKey& key) const {
    write_head(writer, key.topic, KeyKind::kPublication);
    writer.number(key.sequence.value);
  }
  void operator()(const PublicationProgressKey& key) const {
    write_head(writer, key.topic, KeyKind::kPublicationProgress);
    writer.number(key.sequence.value);
  }

 private:
  void raw(const std::array<std::uint8_t, 16>& bytes) const {
    writer.raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  template <class MinuteKey>
  void in_minute(const QueueAddress& address, const MinuteKey& key, KeyKind kind) const {
    write_head(writer, address, kind);
    writer.number(ordered(key.minute));
    raw(key.fingerprint);
  }
};

template <class MinuteKey>
MinuteKey read_in_minute(ByteReader& reader, const QueueAddress& queue) {
  MinuteKey key{queue, disordered(reader.number<std::uint64_t>()), {}};
  const std::string_view fingerprint = reader.raw(key.fingerprint.size());
  std::copy(fingerprint.begin(), fingerprint.end(), key.fingerprint.begin());
  return key;
}

std::optional<Key> read_fields(ByteReader& reader, const QueueAddress& queue, KeyKind kind) {
  switch (kind) {
    case KeyKind::kPartition:
      if (queue != QueueAddress{queue.partition, {}, {}}) return std::nullopt;
      return PartitionKey{queue.partition};
    case KeyKind::kDeletedName: {
      const std::string_view name = reader.raw(reader.rest().size());
      if (queue.id != QueueId{} || name.empty()) return std::nullopt;
      return DeletedNameKey{queue.partition, queue.world, std::string(name)};
    }
    case KeyKind::kMobile: {
      const auto what = static_cast<MobileKind>(reader.number<std::uint8_t>());
      std::string name(reader.raw(reader.rest().size()));
      const bool known = what >= MobileKind::kSmsAttributes && what <= MobileKind::kEndpoint;
      // Only what there is one of has no name.
      if (queue.id != QueueId{} || !known || name.empty() != (what == MobileKind::kSmsAttributes)) {
        return std::nullopt;
      }
      return MobileKey{queue.partition, queue.world, what, std::move(name)};
    }
    case KeyKind::kQueue:
      return QueueKey{queue};
    case KeyKind::kTally:
      return TallyKey{queue, Lane{reader.number<std::uint16_t>()}};
    case KeyKind::kDelayed:
      return DelayedKey{queue, disordered(reader.number<std::uint64_t>())};
    case KeyKind::kTouched: {
      const Lane lane{reader.number<std::uint16_t>()};
      return TouchedKey{queue, lane, Sequence{reader.number<std::uint64_t>()}};
    }
    case KeyKind::kFresh: {
      const Lane lane{reader.number<std::uint16_t>()};
      return FreshKey{queue, lane, Sequence{reader.number<std::uint64_t>()}};
    }
    case KeyKind::kLater: {
      const Time due = from_epoch_milliseconds(disordered(reader.number<std::uint64_t>()));
      return LaterKey{queue, due, Sequence{reader.number<std::uint64_t>()}};
    }
    case KeyKind::kFifo:
      return FifoKey{queue, Sequence{reader.number<std::uint64_t>()}};
    case KeyKind::kDedup:
      return read_in_minute<DedupKey>(reader, queue);
    case KeyKind::kAttempt:
      return read_in_minute<AttemptKey>(reader, queue);
    case KeyKind::kExpiry: {
      const Time enqueued = from_epoch_milliseconds(disordered(reader.number<std::uint64_t>()));
      return ExpiryKey{queue, enqueued, Sequence{reader.number<std::uint64_t>()}};
    }
    case KeyKind::kLaneOf: {
      const std::string_view group = reader.raw(reader.rest().size());
      if (group.empty()) return std::nullopt;
      return LaneOfKey{queue, std::string(group)};
    }
    case KeyKind::kMoveTask:
      return MoveTaskKey{queue, reader.number<std::uint64_t>()};
    case KeyKind::kTopic:
      return TopicKey{queue};
    case KeyKind::kSubscription: {
      SubscriptionKey key{queue, {}};
      const std::string_view id = reader.raw(key.id.uuid.bytes.size());
      std::copy(id.begin(), id.end(), key.id.uuid.bytes.begin());
      return key;
    }
    case KeyKind::kTopicSequence:
      return TopicSequenceKey{queue};
    case KeyKind::kTopicDedup:
      return read_in_minute<TopicDedupKey>(reader, queue);
    case KeyKind::kPublication:
      return PublicationKey{queue, PublicationSequence{reader.number<std::uint64_t>()}};
    case KeyKind::kPublicationProgress:
      return PublicationProgressKey{queue, PublicationSequence{reader.number<std::uint64_t>()}};
    case KeyKind::kApplied:
      break;
  }
  return std::nullopt;
}

// Of a queue or a topic.
const QueueAddress* address_of(const Key& key) {
  return std::visit(
      [](const auto& own) -> const QueueAddress* {
        if constexpr (requires { own.queue; }) {
          return &own.queue;
        } else if constexpr (requires { own.topic; }) {
          return &own.topic;
        } else {
          return nullptr;
        }
      },
      key);
}

}  // namespace

KeyKind kind_of(const Key& key) {
  struct Kinds {
    KeyKind operator()(const PartitionKey&) const { return KeyKind::kPartition; }
    KeyKind operator()(const DeletedNameKey&) const { return KeyKind::kDeletedName; }
    KeyKind operator()(const QueueKey&) const { return KeyKind::kQueue; }
    KeyKind operator()(const TallyKey&) const { return KeyKind::kTally; }
    KeyKind operator()(const DelayedKey&) const { return KeyKind::kDelayed; }
    KeyKind operator()(const TouchedKey&) const { return KeyKind::kTouched; }
    KeyKind operator()(const FreshKey&) const { return KeyKind::kFresh; }
    KeyKind operator()(const LaterKey&) const { return KeyKind::kLater; }
    KeyKind operator()(const FifoKey&) const { return KeyKind::kFifo; }
    KeyKind operator()(const DedupKey&) const { return KeyKind::kDedup; }
    KeyKind operator()(const AttemptKey&) const { return KeyKind::kAttempt; }
    KeyKind operator()(const ExpiryKey&) const { return KeyKind::kExpiry; }
    KeyKind operator()(const MoveTaskKey&) const { return KeyKind::kMoveTask; }
    KeyKind operator()(const TopicKey&) const { return KeyKind::kTopic; }
    KeyKind operator()(const SubscriptionKey&) const { return KeyKind::kSubscription; }
    KeyKind operator()(const TopicSequenceKey&) const { return KeyKind::kTopicSequence; }
    KeyKind operator()(const TopicDedupKey&) const { return KeyKind::kTopicDedup; }
    KeyKind operator()(const PublicationKey&) const { return KeyKind::kPublication; }
    KeyKind operator()(const PublicationProgressKey&) const { return KeyKind::kPublicationProgress; }
    KeyKind operator()(const LaneOfKey&) const { return KeyKind::kLaneOf; }
    KeyKind operator()(const MobileKey&) const { return KeyKind::kMobile; }
  };
  return std::visit(Kinds{}, key);
}

Key key_of(const Record& record) {
  return std::visit([](const auto& own) -> Key { return own.key; }, record);
}

Key key_of(const BodyKey& key) {
  return std::visit([](const auto& own) -> Key { return own; }, key);
}

PartitionId partition_of(const Key& key) {
  return std::visit(
      [](const auto& own) {
        if constexpr (requires { own.queue; }) {
          return own.queue.partition;
        } else if constexpr (requires { own.topic; }) {
          return own.topic.partition;
        } else {
          return own.partition;
        }
      },
      key);
}

std::string encode_key(const Key& key, std::size_t room) {
  std::string bytes;
  bytes.reserve(kKeyBytesMax + room);
  ByteWriter writer(bytes);
  std::visit(FieldsWriter{writer}, key);
  return bytes;
}

std::string encode_key(const BodyKey& key) { return encode_key(key_of(key)); }

std::string encode_applied_key(PartitionId partition) {
  std::string bytes;
  ByteWriter writer(bytes);
  write_head(writer, QueueAddress{partition, {}, {}}, KeyKind::kApplied);
  return bytes;
}

std::optional<Key> decode_key(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.number<std::uint8_t>() != kKeyFormat) return std::nullopt;
  QueueAddress queue;
  queue.partition = PartitionId{reader.number<std::uint32_t>()};
  queue.world.account = AccountId{reader.number<std::uint64_t>()};
  if (const std::string_view region = reader.raw(reader.number<std::uint8_t>()); !region.empty()) {
    const std::optional<Region> parsed = Region::parse(region);
    if (!parsed) return std::nullopt;
    queue.world.region = *parsed;
  }
  queue.id = QueueId{reader.number<std::uint64_t>()};
  const auto kind = static_cast<KeyKind>(reader.number<std::uint8_t>());
  if (reader.failed()) return std::nullopt;
  std::optional<Key> key = read_fields(reader, queue, kind);
  if (!reader.finished()) return std::nullopt;
  return key;
}

bool of_one_queue_and_kind(const Key& from, const Key& to) {
  const QueueAddress* one = address_of(from);
  const QueueAddress* other = address_of(to);
  return from.index() == to.index() && one && other && *one == *other;
}

}  // namespace penstock
