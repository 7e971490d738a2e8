#include "actions/queues.h"

#include <optional>
#include <utility>

#include "actions/redrive_policies.h"
#include "actions/supplied_attributes.h"
#include "actions/tags.h"
#include "base/base64.h"
#include "base/time.h"
#include "broker/queue_arn.h"
#include "protocol/errors.h"
#include "protocol/queue_url.h"
#include "protocol/request_check.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

std::string epoch_seconds(Time time) { return std::to_string(epoch_milliseconds(time) / 1000); }

// The attribute's value, as text; nothing if the queue has none.
std::optional<std::string> value_of(QueueAttribute attribute, const QueueDescribed& described) {
  using enum QueueAttribute;
  const QueueAttributes& attributes = described.record.attributes;
  switch (attribute) {
    case kApproximateNumberOfMessages:
      return std::to_string(described.counts.visible);
    case kApproximateNumberOfMessagesDelayed:
      return std::to_string(described.counts.delayed);
    case kApproximateNumberOfMessagesNotVisible:
      return std::to_string(described.counts.not_visible);
    case kCreatedTimestamp:
      return epoch_seconds(described.record.created);
    case kDelaySeconds:
      return std::to_string(attributes.delay.count());
    case kLastModifiedTimestamp:
      return epoch_seconds(described.record.modified);
    case kMaximumMessageSize:
      return std::to_string(attributes.message_bytes_max);
    case kMessageRetentionPeriod:
      return std::to_string(attributes.retention.count());
    case kQueueArn:
      return queue_arn(described.record.key.queue.world, described.record.name);
    case kReceiveMessageWaitTimeSeconds:
      return std::to_string(attributes.receive_wait.count());
    case kSqsManagedSseEnabled:
      return attributes.managed_encryption ? "true" : "false";
    case kKmsMasterKeyId:
      if (attributes.kms_key.empty()) return std::nullopt;
      return attributes.kms_key;
    case kKmsDataKeyReusePeriodSeconds:
      if (attributes.kms_key.empty() || !attributes.kms_reuse) return std::nullopt;
      return std::to_string(attributes.kms_reuse->count());
    case kVisibilityTimeout:
      return std::to_string(attributes.visibility_timeout.count());
    case kContentBasedDeduplication:
      if (!attributes.fifo) return std::nullopt;
      return attributes.content_based_deduplication ? "true" : "false";
    case kDeduplicationScope:
      if (!attributes.fifo) return std::nullopt;
      return attributes.deduplication_scope == DeduplicationScope::kQueue ? "queue" : "messageGroup";
    case kFifoQueue:
      if (!attributes.fifo) return std::nullopt;
      return "true";
    case kFifoThroughputLimit:
      if (!attributes.fifo) return std::nullopt;
      return attributes.throughput_limit == FifoThroughputLimit::kPerQueue ? "perQueue" : "perMessageGroupId";
    case kPolicy:
      if (attributes.policy.empty()) return std::nullopt;
      return attributes.policy;
    case kRedriveAllowPolicy:
      if (!attributes.redrive_allow_policy) return std::nullopt;
      return redrive_allow_policy_text(*attributes.redrive_allow_policy);
    case kRedrivePolicy:
      if (!attributes.redrive_policy) return std::nullopt;
      return redrive_policy_text(*attributes.redrive_policy);
  }
  return std::nullopt;
}

}  // namespace

Result<Planned> plan(sqs::CreateQueueRequest&& request, const Caller& caller) {
  // The name first, then the attributes (which may be at odds with the name), then the rest.
  if (Result<void> complete = check_required(request); !complete) return tl::unexpected(complete.error());
  if (Result<void> formed = request_check::check_form("QueueName", Form::kQueueName, *request.queue_name);
      !formed) {
    return tl::unexpected(formed.error());
  }
  if (Result<void> agreed = check_fifo(*request.queue_name, request.attributes); !agreed) {
    return tl::unexpected(agreed.error());
  }
  Result<SuppliedAttributes> attributes = supplied_attributes(*request.queue_name, request.attributes);
  if (!attributes) return tl::unexpected(attributes.error());
  Result<std::vector<Tag>> tags = tags_of(std::move(request.tags));
  if (!tags) return tl::unexpected(tags.error());
  if (tags->size() > kQueueTagsMax) {
    return refuse(ErrorCode::kInvalidParameterValue,
                  joined({"Too many tags added for queue ", *request.queue_name, "."}));
  }
  if (Result<void> checked = check_values(request); !checked) return tl::unexpected(checked.error());
  return Planned{caller.world, std::move(*request.queue_name),
                 CreateQueue{std::move(*attributes), std::move(*tags)}};
}

