// The wall clock, in seconds: what signatures, certificates and the audit log go by. Queues have a time of their own.
#pragma once

#include <chrono>

#include "auth/wall_time.h"

namespace penstock {

inline WallTime wall_time() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace penstock
