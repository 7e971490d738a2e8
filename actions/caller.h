// Caller: for whom a request is made, as far as its headers say, and from where.
//
// An access key id of twelve digits names the caller's account, every other one (or none) means the
// default account; the region is the credential scope's, else the default one. Whether the signature is
// good is not asked here.
#pragma once

#include <string>
#include <string_view>

#include "actions/dispatch.h"
#include "broker/address.h"
#include "protocol/api_message.h"

namespace penstock {

struct Caller {
  World world;
  std::string sender_id;          // SenderId of what it sends: the access key id, without one its account
  std::string_view trace_header;  // X-Amzn-Trace-Id; empty: none, or none that a message may carry
  std::string url_base;           // scheme, host and port under which the caller knows us

  static Caller identify(const ApiRequest& request, const DispatchSettings& settings);
};

}  // namespace penstock
