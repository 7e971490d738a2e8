// HealthCheck: asks a daemon over HTTP whether it is ready, as the health check of a container does: one
// exchange (server/plain_exchange.h). Only a whole status line "200" counts as ready.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/endpoint.h"
#include "server/plain_exchange.h"

namespace penstock {

struct HealthUrl : PlainUrl {
  HealthUrl() { path = "/health/ready"; }

  // A URL without a path asks for /health/ready.
  static std::optional<HealthUrl> parse(std::string_view text);
  // Of what the daemon of these settings listens on.
  static HealthUrl of(const Endpoint& listening);
};

struct HealthFinding {
  bool ready = false;
  std::string text;  // one line, for the operator
};

inline constexpr std::chrono::milliseconds kHealthCheckTimeMax{2000};

HealthFinding check_health(const HealthUrl& url, std::chrono::milliseconds time_max = kHealthCheckTimeMax);

}  // namespace penstock
