// ReceiptHandle: what a consumer shows to act on a message that it received.
//
// It describes itself and holds nothing local to a process: it stays valid across restarts and on
// another machine. It acts only on a touched message with the same nonce, which is 64 random bits drawn
// at the first receive, so it cannot be guessed. A message that is not touched any more has been deleted,
// expired or purged; no store read is needed to know it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "broker/record.h"

namespace penstock {

struct ReceiptHandle {
  PartitionId partition;
  QueueId queue;
  Lane lane;
  Sequence sequence;
  std::uint32_t attempt = 0;  // the receive count of that receive
  Time received;
  std::uint64_t nonce = 0;

  // Base64, 64 characters; AWS promises at most 1,024.
  std::string text() const;
  // Nothing unless the text is one that text() gave.
  static std::optional<ReceiptHandle> parse(std::string_view text);

  bool operator==(const ReceiptHandle&) const = default;
};

}  // namespace penstock
