#include "tests/conformance/behaviour.h"

#include <regex>
#include <sstream>
#include <string>

#include "tests/conformance/case.h"

namespace penstock::conformance {

Result<std::vector<int>> facts_of(std::string_view page) {
  static const std::regex kFact(R"(- \*\*(SQS|SNS)-([0-9]+)\*\* .+\[[RBDFEI][^\]]*\])");
  std::vector<int> facts;
  std::istringstream lines{std::string(page)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("- **")) continue;
    std::smatch parts;
    if (!std::regex_match(line, parts, kFact)) {
      return refuse(ErrorCode::kMalformedInput, "no fact: " + line.substr(0, 100));
    }
    facts.push_back(std::stoi(parts[2]) + (parts[1] == "SNS" ? kSnsFacts : 0));
  }
  return facts;
}

}  // namespace penstock::conformance
