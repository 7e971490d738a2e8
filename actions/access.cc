#include "actions/access.h"

#include <functional>
#include <utility>
#include <vector>

#include "actions/caller.h"
#include "auth/sigv4_verifier.h"
#include "broker/queue_arn.h"
#include "broker/topic.h"
#include "protocol/queue_url.h"
#include "protocol/text.h"

namespace penstock {

// All that a question is made of. It looks at what others own.
struct AccessQuestions::Parts {
  const Caller& caller;
  const ApiRequest& request;
  const AccessSubject& subject;
  WallTime now;
  std::optional<std::string_view> agent;

  std::string resource() const {
    if (subject.name.empty()) return "*";
    return subject.service == "sns" ? topic_arn(subject.world, subject.name)
                                    : queue_arn(subject.world, subject.name);
  }
  // Where the resource is, for the refusal of a caller without a name.
  std::string url() const {
    if (subject.name.empty()) return joined({caller.url_base, "/"});
    return queue_url(caller.url_base, subject.world.account.text(), subject.name);
  }
};

namespace {

// One value, which is not copied.
std::vector<std::string> alone(std::string&& value) {
  std::vector<std::string> values;
  values.push_back(std::move(value));
  return values;
}

// The condition keys of every request (IAM user guide, "AWS global condition context keys").
RequestContext context_of(const Caller& caller, const ApiRequest& request,
                          std::optional<std::string_view> agent, WallTime now) {
  RequestContext context;
  const auto set = [&context](std::string_view key, std::string value) {
    context.set_values(key, alone(std::move(value)));
  };
  if (!request.peer.empty()) set("aws:SourceIp", std::string(request.peer));
  set("aws:SecureTransport", request.secure ? "true" : "false");
  set("aws:CurrentTime", extended_time(now));
  set("aws:EpochTime", std::to_string(now.time_since_epoch().count()));
  set("aws:RequestedRegion", std::string(caller.world.region.text()));
  if (agent) set("aws:UserAgent", std::string(*agent));
  if (caller.anonymous()) {
    set("aws:PrincipalType", "Anonymous");
  } else {
    set("aws:PrincipalType", "User");
    set("aws:PrincipalArn", caller.proven->caller.name());
    set("aws:PrincipalAccount", caller.proven->account.text());
    set("aws:username", caller.proven->user);
    set("aws:userid", caller.proven->sender_id);
  }
  return context;
}

std::shared_ptr<AccessQuestion> question_of(const Caller& caller, const AccessSubject& subject,
                                            std::string resource, RequestContext&& context) {
  return std::make_shared<AccessQuestion>(AccessQuestion{AccessRequest{
      caller.anonymous() ? AccessCaller::anonymous() : caller.proven->caller,
      policy_action(subject.service, subject.operation), std::move(resource), std::move(context)}});
}

}  // namespace

bool AccessQuestions::Kept::is_of(const Parts& parts) const {
  return known == parts.caller.proven && now == parts.now && secure == parts.request.secure &&
         name == parts.subject.name && operation == parts.subject.operation &&
         service == parts.subject.service && peer == parts.request.peer && agent == parts.agent &&
         world == parts.subject.world && signed_region == parts.caller.world.region;
}

AccessQuestions::Kept& AccessQuestions::place_of(const Parts& parts) {
  const std::hash<std::string_view> hash;
  const std::size_t mixed = hash(parts.subject.name) * 3 ^ hash(parts.request.peer) * 5 ^
                            hash(parts.subject.operation) * 7 ^
                            std::hash<const void*>{}(parts.caller.proven.get()) * 0x9e37'79b9'7f4a'7c15ULL;
  return kept_[(mixed >> 24) % kKeptMax];
}

AccessQuestionPtr AccessQuestions::ask(const Caller& caller, const ApiRequest& request,
                                       const AccessSubject& subject, WallTime now) {
  const Parts parts{caller, request, subject, now, request.header("user-agent")};
  const auto made = [&] {
    ++made_;
    return question_of(caller, subject, parts.resource(), context_of(caller, request, parts.agent, now));
  };
  if (caller.anonymous()) {
    const auto question = made();
    question->refusal = unsigned_refusal(subject.service, parts.url()).text;
    return question;
  }
  const bool keeps = !parts.agent || parts.agent->size() <= kAgentBytesMax;
  Kept& kept = place_of(parts);
  if (keeps && kept.is_of(parts)) return kept.question;

  const auto question = made();
  question->by_identity = caller.proven->judge(question->request);
  question->judge_identity = [proven = caller.proven](const AccessRequest& asked) {
    return proven->judge(asked);
  };
  if (keeps) {
    kept.known = caller.proven;
    kept.now = now;
    kept.world = subject.world;
    kept.signed_region = caller.world.region;
    kept.secure = request.secure;
    kept.service = subject.service;
    kept.operation = subject.operation;
    kept.name = subject.name;
    kept.peer = request.peer;
    kept.agent = parts.agent;
    kept.question = question;
  }
  return question;
}

}  // namespace penstock
