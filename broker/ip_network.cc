#include "broker/ip_network.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace penstock {
namespace {

std::optional<std::uint32_t> parse_number(std::string_view text, int base, std::size_t length_max,
                                          std::uint32_t max) {
  if (text.empty() || text.size() > length_max) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size() || number > max) return std::nullopt;
  return number;
}

// A decimal number without leading zeros.
std::optional<std::uint32_t> parse_decimal(std::string_view text, std::uint32_t max) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return parse_number(text, 10, 3, max);
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  IpAddress address;
  for (std::size_t part = 0; part < 4; ++part) {
    const std::size_t end = part < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const auto number = parse_decimal(text.substr(0, end), 255);
    if (!number) return std::nullopt;
    address.bytes[part] = static_cast<std::uint8_t>(*number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return address;
}

// The 16-bit groups of one side of "::"; the last two may be written as an IPv4 address.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text, bool may_end_in_v4) {
  std::vector<std::uint16_t> groups;
  if (text.empty()) return groups;
  while (true) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (end == text.size() && may_end_in_v4 && group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(group);
      if (!v4) return std::nullopt;
      groups.push_back(static_cast<std::uint16_t>(v4->bytes[0] << 8 | v4->bytes[1]));
      groups.push_back(static_cast<std::uint16_t>(v4->bytes[2] << 8 | v4->bytes[3]));
      return groups;
    }
    const auto number = parse_number(group, 16, 4, 0xffff);
    if (!number || groups.size() == 8) return std::nullopt;
    groups.push_back(static_cast<std::uint16_t>(*number));
    if (end == text.size()) return groups;
    text.remove_prefix(end + 1);
  }
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  constexpr std::size_t kTextMax = 45;
  if (text.size() > kTextMax) return std::nullopt;
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto head = parse_groups(text.substr(0, has_gap ? gap : text.size()), !has_gap);
  const auto tail = has_gap ? parse_groups(text.substr(gap + 2), true) : std::vector<std::uint16_t>{};
  if (!head || !tail) return std::nullopt;
  const std::size_t given = head->size() + tail->size();
  if (has_gap ? given > 7 : given != 8) return std::nullopt;
  IpAddress address{.family = IpAddress::Family::kV6};
  const auto set = [&address](std::size_t group, std::uint16_t value) {
    address.bytes[2 * group] = static_cast<std::uint8_t>(value >> 8);
    address.bytes[2 * group + 1] = static_cast<std::uint8_t>(value & 0xff);
  };
  for (std::size_t at = 0; at < head->size(); ++at) set(at, (*head)[at]);
  for (std::size_t at = 0; at < tail->size(); ++at) set(8 - tail->size() + at, (*tail)[at]);
  return address;
}

// Of an address under ::ffff:0:0/96 the IPv4 one.
std::optional<IpAddress> mapped_v4(const IpAddress& address) {
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (address.family != IpAddress::Family::kV6) return std::nullopt;
  if (!std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) return std::nullopt;
  IpAddress v4;
  std::copy_n(address.bytes.begin() + 12, 4, v4.bytes.begin());
  return v4;
}

std::optional<IpAddress> parse_as_written(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const auto address = parse_as_written(text);
  if (!address) return std::nullopt;
  return mapped_v4(*address).value_or(*address);
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto base = parse_as_written(text.substr(0, slash));
  if (!base) return std::nullopt;
  IpNetwork network{*base, base->bits()};
  if (slash < text.size()) {
    const auto bits = parse_decimal(text.substr(slash + 1), base->bits());
    if (!bits) return std::nullopt;
    network.prefix_bits = *bits;
  }
  const auto v4 = mapped_v4(*base);
  if (v4 && network.prefix_bits >= 96) return IpNetwork{*v4, network.prefix_bits - 96};
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  if (address.family != base.family) return false;
  for (unsigned bit = 0; bit < prefix_bits; bit += 8) {
    const unsigned compared = std::min(prefix_bits - bit, 8u);
    const auto mask = static_cast<std::uint8_t>(0xff00u >> compared);
    if (((address.bytes[bit / 8] ^ base.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace penstock
