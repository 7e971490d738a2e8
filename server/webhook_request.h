// The request that delivers one message to a receiver by HTTP (Amazon SNS Developer Guide, "Parsing Amazon
// SNS HTTP/HTTPS requests").
#pragma once

#include <string>
#include <string_view>

#include "actions/notification_signing.h"
#include "protocol/web_url.h"
#include "server/outgoing.h"

namespace penstock {

// As AWS names it: "Notification", ...
std::string_view type_name(Notification::Kind kind);

struct WebhookRequest {
  std::string head;  // without Authorization and the empty line at its end
  std::string body;

  // `url_base`: of the URLs in the message. Without `signing` nothing is signed.
  static WebhookRequest of(const OutgoingDelivery& outgoing, const WebUrl& url, std::string_view url_base,
                           NotificationSigning* signing);
};

}  // namespace penstock
