// Behaviour: the numbers of the facts in a page of docs/behaviour, in the order of the page.
//
// A fact is a line `- **SQS-143** What is so. [R]`. Its tag ends the line.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::conformance {

// An Error names a line that begins like a fact and is none.
// Facts of SNS are numbered as case.h says.
Result<std::vector<int>> facts_of(std::string_view page);

}  // namespace penstock::conformance
