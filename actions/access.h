// What access policies are asked of a request whose caller is known, or known to be nobody.
#pragma once

#include <string>
#include <string_view>

#include "actions/caller.h"
#include "auth/wall_time.h"
#include "broker/access_question.h"
#include "protocol/api_message.h"

namespace penstock {

// What is asked of whom: `operation` of `service` ("sqs") on `resource`, an ARN or "*". `url` is where the
// resource is, for the refusal of a caller without a name.
struct AccessSubject {
  std::string_view service;
  std::string_view operation;
  std::string resource;
  std::string url;
};

// The caller was verified: it is proven, or anonymous. With what its own policies say.
AccessQuestionPtr access_question(const Caller& caller, const ApiRequest& request, AccessSubject&& subject,
                                  WallTime now);

}  // namespace penstock
