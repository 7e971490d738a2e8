#include "server/health_check.h"

namespace penstock {

DaemonUrl health_page(DaemonUrl url) {
  if (url.path.empty()) url.path = "/health/ready";
  return url;
}

HealthFinding check_health(const DaemonUrl& url, std::chrono::milliseconds time_max) {
  const auto answer = get_from_daemon(url, {.time_max = time_max});
  if (!answer) return {false, url.text() + ": " + answer.error()};
  if (answer->status.starts_with("200")) return {true, url.text() + ": ready"};
  return {false, url.text() + ": it says " + answer->status};
}

}  // namespace penstock
