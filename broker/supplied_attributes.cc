#include "broker/supplied_attributes.h"

namespace penstock {
namespace {

// What KmsDataKeyReusePeriodSeconds is for a queue that was never given one.
constexpr Seconds kKmsReuse{300};

}  // namespace

QueueAttributes with(QueueAttributes attributes, const SuppliedAttributes& supplied) {
  attributes.delay = supplied.delay.value_or(attributes.delay);
  attributes.message_bytes_max = supplied.message_bytes_max.value_or(attributes.message_bytes_max);
  attributes.retention = supplied.retention.value_or(attributes.retention);
  attributes.receive_wait = supplied.receive_wait.value_or(attributes.receive_wait);
  attributes.visibility_timeout = supplied.visibility_timeout.value_or(attributes.visibility_timeout);
  // Of the two encryptions the one that was asked for last is in force.
  if (supplied.managed_encryption) {
    attributes.managed_encryption = *supplied.managed_encryption;
    if (attributes.managed_encryption) attributes.kms_key.clear();
  }
  if (supplied.kms_key) {
    attributes.kms_key = *supplied.kms_key;
    if (!attributes.kms_key.empty()) attributes.managed_encryption = false;
  }
  if (supplied.policy) attributes.policy = *supplied.policy;
  if (supplied.kms_reuse) attributes.kms_reuse = supplied.kms_reuse;
  attributes.fifo = attributes.fifo || supplied.fifo;
  attributes.content_based_deduplication =
      supplied.content_based_deduplication.value_or(attributes.content_based_deduplication);
  attributes.deduplication_scope = supplied.deduplication_scope.value_or(attributes.deduplication_scope);
  attributes.throughput_limit = supplied.throughput_limit.value_or(attributes.throughput_limit);
  if (supplied.redrive) attributes.redrive_policy = supplied.redrive->policy;
  if (supplied.redrive_allow) attributes.redrive_allow_policy = *supplied.redrive_allow;
  return attributes;
}

bool contradict(const QueueAttributes& attributes) {
  return attributes.throughput_limit == FifoThroughputLimit::kPerMessageGroup &&
         attributes.deduplication_scope != DeduplicationScope::kMessageGroup;
}

const char* first_difference(const QueueAttributes& present, const SuppliedAttributes& supplied) {
  const auto differs = [](const auto& wanted, const auto& stands) { return wanted && *wanted != stands; };
  if (differs(supplied.content_based_deduplication, present.content_based_deduplication)) {
    return "ContentBasedDeduplication";
  }
  if (differs(supplied.deduplication_scope, present.deduplication_scope)) return "DeduplicationScope";
  if (differs(supplied.delay, present.delay)) return "DelaySeconds";
  if (differs(supplied.throughput_limit, present.throughput_limit)) return "FifoThroughputLimit";
  if (differs(supplied.kms_reuse, present.kms_reuse.value_or(kKmsReuse))) {
    return "KmsDataKeyReusePeriodSeconds";
  }
  if (differs(supplied.kms_key, present.kms_key)) return "KmsMasterKeyId";
  if (differs(supplied.message_bytes_max, present.message_bytes_max)) return "MaximumMessageSize";
  if (differs(supplied.retention, present.retention)) return "MessageRetentionPeriod";
  if (differs(supplied.policy, present.policy)) return "Policy";
  if (differs(supplied.receive_wait, present.receive_wait)) return "ReceiveMessageWaitTimeSeconds";
  if (differs(supplied.redrive_allow, present.redrive_allow_policy)) return "RedriveAllowPolicy";
  if (supplied.redrive && supplied.redrive->policy != present.redrive_policy) return "RedrivePolicy";
  if (differs(supplied.managed_encryption, present.managed_encryption)) return "SqsManagedSseEnabled";
  if (differs(supplied.visibility_timeout, present.visibility_timeout)) return "VisibilityTimeout";
  return nullptr;
}

}  // namespace penstock
