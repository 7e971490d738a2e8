// The pages by which a test has requests fail, sees how often they did, and ends that (server/fault_plan.h).
#pragma once

#include "server/admin_paths.h"

namespace penstock {

AdminAnswer answer_faults(const AdminCall& call);
AdminAnswer answer_add_fault(const AdminCall& call);
// All, or the one whose Id the query names.
AdminAnswer answer_clear_faults(const AdminCall& call);

}  // namespace penstock
