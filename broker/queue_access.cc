#include "broker/queue_access.h"

#include <utility>

#include "broker/access_decision.h"
#include "broker/queue_arn.h"
#include "broker/refusals.h"

namespace penstock {

QueueAccess::Compiled::Compiled(const std::string& text) {
  if (text.empty()) return;
  auto parsed = AccessPolicy::parse(text, PolicyHolder::kQueue);
  readable = parsed.has_value();
  if (parsed) policy = *std::move(parsed);
}

AccessPolicy::Verdict QueueAccess::Compiled::judge(const AccessRequest& request) const {
  using Verdict = AccessPolicy::Verdict;
  if (policy) return policy->judge(request);
  return readable || !reaches_other_accounts(request.action) ? Verdict::kSilent : Verdict::kDenies;
}

AccessPolicy::Verdict QueueAccess::judge(const Queue& queue, const AccessRequest& request) {
  const QueueId id = queue.address().id;
  auto compiled = policies_.find(id);
  if (compiled == policies_.end()) {
    compiled = policies_.emplace(id, Compiled(queue.record().attributes.policy)).first;
  }
  return compiled->second.judge(request);
}

std::optional<Error> QueueAccess::refuse_as(const AccessQuestion& question, const AccessRequest& request,
                                         AccessPolicy::Verdict by_identity, const World& world,
                                         std::string_view queue_name) {
  const Queue* queue = queues_.find(world, queue_name);
  const AccessPolicy::Verdict by_queue =
      queue == nullptr ? AccessPolicy::Verdict::kSilent : judge(*queue, request);
  const AccessGround ground = decide_access(request, by_identity, by_queue);
  if (allowed(ground)) return std::nullopt;
  if (!question.refusal.empty()) return Error{ErrorCode::kAccessDenied, question.refusal};
  // Whose own side has allowed it learns no more than that it is not let in.
  if (queue == nullptr && ground == AccessGround::kNoResourceAllows) return no_queue_or_no_access();
  return Error{ErrorCode::kAccessDenied, denial_text(request, ground)};
}

bool QueueAccess::admits(const Queue& queue, const TopicAddress& topic, const std::string& topic_arn) {
  AccessRequest request{AccessCaller::service("sns.amazonaws.com"),
                        policy_action("sqs", "SendMessage"),
                        queue_arn(queue.address().world, queue.record().name),
                        {}};
  request.context.set("aws:SourceArn", topic_arn);
  request.context.set("aws:SourceAccount", topic.world.account.text());
  return judge(queue, request) == AccessPolicy::Verdict::kAllows;
}

}  // namespace penstock
