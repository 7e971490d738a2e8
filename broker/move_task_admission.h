// MoveTaskAdmission: whether a message move task may be started on a queue.
//
// A queue runs its own tasks (broker/move_tasks.h, queue_redrive.cc); what concerns other queues is judged
// here, before it is asked: that whoever starts the task may do himself what it does, that source and
// destination fit each other, that some queue has the source as its dead-letter queue, and that the account
// and region have room for one more. It decides and alters nothing. The Broker owns it and calls it.
#pragma once

#include <cstddef>
#include <optional>

#include "broker/command.h"
#include "broker/queue_access.h"
#include "broker/queue_table.h"

namespace penstock {

class MoveTaskAdmission {
 public:
  MoveTaskAdmission(const QueueShare& share, const QueueTable& queues, QueueAccess& access)
      : share_(share), queues_(queues), access_(access) {}

  // Why the task may not be started; nothing: it may. `question`: null, if nobody asks who may do what.
  std::optional<Error> refuse(const Queue& source, const StartMoveTask& request,
                              const AccessQuestion* question) const;

 private:
  std::optional<Error> refuse_access(const Queue& source, const StartMoveTask& request,
                                     const AccessQuestion& question) const;
  // In the source's account and region.
  std::size_t active_beside(const Queue& source) const;

  const QueueShare& share_;
  const QueueTable& queues_;
  QueueAccess& access_;  // keeps what it compiles
};

}  // namespace penstock
