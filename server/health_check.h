// HealthCheck: asks a daemon over HTTP whether it is ready, as the health check of a container does, so
// that an image needs no other program for it.
//
// One plain blocking exchange, bounded in time as a whole and in bytes; only a whole status line "200"
// counts as ready.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/endpoint.h"

namespace penstock {

// http://HOST:PORT/PATH. TLS is not spoken.
struct HealthUrl {
  std::string host;  // a name or an address, IPv6 without its brackets
  std::uint16_t port = 80;
  std::string path = "/health/ready";

  // A URL without a path asks for /health/ready.
  static std::optional<HealthUrl> parse(std::string_view text);
  // Of what the daemon of these settings listens on.
  static HealthUrl of(const Endpoint& listening);
  std::string text() const;
};

struct HealthFinding {
  bool ready = false;
  std::string text;  // one line, for the operator
};

inline constexpr std::chrono::milliseconds kHealthCheckTimeMax{2000};

HealthFinding check_health(const HealthUrl& url, std::chrono::milliseconds time_max = kHealthCheckTimeMax);

}  // namespace penstock
