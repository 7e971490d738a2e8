// CompatibilityPage: docs/compatibility.md, printed from the product's tables and from what the cases showed.
//
// Nothing in it is declared: an action, a parameter or an attribute that the tables offer and that no case
// showed is no line of the page but the reason why there is no page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/coverage.h"

namespace penstock::conformance {

// What the tables offer and no case shows, one a line.
std::vector<std::string> not_shown(const Coverage& coverage);
// Refusals of SNS that were seen and that its table does not declare.
std::vector<std::string> not_declared(const Coverage& coverage);

// `clients` is the hand-written part.
std::string compatibility_page(const Coverage& coverage, std::string_view clients);

}  // namespace penstock::conformance
