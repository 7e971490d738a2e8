#include "actions/caller.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "auth/credential_scope.h"
#include "protocol/queue_url.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::size_t kTraceHeaderMax = 1024;

bool is_trace_header(std::string_view text) {
  return text.size() <= kTraceHeaderMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// All but who it is.
Caller somebody(const ApiRequest& request, const DispatchSettings& settings) {
  Caller caller{.world = {settings.default_account, settings.default_region}};
  const std::string_view trace = request.header("x-amzn-trace-id").value_or(std::string_view{});
  if (is_trace_header(trace)) caller.trace_header = trace;
  return caller;
}

}  // namespace

Caller Caller::identify(const ApiRequest& request, const DispatchSettings& settings) {
  Caller caller = somebody(request, settings);
  std::optional<CredentialScope> scope;
  if (const auto authorization = request.header("authorization"))
    scope = CredentialScope::parse(*authorization);
  if (scope) {
    caller.world.account = AccountId::parse(scope->access_key_id).value_or(settings.default_account);
    caller.world.region = Region::parse(scope->region).value_or(settings.default_region);
  }
  const bool presigned = request.target.find("X-Amz-Credential=") != std::string_view::npos;
  caller.nameless = !scope && !presigned;
  caller.sender_id = scope ? std::string(scope->access_key_id) : caller.world.account.text();
  return caller;
}

Caller Caller::verify(const ApiRequest& request, const DispatchSettings& settings,
                      std::optional<Authenticator::Proven>&& proven) {
  Caller caller = somebody(request, settings);
  caller.verified = true;
  if (proven) {
    caller.world = proven->world;
    caller.sender_id = proven->known->sender_id;
    caller.proven = std::move(proven->known);
  } else {
    caller.sender_id = "anonymous";
    caller.nameless = true;
  }
  return caller;
}

std::string url_base(const ApiRequest& request, const DispatchSettings& settings) {
  if (!settings.queue_url_base.empty()) return settings.queue_url_base;
  return joined({request.secure ? "https://" : "http://",
                 public_authority(request.header("host"), settings.listen_authority)});
}

}  // namespace penstock
