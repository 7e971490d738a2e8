#include "actions/access.h"

#include <memory>
#include <utility>

#include "auth/sigv4_verifier.h"

namespace penstock {
namespace {

// The condition keys of every request (IAM user guide, "AWS global condition context keys").
RequestContext context_of(const Caller& caller, const ApiRequest& request, WallTime now) {
  RequestContext context;
  if (!request.peer.empty()) context.set("aws:SourceIp", std::string(request.peer));
  context.set("aws:SecureTransport", request.secure ? "true" : "false");
  context.set("aws:CurrentTime", extended_time(now));
  context.set("aws:EpochTime", std::to_string(now.time_since_epoch().count()));
  context.set("aws:RequestedRegion", std::string(caller.world.region.text()));
  if (const auto agent = request.header("user-agent")) context.set("aws:UserAgent", std::string(*agent));
  if (caller.anonymous()) {
    context.set("aws:PrincipalType", "Anonymous");
  } else {
    context.set("aws:PrincipalType", "User");
    context.set("aws:PrincipalArn", caller.proven->caller.name());
    context.set("aws:PrincipalAccount", caller.proven->account.text());
    context.set("aws:username", caller.proven->user);
    context.set("aws:userid", caller.proven->sender_id);
  }
  return context;
}

}  // namespace

AccessQuestionPtr access_question(const Caller& caller, const ApiRequest& request, AccessSubject&& subject,
                                  WallTime now) {
  auto question = std::make_shared<AccessQuestion>(
      AccessQuestion{AccessRequest{caller.anonymous() ? AccessCaller::anonymous() : caller.proven->caller,
                                   policy_action(subject.service, subject.operation),
                                   std::move(subject.resource), context_of(caller, request, now)}});
  if (caller.anonymous()) {
    question->refusal = unsigned_refusal(subject.service, subject.url).text;
  } else {
    question->by_identity = caller.proven->judge(question->request);
  }
  return question;
}

}  // namespace penstock
