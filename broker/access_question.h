// AccessQuestion: who wants a command to be done, and what their own policies say of it.
//
// It goes along with a command whose caller is known (auth/sigv4_verifier.h). What the identity's policies
// say is found out before, on the thread that read the request; the core asks the queue's own policy, which
// it alone knows at that moment, and decides (broker/access_decision.h). A command without a question is
// decided for whoever asks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/access_policy.h"
#include "broker/access_request.h"

namespace penstock {

struct AccessQuestion {
  AccessRequest request;  // of the queue's ARN, or "*" where the command names no queue
  AccessPolicy::Verdict by_identity = AccessPolicy::Verdict::kSilent;
  // What the identity's policies say of something else that the command brings with it. The policies are those
  // of the moment of the request. Null: there is no identity.
  std::function<AccessPolicy::Verdict(const AccessRequest&)> judge_identity = nullptr;
  std::string refusal = {};  // what a caller without a name is told, whether or not there is such a queue
};

using AccessQuestionPtr = std::shared_ptr<const AccessQuestion>;

}  // namespace penstock
