// The attributes that CreateQueue and SetQueueAttributes supply: from texts to the core's terms, or AWS's
// refusal of the first that is wrong. What AWS knows and this build does not offer is refused, never silently
// taken.
#pragma once

#include <string_view>

#include "base/result.h"
#include "broker/command.h"
#include "protocol/field.h"
#include "protocol/queue_attribute_table.h"

namespace penstock {

// Of a queue that is created: whether its name and FifoQueue agree.
Result<void> check_fifo(std::string_view queue_name, const MapOf<LooseText>& attributes);

// The name says whether the queue is a FIFO queue.
Result<SuppliedAttributes> supplied_attributes(std::string_view queue_name,
                                               const MapOf<LooseText>& attributes);

// The row of that name; null if there is no such attribute.
const QueueAttributeRow* find_queue_attribute(std::string_view name);

// InvalidAttributeName "Unknown Attribute {name}."
Error unknown_attribute(std::string_view name);

}  // namespace penstock
