// ResourcesPage: what there is of queues, topics and subscriptions as a resources document, for
// `penstock export`; a path of the admin side.
//
//     GET /resources                                    all accounts and regions
//     GET /resources?account=000000000000&region=us-east-1
//
// The facts are noted down by the broker thread; the request waits for them.
#pragma once

#include "server/admin_paths.h"

namespace penstock {

AdminAnswer answer_resources(const AdminCall& call);

}  // namespace penstock
