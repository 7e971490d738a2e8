// DaemonExchange: one GET or POST of a daemon by HTTP or HTTPS, as `penstock healthcheck`, `penstock export` and
// `penstock backup` make it, so that an image needs no other program for it.
//
// Blocking, bounded in time as a whole and in bytes. By TLS the daemon must prove to be the one that is asked.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <optional>
#include <tl/expected.hpp>

#include "server/client_tls.h"
#include "server/endpoint.h"

namespace penstock {

// http://HOST:PORT/PATH, or with https.
struct DaemonUrl {
  std::string host;  // a name or an address, IPv6 without its brackets
  std::uint16_t port = 80;
  std::string path;
  bool secure = false;
  TlsTrust trust = {};  // of https

  // The path is empty if the text has none.
  static std::optional<DaemonUrl> parse(std::string_view text);
  // Of a daemon on this machine that listens there; without a path.
  static DaemonUrl of(const Endpoint& listening, bool secure);

  std::string authority() const;  // host and port
  std::string text() const;
};

struct ExchangeBounds {
  std::chrono::milliseconds time_max;
  std::size_t body_bytes_max = 0;  // 0: the status line is enough
};

// A further line of the head, without its end; empty: none.
using ExchangeHeader = std::string;

struct DaemonAnswer {
  std::string status;  // "200 OK"
  std::string body;
};

// The answer, or one line on why there is none.
tl::expected<DaemonAnswer, std::string> get_from_daemon(const DaemonUrl& url, const ExchangeBounds& bounds,
                                                 const ExchangeHeader& header = {});

// The same of a POST to the admin side, with a JSON body.
tl::expected<DaemonAnswer, std::string> post_to_daemon(const DaemonUrl& url, const std::string& body,
                                                  const ExchangeBounds& bounds, const ExchangeHeader& header = {});

}  // namespace penstock
