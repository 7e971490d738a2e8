// TaggedFields: a payload made of (u8 tag, u32 length, bytes), ascending by tag, each tag once.
//
// What has its default may be left out; what is there and not known is for the reader's owner to refuse.
// A number is a field of exactly its own width. Like ByteReader, the reader never passes the end: check
// finished() once, after next() has given nothing.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace penstock {

template <class Tag>
class TaggedFieldsWriter {
 public:
  explicit TaggedFieldsWriter(ByteWriter& writer) : writer_(writer) {}

  void text(Tag tag, std::string_view bytes) {
    writer_.number(static_cast<std::uint8_t>(tag));
    writer_.text(bytes);
  }
  template <std::unsigned_integral Integer>
  void number(Tag tag, Integer value) {
    writer_.number(static_cast<std::uint8_t>(tag));
    writer_.number(static_cast<std::uint32_t>(sizeof(Integer)));
    writer_.number(value);
  }
  void signed_number(Tag tag, std::int64_t value) { number(tag, static_cast<std::uint64_t>(value)); }

 private:
  ByteWriter& writer_;
};

template <class Tag>
class TaggedFieldsReader {
 public:
  explicit TaggedFieldsReader(ByteReader& reader) : reader_(reader) {}

  // The next field's tag; nothing at the end or when something is wrong.
  std::optional<Tag> next() {
    if (reader_.failed() || wrong_ || reader_.rest().empty()) return std::nullopt;
    const auto tag = reader_.number<std::uint8_t>();
    value_ = reader_.text();
    if (tag <= last_tag_) wrong_ = true;
    last_tag_ = tag;
    if (reader_.failed() || wrong_) return std::nullopt;
    return static_cast<Tag>(tag);
  }

  // Of the field whose tag next() gave.
  std::string_view value() const { return value_; }
  template <std::unsigned_integral Integer>
  Integer number() {
    ByteReader own(value_);
    const auto value = own.number<Integer>();
    if (!own.finished()) wrong_ = true;
    return value;
  }
  std::int64_t signed_number() { return static_cast<std::int64_t>(number<std::uint64_t>()); }

  bool finished() const { return reader_.finished() && !wrong_; }

 private:
  ByteReader& reader_;
  std::string_view value_;
  std::uint8_t last_tag_ = 0;
  bool wrong_ = false;
};

}  // namespace penstock
