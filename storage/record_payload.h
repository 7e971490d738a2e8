// The payload of each kind of record, in one visitor that writes and one that reads.
//
// queue_payload.cc has the kinds of queues and their messages, topic_payload.cc those of topics. Of
// RecordCodec; nobody else has payloads without version and checksum around them.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "broker/record.h"

namespace penstock {

struct PayloadWriter {
  ByteWriter& writer;

  void operator()(const PartitionRecord& record) const;
  void operator()(const DeletedNameRecord& record) const;
  void operator()(const QueueRecord& record) const;
  void operator()(const TallyRecord& record) const;
  void operator()(const DelayedRecord& record) const;
  void operator()(const TouchedRecord& record) const;
  void operator()(const LaneOfRecord& record) const;
  void operator()(const FreshRecord& record) const;
  void operator()(const LaterRecord& record) const;
  void operator()(const FifoRecord& record) const;
  void operator()(const DedupRecord& record) const;
  void operator()(const AttemptRecord& record) const;
  void operator()(const ExpiryRecord& record) const;
  void operator()(const MoveTaskRecord& record) const;

  void operator()(const TopicRecord& record) const;
  void operator()(const SubscriptionRecord& record) const;
  void operator()(const TopicSequenceRecord& record) const;
  void operator()(const TopicDedupRecord& record) const;
  void operator()(const PublicationRecord& record) const;
  void operator()(const PublicationProgressRecord& record) const;
  void operator()(const MobileRecord& record) const;
};

// Each overload fills in the record whose key is known, and says whether the payload could be understood.
struct PayloadReader {
  ByteReader& reader;
  std::uint8_t version;

  bool operator()(PartitionRecord& record) const;
  bool operator()(DeletedNameRecord& record) const;
  bool operator()(QueueRecord& record) const;
  bool operator()(TallyRecord& record) const;
  bool operator()(DelayedRecord& record) const;
  bool operator()(TouchedRecord& record) const;
  bool operator()(LaneOfRecord& record) const;
  bool operator()(FreshRecord& record) const;
  bool operator()(LaterRecord& record) const;
  bool operator()(FifoRecord& record) const;
  bool operator()(DedupRecord& record) const;
  bool operator()(AttemptRecord& record) const;
  bool operator()(ExpiryRecord& record) const;
  bool operator()(MoveTaskRecord& record) const;

  bool operator()(TopicRecord& record) const;
  bool operator()(SubscriptionRecord& record) const;
  bool operator()(TopicSequenceRecord& record) const;
  bool operator()(TopicDedupRecord& record) const;
  bool operator()(PublicationRecord& record) const;
  bool operator()(PublicationProgressRecord& record) const;
  bool operator()(MobileRecord& record) const;
};

}  // namespace penstock
