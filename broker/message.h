// A message: what the sender said (MessageContent) and what the broker said of it (MessageHead).
//
// Content is immutable and shared: the same object travels from the request through the commit into the
// window of its queue and out again, and is never copied. The core never looks inside it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "base/time.h"

namespace penstock {

// A random UUID (version 4, RFC 4122) in 16 bytes.
struct MessageId {
  std::array<std::uint8_t, 16> bytes{};

  static MessageId draw(Random& random);
  // 36 characters, lower case: 8-4-4-4-12.
  std::string text() const;
  auto operator<=>(const MessageId&) const = default;
};

struct MessageAttribute {
  std::string name;
  std::string data_type;  // as sent: String, Number or Binary, with an optional .label
  std::string value;      // UTF-8 text, or the decoded bytes of a Binary

  bool operator==(const MessageAttribute&) const = default;
};

struct MessageContent {
  std::string body;
  Md5 body_md5{};
  std::vector<MessageAttribute> attributes;  // ascending by name, as the digest wants them
  std::string trace_header;                  // AWSTraceHeader; empty: none
  std::string sender_id;
  std::string group_id;          // MessageGroupId; empty: none
  std::string deduplication_id;  // MessageDeduplicationId; empty: none

  bool operator==(const MessageContent&) const = default;
};

using ContentPtr = std::shared_ptr<const MessageContent>;

// What a content occupies in memory, in bytes, allocator overhead included roughly.
std::size_t memory_bytes(const MessageContent& content);

struct MessageHead {
  MessageId id;
  Time sent;

  bool operator==(const MessageHead&) const = default;
};

}  // namespace penstock
