// Call: what render() must know of a request that has become a command.
//
// Most of an answer follows from the core's Answer alone; here is the rest: in which form it is wanted,
// under which URL the caller knows us, and what of the answer it asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actions/attribute_selection.h"
#include "actions/dispatch.h"
#include "actions/notification_signing.h"
#include "protocol/queue_attribute_table.h"

namespace penstock {

enum class AnswerForm : std::uint8_t {
  kJson,         // AWS JSON 1.0
  kXml,          // AWS Query
  kJsonLikeXml,  // AWS Query, by a client that accepts JSON
};

// GetQueueAttributes.
struct AskedOfQueue {
  QueueAttributeSet attributes;
};

// ListDeadLetterSourceQueues.
struct AskedOfSources {};

// ReceiveMessage.
struct AskedOfMessages {
  SystemAttributeSet system_attributes;
  AttributeSelection message_attributes;
};

// SendMessage.
struct AskedOfSend {
  bool digest_system_attributes = false;  // it supplied some
};

// The batches: one of each for every entry, in order.
struct AskedOfSends {
  std::vector<std::string> ids;
  std::vector<AskedOfSend> sends;
};
struct AskedOfDeletes {
  std::vector<std::string> ids;
};
struct AskedOfChanges {
  std::vector<std::string> ids;
};

// Subscribe and ConfirmSubscription.
struct AskedOfSubscribe {
  bool return_arn = false;  // also of a subscription that is not confirmed
};
// PublishBatch.
struct AskedOfPublishes {
  std::vector<std::string> ids;
};

// GetSMSAttributes: of which; none: of all.
struct AskedOfSms {
  std::vector<std::string> names;
};

using Asked = std::variant<std::monostate, AskedOfQueue, AskedOfMessages, AskedOfSend, AskedOfSends,
                           AskedOfDeletes, AskedOfChanges, AskedOfSources, AskedOfSubscribe,
                           AskedOfPublishes, AskedOfSms>;

enum class Service : std::uint8_t { kSqs, kSns, kSts };

struct Call {
  std::string request_id;
  AnswerForm form{};
  std::string_view action;  // the name in its row
  std::string url_base;     // for QueueUrl
  Service service = Service::kSqs;
  bool empty_result = false;              // of SNS: an action that says nothing has a result all the same
  std::string own_notification_base;      // of the URLs in notifications; empty: url_base
  NotificationSigning* signing = nullptr;  // null: notifications are not signed
  bool private_receivers = true;           // DispatchSettings
  Asked asked;

  // Scheme and authority of the URLs in notifications.
  const std::string& notification_base() const {
    return own_notification_base.empty() ? url_base : own_notification_base;
  }
};

}  // namespace penstock
