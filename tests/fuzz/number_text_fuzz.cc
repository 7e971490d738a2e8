// Numbers of message attributes, against a second reading of the same rules by the digits alone.
#include <algorithm>

#include "base/require.h"
#include "protocol/text_rules.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

// A number is taken apart into the digits d1 d2 ... dn without zeros at either end and the power of ten of
// d1, by walking over it once; nothing where it is none.
struct Decimal {
  std::string digits;
  long magnitude = 0;
};

std::optional<Decimal> take_apart(std::string_view text) {
  constexpr long kBeyondAll = 1'000'000;
  std::size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto digit = [&] { return peek() >= '0' && peek() <= '9'; };
  if (peek() == '+' || peek() == '-') ++at;
  std::string digits;
  long point = 0;
  bool any = false;
  for (; digit(); ++at, any = true, ++point) digits += peek();
  if (peek() == '.') {
    ++at;
    for (; digit(); ++at, any = true) digits += peek();
  }
  if (!any) return std::nullopt;
  long exponent = 0;
  if (peek() == 'e' || peek() == 'E') {
    ++at;
    long sign = 1;
    if (peek() == '+' || peek() == '-') sign = text[at++] == '-' ? -1 : 1;
    if (!digit()) return std::nullopt;
    for (; digit(); ++at) exponent = std::min(exponent * 10 + (peek() - '0'), kBeyondAll);
    exponent *= sign;
  }
  if (at != text.size()) return std::nullopt;
  while (!digits.empty() && digits.front() == '0') {
    digits.erase(0, 1);
    --point;
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return Decimal{digits, point - 1 + exponent};
}

}  // namespace

void examine(std::string_view input) {
  const std::optional<Decimal> decimal = take_apart(input);
  NumberText expected = NumberText::kNumber;
  if (!decimal) {
    expected = NumberText::kNotANumber;
  } else if (!decimal->digits.empty() &&
             (decimal->digits.size() > 38 || decimal->magnitude < -128 || decimal->magnitude > 126)) {
    expected = NumberText::kOutOfRange;
  }
  require(classify_number(input) == expected, "both readings of a number agree");
}

std::vector<std::string> seeds() {
  return {"0",
          "-0",
          "1",
          "+12.50",
          ".5",
          "5.",
          ".",
          "",
          "1e10",
          "1E-10",
          "1e127",
          "1e126",
          "1e-128",
          "1e-129",
          "9.9e126",
          "0.00e999999999999",
          "1e999999999999999999999",
          "00012345678901234567890123456789012345678",
          "123456789012345678901234567890123456789",
          "1234567890.1234567890123456789012345678",
          "1e",
          "1e+",
          "--1",
          "1 ",
          " 1",
          "0x1",
          "inf",
          "nan",
          "1,5",
          std::string(200, '0') + "1",
          "0." + std::string(127, '0') + "1"};
}

}  // namespace penstock
