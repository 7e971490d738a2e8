#include "actions/move_tasks.h"

#include <array>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/time.h"
#include "broker/queue_arn.h"
#include "protocol/errors.h"
#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "protocol/queue_url.h"
#include "protocol/request_check.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

Error no_resource(std::string_view parameter) {
  return {ErrorCode::kResourceNotFound,
          joined({"The resource that you specified for the ", parameter, " parameter doesn't exist."})};
}

// The queue's name. `parameter` is what brought the ARN.
Result<std::string> queue_of(std::string_view arn, std::string_view parameter, const Caller& caller) {
  std::optional<QueueArn> queue = QueueArn::parse(arn);
  if (!queue) {
    return refuse(ErrorCode::kInvalidParameterValue,
                  joined({"You must use this format to specify the ", parameter,
                          ": arn:<partition>:<service>:<region>:<account-id>:<resource-id>"}));
  }
  if (queue->world != caller.world) return tl::unexpected(no_resource(parameter));
  return std::move(queue->name);
}

// base64 of {"taskId":"{uuid}","sourceArn":"{arn}"}
std::string handle_of(const MessageId& task, const World& world, std::string_view source) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member("taskId", task.text());
  writer.member("sourceArn", queue_arn(world, source));
  writer.end_object();
  return base64_encode(text);
}

struct TaskHandle {
  MessageId task;
  std::string source_arn;
};

std::optional<TaskHandle> parse_handle(std::string_view text) {
  const std::optional<std::string> document = base64_decode(text);
  if (!document) return std::nullopt;
  Result<JsonValue> json = JsonValue::parse(*document);
  auto* object = json ? std::get_if<JsonObject>(&json->value) : nullptr;
  if (object == nullptr) return std::nullopt;
  JsonValue* id_value = find_member(*object, "taskId");
  JsonValue* arn_value = find_member(*object, "sourceArn");
  if (id_value == nullptr || arn_value == nullptr) return std::nullopt;
  const auto* id = std::get_if<std::string>(&id_value->value);
  auto* arn = std::get_if<std::string>(&arn_value->value);
  if (id == nullptr || arn == nullptr) return std::nullopt;
  const std::optional<MessageId> task = MessageId::parse(*id);
  if (!task || !QueueArn::parse(*arn)) return std::nullopt;
  return TaskHandle{*task, std::move(*arn)};
}

// In the order of MoveTaskStatus.
constexpr std::array<std::string_view, 5> kStatuses{"RUNNING", "COMPLETED", "FAILED", "CANCELLING",
                                                    "CANCELLED"};

}  // namespace

Result<Operation> plan_operation(sqs::ListDeadLetterSourceQueuesRequest&& request, const Addressed&,
                                 Asked& asked) {
  ListDeadLetterSources list;
  if (request.results_max) list.names_max = static_cast<std::uint32_t>(*request.results_max);
  if (request.next_token && !request.next_token->empty()) {
    std::optional<std::string> after = base64_decode(*request.next_token);
    if (!after || (!is_standard_queue_name(*after) && !is_fifo_queue_name(*after))) {
      return refuse(ErrorCode::kInvalidParameterValue, "Invalid or expired next token.");
    }
    list.after = std::move(*after);
  }
  list.pages = request.results_max.has_value();
  asked = AskedOfSources{};
  return list;
}

Result<Planned> plan(sqs::StartMessageMoveTaskRequest&& request, const Caller& caller) {
  if (Result<void> checked = check(request); !checked) return tl::unexpected(checked.error());
  Result<std::string> source = queue_of(*request.source_arn, "SourceArn", caller);
  if (!source) return tl::unexpected(source.error());
  StartMoveTask start;
  if (request.destination_arn && !request.destination_arn->empty()) {
    Result<std::string> destination = queue_of(*request.destination_arn, "DestinationArn", caller);
    if (!destination) return tl::unexpected(destination.error());
    start.destination = std::move(*destination);
  }
  if (request.messages_per_second_max) {
    start.rate_max = static_cast<std::uint32_t>(*request.messages_per_second_max);
  }
  return Planned{caller.world, std::move(*source), std::move(start)};
}

Result<Planned> plan(sqs::ListMessageMoveTasksRequest&& request, const Caller& caller) {
  if (Result<void> checked = check(request); !checked) return tl::unexpected(checked.error());
  Result<std::string> source = queue_of(*request.source_arn, "SourceArn", caller);
  if (!source) return tl::unexpected(source.error());
  return Planned{caller.world, std::move(*source),
                 ListMoveTasks{static_cast<std::uint32_t>(request.results_max.value_or(1))}};
}

Result<Planned> plan(sqs::CancelMessageMoveTaskRequest&& request, const Caller& caller) {
  if (Result<void> checked = check(request); !checked) return tl::unexpected(checked.error());
  const std::optional<TaskHandle> handle = parse_handle(*request.task_handle);
  if (!handle) {
    return refuse(ErrorCode::kInvalidParameterValue, "Value for parameter TaskHandle is invalid.");
  }
  Result<std::string> source = queue_of(handle->source_arn, "SourceArn", caller);
  if (!source) return tl::unexpected(source.error());
  return Planned{caller.world, std::move(*source), CancelMoveTask{handle->task}};
}

sqs::DeadLetterSourcesResult sources_of(const Call& call, const QueuesListed& listed) {
  sqs::DeadLetterSourcesResult result;
  for (const std::string& name : listed.names) {
    result.queue_urls.push_back(queue_url(call.url_base, listed.world.account.text(), name));
  }
  if (listed.more) result.next_token = base64_encode(listed.names.back());
  return result;
}

sqs::MoveTaskStartedResult result_of(const MoveTaskStarted& started) {
  return {handle_of(started.task, started.world, started.source)};
}

sqs::MoveTasksResult result_of(const MoveTasksListed& listed) {
  sqs::MoveTasksResult result;
  for (const MoveTaskRecord& task : listed.tasks) {
    sqs::MoveTaskResult entry;
    if (task.status == MoveTaskStatus::kRunning) {
      entry.task_handle = handle_of(task.id, listed.world, listed.source);
    }
    entry.status = kStatuses[static_cast<std::size_t>(task.status)];
    entry.source_arn = queue_arn(listed.world, listed.source);
    if (!task.destination.empty()) entry.destination_arn = queue_arn(listed.world, task.destination);
    if (task.rate_max != 0) entry.messages_per_second_max = task.rate_max;
    entry.moved = static_cast<std::int64_t>(task.moved);
    entry.to_move = static_cast<std::int64_t>(task.to_move);
    entry.failure_reason = task.failure;
    entry.started = epoch_milliseconds(task.started);
    result.results.push_back(std::move(entry));
  }
  return result;
}

sqs::MoveTaskCancelledResult result_of(const MoveTaskCancelled& cancelled) {
  return {static_cast<std::int64_t>(cancelled.moved)};
}

}  // namespace penstock