Result<Planned> plan(sqs::GetQueueUrlRequest&& request, const Caller& caller) {
  if (Result<void> checked = check(request); !checked) return tl::unexpected(checked.error());
  World world = caller.world;
  if (request.queue_owner && !request.queue_owner->empty()) {
    const std::optional<AccountId> owner = AccountId::parse(*request.queue_owner);
    if (!owner) return refuse(ErrorCode::kQueueDoesNotExist);
    world.account = *owner;
  }
  const std::string& name = *request.queue_name;
  if (!is_standard_queue_name(name) && !is_fifo_queue_name(name))
    return refuse(ErrorCode::kQueueDoesNotExist);
  return Planned{world, std::move(*request.queue_name), FindQueue{}};
}

Result<Planned> plan(sqs::ListQueuesRequest&& request, const Caller& caller) {
  if (Result<void> checked = check(request); !checked) return tl::unexpected(checked.error());
  ListQueues list;
  list.prefix = std::move(request.prefix).value_or(std::string());
  if (request.results_max) list.names_max = static_cast<std::uint32_t>(*request.results_max);
  if (request.next_token && !request.next_token->empty()) {
    std::optional<std::string> after = base64_decode(*request.next_token);
    const bool a_name = after && (is_standard_queue_name(*after) || is_fifo_queue_name(*after));
    if (!a_name || !after->starts_with(list.prefix)) {
      return refuse(ErrorCode::kInvalidParameterValue, "Invalid or expired next token.");
    }
    list.after = std::move(*after);
  }
  list.pages = request.results_max.has_value();
  return Planned{caller.world, {}, std::move(list)};
}

Result<Operation> plan_operation(sqs::GetQueueAttributesRequest&& request, const Addressed&, Asked& asked) {
  QueueAttributeSet attributes;
  for (const std::string& name : request.attribute_names) {
    if (name == "All") {
      attributes.set();
      continue;
    }
    const QueueAttributeRow* row = find_queue_attribute(name);
    if (row == nullptr) return tl::unexpected(unknown_attribute(name));
    attributes.set(static_cast<std::size_t>(row->attribute));
  }
  asked = AskedOfQueue{attributes};
  return DescribeQueue{};
}

Result<Operation> plan_operation(sqs::SetQueueAttributesRequest&& request, const Addressed& to, Asked&) {
  Result<SuppliedAttributes> attributes = supplied_attributes(to.queue_name, request.attributes);
  if (!attributes) return tl::unexpected(attributes.error());
  return SetQueueAttributes{std::move(*attributes)};
}

Result<Operation> plan_operation(sqs::DeleteQueueRequest&&, const Addressed&, Asked&) {
  return DeleteQueue{};
}
Result<Operation> plan_operation(sqs::PurgeQueueRequest&&, const Addressed&, Asked&) { return PurgeQueue{}; }

Result<Operation> plan_operation(sqs::TagQueueRequest&& request, const Addressed&, Asked&) {
  Result<std::vector<Tag>> tags = tags_of(std::move(request.tags));
  if (!tags) return tl::unexpected(tags.error());
  return TagQueue{std::move(*tags)};
}

Result<Operation> plan_operation(sqs::UntagQueueRequest&& request, const Addressed&, Asked&) {
  return UntagQueue{std::move(request.tag_keys)};
}

Result<Operation> plan_operation(sqs::ListQueueTagsRequest&&, const Addressed&, Asked&) { return FindTags{}; }

sqs::QueueUrlResult result_of(const Call& call, const QueueFound& found) {
  return {queue_url(call.url_base, found.world.account.text(), found.name)};
}

sqs::ListQueuesResult result_of(const Call& call, const QueuesListed& listed) {
  sqs::ListQueuesResult result;
  const std::string account = listed.world.account.text();
  result.queue_urls.reserve(listed.names.size());
  for (const std::string& name : listed.names) {
    result.queue_urls.push_back(queue_url(call.url_base, account, name));
  }
  if (listed.more) result.next_token = base64_encode(listed.names.back());
  return result;
}

sqs::QueueAttributesResult result_of(const AskedOfQueue& asked, const QueueDescribed& described) {
  sqs::QueueAttributesResult result;
  for (const QueueAttributeRow& row : kQueueAttributeTable) {
    if (!asked.attributes.test(static_cast<std::size_t>(row.attribute))) continue;
    std::optional<std::string> value = value_of(row.attribute, described);
    if (value) result.attributes.entries.emplace_back(row.name, std::move(*value));
  }
  return result;
}

sqs::QueueTagsResult result_of(const QueueTagged& tagged) {
  sqs::QueueTagsResult result;
  for (const Tag& tag : tagged.tags) result.tags.entries.emplace_back(tag.key, tag.value);
  return result;
}

}  // namespace penstock
