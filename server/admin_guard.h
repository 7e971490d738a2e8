// AdminGuard: who may ask the admin side for more than health and metrics.
//
// With a token: whoever brings it (Authorization: Bearer TOKEN). Without one: whoever is on this machine, if
// only this machine reaches the address; nobody, if others do.
//
// A browser on this machine runs pages of strangers, who could have it ask us. So what changes something
// carries a header that no form and no simple script of another origin can send, and a JSON body; a request
// that names another origin is refused; and without a token, so is one whose Host is a name that anybody
// could have pointed at this machine.
#pragma once

#include <memory>
#include <optional>

#include "auth/secret.h"
#include "protocol/api_message.h"

namespace penstock {

// JSON, with the headers that keep browsers from taking it for anything else.
ApiResponse admin_json(int status, std::string body);
// {"error": "..."}
ApiResponse admin_refusal(int status, std::string_view text);
// The headers of every admin page.
void harden(ApiResponse& response);

class AdminGuard {
 public:
  // `beyond_loopback`: other machines reach the address. `token`: null: none.
  AdminGuard(bool beyond_loopback, std::shared_ptr<const Secret> token)
      : beyond_loopback_(beyond_loopback), token_(std::move(token)) {}

  // Why the request is not answered; nothing: it may be.
  std::optional<ApiResponse> refuse(const ApiRequest& request) const;

 private:
  std::optional<ApiResponse> refuse_caller(const ApiRequest& request) const;

  bool beyond_loopback_;
  std::shared_ptr<const Secret> token_;
};

}  // namespace penstock
