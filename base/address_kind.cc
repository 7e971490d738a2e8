#include "base/address_kind.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace penstock {
namespace {

using Address = std::array<std::uint8_t, 16>;

template <std::size_t Size>
bool begins(const Address& address, const std::array<std::uint8_t, Size>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

std::uint32_t four_bytes(const Address& address, std::size_t at) {
  return std::uint32_t{address[at]} << 24 | std::uint32_t{address[at + 1]} << 16 |
         std::uint32_t{address[at + 2]} << 8 | address[at + 3];
}

// The IPv4 address inside.
std::optional<std::uint32_t> carried(const Address& address) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<std::uint8_t, 12> kNat64{0, 0x64, 0xff, 0x9b};
  constexpr std::array<std::uint8_t, 2> k6to4{0x20, 0x02};
  if (begins(address, kMapped) || begins(address, kNat64)) return four_bytes(address, 12);
  if (begins(address, k6to4)) return four_bytes(address, 2);
  return std::nullopt;
}

struct Network4 {
  std::uint32_t address;
  int bits;
  AddressKind kind;
};

// The first that fits counts.
constexpr std::array kNetworks4{
    Network4{0x00000000, 8, AddressKind::kForbidden},   // this network
    Network4{0xa9fe0000, 16, AddressKind::kForbidden},  // link-local, metadata services
    Network4{0x646464c8, 32, AddressKind::kForbidden},  // 100.100.100.200, a metadata service
    Network4{0xa83f8110, 32, AddressKind::kForbidden},  // 168.63.129.16, likewise
    Network4{0xc0000000, 24, AddressKind::kForbidden},  // protocol assignments, 192.0.0.192 among them
    Network4{0xe0000000, 4, AddressKind::kForbidden},   // multicast
    Network4{0xf0000000, 4, AddressKind::kForbidden},   // reserved, broadcast
    Network4{0x0a000000, 8, AddressKind::kPrivate},
    Network4{0x64400000, 10, AddressKind::kPrivate},  // carrier-grade
    Network4{0x7f000000, 8, AddressKind::kPrivate},   // loopback
    Network4{0xac100000, 12, AddressKind::kPrivate},
    Network4{0xc0a80000, 16, AddressKind::kPrivate},
    Network4{0xc6120000, 15, AddressKind::kPrivate},  // benchmarks between devices
};

AddressKind kind4(std::uint32_t address) {
  for (const Network4& network : kNetworks4) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - network.bits);
    if ((address & mask) == network.address) return network.kind;
  }
  return AddressKind::kPublic;
}

}  // namespace

AddressKind address_kind(const Address& address) {
  if (const auto inside = carried(address)) return kind4(*inside);
  Address one{};
  if (address == one) return AddressKind::kForbidden;
  one.back() = 1;
  if (address == one) return AddressKind::kPrivate;
  // The networks of metadata services among the unique local addresses.
  constexpr std::array<std::array<std::uint8_t, 4>, 4> kMetadata{{
      {0xfd, 0x00, 0x0e, 0xc2},  // fd00:ec2::254, Amazon
      {0xfd, 0x20, 0x00, 0xce},  // fd20:ce::254, Google
      {0xfd, 0x00, 0x00, 0xc1},  // fd00:c1::a9fe:a9fe, Oracle
      {0xfd, 0x00, 0x00, 0x42},  // fd00:42::42, Scaleway
  }};
  for (const auto& network : kMetadata) {
    if (begins(address, network)) return AddressKind::kForbidden;
  }
  if ((address[0] & 0xfe) == 0xfc) return AddressKind::kPrivate;  // unique local
  // Of all others only the global unicast addresses are anybody's; not those that merely document.
  constexpr std::array<std::uint8_t, 4> kDocumentation{0x20, 0x01, 0x0d, 0xb8};
  if (begins(address, kDocumentation)) return AddressKind::kForbidden;
  // Protocol assignments; Teredo among them, which carries an IPv4 address, too.
  if (address[0] == 0x20 && address[1] == 0x01 && address[2] < 0x02) return AddressKind::kForbidden;
  return (address[0] & 0xe0) == 0x20 ? AddressKind::kPublic : AddressKind::kForbidden;
}

}  // namespace penstock
