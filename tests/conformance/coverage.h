// Coverage: every case performed in every protocol that it speaks, and what they were seen to show.
//
// It counts what really happened (an answer that came, an error that was provoked, a member that was part of
// a request that succeeded), never what a case says of itself. Cases in which this build is known to differ
// from AWS count for nothing but their facts.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/conformance/cases.h"
#include "tests/conformance/performance.h"

namespace penstock::conformance {

class Coverage {
 public:
  explicit Coverage(const std::vector<CaseFile>& files);

  const std::set<int>& facts() const { return facts_; }
  std::size_t cases() const { return cases_; }
  std::size_t performances() const { return performances_; }
  // The titles of the cases in which this build differs, with their first fact.
  const std::map<int, std::string>& differences() const { return differences_; }

  // In how many cases the action succeeded.
  std::size_t successes(Protocol protocol, std::string_view action) const;
  // In how many cases the error was provoked, as the answer or as that of one entry.
  std::size_t provoked(Protocol protocol, std::string_view action, std::string_view code) const;
  std::size_t provoked(Protocol protocol, std::string_view code) const;

  // The action and the code of every refusal of SNS, as an answer or as that of one entry.
  std::set<std::pair<std::string, std::string>> refusals_of_sns() const;

  // Whether the member was part of a request that succeeded ("Attributes.DelaySeconds" of a queue attribute).
  bool sent(Protocol protocol, std::string_view action, std::string_view member) const;
  // Whether the queue attribute was returned.
  bool returned(Protocol protocol, std::string_view attribute) const;

 private:
  using Name = std::string;

  void note(const SeenAnswer& seen, const std::string& title);

  std::set<int> facts_;
  std::map<int, std::string> differences_;
  std::size_t cases_ = 0;
  std::size_t performances_ = 0;
  // Titles of cases, by protocol, action and code; the code of a success is empty.
  std::map<std::tuple<Protocol, Name, Name>, std::set<Name>> answers_;
  std::map<std::tuple<Protocol, Name>, std::set<Name>> codes_;
  std::set<std::tuple<Protocol, Name, Name>> sent_;
  std::set<std::tuple<Protocol, Name>> returned_;
};

}  // namespace penstock::conformance
