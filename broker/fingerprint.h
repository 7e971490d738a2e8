// The fingerprint of what two requests must have in common to be one and the same.
#pragma once

#include <initializer_list>
#include <string_view>

#include "broker/record.h"

namespace penstock {

// Of the texts one after the other, each behind its length, so that no two lists of texts look the same.
Fingerprint fingerprint(std::initializer_list<std::string_view> texts);

}  // namespace penstock
