#include "protocol/web_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::size_t kHostMax = 253;

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// Nothing if an escape is none.
std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = value_of(text[at + 1]);
    const int low = value_of(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return plain;
}

bool is_plain_host(std::string_view host) {
  return !host.empty() && host.size() <= kHostMax && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

struct Parts {
  std::string_view scheme;
  std::string_view user_info;
  std::string_view host_and_port;
  std::string_view rest;
};

std::optional<Parts> parts_of(std::string_view text) {
  Parts parts;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  parts.scheme = text.substr(0, colon);
  text.remove_prefix(colon + 3);
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, end);
  parts.rest = text.substr(end);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    parts.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  parts.host_and_port = authority;
  return parts;
}

}  // namespace

std::optional<WebUrl> WebUrl::parse(std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '\\'; });
  const auto parts = plain ? parts_of(text) : std::nullopt;
  if (!parts) return std::nullopt;
  WebUrl url;
  url.secure = equals_without_case(parts->scheme, "https");
  if (!url.secure && !equals_without_case(parts->scheme, "http")) return std::nullopt;

  std::string_view host = parts->host_and_port;
  std::string_view port;
  const bool bracketed = host.starts_with('[');
  const std::size_t host_end = bracketed ? host.find(']') : std::min(host.find(':'), host.size());
  if (host_end == std::string_view::npos) return std::nullopt;
  const std::string_view behind = host.substr(bracketed ? host_end + 1 : host_end);
  if (!behind.empty()) {
    if (behind.front() != ':') return std::nullopt;
    port = behind.substr(1);
  }
  host = bracketed ? host.substr(1, host_end - 1) : host.substr(0, host_end);
  const std::uint16_t usual = url.secure ? 443 : 80;
  url.port = usual;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return std::nullopt;
  }
  url.host = lower(host);
  std::array<std::uint8_t, 16> literal{};
  if (bracketed) {
    if (inet_pton(AF_INET6, url.host.c_str(), literal.data()) != 1) return std::nullopt;
    url.literal = literal;
  } else {
    if (!is_plain_host(host)) return std::nullopt;
    literal[10] = literal[11] = 0xff;
    if (inet_pton(AF_INET, url.host.c_str(), literal.data() + 12) == 1) url.literal = literal;
  }
  url.authority = bracketed ? joined({"[", url.host, "]"}) : url.host;
  if (url.port != usual) url.authority += ":" + std::to_string(url.port);

  const std::size_t colon = parts->user_info.find(':');
  const auto user = decoded(parts->user_info.substr(0, colon));
  const auto password =
      decoded(colon == std::string_view::npos ? std::string_view() : parts->user_info.substr(colon + 1));
  if (!user || !password) return std::nullopt;
  url.user = *user;
  url.password = *password;

  const std::string_view rest = parts->rest.substr(0, parts->rest.find('#'));
  url.target = rest.starts_with('/') ? std::string(rest) : joined({"/", rest});
  return url;
}

std::string without_password(std::string_view url) {
  const auto parts = parts_of(url);
  const std::size_t colon = parts ? parts->user_info.find(':') : std::string_view::npos;
  if (colon == std::string_view::npos) return std::string(url);
  return joined(
      {parts->scheme, "://", parts->user_info.substr(0, colon), ":****@", parts->host_and_port, parts->rest});
}

}  // namespace penstock
