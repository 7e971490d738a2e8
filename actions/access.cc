#include "actions/access.h"

#include <memory>
#include <utility>
#include <vector>

#include "auth/sigv4_verifier.h"

namespace penstock {
namespace {

// One value, which is not copied.
std::vector<std::string> alone(std::string&& value) {
  std::vector<std::string> values;
  values.push_back(std::move(value));
  return values;
}

// The condition keys of every request (IAM user guide, "AWS global condition context keys").
RequestContext context_of(const Caller& caller, const ApiRequest& request, WallTime now) {
  RequestContext context;
  const auto set = [&context](std::string_view key, std::string value) {
    context.set_values(key, alone(std::move(value)));
  };
  if (!request.peer.empty()) set("aws:SourceIp", std::string(request.peer));
  set("aws:SecureTransport", request.secure ? "true" : "false");
  set("aws:CurrentTime", extended_time(now));
  set("aws:EpochTime", std::to_string(now.time_since_epoch().count()));
  set("aws:RequestedRegion", std::string(caller.world.region.text()));
  if (const auto agent = request.header("user-agent")) set("aws:UserAgent", std::string(*agent));
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
    question->judge_identity = [proven = caller.proven](const AccessRequest& asked) {
      return proven->judge(asked);
    };
  }
  return question;
}

}  // namespace penstock
