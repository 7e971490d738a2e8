// The pages that show a queue's messages without receiving them (broker/peek.h).
//
//   GET /messages            our own form, with state, filters and pages
//   /_aws/sqs/messages       the path that LocalStack made known, in its forms; also on the API's addresses
//   while
//                            requests are not verified
#pragma once

#include "server/admin_paths.h"

namespace penstock {

AdminAnswer answer_peek(const AdminCall& call);
AdminAnswer answer_localstack_peek(const AdminCall& call);

// Whether the request is for that path, or for what lies below it.
bool asks_localstack_peek(const ApiRequest& request);
// What it wants, by GET or as an SDK posts it. `request_id` goes into the answer.
AdminAnswer plan_localstack_peek(const ApiRequest& request, const Ticket& ticket, const World& world,
                                 const std::string& url_base, std::string request_id);

}  // namespace penstock
