// Listener: binds the listening addresses and hands every connection to an I/O thread, in turn.
//
// Binding is exclusive (no SO_REUSEPORT), so that a port in use is an error and never a second daemon
// that silently takes half of the connections. Binding and accepting are apart: what has connected in
// between waits in the kernel's queue and is not refused.
//
// One thread accepts for all addresses. It alone counts connections by address; I/O threads write it a
// farewell for each one that ended. A connection beyond a bound is closed at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "server/endpoint.h"
#include "server/io_thread.h"
#include "server/log.h"
#include "server/settings.h"

namespace penstock {

class Listener {
 public:
  struct Bounds {
    std::size_t connections_max = 0;
    std::size_t address_max = 0;
  };

  Listener(const Bounds& bounds, std::vector<IoThread*> io_threads);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Before start. What was bound, with the real port; a refusal names `flag` and what to do.
  tl::expected<Endpoint, StartRefusal> bind(const Endpoint& endpoint, std::string_view flag);

  // Accepts from now on what arrives at an endpoint that bind() returned; any time after binding all.
  // By TLS if there is an identity, which must live as long as the I/O threads.
  void serve(const Endpoint& bound, Service& service, const TlsIdentity* tls = nullptr);
  // Closes all addresses and ends the thread. The I/O threads may have to live on for a while; so does
  // what takes their farewells.
  void stop();

 private:
  struct Binding {
    Endpoint endpoint;
    int socket = -1;
    const TlsIdentity* tls = nullptr;  // written before `service`, which tells of it
    std::atomic<Service*> service{nullptr};
  };

  void run();
  void wake();
  // False: out of descriptors, or the like; to be tried again after a pause.
  bool accept_from(Binding& binding);
  bool within_bounds(const IpAddress& peer);
  void take_farewells();

  const Bounds bounds_;
  const std::vector<IoThread*> io_threads_;
  std::vector<std::unique_ptr<Binding>> bindings_;
  Farewells farewells_{SIZE_MAX};
  int wake_ = -1;  // an eventfd
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // Of the thread alone.
  std::map<IpAddress, std::size_t> open_by_address_;  // by network_of, and as many as connections at most
  std::size_t open_ = 0;
  std::size_t turn_ = 0;
  bool short_of_resources_ = false;
  LogLimit limit_;
  std::vector<IpAddress> gone_;
};

}  // namespace penstock
