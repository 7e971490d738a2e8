// AdminService: health, metrics, peeking and the controls for tests, behind the admin listening address. It
// is there before the store is open, so that a long recovery can be told from a dead process.
//
// Paths are the rows of server/admin_paths.h. What only the broker thread knows waits for it, as a request of
// the API waits for its answer; until the daemon is ready, only health and metrics are answered. Whatever
// else is asked is noted down in the audit log with what came of it, if there is one: by its path, since what
// stands behind that may be text of messages.
#pragma once

#include <atomic>

#include "server/admin_counts.h"
#include "server/admin_guard.h"
#include "server/admin_paths.h"
#include "server/service.h"

namespace penstock {

class AdminService final : public Service {
 public:
  // `counts` outlives it.
  AdminService(AdminGround ground, AdminGuard guard, AdminCounts& counts);

  // From here on the daemon is ready: what is declared is there, and the API is served. Any thread.
  void is_ready() { ready_.store(true, std::memory_order_release); }

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random& random, BodyDigests& digests) override;
  ApiResponse render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) override;

 private:
  ApiResponse told(AdminPathIndex path, ApiResponse response);
  bool ready() const { return ground_.broker.running() && ready_.load(std::memory_order_acquire); }
  std::optional<ApiResponse> refuse(const AdminPath& row, const ApiRequest& request) const;

  const AdminGround ground_;
  const AdminGuard guard_;
  AdminCounts& counts_;
  std::atomic<bool> ready_{false};
};

}  // namespace penstock
