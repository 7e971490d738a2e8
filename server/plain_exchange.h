// PlainExchange: one GET or POST of a daemon over HTTP, as `penstock healthcheck`, `penstock export` and
// `penstock backup` make it, so that an image needs no other program for it.
//
// Plain and blocking, bounded in time as a whole and in bytes. TLS is not spoken.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace penstock {

// http://HOST:PORT/PATH
struct PlainUrl {
  std::string host;  // a name or an address, IPv6 without its brackets
  std::uint16_t port = 80;
  std::string path;

  std::string authority() const;  // host and port
  std::string text() const;
};

struct PlainBounds {
  std::chrono::milliseconds time_max;
  std::size_t body_bytes_max = 0;  // 0: the status line is enough
};

// A further line of the head, without its end; empty: none.
using PlainHeader = std::string;

struct PlainAnswer {
  std::string status;  // "200 OK"
  std::string body;
};

// The answer, or one line on why there is none.
tl::expected<PlainAnswer, std::string> plain_get(const PlainUrl& url, const PlainBounds& bounds,
                                                 const PlainHeader& header = {});

// The same of a POST to the admin side, with a JSON body.
tl::expected<PlainAnswer, std::string> plain_post(const PlainUrl& url, const std::string& body,
                                                  const PlainBounds& bounds, const PlainHeader& header = {});

}  // namespace penstock
