// QueueAccess: who is let in to a queue, as its policy and the caller's own say together.
//
//     never asked --judge--> compiled --forget--> never asked
//
// A queue's policy is compiled when it is first asked, and kept until the queue's record is another one, or
// gone: then whoever applies that says `forget`. Part of the view. The Broker owns it and calls it.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "broker/access_policy.h"
#include "broker/access_question.h"
#include "broker/queue_table.h"

namespace penstock {

class QueueAccess {
 public:
  explicit QueueAccess(const QueueTable& queues) : queues_(queues) {}

  // Another record of that queue is in force, or none.
  void forget(QueueId id) { policies_.erase(id); }

  // Why whoever asks may not have it of the queue of that name, which need not exist; nothing: he may.
  std::optional<Error> refuse(const AccessQuestion& question, const World& world,
                              std::string_view queue_name) {
    return refuse_as(question, question.request, question.by_identity, world, queue_name);
  }
  // The same of another request of the same caller, of which his identity says so much.
  std::optional<Error> refuse_as(const AccessQuestion& question, const AccessRequest& request,
                                 AccessPolicy::Verdict by_identity, const World& world,
                                 std::string_view queue_name);

  // Whether the queue's own policy lets SNS deliver what is of this topic.
  bool admits(const Queue& queue, const TopicAddress& topic, const std::string& topic_arn);

 private:
  // The policy of a queue as it was accepted once. If this build can't read it any more, nobody is let in by
  // it, and only the queue's owner can replace it: a Deny that is not understood is one all the same.
  struct Compiled {
    explicit Compiled(const std::string& text);
    AccessPolicy::Verdict judge(const AccessRequest& request) const;

    AccessPolicyPtr policy;  // null: there is none
    bool readable = true;
  };

  AccessPolicy::Verdict judge(const Queue& queue, const AccessRequest& request);

  const QueueTable& queues_;
  boost::unordered_flat_map<QueueId, Compiled, std::hash<QueueId>> policies_;
};

}  // namespace penstock
