// What a request says of a queue's attributes, held against those that stand.
//
// An attribute that a request did not supply says nothing: it keeps its value, or has its default in a new
// queue. So creating a queue again compares what was supplied, and no more; setting takes it over.
#pragma once

#include "broker/command.h"
#include "broker/queue_attributes.h"

namespace penstock {

// As they are once what was supplied is in force.
QueueAttributes with(QueueAttributes attributes, const SuppliedAttributes& supplied);

// Whether no queue may have them together.
bool contradict(const QueueAttributes& attributes);

// The first attribute that was supplied and differs, by AWS's name and in the order of those; null if none
// does. Attributes that were not supplied say nothing, even if a supplied one would change them.
const char* first_difference(const QueueAttributes& present, const SuppliedAttributes& supplied);

}  // namespace penstock
