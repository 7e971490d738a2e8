#include "broker/filter_number.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr std::int64_t kExponentMax = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a sign off the head of the text; true if it was a minus.
bool take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  const bool minus = text.front() == '-';
  text.remove_prefix(1);
  return minus;
}

// Of the text behind an e.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  const bool minus = take_sign(text);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), kExponentMax);
  return minus ? -exponent : exponent;
}

}  // namespace

std::optional<FilterNumber> FilterNumber::parse(std::string_view text) {
  const bool negative = take_sign(text);
  const std::size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, mantissa_end);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::string_view whole = mantissa.substr(0, point);
  const std::string_view rest = mantissa.substr(std::min(point + 1, mantissa.size()));
  if (whole.empty() && rest.empty()) return std::nullopt;
  if (!std::all_of(whole.begin(), whole.end(), is_digit)) return std::nullopt;
  if (!std::all_of(rest.begin(), rest.end(), is_digit)) return std::nullopt;
  std::int64_t exponent = 0;
  if (mantissa_end < text.size()) {
    const std::optional<std::int64_t> parsed = parse_exponent(text.substr(mantissa_end + 1));
    if (!parsed) return std::nullopt;
    exponent = *parsed;
  }

  // The value is 0.DIGITS times 10^magnitude, and the first digit is not 0.
  const std::size_t digits = whole.size() + rest.size();
  const auto digit = [&](std::size_t at) { return at < whole.size() ? whole[at] : rest[at - whole.size()]; };
  std::size_t first = 0;
  while (first < digits && digit(first) == '0') ++first;
  if (first == digits) return FilterNumber{};
  const std::int64_t magnitude =
      static_cast<std::int64_t>(whole.size()) - static_cast<std::int64_t>(first) + exponent;

  FilterNumber number;
  if (magnitude > kWholeDigitsMax) {
    std::size_t end = digits;
    while (digit(end - 1) == '0') --end;
    number.negative_ = negative;
    number.magnitude_ = magnitude;
    number.digits_.reserve(end - first);
    for (std::size_t at = first; at < end; ++at) number.digits_.push_back(digit(at));
    return number;
  }
  // All digits down to the fifth after the point are kept; the one behind them rounds.
  const std::int64_t kept = magnitude + 5;
  if (kept < 0) return number;
  const auto digit_or_zero = [&](std::size_t at) { return at < digits ? digit(at) - '0' : 0; };
  const std::size_t end = first + static_cast<std::size_t>(kept);
  for (std::size_t at = first; at < end; ++at) number.scaled_ = number.scaled_ * 10 + digit_or_zero(at);
  if (digit_or_zero(end) >= 5) ++number.scaled_;
  if (negative) number.scaled_ = -number.scaled_;
  return number;
}

std::strong_ordering FilterNumber::operator<=>(const FilterNumber& other) const {
  if (!large() && !other.large()) return scaled_ <=> other.scaled_;
  // A large number is beyond every other on its side of 0.
  if (!other.large()) return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  if (!large()) return other.negative_ ? std::strong_ordering::greater : std::strong_ordering::less;
  if (negative_ != other.negative_) return other.negative_ <=> negative_;
  std::strong_ordering order = magnitude_ <=> other.magnitude_;
  if (order == 0) order = digits_.compare(other.digits_) <=> 0;
  return negative_ ? 0 <=> order : order;
}

}  // namespace penstock
