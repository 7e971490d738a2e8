// A message: what the sender said (MessageContent) and what the broker said of it (MessageHead).
//
// Content is immutable and shared: the same object travels from the request through the commit into the
// window of its queue and out again, and is never copied. The core looks inside it for
// what concerns queues, the group and where it was moved from, never at what was said.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  // Nothing unless text() gives exactly that.
  static std::optional<MessageId> parse(std::string_view text);
  auto operator<=>(const MessageId&) const = default;
};

struct MessageAttribute {
  std::string name;
  std::string data_type;  // as sent: String, Number or Binary, with an optional .label
  std::string value;      // UTF-8 text, or the decoded bytes of a Binary

  bool operator==(const MessageAttribute&) const = default;
};

// What a message brings along from the queue that it could not be consumed in.
struct DeadLetter {
  std::string source_arn;           // DeadLetterQueueSourceArn; empty: it was moved from nowhere
  std::uint32_t receive_count = 0;  // before it came here

  bool operator==(const DeadLetter&) const = default;
};

// What makes a copy for a queue a notification of a topic (broker/topic.h). With it the body is the message as
// it was published, and what a receiver sees as the body is an envelope around it, rendered when it is
// received.
struct Notification {
  // On disk.
  enum class Kind : std::uint8_t {
    kNotification = 0,
    kSubscriptionConfirmation = 1,
    kUnsubscribeConfirmation = 2,
  };

  Kind kind = Kind::kNotification;
  std::string topic_arn;
  MessageId id;  // of the publication: the same in each of its copies
  Time published;
  std::string subject;                         // empty: none
  MessageId subscription;                      // its id
  std::uint8_t signature_version = 0;          // 1 or 2; 0: not signed
  std::array<std::uint8_t, 16> signing_key{};  // its id
  std::uint64_t sequence_number = 0;           // of a FIFO topic; 0: of another
  std::string token;                           // of a confirmation
  // Of a copy in an outbox: what its receiver gets is the message alone, without an envelope around it.
  bool raw = false;
  // The protocol whose own message it is, where the publisher gave one for each; 0: that of queues. Of mobile
  // push the body is then all that the publisher gave, since each platform has a message of its own.
  std::uint8_t form = 0;

  bool operator==(const Notification&) const = default;
};

struct MessageContent {
  std::string body;
  Md5 body_md5{};
  std::vector<MessageAttribute> attributes;  // ascending by name, as the digest wants them
  std::string trace_header;                  // AWSTraceHeader; empty: none
  std::string sender_id;
  std::string group_id;          // MessageGroupId; empty: none
  std::string deduplication_id;  // MessageDeduplicationId; empty: none
  DeadLetter dead_letter;        // the core's own word, put by the move
  std::shared_ptr<Notification> notification;  // null: none. A message of its own has none, and pays a pointer

  bool operator==(const MessageContent& other) const;
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
