// The attributes of a queue (Amazon SQS API reference, SetQueueAttributes and GetQueueAttributes): one
// row each, and the system attributes of a message. The second half of the SQS table.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/field.h"

namespace penstock {

enum class QueueAttribute : std::uint8_t {
  kApproximateNumberOfMessages,
  kApproximateNumberOfMessagesDelayed,
  kApproximateNumberOfMessagesNotVisible,
  kContentBasedDeduplication,
  kCreatedTimestamp,
  kDeduplicationScope,
  kDelaySeconds,
  kFifoQueue,
  kFifoThroughputLimit,
  kKmsDataKeyReusePeriodSeconds,
  kKmsMasterKeyId,
  kLastModifiedTimestamp,
  kMaximumMessageSize,
  kMessageRetentionPeriod,
  kPolicy,
  kQueueArn,
  kReceiveMessageWaitTimeSeconds,
  kRedriveAllowPolicy,
  kRedrivePolicy,
  kSqsManagedSseEnabled,
  kVisibilityTimeout,
};

enum class AttributeKind : std::uint8_t {
  kNumber,    // settable: a decimal number within the row's range
  kBoolean,   // settable: true or false, in any case
  kText,      // settable; the empty text unsets it
  kFifoOnly,  // settable on FIFO queues only
  kReadOnly,
};

struct QueueAttributeRow {
  QueueAttribute attribute{};
  std::string_view name;
  AttributeKind kind{};
  Standing standing{};
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// In the order of the enumeration, which is ascending by name.
inline constexpr std::array kQueueAttributeTable = [] {
  using enum QueueAttribute;
  using enum AttributeKind;
  using enum Standing;
  using Row = QueueAttributeRow;
  return std::array{
      Row{kApproximateNumberOfMessages, "ApproximateNumberOfMessages", kReadOnly, kOffered},
      Row{kApproximateNumberOfMessagesDelayed, "ApproximateNumberOfMessagesDelayed", kReadOnly, kOffered},
      Row{kApproximateNumberOfMessagesNotVisible, "ApproximateNumberOfMessagesNotVisible", kReadOnly,
          kOffered},
      Row{kContentBasedDeduplication, "ContentBasedDeduplication", kFifoOnly, kOffered},
      Row{kCreatedTimestamp, "CreatedTimestamp", kReadOnly, kOffered},
      Row{kDeduplicationScope, "DeduplicationScope", kFifoOnly, kOffered},
      Row{kDelaySeconds, "DelaySeconds", kNumber, kOffered, 0, 900},
      Row{kFifoQueue, "FifoQueue", kFifoOnly, kOffered},
      Row{kFifoThroughputLimit, "FifoThroughputLimit", kFifoOnly, kOffered},
      Row{kKmsDataKeyReusePeriodSeconds, "KmsDataKeyReusePeriodSeconds", kNumber, kAccepted, 60, 86'400},
      Row{kKmsMasterKeyId, "KmsMasterKeyId", kText, kAccepted},
      Row{kLastModifiedTimestamp, "LastModifiedTimestamp", kReadOnly, kOffered},
      Row{kMaximumMessageSize, "MaximumMessageSize", kNumber, kOffered, 1024, 1'048'576},
      Row{kMessageRetentionPeriod, "MessageRetentionPeriod", kNumber, kOffered, 60, 1'209'600},
      Row{kPolicy, "Policy", kText, kOffered},
      Row{kQueueArn, "QueueArn", kReadOnly, kOffered},
      Row{kReceiveMessageWaitTimeSeconds, "ReceiveMessageWaitTimeSeconds", kNumber, kOffered, 0, 20},
      Row{kRedriveAllowPolicy, "RedriveAllowPolicy", kText, kOffered},
      Row{kRedrivePolicy, "RedrivePolicy", kText, kOffered},
      // Encryption is remembered and reported, not done.
      Row{kSqsManagedSseEnabled, "SqsManagedSseEnabled", kBoolean, kAccepted},
      Row{kVisibilityTimeout, "VisibilityTimeout", kNumber, kOffered, 0, 43'200},
  };
}();

inline constexpr std::size_t kQueueAttributes = kQueueAttributeTable.size();
using QueueAttributeSet = std::bitset<kQueueAttributes>;

constexpr const QueueAttributeRow& row_of(QueueAttribute attribute) {
  return kQueueAttributeTable[static_cast<std::size_t>(attribute)];
}

// What can be asked for of a received message; in the order in which it is answered.
enum class SystemAttribute : std::uint8_t {
  kSenderId,
  kSentTimestamp,
  kApproximateReceiveCount,
  kApproximateFirstReceiveTimestamp,
  kMessageGroupId,
  kMessageDeduplicationId,
  kSequenceNumber,
  kAwsTraceHeader,
  kDeadLetterQueueSourceArn,
};

inline constexpr std::array<std::string_view, 9> kSystemAttributeNames{
    "SenderId",
    "SentTimestamp",
    "ApproximateReceiveCount",
    "ApproximateFirstReceiveTimestamp",
    "MessageGroupId",
    "MessageDeduplicationId",
    "SequenceNumber",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
};

using SystemAttributeSet = std::bitset<kSystemAttributeNames.size()>;

constexpr std::string_view name_of(SystemAttribute attribute) {
  return kSystemAttributeNames[static_cast<std::size_t>(attribute)];
}

}  // namespace penstock
