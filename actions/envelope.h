// The envelope of a notification: what a receiver, of a queue or by HTTP, sees as the body (Amazon SNS
// Developer Guide, "Amazon SNS message and JSON formats"). Rendered when it is received: the copy in the
// queue holds what was published, and the envelope follows from it, from the signing key and from the URL
// under which we are known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actions/notification_signing.h"
#include "broker/message.h"

namespace penstock {

// The content must have a notification. `url_base` is scheme and authority. Without `signing` nothing is
// signed.
std::string render_envelope(const MessageContent& content, std::string_view url_base,
                            NotificationSigning* signing);

// The pieces of it, for protocols that have a form of their own (actions/payload.h). The two URLs are for
// whoever reads them to visit; the first is of a confirmation, the other of a notification.
std::string subscribe_url(const Notification& notification, std::string_view url_base);
std::string unsubscribe_url(const Notification& notification, std::string_view url_base);
struct EnvelopeSignature {
  std::string version;
  std::string signature;
  std::string certificate_url;
};
// Of a notification, not of a confirmation; nothing: it is not signed.
std::optional<EnvelopeSignature> signature_of(const MessageContent& content, std::string_view url_base,
                                              NotificationSigning* signing);
// Its MessageAttributes, as a JSON object.
enum class AttributeTypes : std::uint8_t {
  kAsGiven,
  kStringOrBinary,  // of what is neither: String
};
std::string attributes_json(const std::vector<MessageAttribute>& attributes, AttributeTypes types);

// "2026-11-22T12:00:00.000Z"
std::string iso_time(Time time);

// The SequenceNumber of a FIFO topic's publication: AWS shows 20 digits.
std::string publication_number(std::uint64_t sequence);

}  // namespace penstock
