// The attributes of a queue that AWS lets its owner set, in their own units, with AWS's defaults and
// ranges (Amazon SQS API reference, SetQueueAttributes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace penstock {

// Within what a deduplication id is unique. The numbers are on disk.
enum class DeduplicationScope : std::uint8_t { kQueue = 0, kMessageGroup = 1 };
// Remembered and reported; nothing here is throttled by it. The numbers are on disk.
enum class FifoThroughputLimit : std::uint8_t { kPerQueue = 0, kPerMessageGroup = 1 };

// Where messages go that were received too often.
struct RedrivePolicy {
  std::string target_arn;           // deadLetterTargetArn: of a queue of the same account and region
  std::uint32_t receive_count = 0;  // maxReceiveCount, 1 to 1,000

  // The queue's name: what follows the last colon.
  std::string_view target() const {
    return std::string_view(target_arn).substr(target_arn.rfind(':') + 1);
  }
  bool operator==(const RedrivePolicy&) const = default;
};

// Which queues may have this one as their dead-letter queue. The numbers are on disk.
enum class RedrivePermission : std::uint8_t { kAllowAll = 0, kDenyAll = 1, kByQueue = 2 };

struct RedriveAllowPolicy {
  RedrivePermission permission = RedrivePermission::kAllowAll;
  std::vector<std::string> source_arns;  // 1 to 10, with kByQueue only

  bool operator==(const RedriveAllowPolicy&) const = default;
};

struct QueueAttributes {
  Seconds delay{0};                           // DelaySeconds, 0 to 900
  std::uint32_t message_bytes_max = 1048576;  // MaximumMessageSize, 1,024 to 1,048,576
  Seconds retention{345600};                  // MessageRetentionPeriod, 60 to 1,209,600
  Seconds receive_wait{0};                    // ReceiveMessageWaitTimeSeconds, 0 to 20
  Seconds visibility_timeout{30};             // VisibilityTimeout, 0 to 43,200

  // Encryption is remembered and reported, not done: the disk's own is to be used. At most one of the two
  // is in force: setting a KMS key turns the managed one off, and turning that one on drops the key.
  bool managed_encryption = true;    // SqsManagedSseEnabled
  std::string kms_key;               // KmsMasterKeyId; empty: none
  std::optional<Seconds> kms_reuse;  // KmsDataKeyReusePeriodSeconds, 60 to 86,400; reported with a key only

  // Policy: who may do what with the queue, as it was given (broker/access_policy.h); empty: none.
  std::string policy;

  bool fifo = false;  // FifoQueue; as the queue was created, for ever
  bool content_based_deduplication = false;
  DeduplicationScope deduplication_scope = DeduplicationScope::kQueue;
  FifoThroughputLimit throughput_limit = FifoThroughputLimit::kPerQueue;

  std::optional<RedrivePolicy> redrive_policy;
  std::optional<RedriveAllowPolicy> redrive_allow_policy;

  bool operator==(const QueueAttributes&) const = default;
};

// A cost allocation tag of a queue.
struct Tag {
  std::string key;    // 1 to 128 characters
  std::string value;  // at most 256 characters

  bool operator==(const Tag&) const = default;
};

}  // namespace penstock
