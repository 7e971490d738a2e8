#include "tests/conformance/behaviour.h"

#include <regex>
#include <sstream>
#include <string>

namespace penstock::conformance {

Result<std::vector<int>> facts_of(std::string_view page) {
  static const std::regex kFact(R"(- \*\*SQS-([0-9]+)\*\* .+\[[RDEI][^\]]*\])");
  std::vector<int> facts;
  std::istringstream lines{std::string(page)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("- **")) continue;
    std::smatch parts;
    if (!std::regex_match(line, parts, kFact)) {
      return refuse(ErrorCode::kMalformedInput, "no fact: " + line.substr(0, 100));
    }
    facts.push_back(std::stoi(parts[1]));
  }
  return facts;
}

}  // namespace penstock::conformance
