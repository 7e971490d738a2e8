// How far a text is plain, by words and by tables, is how far it is byte by byte.
#include "protocol/plain_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/character_set.h"

namespace penstock {
namespace {

template <char... Except>
bool plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && !((c == Except) || ...);
}

template <char... Except>
std::size_t byte_by_byte(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), plain<Except...>) - text.begin());
}

// Every byte at every offset, alone and with others behind it that a borrow could reach.
template <class Check>
void each_text(const Check& check) {
  constexpr std::size_t kBytes = 45;
  for (const char behind : {'a', '\x20', '\x7f', '\x80', '\xff', '\x1f', '"', '!'}) {
    for (int byte = 0; byte < 256; ++byte) {
      for (std::size_t at = 0; at < kBytes; ++at) {
        std::string text(kBytes, 'a');
        text[at] = static_cast<char>(byte);
        for (std::size_t next = at + 1; next < kBytes; ++next) text[next] = behind;
        check(text);
      }
    }
  }
}

TEST(PlainBytes, WordsFindWhatBytesFind) {
  each_text([](const std::string& text) {
    ASSERT_EQ(plain_prefix<>(text), byte_by_byte<>(text)) << testing::PrintToString(text);
    ASSERT_EQ((plain_prefix<'"', '\\'>(text)), (byte_by_byte<'"', '\\'>(text))) << testing::PrintToString(text);
    ASSERT_EQ(plain_prefix<'\x7f'>(text), byte_by_byte<'\x7f'>(text)) << testing::PrintToString(text);
  });
}

TEST(PlainBytes, ATextOfAnyLengthIsPlainToItsEnd) {
  for (std::size_t size = 0; size < 100; ++size) EXPECT_EQ(plain_prefix<>(std::string(size, 'a')), size);
}

TEST(CharacterSet, HoldsLettersDigitsAndWhatIsNamedAndNothingElse) {
  constexpr CharacterSet kSet = CharacterSet::alphanumeric("-_");
  for (int byte = 0; byte < 256; ++byte) {
    const bool expected = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
    const char c = static_cast<char>(byte);
    EXPECT_EQ(kSet.has(c), expected) << byte;
    EXPECT_EQ(kSet.prefix(std::string("ab") + c + "cd"), expected ? 5U : 2U) << byte;
    EXPECT_EQ(kSet.makes(std::string("ab") + c), expected) << byte;
  }
  EXPECT_TRUE(kSet.makes(""));
}

}  // namespace
}  // namespace penstock
