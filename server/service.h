// Service: what stands behind a listening address: the AWS API, or the admin pages.
//
// A session hands it one request at a time. It answers at once, or makes a command of it and leaves a Call
// behind, by which the reply is rendered when it comes. Shared by all I/O threads: handle and
// render must be safe to call from several at once, and never wait.
#pragma once

#include <variant>

#include "actions/dispatch.h"
#include "base/random.h"
#include "broker/command.h"
#include "protocol/api_message.h"

namespace penstock {

// The command is posted by who asked; if there is no room for it, it is rendered as the error
// kServiceUnavailable.
struct UnderWay {
  Command command;
  CallPtr call;
};

class Service {
 public:
  virtual ~Service() = default;

  // `random` belongs to the calling thread.
  virtual std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                                     Random& random) = 0;
  virtual ApiResponse render(const Call* call, const Answer& answer) = 0;
};

}  // namespace penstock
