#include "server/setting_text.h"

#include <algorithm>

#include "server/endpoint.h"

namespace penstock {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 3> kUnits{
      {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  int shift = 0;
  for (const auto& [unit, bits] : kUnits) {
    if (text.ends_with(unit)) {
      shift = bits;
      text.remove_suffix(unit.size());
      break;
    }
  }
  const std::optional<std::uint64_t> number = parse_number<std::uint64_t>(text);
  if (!number || *number > (UINT64_MAX >> shift)) return std::nullopt;
  return *number << shift;
}

bool is_host(std::string_view text) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) return Endpoint::parse(std::string(text) + ":1").has_value();
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '-' || character == '.' || character == '_';
  });
}

Wrong read_url_base(std::string& into, std::string_view text) {
  static constexpr std::string_view kWrong =
      "it must be http:// or https://, a host and perhaps a port, without a path and without a slash at its "
      "end, like https://queues.example:8443";
  std::string_view rest = text;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) rest = text.substr(scheme.size());
  }
  if (rest.size() == text.size()) return std::string(kWrong);
  const std::size_t bracket = rest.find(']');
  const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!is_host(rest.substr(0, colon))) return std::string(kWrong);
  if (colon != std::string_view::npos) {
    const std::optional<std::uint16_t> port = parse_number<std::uint16_t>(rest.substr(colon + 1));
    if (!port || *port == 0) return std::string(kWrong);
  }
  into = text;
  return {};
}

Wrong read_switch(bool& into, std::string_view text) {
  const bool on = text == "on" || text == "true";
  if (!on && text != "off" && text != "false") return "it must be on or off";
  into = on;
  return {};
}

}  // namespace penstock
