// Health: the pages by which an orchestrator or a test harness learns that the daemon lives.
//
//   /health/live          200 while the process serves at all
//   /health/ready         200 once the store is open and commands are decided, 503 before
//   /health               the same, for who asks for one page only
//   /_localstack/health   the same in the form that users of LocalStack already poll: .services.sqs is
//   "running"
//   /_localstack/init/ready, /_localstack/init
//                         whether what was declared is there (docs/from-localstack.md); the other stages
//                         below
//                         /_localstack/init likewise
#pragma once

#include <optional>

#include "protocol/api_message.h"

namespace penstock {

// Nothing if the request is not for one of these pages.
std::optional<ApiResponse> answer_health(const ApiRequest& request, bool ready);

// The path of a target, without its query.
std::string_view path_of(std::string_view target);

}  // namespace penstock
