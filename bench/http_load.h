// HttpLoad: many keep-alive connections to one endpoint, on one thread.
//
// Each connection sends a request, reads the whole answer, and may send the next. The caller's script says
// what is sent and looks at what came back.
//
// A closed loop sends a connection's next request when the last one is answered: it shows what a server can
// do, but a server that pauses is asked less. An open loop sends at a rate, whatever comes back: a request
// whose moment has come while all connections are busy waits for one, and its time counts from the moment
// at which it was due, so that a pause is seen by everybody who would have met it.
//
// The time of an answer ends with its last byte. What was due during the warm-up is sent and answered, but
// not counted.
//
// Strict, a broken connection or an answer that is not HTTP ends the run with an exception: a benchmark of
// a broken server has no result. Otherwise it is counted, and the connection made again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.h"
#include "bench/http_answer.h"

namespace penstock {

class TlsTrust;

class HttpScript {
 public:
  virtual ~HttpScript() = default;
  // The next request of this connection, head and body; empty ends the connection's part.
  virtual std::string_view next(std::size_t connection) = 0;
  virtual void answered(std::size_t connection, const HttpAnswer& answer) = 0;
  // The connection broke and is a new one; what it had asked will not be answered.
  virtual void broken(std::size_t) {}
};

struct LoadPlan {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  const TlsTrust* tls = nullptr;  // nullptr: no TLS
  std::size_t connections = 1;
  std::chrono::duration<double> warm_up{0};
  std::chrono::duration<double> time{0};
  double rate = 0;  // requests a second, of all connections together; 0: a closed loop
  bool strict = true;
  bool abandons = false;  // at the end, connections are closed without waiting for their answers
  const std::atomic<bool>* over = nullptr;  // the end, if it is told by somebody
  // Called once a second, with the seconds since the begin and what was answered in the last of them.
  std::function<void(double seconds, std::uint64_t answers)> each_second;
};

struct LoadResult {
  std::uint64_t answers = 0;
  std::uint64_t failures = 0;  // of them, status other than 2xx
  std::uint64_t broken = 0;    // requests that were never answered, for their connection broke
  std::uint64_t late = 0;      // requests that were due and never sent, for no connection came free
  std::chrono::duration<double> elapsed{};
  Histogram latency;
  std::vector<double> by_second;  // answers in each whole second that was counted

  double rate() const { return elapsed.count() > 0 ? static_cast<double>(answers) / elapsed.count() : 0; }
};

// Runs until every connection's script has ended or the time is over.
LoadResult run_http_load(const LoadPlan& plan, HttpScript& script);
// Strict, a closed loop, here.
LoadResult run_http_load(std::uint16_t port, std::size_t connections, std::chrono::duration<double> time,
                         HttpScript& script);

// POST with these headers ("Name: value\r\n"...) and body, ready to be sent.
std::string http_post(std::string_view headers, std::string_view body, std::string_view path = "/");

}  // namespace penstock
