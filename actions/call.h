// Call: what render() must know of a request that has become a command.
//
// Most of an answer follows from the core's Answer alone; here is the rest: under which URL the caller
// knows us, and what of the answer it asked for.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "actions/attribute_selection.h"
#include "actions/dispatch.h"
#include "protocol/queue_attribute_table.h"

namespace penstock {

// GetQueueAttributes.
struct AskedOfQueue {
  QueueAttributeSet attributes;
};

// ReceiveMessage.
struct AskedOfMessages {
  SystemAttributeSet system_attributes;
  AttributeSelection message_attributes;
};

// SendMessage.
struct AskedOfSend {
  bool digest_system_attributes = false;  // it supplied some
};

using Asked = std::variant<std::monostate, AskedOfQueue, AskedOfMessages, AskedOfSend>;

struct Call {
  std::string request_id;
  std::string authority;  // for QueueUrl
  Asked asked;
};

}  // namespace penstock
