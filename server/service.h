// Service: what stands behind a listening address: the AWS API, or the admin pages.
//
// A session hands it one request at a time. It answers at once, or leaves a PendingCall behind, by which
// the reply is rendered when it comes. Shared by all I/O threads: handle and render must be safe to call
// from several at once, and never wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "actions/dispatch.h"
#include "base/random.h"
#include "broker/command.h"
#include "protocol/api_message.h"

namespace penstock {

// What is remembered of a request until its reply comes.
struct PendingCall {
  PendingCall(std::nullptr_t = nullptr) {}
  PendingCall(CallPtr&& remembered, std::size_t asked, std::chrono::steady_clock::time_point when)
      : call(std::move(remembered)), action(asked), since(when) {}
  void reset() { call.reset(); }

  CallPtr call;
  std::size_t action = 0;                         // which one, as the service numbers them
  std::chrono::steady_clock::time_point since{};  // when the request was whole
  AccessQuestionPtr access;                       // whose it is; null unless that is noted down
  std::string request_id;                         // likewise
  std::string page;                               // of the admin pages: the target that was asked for
};

// The command is posted by who asked; if there is no room for it, it is rendered as the error
// kServiceUnavailable. Without one the service itself has asked somebody for a reply to the ticket.
struct UnderWay {
  std::optional<Command> command;
  PendingCall call;
};

class Service {
 public:
  virtual ~Service() = default;

  // `random` belongs to the calling thread.
  virtual std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                                     Random& random) = 0;
  // On the thread of the session that the ticket names.
  virtual ApiResponse render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) = 0;
};

}  // namespace penstock
