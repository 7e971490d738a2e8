// The Amazon Resource Name of a queue, by which policies and other queues know it.
#pragma once

#include <string>
#include <string_view>

#include "broker/address.h"

namespace penstock {

// "arn:aws:sqs:{region}:{account}:{name}"
inline std::string queue_arn(const World& world, std::string_view name) {
  std::string arn = "arn:aws:sqs:";
  arn.append(world.region.text()).append(":").append(world.account.text()).append(":").append(name);
  return arn;
}

}  // namespace penstock
