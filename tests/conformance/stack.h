// Stack: everything between an HTTP request and its response, without sockets, threads or disk: the
// product's plan() and render() around its broker, and a table of records in memory for what it reads back.
//
// A request is decided when it is sent; pages and bodies come at once. Time stands still but for pass().
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "actions/dispatch.h"
#include "broker/broker.h"
#include "storage/memory_table.h"

namespace penstock::conformance {

class Stack {
 public:
  explicit Stack(const BrokerLimits& limits = {});

  // The number under which answer() knows it.
  std::uint64_t send(const ApiRequest& request);
  // Null while the request waits.
  const ApiResponse* answer(std::uint64_t request) const;

  // What a telephone does and gets, in the account and region that cases are in. A text: empty if none came.
  bool opt_out(const std::string& number);
  std::string last_text_to(const std::string& number) const;

  // Time passes, from one deadline of the broker to the next.
  void pass(Milliseconds time);

 private:
  // Writes what was decided, reads what it wants, and renders the answers.
  void settle(Outcome&& outcome);
  void fill_in_cold_contents(Outcome& outcome, Commit&& commit);

  Broker broker_;
  MemoryTable table_;
  SeededRandom random_{1};
  Time now_ = from_epoch_milliseconds(1'790'000'000'123);
  std::uint64_t requests_ = 0;
  std::map<std::uint64_t, CallPtr> waiting_;
  std::map<std::uint64_t, ApiResponse> answers_;
  std::map<std::string, std::string> texts_;  // the last one by number
};

}  // namespace penstock::conformance
