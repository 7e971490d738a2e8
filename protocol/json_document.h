// The HTTP responses of AWS JSON 1.0: what all of them have in common, and refusals.
#pragma once

#include <string>
#include <string_view>

#include "protocol/api_message.h"
#include "protocol/errors.h"

namespace penstock {

// A response of AWS JSON 1.0 with this body: status 200, content type and x-amzn-RequestId. Void actions
// have an empty body.
ApiResponse json_response(std::string_view request_id, std::string body);

// {"__type":"...","message":"..."} with the code's status and the header x-amzn-query-error, which SDKs of
// the Query days take the code from.
ApiResponse json_error(std::string_view request_id, const Error& error);

// 501: the request is for a service that this build has not. `target` is its X-Amz-Target.
ApiResponse json_service_not_offered(std::string_view request_id, std::string_view target);

}  // namespace penstock
