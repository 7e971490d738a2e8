// Peeking: how messages that were only looked at (broker/peek.h) are shown, in four forms, and which of them.
//
// None has a receipt handle, because nobody received anything. Of a notification the envelope is shown as a
// receiver gets it, but without a signature, which would cost more than all the rest; or what was published,
// if that is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/command.h"
#include "protocol/api_message.h"

namespace penstock {

// Which messages of an answer are shown, and how. What is empty asks for nothing.
struct PeekLook {
  std::string text;                  // stands in the body as it is shown
  std::string attribute;             // the name of a message attribute that it has ...
  std::optional<std::string> value;  // ... with this value; of a Binary one in base64
  bool unwrapped = false;            // of a notification what was published, without its envelope
  std::string url_base;              // of the URLs in envelopes
};

enum class PeekForm : std::uint8_t {
  kOwn,          // JSON with what AWS has no word for: state, when visible, the next token
  kJson,         // as AWS JSON answers ReceiveMessage
  kXml,          // as AWS Query does
  kJsonLikeXml,  // LocalStack's: the XML document's shape, its lists under the names of their elements
};

// Once more, the next token is in the header X-Penstock-Next-Token, whatever the form.
ApiResponse render_peek(const Peeked& peeked, const PeekLook& look, PeekForm form,
                        std::string_view request_id);

}  // namespace penstock
