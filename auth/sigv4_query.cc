#include "auth/sigv4_query.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock {
namespace {

constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) table[c] = is_unreserved(static_cast<char>(c));
  return table;
}();

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the text begins with, decoded, and the text goes on behind it.
std::optional<char> take_decoded(std::string_view& text) {
  const char c = text.front();
  if (c != '%') {
    text.remove_prefix(1);
    return c == '+' ? ' ' : c;
  }
  if (text.size() < 3 || digit(text[1]) < 0 || digit(text[2]) < 0) return std::nullopt;
  const char byte = static_cast<char>(digit(text[1]) * 16 + digit(text[2]));
  text.remove_prefix(3);
  return byte;
}

void append_byte(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<std::uint8_t>(c);
  if (kUnreserved[byte]) {
    out.push_back(c);
    return;
  }
  out.push_back('%');
  out.push_back(kDigits[byte >> 4]);
  out.push_back(kDigits[byte & 15]);
}

}  // namespace

std::optional<QueryParameter> next_parameter(std::string_view& query) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    return QueryParameter{parameter.substr(0, equals),
                          parameter.substr(std::min(equals + 1, parameter.size()))};
  }
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  while (!text.empty()) {
    const std::optional<char> byte = take_decoded(text);
    if (!byte) return std::nullopt;
    decoded.push_back(*byte);
  }
  return decoded;
}

bool append_reencoded(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::optional<char> byte = take_decoded(text);
    if (!byte) return false;
    append_byte(out, *byte);
  }
  return true;
}

void append_encoded(std::string& out, std::string_view bytes, std::string_view kept) {
  for (const char c : bytes) {
    if (kept.find(c) != std::string_view::npos)
      out.push_back(c);
    else
      append_byte(out, c);
  }
}

}  // namespace penstock
