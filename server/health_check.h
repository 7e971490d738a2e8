// HealthCheck: asks a daemon over HTTP whether it is ready, as the health check of a container does: one
// exchange (server/daemon_exchange.h). Only a whole status line "200" counts as ready.
#pragma once

#include <chrono>
#include <string>

#include "server/daemon_exchange.h"

namespace penstock {

struct HealthFinding {
  bool ready = false;
  std::string text;  // one line, for the operator
};

inline constexpr std::chrono::milliseconds kHealthCheckTimeMax{2000};

// What is asked at a URL: without a path /health/ready.
DaemonUrl health_page(DaemonUrl url);

HealthFinding check_health(const DaemonUrl& url, std::chrono::milliseconds time_max = kHealthCheckTimeMax);

}  // namespace penstock
