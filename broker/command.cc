#include "broker/command.h"

namespace penstock {

Operation::Operation(const Operation&) = default;
Operation::Operation(Operation&&) noexcept = default;
Operation& Operation::operator=(const Operation&) = default;
Operation& Operation::operator=(Operation&&) noexcept = default;
Operation::~Operation() = default;

Answer::Answer(const Answer&) = default;
Answer::Answer(Answer&&) noexcept = default;
Answer& Answer::operator=(const Answer&) = default;
Answer& Answer::operator=(Answer&&) noexcept = default;
Answer::~Answer() = default;

bool grows_store(const Command& command) {
  struct Grows {
    bool operator()(const CreateQueue&) const { return true; }
    bool operator()(const SetQueueAttributes&) const { return true; }
    bool operator()(const TagQueue&) const { return true; }
    bool operator()(const AddPermission&) const { return true; }
    bool operator()(const Send&) const { return true; }
    bool operator()(const SendBatch&) const { return true; }

    bool operator()(const StartMoveTask&) const { return true; }

    bool operator()(const ListDeadLetterSources&) const { return false; }
    bool operator()(const ListMoveTasks&) const { return false; }
    bool operator()(const CancelMoveTask&) const { return false; }
    bool operator()(const FindQueue&) const { return false; }
    bool operator()(const DescribeQueue&) const { return false; }
    bool operator()(const DeleteQueue&) const { return false; }
    bool operator()(const PurgeQueue&) const { return false; }
    bool operator()(const ListQueues&) const { return false; }
    bool operator()(const UntagQueue&) const { return false; }
    bool operator()(const FindTags&) const { return false; }
    bool operator()(const RemovePermission&) const { return false; }
    bool operator()(const Receive&) const { return false; }
    bool operator()(const Delete&) const { return false; }
    bool operator()(const ChangeVisibility&) const { return false; }
    bool operator()(const Peek&) const { return false; }
    bool operator()(const Expect&) const { return false; }
    bool operator()(const Reset&) const { return false; }
    bool operator()(const AdvanceTime&) const { return false; }
    bool operator()(const DeleteBatch&) const { return false; }
    bool operator()(const ChangeVisibilityBatch&) const { return false; }
    bool operator()(const AboutTopic& asked) const { return grows_store(asked.operation); }
  };
  return command.operation && std::visit(Grows{}, *command.operation);
}

std::size_t message_bytes(const Command& command) {
  if (!command.operation) return 0;
  if (const Send* const send = std::get_if<Send>(&*command.operation)) return send->size;
  if (const auto* const asked = std::get_if<AboutTopic>(&*command.operation)) {
    return message_bytes(asked->operation);
  }
  const SendBatch* const batch = std::get_if<SendBatch>(&*command.operation);
  if (!batch) return 0;
  std::size_t bytes = 0;
  for (const Result<Send>& entry : batch->entries) bytes += entry ? entry->size : 0;
  return bytes;
}

}  // namespace penstock
