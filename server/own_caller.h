// OwnCaller: the daemon as a caller of its own API, from within.
//
// It asks the broker thread as an I/O thread does, and takes the replies in a place of its own behind theirs.
// Other than those it waits; so it is for the one thread that starts the daemon and reads things anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actions/dispatch.h"
#include "resources/api_call.h"
#include "server/broker_thread.h"
#include "server/command_port.h"

namespace penstock {

class OwnCaller final : public ReplySink {
 public:
  // `place`: the number of I/O threads before it in the broker thread's list of sinks.
  OwnCaller(BrokerThread& broker, std::size_t place) : broker_(broker), place_(place) {}

  // Makes the call and waits until it is durable; what it is refused with, nothing: it is done.
  std::optional<std::string> perform(const ApiCall& call, const DispatchSettings& settings);

  // What there is now.
  ResourceFactsPtr facts();

  void deliver(std::vector<Reply>&& replies) override;

 private:
  using Awaited = std::shared_ptr<std::promise<Answer>>;

  Ticket next_ticket(const Awaited& answer);

  BrokerThread& broker_;
  const std::size_t place_;
  std::mutex mutex_;  // of what follows: two threads meet here, one of them once in a while
  std::uint64_t requests_ = 0;
  std::map<std::uint64_t, Awaited> waiting_;
};

}  // namespace penstock
