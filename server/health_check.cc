#include "server/health_check.h"

#include <algorithm>
#include <charconv>

namespace penstock {

std::optional<HealthUrl> HealthUrl::parse(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  HealthUrl url;
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (slash + 1 < text.size()) url.path = text.substr(slash);
  std::string_view host = text.substr(0, slash);
  const std::size_t bracket = host.find(']');
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view port = host.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return std::nullopt;
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto printable = [](char character) { return character > ' ' && character < '\x7f'; };
  if (host.empty() || !std::all_of(host.begin(), host.end(), printable)) return std::nullopt;
  if (!std::all_of(url.path.begin(), url.path.end(), printable)) return std::nullopt;
  url.host = host;
  return url;
}

HealthUrl HealthUrl::of(const Endpoint& listening) {
  return *parse("http://" + listening.reached_locally().text());
}

HealthFinding check_health(const HealthUrl& url, std::chrono::milliseconds time_max) {
  const auto answer = plain_get(url, {.time_max = time_max});
  if (!answer) return {false, url.text() + ": " + answer.error()};
  if (answer->status.starts_with("200")) return {true, url.text() + ": ready"};
  return {false, url.text() + ": it says " + answer->status};
}

}  // namespace penstock
