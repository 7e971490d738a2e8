#include "tests/simulator/tale.h"

namespace penstock {
namespace {

std::string describe(const ReceiptHandle& handle) {
  return std::to_string(handle.lane.value) + "/" + std::to_string(handle.sequence.value) + " attempt " +
         std::to_string(handle.attempt);
}

template <class Describe, class Entry>
std::string told_of_each(const Describe& describe_one, const std::vector<Result<Entry>>& batch) {
  std::string text = "batch of";
  for (const Result<Entry>& entry : batch) text += " [" + (entry ? describe_one(*entry) : "refused") + "]";
  return text;
}

}  // namespace

std::string describe(const Operation& operation) {
  struct Describe {
    std::string operator()(const CreateQueue&) const { return "create"; }
    std::string operator()(const SetQueueAttributes& set) const {
      const auto& retention = set.attributes.retention;
      return "set attributes" + (retention ? ", retention " + std::to_string(retention->count()) : "");
    }
    std::string operator()(const ListQueues& list) const {
      return "list " + std::to_string(list.names_max) + " of " + list.prefix + "* after " + list.after;
    }
    std::string operator()(const TagQueue& tag) const { return "tag " + std::to_string(tag.tags.size()); }
    std::string operator()(const UntagQueue& untag) const {
      return "untag " + std::to_string(untag.keys.size());
    }
    std::string operator()(const FindTags&) const { return "tags"; }
    std::string operator()(const ListDeadLetterSources&) const { return "list sources"; }
    std::string operator()(const StartMoveTask& start) const {
      return "start a move task to " + (start.destination.empty() ? "the sources" : start.destination) +
             " rate " + std::to_string(start.rate_max);
    }
    std::string operator()(const ListMoveTasks&) const { return "list move tasks"; }
    std::string operator()(const CancelMoveTask&) const { return "cancel a move task"; }
    std::string operator()(const AddPermission& add) const { return "permit " + add.grant.label; }
    std::string operator()(const RemovePermission& remove) const { return "withdraw " + remove.label; }
    std::string operator()(const AboutTopic&) const { return "ask a topic"; }
    std::string operator()(const Peek&) const { return "peek"; }
    std::string operator()(const Expect&) const { return "expect"; }
    std::string operator()(const Reset&) const { return "reset"; }
    std::string operator()(const AdvanceTime&) const { return "advance time"; }
    std::string operator()(const SendBatch& batch) const { return told_of_each(*this, batch.entries); }
    std::string operator()(const DeleteBatch& batch) const { return told_of_each(*this, batch.entries); }
    std::string operator()(const ChangeVisibilityBatch& batch) const {
      return told_of_each(*this, batch.entries);
    }
    std::string operator()(const FindQueue&) const { return "find"; }
    std::string operator()(const DescribeQueue&) const { return "describe"; }
    std::string operator()(const DeleteQueue&) const { return "delete the queue"; }
    std::string operator()(const PurgeQueue&) const { return "purge"; }
    std::string operator()(const Send& send) const {
      const std::string delay = send.delay ? " delay " + std::to_string(send.delay->count()) : "";
      return "send " + send.content->body.substr(0, send.content->body.find(' ')) + delay;
    }
    std::string operator()(const Receive& receive) const {
      std::string text = "receive max " + std::to_string(receive.messages_max);
      if (receive.wait) text += " wait " + std::to_string(receive.wait->count());
      if (receive.visibility_timeout)
        text += " visibility " + std::to_string(receive.visibility_timeout->count());
      return text;
    }
    std::string operator()(const Delete& remove) const { return "delete " + describe(remove.handle); }
    std::string operator()(const ChangeVisibility& change) const {
      return "hide " + describe(change.handle) + " for " + std::to_string(change.timeout.count());
    }
  };
  return std::visit(Describe{}, operation);
}

std::string describe(const Answer& answer) {
  struct Describe {
    std::string operator()(const Error& error) const {
      return "refused " + std::to_string(static_cast<int>(error.code));
    }
    std::string operator()(const Done&) const { return "done"; }
    std::string operator()(const MoveTaskStarted&) const { return "started"; }
    std::string operator()(const MoveTasksListed& listed) const {
      return std::to_string(listed.tasks.size()) + " tasks";
    }
    std::string operator()(const MoveTaskCancelled& cancelled) const {
      return "cancelled after " + std::to_string(cancelled.moved);
    }
    std::string operator()(const QueueFound&) const { return "found"; }
    std::string operator()(const QueueDescribed& described) const {
      return "visible " + std::to_string(described.counts.visible) + " in flight " +
             std::to_string(described.counts.not_visible) + " delayed " +
             std::to_string(described.counts.delayed);
    }
    std::string operator()(const QueuesListed& listed) const {
      return std::to_string(listed.names.size()) + (listed.more ? " names and more" : " names");
    }
    std::string operator()(const QueueTagged& tagged) const {
      return std::to_string(tagged.tags.size()) + " tags";
    }
    std::string operator()(const Sent&) const { return "sent"; }
    std::string operator()(const TopicAnswer&) const { return "a topic's answer"; }
    std::string operator()(const Peeked& peeked) const { return "saw " + std::to_string(peeked.messages.size()); }
    std::string operator()(const ExpectationEnded&) const { return "an expectation's end"; }
    std::string operator()(const ResetDone&) const { return "reset"; }
    std::string operator()(const TimeAdvanced&) const { return "time advanced"; }
    std::string operator()(const DirectDelivery&) const { return "left"; }
    std::string operator()(const SentBatch& batch) const { return told_of_each(*this, batch.entries); }
    std::string operator()(const DoneBatch& batch) const { return told_of_each(*this, batch.entries); }
    std::string operator()(const Received& received) const {
      std::string text = "received";
      for (const Delivery& delivery : received.deliveries) text += " [" + describe(delivery.handle) + "]";
      return text;
    }
  };
  return std::visit(Describe{}, answer);
}

std::string describe(const Ticket& ticket) {
  return std::to_string(ticket.session) + "." + std::to_string(ticket.request);
}

}  // namespace penstock
