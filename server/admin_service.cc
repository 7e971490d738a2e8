#include "server/admin_service.h"

#include <memory>
#include <optional>
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

// Notes down what was asked by that row, and what came of it: an HTTP status; nothing: nobody was told.
void note(AuditLog* audit, const AdminPath& row, std::string_view source, std::optional<int> status) {
  if (audit == nullptr || row.access == AdminAccess::kOpen) return;
  const std::string action = "admin:" + std::string(row.method) + " " + std::string(row.path);
  const bool denied = status == 401 || status == 403;
  const std::string error = !status ? "Unanswered" : *status < 400 ? "" : "Http" + std::to_string(*status);
  audit->note({.time = wall_time(),
               .caller = denied ? std::string_view() : std::string_view("admin"),
               .source = source,
               .action = action,
               .error = error,
               .denied = denied});
}

// A page that waits for the core is noted down with what comes of it. Its connection may end before: then
// nobody is told what came of it, and that is what is noted.
class NotedPage final : public PendingPage {
 public:
  NotedPage(AuditLog* audit, const AdminPath& row, std::string_view source,
            std::unique_ptr<const PendingPage> page)
      : audit_(audit), row_(row), source_(source), page_(std::move(page)) {}
  NotedPage(const NotedPage&) = delete;
  NotedPage& operator=(const NotedPage&) = delete;
  ~NotedPage() override {
    if (!told_) note(audit_, row_, source_, std::nullopt);
  }

  ApiResponse render(const Answer& answer) const override {
    ApiResponse response = page_->render(answer);
    told_ = true;
    note(audit_, row_, source_, response.status);
    return response;
  }

 private:
  AuditLog* const audit_;
  const AdminPath& row_;
  const std::string source_;
  const std::unique_ptr<const PendingPage> page_;
  mutable bool told_ = false;  // it is rendered once, by its session's thread
};

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
    note(ground_.audit, *row, request.peer, refusal->status);
    return told(path, *std::move(refusal));
  }
  AdminAnswer answered = row->answer({ground_, request, ticket, random});
  if (auto* const response = std::get_if<ApiResponse>(&answered)) {
    note(ground_.audit, *row, request.peer, response->status);
    return told(path, std::move(*response));
  }
  PendingCall& call = std::get<UnderWay>(answered).call;
  call.action = path;
  call.page = std::make_unique<NotedPage>(ground_.audit, *row, request.peer, std::move(call.page));
  return answered;
}

ApiResponse AdminService::render(const PendingCall& pending, const Ticket&, const Answer& answer) {
  return told(pending.action, pending.page->render(answer));
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
