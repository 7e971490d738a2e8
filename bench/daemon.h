// Daemon: a penstock under measurement, on a port of its own and a directory of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/child_process.h"

namespace penstock {

class Daemon {
 public:
  // Starts the program on that data directory and waits until it is ready.
  Daemon(const std::string& program, const std::string& data, const std::vector<std::string>& more = {});

  std::uint16_t port() const { return port_; }
  // 0: it was not told to listen for TLS.
  std::uint16_t tls_port() const { return tls_port_; }
  const ChildProcess& process() const { return process_; }
  void kill_now() { process_.kill_now(); }

  // One call on a connection of its own; returns the body, throws unless the status is 200.
  std::string call(const std::string& action, const std::string& json) const;
  // That line of /metrics, name and value.
  std::string metric(const std::string& name) const;
  // Its value; it must be whole.
  std::uint64_t number(const std::string& name) const;
  // Creates the queue, with attributes that are members of a JSON object, and returns its URL.
  std::string create_queue(const std::string& name, const std::string& attributes = {}) const;

 private:
  ChildProcess process_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::uint16_t admin_port_ = 0;
};

}  // namespace penstock
