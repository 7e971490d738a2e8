// The attributes that CreateQueue supplies: from texts to the core's terms, or AWS's refusal of the first
// that is wrong. What AWS knows and this build does not offer is refused, never silently taken.
#pragma once

#include <string_view>

#include "base/result.h"
#include "broker/command.h"
#include "protocol/field.h"
#include "protocol/queue_attribute_table.h"

namespace penstock {

// `queue_name` must be a queue's name, standard or FIFO.
Result<SuppliedAttributes> supplied_attributes(std::string_view queue_name,
                                               const MapOf<LooseText>& attributes);

// The row of that name; null if there is no such attribute.
const QueueAttributeRow* find_queue_attribute(std::string_view name);

// InvalidAttributeName "Unknown Attribute {name}."
Error unknown_attribute(std::string_view name);

}  // namespace penstock
