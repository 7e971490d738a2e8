// Tale: what happened in a history, in words for whoever must understand a broken promise.
//
// Messages are named by the lane, the sequence and the attempt of their receipt handle, and by the number
// that their body begins with.
#pragma once

#include <string>

#include "broker/command.h"

namespace penstock {

std::string describe(const Ticket& ticket);
std::string describe(const Operation& operation);
std::string describe(const Answer& answer);

}  // namespace penstock
