// IpAddress and IpNetwork: what `cidr` of a filter policy and `IpAddress` of an access policy compare.
//
// Both families in one form; an IPv4 address that is written as IPv6 (::ffff:10.0.0.1) is the IPv4 one.
// Networks of different families never contain each other's addresses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

struct IpAddress {
  enum class Family : std::uint8_t { kV4, kV6 };

  Family family = Family::kV4;
  std::array<std::uint8_t, 16> bytes{};  // of an IPv4 address the first four

  // Dotted decimal without leading zeros, or RFC 4291's text form, compressed or not; no zone.
  static std::optional<IpAddress> parse(std::string_view text);

  unsigned bits() const { return family == Family::kV4 ? 32 : 128; }
  bool operator==(const IpAddress&) const = default;
};

// All addresses whose first `prefix_bits` are those of `base`; the rest of the base counts for nothing.
struct IpNetwork {
  IpAddress base;
  unsigned prefix_bits = 0;

  // An address, or an address, '/' and the length of the prefix.
  static std::optional<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& address) const;
};

}  // namespace penstock
