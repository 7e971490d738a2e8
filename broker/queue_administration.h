// QueueAdministration: what is decided about queues themselves, as against their messages: which there are,
// under what name, with which attributes, tags and policy.
//
//     (free) --create--> there --delete--> deleted a short while ago --time--> (free)
//
// It holds the names of queues that were deleted a short while ago, which are facts; the queues are in the
// QueueTable. Every change goes through its surroundings, which apply it. The Broker owns it, and calls it, as Resets do.
#pragma once

#include <optional>
#include <string>

#include "broker/command.h"
#include "broker/deleted_names.h"
#include "broker/queue_table.h"

namespace penstock {

// What the administration of queues asks of the broker around it.
class QueueAdministrationSurroundings {
 public:
  virtual ~QueueAdministrationSurroundings() = default;

  // An id that was never used.
  virtual QueueId take_id(Decision& decision) = 0;
  virtual void change(Change&& change, Decision& decision) = 0;
};

class QueueAdministration {
 public:
  QueueAdministration(PartitionId partition, const BrokerLimits& limits, QueueTable& queues,
                      QueueAdministrationSurroundings& surroundings)
      : partition_(partition), limits_(limits), queues_(queues), surroundings_(surroundings) {}

  DeletedNames& deleted_names() { return deleted_names_; }
  const DeletedNames& deleted_names() const { return deleted_names_; }

  // Of a queue that need not exist, or of many.
  void create(const Command& command, const CreateQueue& request, Decision& decision);
  void list(const Command& command, const ListQueues& request, Decision& decision) const;

  // Of one that does.
  void act(const Queue& queue, const Ticket& ticket, const FindQueue&, Decision& decision) const;
  void act(Queue& queue, const Ticket& ticket, const DescribeQueue&, Decision& decision) const;
  void act(Queue& queue, const Ticket& ticket, const SetQueueAttributes& request, Decision& decision);
  void act(const Queue& queue, const Ticket& ticket, const ListDeadLetterSources& request,
           Decision& decision) const;
  void act(const Queue& queue, const Ticket& ticket, const FindTags&, Decision& decision) const;
  void act(const Queue& queue, const Ticket& ticket, const TagQueue& request, Decision& decision);
  void act(const Queue& queue, const Ticket& ticket, const UntagQueue& request, Decision& decision);
  void act(const Queue& queue, const Ticket& ticket, const AddPermission& request, Decision& decision);
  void act(const Queue& queue, const Ticket& ticket, const RemovePermission& request, Decision& decision);
  void act(Queue& queue, const Ticket& ticket, const PurgeQueue&, Decision& decision);
  void act(const Queue& queue, const Ticket& ticket, const DeleteQueue&, Decision& decision);

  // Without being asked by a command: a queue that no request can name (broker/outboxes.h),
  QueueAddress open_outbox(const SubscriptionKey& of, Decision& decision);
  // and the end of any, with all that is in it; false: it is gone already.
  bool erase(const QueueAddress& queue, Decision& decision);

  // That name may be used again, if it may not already.
  void free_name(const DeletedNameKey& name, Decision& decision);
  // The names whose time is over may be used again.
  void free_names(Decision& decision);
  Time next_free_name() const;

 private:
  // What is wrong with the redrive policy that a queue of that name is to have.
  std::optional<Error> wrong_with(const SuppliedAttributes& supplied, const World& world,
                                  const std::string& name, bool fifo) const;
  void retag(const Queue& queue, const Ticket& ticket, QueueRecord&& record, Decision& decision);
  void edit_policy(const Queue& queue, const Ticket& ticket, EditedPolicy&& edited, Decision& decision);
  void change(Change&& change, Decision& decision) { surroundings_.change(std::move(change), decision); }

  const PartitionId partition_;
  const BrokerLimits limits_;
  QueueTable& queues_;
  QueueAdministrationSurroundings& surroundings_;
  DeletedNames deleted_names_;
};

}  // namespace penstock
