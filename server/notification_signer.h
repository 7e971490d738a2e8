// NotificationSigner: the key that signs the notifications of topics, and the signatures that it made.
//
// The key lies in the data directory (notification-key.pem, mode 0600) and is made when it is needed for the
// first time; without a data directory it lives as long as the process. A signature is always the same for
// the same publication, so it is remembered: signing takes some hundred microseconds, and a publication is
// received by each of its queues. At most kRemembered are, the oldest go first.
//
// Shared by all I/O threads. Two short locks: what they guard is no state of a queue, only a key that never
// changes once it is there and a memory of what could be computed again.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actions/notification_signing.h"
#include "auth/notification_key.h"

namespace penstock {

class NotificationSigner final : public NotificationSigning {
 public:
  static constexpr std::size_t kRemembered = 4096;

  // An empty directory: nothing is stored. `common_name` is the host that a certificate made here names.
  NotificationSigner(std::filesystem::path directory, std::string common_name);

  std::array<std::uint8_t, 16> key_id() override;
  Signed sign(const Notification& notification, const std::string& string_to_sign) override;

  // The certificate that the path "/SimpleNotificationService-{id}.pem" asks for; nothing if it is another
  // path, or of a key that is not ours.
  std::optional<std::string> certificate_at(std::string_view path);

  std::uint64_t signatures_made() const;

 private:
  const NotificationKey& key();
  NotificationKey load_or_make() const;

  const std::filesystem::path directory_;
  const std::string common_name_;

  std::once_flag made_;
  std::optional<NotificationKey> key_;

  mutable std::mutex lock_;
  // By what is signed: publication, version, form of the message, and whether it is a confirmation (whose
  // text names our URL).
  std::map<std::string, std::string, std::less<>> signatures_;
  std::deque<std::string> order_;
  std::uint64_t signatures_made_ = 0;
};

}  // namespace penstock
