// AddressKind: who may be reached at an IP address, by what RFC 6890 and its successors reserve it for.
//
// Asked before the daemon connects to an address that somebody else has named. An address that carries an
// IPv4 address inside (v4-mapped, NAT64, 6to4) is of the kind of that one.
#pragma once

#include <array>
#include <cstdint>

namespace penstock {

enum class AddressKind : std::uint8_t {
  kPublic,
  kPrivate,    // this machine, or a network of its owner's: loopback, RFC 1918, carrier-grade, unique local
  kForbidden,  // nobody's receiver: link-local and metadata services, multicast, unspecified, reserved
};

// Sixteen bytes in network order; IPv4 addresses in their v4-mapped form.
AddressKind address_kind(const std::array<std::uint8_t, 16>& address);

}  // namespace penstock
