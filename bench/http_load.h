// HttpLoad: a closed loop of keep-alive connections against one endpoint, on one thread.
//
// Each connection sends a request, reads the whole answer, and sends the next. The caller's script says
// what is sent and looks at what came back; the time from the first byte out to the last byte in is
// counted. A connection that breaks, or an answer that is not HTTP, ends the run with an exception: a
// benchmark of a broken server has no result.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "bench/histogram.h"

namespace penstock {

struct HttpAnswer {
  int status = 0;
  std::string_view body;
};

class HttpScript {
 public:
  virtual ~HttpScript() = default;
  // The next request of this connection, head and body; empty ends the connection's part.
  virtual std::string_view next(std::size_t connection) = 0;
  virtual void answered(std::size_t connection, const HttpAnswer& answer) = 0;
};

struct LoadResult {
  std::uint64_t answers = 0;
  std::uint64_t failures = 0;  // status other than 2xx
  std::chrono::duration<double> elapsed{};
  Histogram latency;

  double rate() const { return static_cast<double>(answers) / elapsed.count(); }
};

// Runs until every connection's script has ended or the time is over.
LoadResult run_http_load(std::uint16_t port, std::size_t connections, std::chrono::duration<double> time,
                         HttpScript& script);

// POST / with these headers ("Name: value\r\n"...) and body, ready to be sent.
std::string http_post(std::string_view headers, std::string_view body);

}  // namespace penstock
