// The page of recorded deliveries on the admin address (server/delivery_record.h):
//
//   GET /sns/deliveries?protocol=lambda&endpoint=...&topic=...&after=N&began=TIME&limit=M
//
// JSON, with AWS's names: what each endpoint would have been handed, oldest first, and the number to go on
// after. A page has at most kPageMax of them, and ends after kPageBytesMax of payloads (one is always there). It says when
// the record began and that a restart forgets it. Whoever names another beginning, or a number that this record has not
// given out yet, means an earlier record, and is told so by a 410.
#pragma once

#include <cstddef>
#include <string_view>

#include "actions/notification_signing.h"
#include "protocol/api_message.h"
#include "server/delivery_record.h"

namespace penstock {

struct DeliveryPage {
  static constexpr std::string_view kPath = "/sns/deliveries";
  static constexpr std::size_t kPageMax = 100;
  static constexpr std::size_t kPageBytesMax = 1 << 20;

  const DeliveryRecord* record = nullptr;
  std::string url_base;  // of the URLs in messages; empty: as the subscriber reached us
  NotificationSigning* signing = nullptr;

  // 400 with what is wrong, if a parameter is.
  ApiResponse answer(const ApiRequest& request) const;
};

}  // namespace penstock
