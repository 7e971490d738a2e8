#include "actions/caller.h"

#include <algorithm>
#include <optional>

#include "auth/credential_scope.h"
#include "protocol/queue_url.h"

namespace penstock {
namespace {

constexpr std::size_t kTraceHeaderMax = 1024;

bool is_trace_header(std::string_view text) {
  return text.size() <= kTraceHeaderMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Caller Caller::identify(const ApiRequest& request, const DispatchSettings& settings) {
  Caller caller{.world = {settings.default_account, settings.default_region}};
  std::optional<CredentialScope> scope;
  if (const auto authorization = request.header("authorization"))
    scope = CredentialScope::parse(*authorization);
  if (scope) {
    caller.world.account = AccountId::parse(scope->access_key_id).value_or(settings.default_account);
    caller.world.region = Region::parse(scope->region).value_or(settings.default_region);
  }
  caller.sender_id = scope ? std::string(scope->access_key_id) : caller.world.account.text();
  const std::string_view trace = request.header("x-amzn-trace-id").value_or(std::string_view{});
  if (is_trace_header(trace)) caller.trace_header = trace;
  caller.url_base = settings.queue_url_base;
  if (caller.url_base.empty()) {
    caller.url_base = "http://" + public_authority(request.header("host"), settings.listen_authority);
  }
  return caller;
}

}  // namespace penstock
