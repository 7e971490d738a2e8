// Endpoint: an address and a port to listen on, and the address of a peer.
//
// Text form: "127.0.0.1:4566", "[::1]:4566" or "localhost:4566" (which means 127.0.0.1). Names are not
// resolved: what a name means may change, and with it who can reach the daemon. Port 0 asks the kernel
// for a free one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// Sixteen bytes in network order; IPv4 addresses in their v4-mapped form.
using IpAddress = std::array<std::uint8_t, 16>;
// "127.0.0.1", "::1"
std::string text_of(const IpAddress& address);
// What that text says; nothing: it is no address.
std::optional<IpAddress> address_in(std::string_view text);
bool is_v4(const IpAddress& address);
// What is likely one peer's: an IPv4 address as it is; of an IPv6 address the network of 64 bits.
IpAddress network_of(const IpAddress& address);

struct Endpoint {
  IpAddress address{};
  bool v6 = false;
  std::uint16_t port = 0;

  static std::optional<Endpoint> parse(std::string_view text);

  // 127.0.0.0/8 or ::1: only this machine reaches it.
  bool loopback() const;
  // Where a client on this machine reaches it: a wildcard becomes the loopback address of its family.
  Endpoint reached_locally() const;
  // "127.0.0.1:4566" or "[::1]:4566".
  std::string text() const;
  bool operator==(const Endpoint&) const = default;
};

}  // namespace penstock
