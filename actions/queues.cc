#include "actions/queues.h"

#include <optional>
#include <utility>

#include "actions/supplied_attributes.h"
#include "base/time.h"
#include "protocol/errors.h"
#include "protocol/json_writer.h"
#include "protocol/queue_url.h"
#include "protocol/request_check.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

std::string epoch_seconds(Time time) { return std::to_string(epoch_milliseconds(time) / 1000); }

std::string arn_of(const QueueRecord& record) {
  const World& world = record.key.queue.world;
  return joined({"arn:aws:sqs:", world.region.text(), ":", world.account.text(), ":", record.name});
}

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
      return arn_of(described.record);
    case kReceiveMessageWaitTimeSeconds:
      return std::to_string(attributes.receive_wait.count());
    case kSqsManagedSseEnabled:
      return "true";
    case kVisibilityTimeout:
      return std::to_string(attributes.visibility_timeout.count());
    case kContentBasedDeduplication:
    case kDeduplicationScope:
    case kFifoQueue:
    case kFifoThroughputLimit:
    case kKmsDataKeyReusePeriodSeconds:
    case kKmsMasterKeyId:
    case kPolicy:
    case kRedriveAllowPolicy:
    case kRedrivePolicy:
      return std::nullopt;
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
  Result<SuppliedAttributes> attributes = supplied_attributes(*request.queue_name, request.attributes);
  if (!attributes) return tl::unexpected(attributes.error());
  if (Result<void> checked = check_values(request); !checked) return tl::unexpected(checked.error());
  return Planned{caller.world, std::move(*request.queue_name), CreateQueue{*attributes}};
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

Result<Operation> plan_operation(sqs::GetQueueAttributesRequest&& request, const Caller&, Asked& asked) {
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

Result<Operation> plan_operation(sqs::DeleteQueueRequest&&, const Caller&, Asked&) { return DeleteQueue{}; }
Result<Operation> plan_operation(sqs::PurgeQueueRequest&&, const Caller&, Asked&) { return PurgeQueue{}; }

std::string render_queue_url(const Call& call, const QueueFound& found) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.member("QueueUrl", queue_url(call.authority, found.world.account.text(), found.name));
  writer.end_object();
  return body;
}

std::string render_queue_attributes(const AskedOfQueue& asked, const QueueDescribed& described) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  bool begun = false;
  for (const QueueAttributeRow& row : kQueueAttributeTable) {
    if (!asked.attributes.test(static_cast<std::size_t>(row.attribute))) continue;
    const std::optional<std::string> value = value_of(row.attribute, described);
    if (!value) continue;
    if (!std::exchange(begun, true)) {
      writer.key("Attributes");
      writer.begin_object();
    }
    writer.member(row.name, *value);
  }
  if (begun) writer.end_object();
  writer.end_object();
  return body;
}

}  // namespace penstock
