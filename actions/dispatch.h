// Dispatch: from an HTTP exchange to a command of the core, and from its answer back.
//
// Both run on an I/O thread, are pure, and never wait. Between them lies a Call: the little that must be
// remembered to render the answer in the protocol and form in which it was asked for.
//
//   plan    picks the protocol by content type and the action by target, finds out who calls, decodes by the
//           service's table,
//           checks what needs no state, and names the queue: a Command, or an answer at once (syntax
//           errors, unknown actions, services that are not offered).
//   render  turns the core's Answer into the response.
//
// Nothing here throws and no input makes a 5xx.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "broker/command.h"
#include "protocol/api_message.h"

namespace penstock {

class BodyDigests;
class NotificationSigning;
struct Verification;  // actions/authenticator.h

// What dispatch needs to know of the daemon.
struct DispatchSettings {
  AccountId default_account;
  Region default_region;
  std::string listen_authority;  // "127.0.0.1:4566": QueueUrl's host and port when Host has none
  std::string queue_url_base;    // "https://queues.example:8443", no slash at its end; empty: from Host
  std::string notification_url_base = {};  // of the URLs in notifications; empty: like QueueUrl's
  NotificationSigning* signing = nullptr;  // null: notifications are not signed
  // Whether receivers by HTTP may be in private networks, and at any port.
  bool private_receivers = true;
};

// What a request left behind for its answer. Opaque to the server; moved, never copied.
struct Call;
struct CallDeleter {
  void operator()(Call* call) const;
};
using CallPtr = std::unique_ptr<Call, CallDeleter>;

struct PlannedCommand {
  Command command;
  CallPtr call;
  std::optional<AccountId> account;  // whose request it is; nothing: nobody's
};

// `ticket` becomes the command's. `request_id` is a UUID text for x-amzn-RequestId. With a `verification` the
// signature is verified before anything else is looked at, and the command asks for access; without one,
// whoever asks is believed. With `digests` the bodies of a send owe theirs there, to be settled before the command
// leaves; without, they have them.
std::variant<ApiResponse, PlannedCommand> plan(const ApiRequest& request, const DispatchSettings& settings,
                                               const Ticket& ticket, std::string request_id,
                                               const Verification* verification = nullptr,
                                               BodyDigests* digests = nullptr);

// Every content in the answer must be present (cold bodies filled in).
ApiResponse render(const Call& call, const Answer& answer);

// The answers to requests that come too fast, as AWS throttles: of one that nothing else is looked at, and of one that
// became a command and is not to be done. SDKs try them again later.
ApiResponse throttle(const ApiRequest& request, std::string request_id);
ApiResponse render_throttled(const Call& call);

// The answer for a command that never reached the core (mailbox full, no room on disk): 503 in the
// call's protocol, which SDKs retry.
ApiResponse render_unavailable(const Call& call);

}  // namespace penstock
