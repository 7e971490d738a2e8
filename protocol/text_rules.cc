#include "protocol/text_rules.h"

#include <algorithm>
#include <iterator>

#include "base/character_set.h"
#include "protocol/plain_bytes.h"
#include "protocol/text.h"
#include "protocol/utf8.h"

namespace penstock {
namespace {

constexpr std::string_view kFifoSuffix = ".fifo";
constexpr std::size_t kNameMax = 80;
constexpr std::size_t kIdentifierMax = 128;

constexpr CharacterSet kInName = CharacterSet::alphanumeric("-_");
constexpr CharacterSet kInAttributeName = CharacterSet::alphanumeric("_-.");
constexpr CharacterSet kInTag = CharacterSet::alphanumeric(" _.:/=+-@");

template <class Allowed>
std::optional<std::uint32_t> first_not(std::string_view text, Allowed allowed) {
  while (!text.empty()) {
    const Utf8Character character = utf8_character(text);
    if (!character.valid()) return static_cast<unsigned char>(text.front());
    if (!allowed(character.code_point)) return character.code_point;
    text.remove_prefix(character.size);
  }
  return std::nullopt;
}

void skip_sign(std::string_view& text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
}

}  // namespace

bool is_standard_queue_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameMax && kInName.makes(text);
}

bool is_fifo_queue_name(std::string_view text) {
  return text.size() <= kNameMax && text.ends_with(kFifoSuffix) &&
         is_standard_queue_name(text.substr(0, text.size() - kFifoSuffix.size()));
}

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= kIdentifierMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool is_tag_text(std::string_view text) {
  // Blocks without letters, digits or blanks; ascending.
  struct Block {
    std::uint32_t first;
    std::uint32_t last;
  };
  static constexpr Block kBlocks[] = {
      {0x80, 0x9f},        // controls
      {0xa1, 0xa9},        // symbols of Latin-1
      {0xab, 0xb1},        //
      {0xb4, 0xb4},        //
      {0xb6, 0xb8},        //
      {0xbb, 0xbb},        //
      {0xbf, 0xbf},        //
      {0xd7, 0xd7},        //
      {0xf7, 0xf7},        //
      {0x200b, 0x202e},    // format characters and punctuation
      {0x2030, 0x205e},    //
      {0x2060, 0x206f},    //
      {0x20a0, 0x20cf},    // currencies
      {0x2190, 0x245f},    // arrows, operators, technical symbols
      {0x2500, 0x2bff},    // boxes, shapes, symbols
      {0xe000, 0xf8ff},    // private
      {0xfdd0, 0xfdef},    // no characters
      {0xfff0, 0xffff},    // specials
      {0x1f000, 0x1faff},  // tiles, cards, pictographs
      {0xe0000, 0x10ffff}  // tags, private
  };
  return !first_not(text, [](std::uint32_t code_point) {
    if (code_point < 0x80) return kInTag.has(static_cast<char>(code_point));
    return std::none_of(std::begin(kBlocks), std::end(kBlocks), [code_point](const Block& block) {
      return code_point >= block.first && code_point <= block.last;
    });
  });
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::optional<std::uint32_t> first_forbidden_character(std::string_view text) {
  // Every character that is not plain ASCII is looked at, then the plain run behind it is skipped.
  while (true) {
    text.remove_prefix(plain_prefix<>(text));
    if (text.empty()) return std::nullopt;
    const Utf8Character character = utf8_character(text);
    if (!character.valid()) return static_cast<unsigned char>(text.front());
    if (!is_xml_character(character)) return character.code_point;
    text.remove_prefix(character.size);
  }
}

std::string character_text(std::uint32_t code_point) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string digits;
  do {
    digits.push_back(kDigits[code_point & 15]);
    code_point >>= 4;
  } while (code_point != 0);
  std::reverse(digits.begin(), digits.end());
  return "#x" + digits;
}

std::optional<std::uint32_t> first_forbidden_in_attribute_name(std::string_view text) {
  return first_not(text, [](std::uint32_t code_point) {
    if (code_point < 0x80) return kInAttributeName.has(static_cast<char>(code_point));
    return code_point >= 0xc0 && code_point <= 0x24f && code_point != 0xd7 && code_point != 0xf7;
  });
}

NumberText classify_number(std::string_view text) {
  skip_sign(text);
  const std::string_view whole = text.substr(0, kDecimalDigits.prefix(text));
  text.remove_prefix(whole.size());
  std::string_view fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = text.substr(0, kDecimalDigits.prefix(text));
    text.remove_prefix(fraction.size());
  }
  if (whole.empty() && fraction.empty()) return NumberText::kNotANumber;

  std::int64_t exponent = 0;
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    const bool negative = !text.empty() && text.front() == '-';
    skip_sign(text);
    const std::size_t digits = kDecimalDigits.prefix(text);
    if (digits == 0) return NumberText::kNotANumber;
    constexpr std::int64_t kBeyondAll = 100'000'000;  // further digits do not change the answer
    for (const char digit : text.substr(0, digits))
      exponent = std::min(exponent * 10 + (digit - '0'), kBeyondAll);
    if (negative) exponent = -exponent;
    text.remove_prefix(digits);
  }
  if (!text.empty()) return NumberText::kNotANumber;

  const std::string digits = joined({whole, fraction});
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return NumberText::kNumber;  // zero
  const std::size_t last = digits.find_last_not_of('0');
  // The power of ten of the first significant digit.
  const std::int64_t magnitude =
      static_cast<std::int64_t>(whole.size()) - 1 - static_cast<std::int64_t>(first) + exponent;
  const bool in_range = last - first + 1 <= 38 && magnitude >= -128 && magnitude <= 126;
  return in_range ? NumberText::kNumber : NumberText::kOutOfRange;
}

}  // namespace penstock
