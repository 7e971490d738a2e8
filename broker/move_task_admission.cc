#include "broker/move_task_admission.h"

#include <string>

#include "broker/queue_arn.h"
#include "broker/refusals.h"

namespace penstock {

std::optional<Error> MoveTaskAdmission::refuse(const Queue& source, const StartMoveTask& request,
                                               const AccessQuestion* question) const {
  const World& world = source.address().world;
  if (question != nullptr) {
    if (std::optional<Error> refusal = refuse_access(source, request, *question)) return refusal;
  }
  if (!request.destination.empty()) {
    const Queue* destination = queues_.find(world, request.destination);
    if (destination == nullptr) return no_resource("DestinationArn");
    if (destination == &source) {
      return Error{ErrorCode::kInvalidParameterValue,
                   "Source queue arn and destination queue arn cannot be the same."};
    }
    if (destination->record().attributes.fifo != source.record().attributes.fifo) {
      return Error{ErrorCode::kInvalidParameterValue,
                   "The source queue and destination queue must be of the same queue type."};
    }
  }
  if (!queues_.dead_letter_sources().any(world, source.record().name))
    return source_is_no_dead_letter_queue();
  if (!share_.moving.contains(source.address()) &&
      active_beside(source) >= share_.limits.move_tasks_active_max) {
    return too_many_move_tasks();
  }
  return std::nullopt;
}

std::optional<Error> MoveTaskAdmission::refuse_access(const Queue& source, const StartMoveTask& request,
                                                      const AccessQuestion& question) const {
  const World& world = source.address().world;
  const auto refused = [&](const char* operation, const std::string& name) {
    AccessRequest asked = question.request;
    asked.action = policy_action("sqs", operation);
    asked.resource = queue_arn(world, name);
    const auto by_identity =
        question.judge_identity ? question.judge_identity(asked) : AccessPolicy::Verdict::kSilent;
    return access_.refuse_as(question, asked, by_identity, world, name);
  };
  const std::string& name = source.record().name;
  for (const char* operation : {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}) {
    if (auto refusal = refused(operation, name)) return refusal;
  }
  if (!request.destination.empty()) return refused("SendMessage", request.destination);
  // Where the messages came from is not known yet: it can be any of the queues that name this one.
  for (const std::string& origin : queues_.dead_letter_sources().list(world, name, {}, ~std::size_t{0})) {
    if (auto refusal = refused("SendMessage", origin)) return refusal;
  }
  return std::nullopt;
}

std::size_t MoveTaskAdmission::active_beside(const Queue& source) const {
  const QueueAddress address = source.address();
  const auto begin = share_.moving.lower_bound({address.partition, address.world, QueueId{}});
  std::size_t count = 0;
  for (auto queue = begin; queue != share_.moving.end() && queue->world == address.world; ++queue) ++count;
  return count;
}

}  // namespace penstock
