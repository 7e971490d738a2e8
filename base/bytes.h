// ByteWriter and ByteReader: how numbers and strings lie in keys, records and receipt handles.
//
// Numbers are big-endian, so that keys sort as their numbers do; strings carry a 32-bit length. A reader
// never reads past its end: the first reading that would makes it `failed()`, and everything read from
// then on is zero or empty. Check once, at the end.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  template <std::unsigned_integral Integer>
  void number(Integer value) {
    std::array<char, sizeof(Integer)> bytes;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bytes[i] = static_cast<char>(static_cast<std::uint8_t>(value >> (8 * (sizeof(Integer) - 1 - i))));
    }
    out_.append(bytes.data(), bytes.size());
  }
  void signed_number(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
  void raw(std::string_view bytes) { out_.append(bytes); }
  void text(std::string_view bytes) {
    number(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
  }

 private:
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::unsigned_integral Integer>
  Integer number() {
    const std::string_view bytes = raw(sizeof(Integer));
    Integer value = 0;
    for (const char byte : bytes) {
      value =
          static_cast<Integer>((static_cast<std::uint64_t>(value) << 8) | static_cast<std::uint8_t>(byte));
    }
    return value;
  }
  std::int64_t signed_number() { return static_cast<std::int64_t>(number<std::uint64_t>()); }
  std::string_view raw(std::size_t size) {
    if (failed_ || bytes_.size() < size) {
      failed_ = true;
      return {};
    }
    const std::string_view head = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return head;
  }
  std::string_view text() { return raw(number<std::uint32_t>()); }

  bool failed() const { return failed_; }
  // Everything was read and nothing was missing.
  bool finished() const { return !failed_ && bytes_.empty(); }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

}  // namespace penstock
