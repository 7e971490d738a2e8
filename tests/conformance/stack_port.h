// StackPort: a port on loopback through which real clients reach a Stack.
//
// One thread, no concurrency: the port is served only inside of serve(), which the one who waits for
// something calls. Each request has a number, in the order of arrival from 1 on. A request that the stack
// does not answer at once waits; deliver() sends what has been answered meanwhile.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "tests/conformance/stack.h"

namespace penstock::conformance {

class StackPort {
 public:
  StackPort();
  ~StackPort();
  StackPort(const StackPort&) = delete;

  // "http://127.0.0.1:PORT"
  std::string address() const;

  // From now on requests are for this stack, which must outlive leave().
  void stand_before(Stack& stack) { stack_ = &stack; }
  // Hangs up on whoever still waits.
  void leave();
  // Serves until `reader` can be read (true), or `longest` is over (false), or a request arrives that has to
  // wait (true).
  bool serve(int reader, std::chrono::milliseconds longest);
  void deliver();
  // Whether a read would not wait.
  static bool readable(int reader);

  std::uint64_t arrived() const { return arrived_; }
  bool waits(std::uint64_t request) const;
  // Of the answer to a request; 0: it has none.
  int status_of(std::uint64_t request) const;

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  struct Connection {
    int socket = -1;
    std::string unread;
    std::optional<Parser> parser;
    std::uint64_t request = 0;   // that waits; 0: none
    std::uint64_t in_stack = 0;  // the stack's number for it
  };

  void accept_one();
  // False: it is over. `waits`: a request came that has to wait.
  bool read_from(Connection& connection, bool& waits);
  bool take_request(Connection& connection);
  void send(Connection& connection, std::uint64_t request, const ApiResponse& response);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::list<Connection> connections_;
  Stack* stack_ = nullptr;
  std::uint64_t arrived_ = 0;
  std::map<std::uint64_t, int> statuses_;  // since the last leave()
};

}  // namespace penstock::conformance
