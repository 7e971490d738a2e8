// Workload: many connections that send, receive, delete and change visibility at once, until the daemon
// under them dies. Everything they were told goes into the History.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/kill/history.h"

namespace penstock {

class Workload {
 public:
  // Starts the workers. Queue i is named `queues[i]`; `prefix` makes the bodies of this run unique.
  Workload(std::uint16_t port, std::vector<std::string> queues, std::size_t connections, std::uint64_t seed,
           std::string prefix, History& history);
  ~Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // False once every worker has ended, each with its first call that has no answer.
  bool running() const { return running_ > 0; }
  // Waits for every worker.
  void join();
  // What workers saw that must not be, while it ran.
  std::vector<std::string> violations() const;

 private:
  void work(std::size_t worker, std::uint64_t seed);
  void violated(const std::string& what);

  const std::uint16_t port_;
  const std::vector<std::string> queues_;
  const std::string prefix_;
  History& history_;
  std::atomic<std::size_t> running_;
  std::vector<std::thread> workers_;
  mutable std::mutex mutex_;
  std::vector<std::string> violations_;
};

}  // namespace penstock
