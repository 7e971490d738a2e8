// ReferenceModel::Sight: one deed being looked at by the model.
//
// It goes through the answers in the order in which they were decided, expects of each what the lists say
// at that point, and then changes the lists as the answer says. Every expectation is a sentence of what is
// promised. It lives for one deed.
#pragma once

#include <optional>
#include <set>
#include <string_view>

#include "tests/simulator/reference_model.h"

namespace penstock {

class ReferenceModel::Sight {
 public:
  Sight(ReferenceModel& model, const Deed& deed, Verdict& verdict)
      : model_(model), deed_(deed), seen_(deed.seen), now_(deed.seen.now), verdict_(verdict) {}

  void judge();

 private:
  void expect(bool kept, std::string_view promise) { verdict_.expect(kept, promise); }

  void answer_own(const Command& command, const Answer& answer);
  void own(const AboutTopic& request, Queue* queue, const Answer& answer);
  // What tests ask has plays of its own; these clients never do.
  void own(const Peek&, Queue*, const Answer&) { not_asked(); }
  void own(const Expect&, Queue*, const Answer&) { not_asked(); }
  void own(const Reset&, Queue*, const Answer&) { not_asked(); }
  void own(const AdvanceTime&, Queue*, const Answer&) { not_asked(); }
  void not_asked() { expect(false, "these clients ask nothing that is for tests"); }
  void own(const CreateQueue& request, Queue* queue, const Answer& answer);
  void own(const SetQueueAttributes& request, Queue* queue, const Answer& answer);
  void own(const ListQueues& request, Queue* queue, const Answer& answer);
  void own(const TagQueue& request, Queue* queue, const Answer& answer);
  void own(const UntagQueue& request, Queue* queue, const Answer& answer);
  void own(const FindTags& request, Queue* queue, const Answer& answer);
  void own(const AddPermission& request, Queue* queue, const Answer& answer);
  void own(const RemovePermission& request, Queue* queue, const Answer& answer);
  void policy_edited(const EditedPolicy& edited, Queue& queue, const Answer& answer);
  void own(const FindQueue& request, Queue* queue, const Answer& answer);
  void own(const DescribeQueue& request, Queue* queue, const Answer& answer);
  void own(const DeleteQueue& request, Queue* queue, const Answer& answer);
  void own(const PurgeQueue& request, Queue* queue, const Answer& answer);
  void own(const Send& request, Queue* queue, const Answer& answer);
  void own(const Receive& request, Queue* queue, const Answer& answer);
  void own(const Delete& request, Queue* queue, const Answer& answer);
  void own(const ChangeVisibility& request, Queue* queue, const Answer& answer);
  void own(const SendBatch& request, Queue* queue, const Answer& answer);
  void own(const DeleteBatch& request, Queue* queue, const Answer& answer);
  void own(const ChangeVisibilityBatch& request, Queue* queue, const Answer& answer);
  void own(const ListDeadLetterSources& request, Queue* queue, const Answer& answer);
  void own(const StartMoveTask& request, Queue* queue, const Answer& answer);
  void own(const ListMoveTasks& request, Queue* queue, const Answer& answer);
  void own(const CancelMoveTask& request, Queue* queue, const Answer& answer);
  // Of one request, alone or an entry of a batch.
  void sent(const Send& request, Queue& queue, const Answer& answer);
  void deleted(const Delete& request, Queue& queue, const Answer& answer);
  void visibility_changed(const ChangeVisibility& request, Queue& queue, const Answer& answer);
  template <class Batch, class Done, class Judge>
  void each_entry(const Batch& request, const Done* done, const Judge& judge);

  void answer_receive(const Waiting& receive, const Answer& answer);
  void deliver(Queue& queue, const Delivery& delivery, Seconds visibility);
  void deliver_first(Queue& queue, const Message& message, const Delivery& delivery);
  void undo(const Received& received);
  // What a handle names: a message, nothing (it is gone), or nothing of this queue. A forged handle of a
  // message that expired is refused until the core has dropped the message.
  struct Found {
    Message* message = nullptr;
    bool refused = false;
    bool perhaps_refused = false;
  };
  Found find(Queue& queue, const ReceiptHandle& handle);
  void nothing_is_overdue();
  // Goes through the moves as far as the lists allow them; in the end each has to be.
  void follow_moves();
  bool follow(const Copy& move);
  bool follow_dead_letter(const Copy& move, Queue& source, const Message& message, Queue& target);
  bool follow_redrive(const Copy& move, Queue& source, const Message& message, Queue& target);
  bool policy_is_good(const SuppliedAttributes& asked, const World& world, const std::string& name) const;

  ReferenceModel& model_;
  const Deed& deed_;
  const DecisionSeen& seen_;
  const Time now_;
  Verdict& verdict_;
  std::optional<QueueId> ended_;  // the queue that this deed deletes
  std::size_t moves_seen_ = 0;
  std::set<BodyKey> came_;  // moved by this deed; an answer of the same deed may be from before
  std::map<QueueId, std::size_t> redriven_;  // in this deed, by source
  std::size_t bodies_seen_ = 0;   // of the bodies stored by this deed, those whose sends were judged
};

}  // namespace penstock
