// Caller: for whom a request is made, and from where.
//
// Where signatures are verified (actions/authenticator.h) the caller is who has proven to be it, in its own
// account, or nobody: an anonymous caller, whom only a queue's policy lets in. Where they are not, it is
// whom the headers name: an access key id of twelve digits names the caller's account, every other one (or
// none) means the default account. The region is the credential scope's, else the default one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actions/authenticator.h"
#include "actions/dispatch.h"
#include "actions/known_callers.h"
#include "broker/address.h"
#include "protocol/api_message.h"

namespace penstock {

struct Caller {
  World world;
  std::string sender_id;          // SenderId of what it sends: the access key id, without one its account
  std::string_view trace_header;  // X-Amzn-Trace-Id; empty: none, or none that a message may carry
  std::string_view url_base;      // as url_base() says; whoever plans the request holds the text

  // It does not say who it is, rightly or wrongly: a browser that visits a URL out of a notification.
  bool nameless = false;

  bool verified = false;
  std::shared_ptr<const KnownCallers::Known> proven;  // null: not verified, or anonymous

  bool anonymous() const { return verified && !proven; }

  // As the headers say, whoever wrote them.
  static Caller identify(const ApiRequest& request, const DispatchSettings& settings);
  // As was proven; nothing: anonymous.
  static Caller verify(const ApiRequest& request, const DispatchSettings& settings,
                       std::optional<Authenticator::Proven>&& proven);
};

// Scheme, host and port under which the sender of the request knows us.
std::string url_base(const ApiRequest& request, const DispatchSettings& settings);

}  // namespace penstock
