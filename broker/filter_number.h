// FilterNumber: a decimal number as filter policies compare it, exact to five digits after the point.
//
// The sixth digit rounds (half away from zero), so 3.015e2 is 301.5 and 0.1 is never 0.09999. Below 10^13
// a number is an integer of hundred-thousandths; from there on (an attribute may have 38 digits and reach
// 10^126) it is a sign, a magnitude and its digits, all of them. No number is ever turned into a floating
// point one.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

class FilterNumber {
 public:
  // Decimal digits with an optional sign, point and exponent (which saturates at 10^9); nothing if the
  // text is anything else.
  static std::optional<FilterNumber> parse(std::string_view text);

  std::strong_ordering operator<=>(const FilterNumber& other) const;
  bool operator==(const FilterNumber& other) const { return (*this <=> other) == 0; }

 private:
  // Numbers of 10^13 and more have more digits than this before the point.
  static constexpr std::int64_t kWholeDigitsMax = 13;

  bool large() const { return !digits_.empty(); }

  std::int64_t scaled_ = 0;  // not large: the value times 10^5
  // Large: how many digits stand before the point, and the digits without it, from the first that is not
  // 0 to the last that is not 0.
  bool negative_ = false;
  std::int64_t magnitude_ = 0;
  std::string digits_;
};

}  // namespace penstock
