#include "tests/conformance/coverage.h"

namespace penstock::conformance {

Coverage::Coverage(const std::vector<CaseFile>& files) {
  for (const CaseFile& file : files) {
    for (const Case& one : file.cases) {
      ++cases_;
      facts_.insert(one.facts.begin(), one.facts.end());
      if (one.differs) {
        if (!one.facts.empty()) differences_[*one.facts.begin()] = one.title;
        continue;
      }
      for (const Protocol protocol : {Protocol::kJson, Protocol::kQuery}) {
        if (!one.speaks(protocol)) continue;
        ++performances_;
        for (const SeenAnswer& seen : perform(one, protocol).seen) note(seen, file.name + ": " + one.title);
      }
    }
  }
}

void Coverage::note(const SeenAnswer& seen, const std::string& title) {
  answers_[{seen.protocol, seen.action, seen.code}].insert(title);
  if (!seen.code.empty()) codes_[{seen.protocol, seen.code}].insert(title);
  for (const std::string& code : seen.entry_codes) {
    answers_[{seen.protocol, seen.action, code}].insert(title);
    codes_[{seen.protocol, code}].insert(title);
  }
  if (!seen.code.empty()) return;
  for (const std::string& member : seen.members) sent_.insert({seen.protocol, seen.action, member});
  for (const std::string& attribute : seen.attributes) returned_.insert({seen.protocol, attribute});
}

std::size_t Coverage::successes(Protocol protocol, std::string_view action) const {
  return provoked(protocol, action, {});
}

std::size_t Coverage::provoked(Protocol protocol, std::string_view action, std::string_view code) const {
  const auto found = answers_.find({protocol, Name(action), Name(code)});
  return found == answers_.end() ? 0 : found->second.size();
}

std::size_t Coverage::provoked(Protocol protocol, std::string_view code) const {
  const auto found = codes_.find({protocol, Name(code)});
  return found == codes_.end() ? 0 : found->second.size();
}

std::set<std::pair<std::string, std::string>> Coverage::refusals_of_sns() const {
  constexpr std::string_view kSns = "sns:";
  std::set<std::pair<std::string, std::string>> refusals;
  for (const auto& [answer, titles] : answers_) {
    const auto& [protocol, action, code] = answer;
    if (action.starts_with(kSns) && !code.empty()) refusals.emplace(action.substr(kSns.size()), code);
  }
  return refusals;
}

bool Coverage::sent(Protocol protocol, std::string_view action, std::string_view member) const {
  return sent_.contains({protocol, Name(action), Name(member)});
}

bool Coverage::returned(Protocol protocol, std::string_view attribute) const {
  return returned_.contains({protocol, Name(attribute)});
}

}  // namespace penstock::conformance
