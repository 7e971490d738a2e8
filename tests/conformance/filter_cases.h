// FilterCases: the rows of docs/behaviour/filter_policies.md as cases.
//
// A row about a message: a queue is subscribed with the policy, the message is published, the subscription
// ends, and at last the queue is asked what it has. Another queue of the same topic wants everything and is
// asked first, so that what the first one has not got has been there to be got. A row about a policy that is
// refused: Subscribe and SetSubscriptionAttributes refuse it in these words, and leave no subscription and no
// policy behind.
#pragma once

#include <string_view>

#include "tests/conformance/cases.h"

namespace penstock::conformance {

// Of the page's text, which lies at `path`. An Error names the line of the page that cannot be understood.
Result<CaseFile> filter_cases(std::string_view page, const std::string& path);

}  // namespace penstock::conformance
