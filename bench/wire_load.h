// WireLoad: what HttpLoad's closed loop is, for peers that speak a protocol of their own: one request
// outstanding on each of many connections, the same bytes each time, and the time to its answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http_load.h"

namespace penstock {

struct WireProtocol {
  // How long the answer is that the bytes begin with; 0: not all of it is there. Throws if it is none that
  // was hoped for.
  using Answer = std::function<std::size_t(std::string_view bytes)>;

  // What a connection says first, each when the one before was answered.
  std::vector<std::pair<std::string, Answer>> opening;
  std::string request;
  Answer answer;
};

LoadResult run_wire_load(std::uint16_t port, std::size_t connections, std::chrono::duration<double> time,
                         const WireProtocol& protocol);

// XADD to one stream, which each run begins anew.
WireProtocol redis_xadd(std::size_t body_bytes);
// put into the default tube.
WireProtocol beanstalkd_put(std::size_t body_bytes);
// AMQP 0-9-1: basic.publish of a persistent message to a quorum queue, each answered by its confirm.
WireProtocol amqp_publish(std::size_t body_bytes);

}  // namespace penstock
