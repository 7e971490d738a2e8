// SettingText: how the text of a setting is read: numbers, bytes, durations, hosts, names.
//
// Each reader takes the text into its place, or says what it must be; the place is then as it was. That sentence is
// the end of a refusal, which begins with the setting and the text.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace penstock {

// What is wrong with a text; nothing: it was taken.
using Wrong = std::optional<std::string>;

std::vector<std::string> split_list(std::string_view text);

template <class Integer>
std::optional<Integer> parse_number(std::string_view text) {
  Integer number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class Integer>
Wrong read_number(Integer& into, std::string_view text, Integer least, Integer most) {
  const std::optional<Integer> number = parse_number<Integer>(text);
  if (!number || *number < least || *number > most) {
    return "it must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  into = *number;
  return {};
}

// "90", "90s", "500ms", "5m", "1h"; without a unit it is seconds. Whole in the unit it is kept in.
template <class Duration>
Wrong read_duration(Duration& into, std::string_view text, Duration least, Duration most) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits{
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
  constexpr std::int64_t kOwn = Milliseconds(Duration{1}).count();
  std::int64_t unit = 1'000;
  for (const auto& [name, milliseconds] : kUnits) {
    if (text.ends_with(name)) {
      unit = milliseconds;
      text.remove_suffix(name.size());
      break;
    }
  }
  const std::optional<std::int64_t> number = parse_number<std::int64_t>(text);
  constexpr std::int64_t kDay = 86'400'000;
  if (number && *number >= 0 && *number <= kDay && *number * unit <= kDay && *number * unit % kOwn == 0) {
    const Duration duration{*number * unit / kOwn};
    if (duration >= least && duration <= most) {
      into = duration;
      return {};
    }
  }
  const auto shown = [](Duration duration) {
    return std::to_string(duration.count()) + (kOwn == 1 ? "ms" : "s");
  };
  return "it must be a duration from " + shown(least) + " to " + shown(most) +
         ": a whole number of seconds, or with ms, s, m or h behind it";
}

// "1073741824", "512KiB", "64MiB", "1GiB".
std::optional<std::uint64_t> parse_bytes(std::string_view text);

template <class Integer>
Wrong read_bytes(Integer& into, std::string_view text, std::uint64_t least) {
  const std::optional<std::uint64_t> bytes = parse_bytes(text);
  if (!bytes || *bytes < least || *bytes > (std::uint64_t{1} << 50)) {
    return "it must be a number of bytes, at least " + std::to_string(least) +
           ", with KiB, MiB or GiB behind it if you like";
  }
  into = static_cast<Integer>(*bytes);
  return {};
}

// on, true, off or false.
Wrong read_switch(bool& into, std::string_view text);

// Whether it is a host name, an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view text);

// The beginning of a URL, up to its port.
Wrong read_url_base(std::string& into, std::string_view text);

// One, or several with commas between them; `good` says what is one, `what` what it has to be.
template <class Good>
Wrong read_names(std::vector<std::string>& into, std::string_view text, Good good, std::string_view what) {
  for (std::string& name : split_list(text)) {
    if (!good(name)) return "it must be " + std::string(what) + ", or several with commas between them";
    into.push_back(std::move(name));
  }
  return {};
}

}  // namespace penstock
