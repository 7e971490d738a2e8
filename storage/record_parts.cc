#include "storage/record_parts.h"

#include <algorithm>
#include <utility>

namespace penstock {

void write_time(ByteWriter& writer, Time time) { writer.signed_number(epoch_milliseconds(time)); }

Time read_time(ByteReader& reader) { return from_epoch_milliseconds(reader.signed_number()); }

void write_id(ByteWriter& writer, const MessageId& id) {
  writer.raw({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

MessageId read_id(ByteReader& reader) {
  MessageId id;
  const std::string_view bytes = reader.raw(id.bytes.size());
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

std::string_view raw_bytes(const std::array<std::uint8_t, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool read_raw(std::string_view value, std::array<std::uint8_t, 16>& bytes) {
  if (value.size() != bytes.size()) return false;
  std::copy(value.begin(), value.end(), bytes.begin());
  return true;
}

std::string encode_texts(const std::vector<std::string>& texts) {
  std::string bytes;
  ByteWriter list(bytes);
  for (const std::string& text : texts) list.text(text);
  return bytes;
}

bool read_texts(std::string_view bytes, std::vector<std::string>& texts) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) texts.emplace_back(list.text());
  return list.finished() && !texts.empty();
}

std::string encode_tags(const std::vector<Tag>& tags) {
  std::string bytes;
  ByteWriter list(bytes);
  for (const Tag& tag : tags) {
    list.text(tag.key);
    list.text(tag.value);
  }
  return bytes;
}

bool read_tags(std::string_view bytes, std::vector<Tag>& tags) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) {
    Tag tag;
    tag.key = list.text();
    tag.value = list.text();
    if (!tags.empty() && tag.key <= tags.back().key) return false;
    tags.push_back(std::move(tag));
  }
  return list.finished() && !tags.empty();
}

std::string encode_texts(const NamedTexts& texts) {
  std::string bytes;
  ByteWriter list(bytes);
  for (const auto& [name, text] : texts) {
    list.text(name);
    list.text(text);
  }
  return bytes;
}

bool read_texts(std::string_view bytes, NamedTexts& texts) {
  ByteReader list(bytes);
  while (!list.failed() && !list.rest().empty()) {
    std::string name(list.text());
    std::string text(list.text());
    if (!texts.empty() && name <= texts.back().first) return false;
    texts.emplace_back(std::move(name), std::move(text));
  }
  return list.finished() && !texts.empty();
}

}  // namespace penstock
