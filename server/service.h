// Service: what stands behind a listening address: the AWS API, or the admin pages.
//
// A session hands it one request at a time. It answers at once, or leaves a PendingCall behind, by which
// the reply is rendered when it comes. Shared by all I/O threads: handle and render must be safe to call
// from several at once, and never wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "actions/body_digests.h"
#include "actions/dispatch.h"
#include "base/random.h"
#include "broker/command.h"
#include "protocol/api_message.h"

namespace penstock {

// What is remembered of a request that is none of the AWS API, until its reply comes.
class PendingPage {
 public:
  virtual ~PendingPage() = default;
  virtual ApiResponse render(const Answer& answer) const = 0;
};

// What is remembered of a request until its reply comes.
struct PendingCall {
  PendingCall(std::nullptr_t = nullptr) {}
  PendingCall(CallPtr&& remembered, std::size_t asked, std::chrono::steady_clock::time_point when)
      : call(std::move(remembered)), action(asked), since(when) {}
  explicit PendingCall(std::unique_ptr<const PendingPage> remembered) : page(std::move(remembered)) {}
  void reset() {
    call.reset();
    page.reset();
  }

  CallPtr call;
  std::unique_ptr<const PendingPage> page;  // in the place of the call
  std::size_t action = 0;                         // which one, as the service numbers them
  std::chrono::steady_clock::time_point since{};  // when the request was whole
  AccessQuestionPtr access;                       // whose it is; null unless that is noted down
  std::string request_id;                         // likewise
  bool drops_connection = false;                  // instead of its answer
};

// The command is posted by who asked; if there is no room for it, it is rendered as the error
// kServiceUnavailable. Without one the service itself has asked somebody for a reply to the ticket.
struct UnderWay {
  std::optional<Command> command;
  PendingCall call;
  // A fault that was asked for: the command is held back so long before it is posted, and if there is an answer
  // here, that is given then in the place of the command.
  std::chrono::milliseconds held_for{0};
  std::optional<Answer> instead;
};

class Service {
 public:
  virtual ~Service() = default;

  // `random` and `digests` belong to the calling thread, which settles what is owed before it posts the command.
  virtual std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                                     Random& random, BodyDigests& digests) = 0;
  // On the thread of the session that the ticket names.
  virtual ApiResponse render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) = 0;
};

}  // namespace penstock
