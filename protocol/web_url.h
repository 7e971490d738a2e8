// WebUrl: an http or https URL that somebody wants notifications sent to.
//
// Strict, since what is read here ends in a request head and a look-up: no control character, blank, or byte
// beyond ASCII anywhere, a host of plain characters or an IPv6 address in brackets, a port from 1 to 65535.
// What follows a '#' is not sent.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

struct WebUrl {
  bool secure = false;
  std::string host;  // lower case, without brackets
  std::uint16_t port = 0;
  std::string authority;  // as Host says it: the port only if it is not the scheme's
  std::string target;     // path and query, with a slash at its beginning
  // Decoded. Both empty: none were given.
  std::string user;
  std::string password;
  // If the host is an IP address: sixteen bytes, IPv4 in its v4-mapped form.
  std::optional<std::array<std::uint8_t, 16>> literal;

  bool has_credentials() const { return !user.empty() || !password.empty(); }

  static std::optional<WebUrl> parse(std::string_view text);
};

// The URL with **** in the place of its password, as it may be shown.
std::string without_password(std::string_view url);

}  // namespace penstock
