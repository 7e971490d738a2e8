// The version of this build, as "0.1.0".
#pragma once

#include <string_view>

namespace penstock {

constexpr std::string_view version() { return PENSTOCK_VERSION; }

}  // namespace penstock
