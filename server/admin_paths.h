// The paths of the admin side: one row each. What a row does not say, AdminService does for all of them: who
// may ask, which methods there are, whether the daemon was started for tests.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "base/random.h"
#include "broker/address.h"
#include "server/broker_thread.h"
#include "server/delivery_page.h"
#include "server/metrics.h"
#include "server/service.h"

namespace penstock {

class AuditLog;
class BackupThread;
class FaultPlan;

// What pages are made of. All of it outlives the service.
struct AdminGround {
  BrokerThread& broker;
  MetricsSources metrics;
  World world;           // what requests mean that name no account or region
  std::string url_base;  // of the URLs in what is shown
  DeliveryPage deliveries;
  bool test_controls = false;
  FaultPlan* faults = nullptr;  // null unless test_controls
  std::string backup_directory = {};  // where backups may be written; empty: nowhere
  BackupThread* backups = nullptr;    // null: nobody takes any
  AuditLog* audit = nullptr;          // where is noted down who did what; null: nowhere
};

struct AdminCall {
  const AdminGround& ground;
  const ApiRequest& request;
  const Ticket& ticket;
  Random& random;
};

using AdminAnswer = std::variant<ApiResponse, UnderWay>;

enum class AdminAccess : std::uint8_t {
  kOpen,     // to everybody who reaches the address
  kGuarded,  // as AdminGuard says
  kTests,    // likewise, and only with --test-controls
};

struct AdminPath {
  std::string_view method;  // GET means HEAD too
  std::string_view path;    // with /* at its end: also whatever comes below it
  AdminAccess access;
  AdminAnswer (*answer)(const AdminCall& call);
};

std::span<const AdminPath> admin_paths();

// A page that waits for the core: what it asks of a queue, and how the answer is rendered.
UnderWay ask_core(const AdminCall& call, const World& world, std::string queue_name, Operation&& operation,
                  std::unique_ptr<const PendingPage> page);
// The core's refusal.
ApiResponse admin_error(const Error& error);

}  // namespace penstock
