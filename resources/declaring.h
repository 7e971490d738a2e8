// Declaring: from what is declared and what there is to the calls that make the one out of the other.
//
//     queues without their dead-letter queues - those - topics - subscriptions
//
// so that the order in a file means nothing. What is there is brought to what was said; what was not said
// stays; nothing is deleted. Every call is rehearsed (resources/rehearsal.h): one that would alter nothing is
// left out, so declaring the same again is no call at all, and the first one that is refused is the answer,
// with AWS's reason and the place where it was asked for. The calls are to be made in their order.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "resources/api_call.h"
#include "resources/declaration.h"
#include "resources/rehearsal.h"

namespace penstock {

struct DeclaringCall {
  ApiCall call;
  std::string where;  // for what is still refused then
};

tl::expected<std::vector<DeclaringCall>, DeclarationFault> calls_for(const Declaration& declaration,
                                                                     Rehearsal& rehearsal);

}  // namespace penstock
