#include "server/admin_service.h"

#include <string>
#include <utility>

#include "server/audit_log.h"
#include "server/health.h"
#include "server/wall_clock.h"

namespace penstock {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with("/*")) return path == pattern;
  pattern.remove_suffix(2);
  return path.starts_with(pattern) && (path.size() == pattern.size() || path[pattern.size()] == '/');
}

std::string paths_told() {
  std::string told = "Here are /health, /health/live and /health/ready";
  for (const AdminPath& row : admin_paths()) told += ", " + std::string(row.method) + " " + std::string(row.path);
  return told + ".";
}

}  // namespace

AdminService::AdminService(AdminGround ground, AdminGuard guard)
    : ground_(std::move(ground)), guard_(std::move(guard)) {}

std::variant<ApiResponse, UnderWay> AdminService::handle(const ApiRequest& request, const Ticket& ticket,
                                                         Random& random) {
  AdminAnswer answered = answer(request, ticket, random);
  if (auto* const response = std::get_if<ApiResponse>(&answered)) harden(*response);
  return answered;
}

ApiResponse AdminService::render(const PendingCall& pending, const Ticket&, const Answer& answer) {
  ApiResponse response = pending.page->render(answer);
  harden(response);
  return response;
}

AdminAnswer AdminService::answer(const ApiRequest& request, const Ticket& ticket, Random& random) const {
  if (auto page = answer_health(request, ready())) return *std::move(page);
  const std::string_view path = path_of(request.target);
  const std::string_view method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const AdminPath& row : admin_paths()) {
    if (!matches(row.path, path)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(row.method == "GET" ? "GET, HEAD" : row.method);
    if (row.method != method) continue;
    if (auto refusal = refuse(row, request)) {
      note(row, request, refusal->status);
      return *std::move(refusal);
    }
    AdminAnswer answered = row.answer({ground_, request, ticket, random});
    const ApiResponse* const response = std::get_if<ApiResponse>(&answered);
    note(row, request, response != nullptr ? response->status : 200);
    return answered;
  }
  const bool is_health = path.starts_with("/health") || path == "/_localstack/health";
  if (allowed.empty() && is_health) allowed = "GET, HEAD";
  if (allowed.empty()) return admin_refusal(404, paths_told());
  ApiResponse response = admin_refusal(405, "That path is answered to " + allowed + ".");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

void AdminService::note(const AdminPath& row, const ApiRequest& request, int status) const {
  if (ground_.audit == nullptr || row.access == AdminAccess::kOpen) return;
  const std::string action = "admin:" + std::string(row.method) + " " + std::string(row.path);
  const bool denied = status == 401 || status == 403;
  ground_.audit->note({.time = wall_time(),
                       .caller = denied ? std::string_view() : std::string_view("admin"),
                       .source = request.peer,
                       .action = action,
                       .error = status < 400 ? std::string() : "Http" + std::to_string(status),
                       .denied = denied});
}

std::optional<ApiResponse> AdminService::refuse(const AdminPath& row, const ApiRequest& request) const {
  if (row.access == AdminAccess::kOpen) return std::nullopt;
  if (auto refusal = guard_.refuse(request)) return refusal;
  if (row.access == AdminAccess::kTests && !ground_.test_controls) {
    return admin_refusal(403, "This is for tests: start the daemon with --test-controls (PENSTOCK_TEST_CONTROLS=on).");
  }
  if (!ready()) return admin_refusal(503, "The daemon is still starting; try again.");
  return std::nullopt;
}

}  // namespace penstock
