// The pages by which a test resets the broker, waits for what it expects, and lets time pass
// (broker/controls.h).
#pragma once

#include "server/admin_paths.h"

namespace penstock {

AdminAnswer answer_reset(const AdminCall& call);
AdminAnswer answer_expect(const AdminCall& call);
AdminAnswer answer_clock(const AdminCall& call);
AdminAnswer answer_advance(const AdminCall& call);

}  // namespace penstock
