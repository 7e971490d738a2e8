// The refusals of SNS that more than one of topics, subscriptions and mobile push bring, as AWS puts them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock {

inline tl::unexpected<Error> invalid_parameter(std::string_view detail) {
  return refuse(ErrorCode::kInvalidParameter, "Invalid parameter: " + std::string(detail));
}

inline tl::unexpected<Error> no_subscription() {
  return refuse(ErrorCode::kNotFound, "Subscription does not exist");
}

}  // namespace penstock
