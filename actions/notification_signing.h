// NotificationSigning: who signs the notifications of topics, as rendering asks for it. What stands behind it
// (a key in the data directory, a cache of signatures) is the server's; it may be called by any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "broker/message.h"

namespace penstock {

class NotificationSigning {
 public:
  virtual ~NotificationSigning() = default;

  struct Signed {
    std::string signature;         // base64
    std::string certificate_file;  // "SimpleNotificationService-{32 hexadecimal digits}.pem"
  };

  // The key that signs what is published now.
  virtual std::array<std::uint8_t, 16> key_id() = 0;
  // By the notification's own key, or if that is gone by the present one. The text is always the same for the
  // same publication.
  virtual Signed sign(const Notification& notification, const std::string& string_to_sign) = 0;
};

}  // namespace penstock
