// The tags of a queue, as TagQueue and CreateQueue bring them (Amazon SQS API reference, TagQueue).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "broker/queue_attributes.h"
#include "protocol/field.h"

namespace penstock {

inline constexpr std::size_t kQueueTagsMax = 50;

// Ascending by key. Refused with InvalidParameterValue: a key of other than 1 to 128 characters, a value of
// more than 256, a character that AWS does not allow, a key that begins with "aws:".
Result<std::vector<Tag>> tags_of(MapOf<std::string>&& given);

}  // namespace penstock
