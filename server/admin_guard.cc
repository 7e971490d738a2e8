#include "server/admin_guard.h"

#include <string>
#include <utility>

#include "protocol/json_writer.h"
#include "protocol/text.h"
#include "server/endpoint.h"

namespace penstock {
namespace {

constexpr std::string_view kBearer = "bearer ";

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

// An address, or a name that no stranger can have pointed at this machine.
bool names_this_machine(std::string_view host) {
  if (equals_without_case(host, "localhost")) return true;
  constexpr std::string_view kBelow = ".localhost";
  if (host.size() > kBelow.size() && equals_without_case(host.substr(host.size() - kBelow.size()), kBelow)) {
    return true;
  }
  return Endpoint::parse(joined({host, ":1"})).has_value();
}

bool is_json(const ApiRequest& request) {
  std::string_view type = request.header("content-type").value_or(std::string_view{});
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return equals_without_case(type, "application/json");
}

}  // namespace

ApiResponse admin_json(int status, std::string body) {
  ApiResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

ApiResponse admin_refusal(int status, std::string_view text) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.member("error", text);
  writer.end_object();
  return admin_json(status, std::move(body));
}

void harden(ApiResponse& response) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cache-Control", "no-store");
}

std::optional<ApiResponse> AdminGuard::refuse(const ApiRequest& request) const {
  const std::string_view host = request.header("host").value_or(std::string_view{});
  if (const auto origin = request.header("origin")) {
    const std::size_t scheme = origin->find("://");
    if (scheme == std::string_view::npos || origin->substr(scheme + 3) != host) {
      return admin_refusal(403, "Pages of another origin may not ask here.");
    }
  }
  if (auto refusal = refuse_caller(request)) return refusal;
  if (!token_ && !names_this_machine(without_port(host))) {
    return admin_refusal(
        403,
        "Without a token this is answered under an address or localhost only: any other name could "
        "have been pointed here by a stranger's page. Set PENSTOCK_ADMIN_TOKEN to use names.");
  }
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  if (!request.header("x-penstock-admin")) {
    return admin_refusal(403,
                         "What changes something needs the header X-Penstock-Admin (any value): forms cannot "
                         "send it.");
  }
  if ((request.method == "POST" || !request.body.empty()) && !is_json(request)) {
    return admin_refusal(415, "The body must be JSON, and say so: Content-Type: application/json.");
  }
  return std::nullopt;
}

std::optional<ApiResponse> AdminGuard::refuse_caller(const ApiRequest& request) const {
  if (!token_) {
    if (!beyond_loopback_) return std::nullopt;
    return admin_refusal(
        403,
        "Other machines reach this address, so this needs a token: set PENSTOCK_ADMIN_TOKEN or "
        "--admin-token-file, or listen on 127.0.0.1.");
  }
  std::string_view given = request.header("authorization").value_or(std::string_view{});
  const bool bears = starts_with_without_case(given, kBearer) && given.size() > kBearer.size();
  if (bears) given.remove_prefix(kBearer.size());
  if (bears && token_->equals(given)) return std::nullopt;
  ApiResponse response = admin_refusal(401, "Say who you are: Authorization: Bearer and the admin token.");
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"penstock admin\"");
  return response;
}

}  // namespace penstock
