#include "server/admin_paths.h"

#include <array>
#include <utility>

#include "protocol/errors.h"
#include "server/admin_guard.h"
#include "server/backup_pages.h"
#include "server/control_pages.h"
#include "server/fault_pages.h"
#include "server/opt_out_page.h"
#include "server/peek_page.h"
#include "server/resources_page.h"

namespace penstock {
namespace {

ApiResponse metrics_page(const MetricsSources& sources, const QueueSurvey* survey) {
  ApiResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_text(sources, survey);
  return response;
}

// The survey was taken.
class PendingMetrics final : public PendingPage {
 public:
  explicit PendingMetrics(const AdminGround& ground) : ground_(ground) {}
  ApiResponse render(const Answer&) const override {
    return metrics_page(ground_.metrics, ground_.broker.survey().get());
  }

 private:
  const AdminGround& ground_;
};

AdminAnswer answer_metrics(const AdminCall& call) {
  if (!call.ground.broker.running()) return metrics_page(call.ground.metrics, nullptr);
  call.ground.broker.ask_survey(call.ticket);
  UnderWay under_way;
  under_way.call = PendingCall(std::make_unique<const PendingMetrics>(call.ground));
  return under_way;
}

AdminAnswer answer_deliveries(const AdminCall& call) { return call.ground.deliveries.answer(call.request); }

// Somebody has opted out, or there was no room for it.
class PendingOptOut final : public PendingPage {
 public:
  ApiResponse render(const Answer& answer) const override { return OptOutPage::render(answer); }
};

AdminAnswer answer_opt_out(const AdminCall& call) {
  auto planned = OptOutPage{call.ground.world}.plan(call.request, call.ticket);
  if (auto* refusal = std::get_if<ApiResponse>(&planned)) return std::move(*refusal);
  UnderWay under_way;
  under_way.command = std::get<Command>(std::move(planned));
  under_way.call = PendingCall(std::make_unique<const PendingOptOut>());
  return under_way;
}

constexpr auto kPaths = std::to_array<AdminPath>({
    {"GET", "/metrics", AdminAccess::kOpen, answer_metrics},
    {"GET", "/resources", AdminAccess::kGuarded, answer_resources},
    {"GET", "/messages", AdminAccess::kGuarded, answer_peek},
    {"GET", "/_aws/sqs/messages/*", AdminAccess::kGuarded, answer_localstack_peek},
    {"GET", DeliveryPage::kPath, AdminAccess::kGuarded, answer_deliveries},
    {"POST", OptOutPage::kPath, AdminAccess::kGuarded, answer_opt_out},
    {"GET", "/backups", AdminAccess::kGuarded, answer_backups},
    {"POST", "/backups", AdminAccess::kGuarded, answer_back_up},
    {"POST", "/reset", AdminAccess::kTests, answer_reset},
    {"POST", "/expect", AdminAccess::kTests, answer_expect},
    {"GET", "/clock", AdminAccess::kTests, answer_clock},
    {"POST", "/clock/advance", AdminAccess::kTests, answer_advance},
    {"GET", "/faults", AdminAccess::kTests, answer_faults},
    {"POST", "/faults", AdminAccess::kTests, answer_add_fault},
    {"DELETE", "/faults", AdminAccess::kTests, answer_clear_faults},
});

}  // namespace

std::span<const AdminPath> admin_paths() { return kPaths; }

UnderWay ask_core(const AdminCall& call, const World& world, std::string queue_name, Operation&& operation,
                  std::unique_ptr<const PendingPage> page) {
  UnderWay under_way;
  under_way.command.emplace(Command{.ticket = call.ticket,
                                    .world = world,
                                    .queue_name = std::move(queue_name),
                                    .operation = std::move(operation)});
  under_way.call = PendingCall(std::move(page));
  return under_way;
}

ApiResponse admin_error(const Error& error) {
  const WireError& row = wire_error(error.code);
  const int status = error.code == ErrorCode::kQueueDoesNotExist ? 404 : row.status;
  return admin_refusal(status, json_text(error));
}

}  // namespace penstock
