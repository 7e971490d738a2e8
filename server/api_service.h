// ApiService: the AWS API, the health pages, and the certificate of notifications, behind the API's listening
// addresses; while requests are not verified, also the page that shows messages where LocalStack has it.
//
// It counts what each I/O thread answers (server/request_counts.h); the pages are not counted.
#pragma once

#include <chrono>
#include <vector>

#include "actions/authenticator.h"
#include "server/audit_log.h"
#include "server/fault_plan.h"
#include "server/notification_signer.h"
#include "server/request_counts.h"
#include "server/request_limits.h"
#include "server/service.h"

namespace penstock {

class ApiService final : public Service {
 public:
  // `counts`: one for each I/O thread, by its index; `authenticators` likewise, or none: then whoever asks is
  // believed. `signer` gives the certificate that receivers of notifications fetch. `audit`: where is noted down
  // who did what; null: nowhere. `faults`: what is to go wrong for a test; null: nothing. `limits`: how many requests
  // may be made; null: as many as one likes.
  ApiService(DispatchSettings settings, std::vector<RequestCounts*> counts, NotificationSigner& signer,
             std::vector<Authenticator*> authenticators = {}, AuditLog* audit = nullptr,
             FaultPlan* faults = nullptr, RequestLimits* limits = nullptr);

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random& random, BodyDigests& digests) override;
  ApiResponse render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) override;

 private:
  using Clock = std::chrono::steady_clock;

  ApiResponse render_call(const PendingCall& pending, const Ticket& ticket, const Answer& answer);
  UnderWay with_faults(UnderWay&& under_way, ActionIndex action) const;
  void note(const PendingCall& pending, std::optional<ErrorCode> error);
  void count(const Ticket& ticket, ActionIndex action, std::optional<ErrorCode> error,
             Clock::time_point since);

  const DispatchSettings settings_;
  const std::vector<RequestCounts*> counts_;
  NotificationSigner& signer_;
  const std::vector<Authenticator*> authenticators_;
  AuditLog* const audit_;
  FaultPlan* const faults_;
  RequestLimits* const limits_;
};

}  // namespace penstock
