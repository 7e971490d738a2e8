#include "server/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace penstock {
namespace {

constexpr std::size_t kMappedPrefix = 12;  // ::ffff:0:0/96

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

std::string text_of(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4(address)) {
    inet_ntop(AF_INET, address.data() + kMappedPrefix, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, address.data(), text, sizeof text);
  }
  return text;
}

std::optional<IpAddress> address_in(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> ended{};
  if (text.size() >= ended.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), ended.begin());
  IpAddress address{};
  if (inet_pton(AF_INET6, ended.data(), address.data()) == 1) return address;
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, ended.data(), address.data() + kMappedPrefix) != 1) return std::nullopt;
  return address;
}

bool is_v4(const IpAddress& address) {
  return address[10] == 0xff && address[11] == 0xff &&
         std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t b) { return b == 0; });
}

IpAddress network_of(const IpAddress& address) {
  IpAddress network = address;
  if (!is_v4(address)) std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
  return network;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint16_t> port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;

  Endpoint endpoint;
  endpoint.port = *port;
  std::string host(text.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    endpoint.v6 = true;
    host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, host.c_str(), endpoint.address.data()) != 1) return std::nullopt;
    return endpoint;
  }
  endpoint.address[10] = endpoint.address[11] = 0xff;
  if (inet_pton(AF_INET, host.c_str(), endpoint.address.data() + kMappedPrefix) != 1) return std::nullopt;
  return endpoint;
}

bool Endpoint::loopback() const {
  if (!v6) return address[kMappedPrefix] == 127;
  IpAddress one{};
  one.back() = 1;
  return address == one;
}

Endpoint Endpoint::reached_locally() const {
  const auto host = address.begin() + (v6 ? 0 : static_cast<std::ptrdiff_t>(kMappedPrefix));
  const bool wildcard = std::all_of(host, address.end(), [](std::uint8_t byte) { return byte == 0; });
  if (!wildcard) return *this;
  Endpoint loopback_address = *this;
  if (!v6) loopback_address.address[kMappedPrefix] = 127;
  loopback_address.address.back() = 1;
  return loopback_address;
}

std::string Endpoint::text() const {
  char host[INET6_ADDRSTRLEN] = {};
  if (v6) {
    inet_ntop(AF_INET6, address.data(), host, sizeof host);
    return "[" + std::string(host) + "]:" + std::to_string(port);
  }
  inet_ntop(AF_INET, address.data() + kMappedPrefix, host, sizeof host);
  return std::string(host) + ":" + std::to_string(port);
}

}  // namespace penstock
