#include "broker/message.h"

#include "base/hex.h"

namespace penstock {

MessageId MessageId::draw(Random& random) {
  MessageId id;
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t bits = random.next();
    for (std::size_t i = 0; i < 8; ++i, bits >>= 8) {
      id.bytes[half * 8 + i] = static_cast<std::uint8_t>(bits);
    }
  }
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

std::string MessageId::text() const {
  struct Group {
    std::size_t first;  // byte
    std::size_t bytes;
    std::size_t at;  // in the text
  };
  static constexpr Group kGroups[] = {{0, 4, 0}, {4, 2, 9}, {6, 2, 14}, {8, 2, 19}, {10, 6, 24}};
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string text(36, '-');
  for (const Group& group : kGroups) write_hex(all.substr(group.first, group.bytes), text.data() + group.at);
  return text;
}

std::optional<MessageId> MessageId::parse(std::string_view text) {
  const auto value_of = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() != 36) return std::nullopt;
  MessageId id;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const int value = value_of(text[at]);
    if (value < 0) return std::nullopt;
    std::uint8_t& byte = id.bytes[digits / 2];
    byte = static_cast<std::uint8_t>(byte * 16 + value);
    ++digits;
  }
  return id;
}

bool MessageContent::operator==(const MessageContent& other) const {
  const bool same_notification = notification == other.notification ||
                                 (notification && other.notification && *notification == *other.notification);
  return body == other.body && body_md5 == other.body_md5 && attributes == other.attributes &&
         trace_header == other.trace_header && sender_id == other.sender_id && group_id == other.group_id &&
         deduplication_id == other.deduplication_id && dead_letter == other.dead_letter && same_notification;
}

std::size_t memory_bytes(const MessageContent& content) {
  constexpr std::size_t kAllocation = 16;
  std::size_t bytes = sizeof(MessageContent) + kAllocation;
  for (const std::string* text : {&content.body, &content.trace_header, &content.sender_id, &content.group_id,
                                  &content.deduplication_id, &content.dead_letter.source_arn}) {
    if (text->capacity() > 15) bytes += text->capacity() + kAllocation;
  }
  for (const MessageAttribute& attribute : content.attributes) {
    bytes += sizeof(MessageAttribute) + kAllocation + attribute.name.capacity() +
             attribute.data_type.capacity() + attribute.value.capacity();
  }
  if (content.notification) {
    bytes += sizeof(Notification) + content.notification->topic_arn.capacity() + content.notification->subject.capacity() +
             content.notification->token.capacity() + 3 * kAllocation;
  }
  return bytes;
}

}  // namespace penstock
