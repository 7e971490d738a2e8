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

std::string_view method_of(const ApiRequest& request) {
  return request.method == "HEAD" ? std::string_view("GET") : request.method;
}

// Null: no row has that path and that method.
const AdminPath* row_asked(const ApiRequest& request) {
  for (const AdminPath& row : admin_paths()) {
    if (row.method == method_of(request) && matches(row.path, path_of(request.target))) return &row;
  }
  return nullptr;
}

// What has no row: with the methods that its path is answered to, if there are any.
ApiResponse refuse_path(const ApiRequest& request) {
  const std::string_view path = path_of(request.target);
  std::string allowed;
  for (const AdminPath& row : admin_paths()) {
    if (!matches(row.path, path)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(row.method == "GET" ? "GET, HEAD" : row.method);
  }
  const bool is_health = path.starts_with("/health") || path == "/_localstack/health";
  if (allowed.empty() && is_health) allowed = "GET, HEAD";
  if (allowed.empty()) return admin_refusal(404, paths_told());
  ApiResponse response = admin_refusal(405, "That path is answered to " + allowed + ".");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

AdminService::AdminService(AdminGround ground, AdminGuard guard, AdminCounts& counts)
    : ground_(std::move(ground)), guard_(std::move(guard)), counts_(counts) {}

// Whatever is answered goes through here.
ApiResponse AdminService::told(AdminPathIndex path, ApiResponse response) {
  counts_.add(path, response.status);
  harden(response);
  return response;
}

std::variant<ApiResponse, UnderWay> AdminService::handle(const ApiRequest& request, const Ticket& ticket,
                                                         Random& random, BodyDigests&) {
  if (auto page = answer_health(request, ready())) return told(counts_.health(), *std::move(page));
  const AdminPath* const row = row_asked(request);
  if (row == nullptr) return told(counts_.other(), refuse_path(request));
  const auto path = static_cast<AdminPathIndex>(row - admin_paths().data());
  if (auto refusal = refuse(*row, request)) {
    note(*row, request, refusal->status);
    return told(path, *std::move(refusal));
  }
  AdminAnswer answered = row->answer({ground_, request, ticket, random});
  if (auto* const response = std::get_if<ApiResponse>(&answered)) {
    note(*row, request, response->status);
    return told(path, std::move(*response));
  }
  note(*row, request, 200);
  std::get<UnderWay>(answered).call.action = path;
  return answered;
}

ApiResponse AdminService::render(const PendingCall& pending, const Ticket&, const Answer& answer) {
  return told(pending.action, pending.page->render(answer));
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
