// The envelope of a notification: what a receiver, of a queue or by HTTP, sees as the body (Amazon SNS
// Developer Guide, "Amazon SNS message and JSON formats"). Rendered when it is received: the copy in the
// queue holds what was published, and the envelope follows from it, from the signing key and from the URL
// under which we are known.
#pragma once

#include <string>
#include <string_view>

#include "actions/notification_signing.h"
#include "broker/message.h"

namespace penstock {

// The content must have a notification. `url_base` is scheme and authority. Without `signing` nothing is
// signed.
std::string render_envelope(const MessageContent& content, std::string_view url_base,
                            NotificationSigning* signing);

// "2026-11-22T12:00:00.000Z"
std::string iso_time(Time time);

// The SequenceNumber of a FIFO topic's publication: AWS shows 20 digits.
std::string publication_number(std::uint64_t sequence);

}  // namespace penstock
