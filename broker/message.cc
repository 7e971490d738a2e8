#include "broker/message.h"

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
  const std::string digits = hex(bytes);
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text.push_back('-');
    text.push_back(digits[i]);
  }
  return text;
}

std::size_t memory_bytes(const MessageContent& content) {
  constexpr std::size_t kAllocation = 16;
  std::size_t bytes = sizeof(MessageContent) + kAllocation;
  for (const std::string* text : {&content.body, &content.trace_header, &content.sender_id, &content.group_id,
                                  &content.deduplication_id}) {
    if (text->capacity() > 15) bytes += text->capacity() + kAllocation;
  }
  for (const MessageAttribute& attribute : content.attributes) {
    bytes += sizeof(MessageAttribute) + kAllocation + attribute.name.capacity() +
             attribute.data_type.capacity() + attribute.value.capacity();
  }
  return bytes;
}

}  // namespace penstock
