// Which characters each kind of text may hold (Amazon SQS API reference, the page of each action).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// 1 to 80 of A-Z, a-z, 0-9, '-' and '_'.
bool is_standard_queue_name(std::string_view text);
// The same with the suffix ".fifo", which counts towards the 80.
bool is_fifo_queue_name(std::string_view text);
// MessageGroupId, MessageDeduplicationId, ReceiveRequestAttemptId: 1 to 128 ASCII letters, digits and
// punctuation characters, no blank.
bool is_identifier(std::string_view text);
// The Id of a batch entry and the Label of a permission: 1 to 80 of A-Z, a-z, 0-9, '-' and '_'.
inline bool is_batch_id(std::string_view text) { return is_standard_queue_name(text); }

// The key or value of a tag: letters, digits and blanks of every script, and _ . : / = + - @. Beyond ASCII,
// controls, symbols, punctuation of no script and private characters are refused, block by block.
bool is_tag_text(std::string_view text);
// In characters, not bytes; of UTF-8.
std::size_t count_characters(std::string_view text);

// The first character that no message may hold: all are allowed that XML 1.0 can carry. A byte that is no
// UTF-8 counts as the character of its number.
std::optional<std::uint32_t> first_forbidden_character(std::string_view text);
// "#x{HEX}", and the sentence that lists what is allowed.
std::string character_text(std::uint32_t code_point);
inline constexpr std::string_view kAllowedCharacters =
    "the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | "
    "[#x10000-#x10FFFF].";

// The first character that the name of a message attribute may not hold. Allowed are A-Z, a-z, 0-9, '_',
// '-', '.' and, as AWS does although its documentation does not say so, the Latin letters of U+00C0 to
// U+024F.
std::optional<std::uint32_t> first_forbidden_in_attribute_name(std::string_view text);

// The value of an attribute of type Number: a decimal number with optional sign, fraction and exponent.
enum class NumberText : std::uint8_t { kNumber, kNotANumber, kOutOfRange };
// Out of range: more than 38 significant digits, or a magnitude outside of 10^-128 to 10^126.
NumberText classify_number(std::string_view text);

}  // namespace penstock
