#include "server/daemon_exchange.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "server/socket.h"
#include "server/tls_stream.h"

namespace penstock {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t kStatusLineBytesMax = 256;
constexpr std::size_t kHeadBytesMax = 8 << 10;

struct Addresses {
  ~Addresses() {
    if (first) freeaddrinfo(first);
  }
  addrinfo* first = nullptr;
  std::string error;  // empty: there are some
};

// Resolving knows no deadline, so it is done aside; this process ends before it if it takes too long.
std::shared_ptr<Addresses> resolve(const DaemonUrl& url, Deadline deadline) {
  auto promise = std::make_shared<std::promise<std::shared_ptr<Addresses>>>();
  auto found = promise->get_future();
  std::thread([promise, host = url.host, port = std::to_string(url.port)] {
    auto addresses = std::make_shared<Addresses>();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &addresses->first);
    if (error != 0) addresses->error = gai_strerror(error);
    promise->set_value(std::move(addresses));
  }).detach();
  if (found.wait_until(deadline) != std::future_status::ready) return nullptr;
  return found.get();
}

class Exchange {
 public:
  explicit Exchange(Deadline deadline) : deadline_(deadline) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  bool connect(const addrinfo& address) {
    socket_.emplace(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int descriptor = socket_->descriptor();
    if (descriptor < 0) return failed(errno);
    if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return true;
    if (errno != EINPROGRESS) return failed(errno);
    if (!wait(POLLOUT)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 || failed(error);
  }

  // From here on by TLS, with what begin_client_tls() gave.
  bool secure(SSL* ssl) {
    tls_.emplace(ssl, socket_->descriptor(), TlsSide::kClient);
    while (!tls_->shaken()) {
      // To look for bytes takes the handshake on.
      const Flow flow = tls_->look();
      if (flow == Flow::kEnded || flow == Flow::kBroken) return gone(flow);
      if (!tls_->shaken() && !wait(tls_->wants_writing() ? POLLOUT : POLLIN)) return false;
    }
    return true;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const Transfer sent = tls_ ? tls_->write(bytes, {}) : socket_->write(bytes);
      if (sent.flow == Flow::kBroken) return gone(sent.flow);
      bytes.remove_prefix(sent.bytes);
      if (!bytes.empty() && !wait(POLLOUT)) return false;
    }
    return true;
  }

  // All that came with it, its own line at the front.
  bool status_line(std::string& line) {
    while (line.find("\r\n") == std::string::npos) {
      char buffer[512];
      const Transfer read = take(buffer);
      if (read.flow == Flow::kEnded || line.size() > kStatusLineBytesMax) {
        trouble_ = "it gave no answer of HTTP";
        return false;
      }
      if (read.flow == Flow::kBroken) return gone(read.flow);
      line.append(buffer, read.bytes);
      if (read.flow == Flow::kBlocked && !wait(POLLIN)) return false;
    }
    return true;
  }

  // Adds what comes until the peer closes; at most `bytes_max` in all.
  bool rest(std::string& text, std::size_t bytes_max) {
    char buffer[16 << 10];
    for (;;) {
      const Transfer read = take(buffer);
      if (read.flow == Flow::kEnded) return true;
      if (read.flow == Flow::kBroken) return gone(read.flow);
      text.append(buffer, read.bytes);
      if (text.size() > bytes_max) {
        trouble_ = "its answer is too long";
        return false;
      }
      if (read.flow == Flow::kBlocked && !wait(POLLIN)) return false;
    }
  }

  const std::string& trouble() const { return trouble_; }

 private:
  Transfer take(std::span<char> into) { return tls_ ? tls_->read(into) : socket_->read(into); }
  bool failed(int error) {
    trouble_ = std::strerror(error);
    return false;
  }
  bool gone(Flow flow) {
    trouble_ = tls_ && !tls_->disagreement().empty() ? "TLS: " + tls_->disagreement()
               : flow == Flow::kEnded                ? "it ended the connection"
               : tls_                                ? "the connection broke off"
                                                     : std::strerror(errno);
    return false;
  }
  bool wait(short events) {
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
      pollfd polled{socket_->descriptor(), events, 0};
      const int ready = left.count() > 0 ? poll(&polled, 1, static_cast<int>(left.count())) : 0;
      if (ready > 0) return true;
      if (ready < 0 && errno == EINTR) continue;
      trouble_ = "it does not answer";
      return false;
    }
  }

  const Deadline deadline_;
  std::optional<Socket> socket_;
  std::optional<TlsStream> tls_;  // on top of it
  std::string trouble_;
};

// By TLS: the connection to begin with; null if there is no memory. `context` must live as long.
SSL* begin(const DaemonUrl& url, SSL_CTX* context) {
  if (!url.trust.pinned_file.empty()) return begin_pinned_tls(context);
  const bool address = Endpoint::parse(DaemonUrl{.host = url.host, .port = 1, .path = {}}.authority()).has_value();
  return begin_client_tls(context, url.host, address && url.host != "localhost");
}

// `rest`: what follows the first lines of the head, to the end of the body.
tl::expected<DaemonAnswer, std::string> exchange_with(const DaemonUrl& url, const std::string& method,
                                                     const ExchangeBounds& bounds, const std::string& rest) {
  const Deadline deadline = std::chrono::steady_clock::now() + bounds.time_max;
  const std::shared_ptr<Addresses> addresses = resolve(url, deadline);
  if (!addresses) return tl::unexpected(std::string("its name is not resolved in time"));
  if (!addresses->error.empty()) return tl::unexpected(addresses->error);

  ClientTls tls;
  if (url.secure) {
    auto trusting = client_tls(url.trust);
    if (!trusting) return tl::unexpected(std::move(trusting.error()));
    tls = *std::move(trusting);
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes in a way that raises it if the daemon is gone
  }
  Exchange exchange(deadline);
  const addrinfo* address = addresses->first;
  while (address && !exchange.connect(*address)) address = address->ai_next;
  std::string text;
  const bool whole = bounds.body_bytes_max > 0;
  if (!address || (tls && !exchange.secure(begin(url, tls.get()))) ||
      !exchange.send(method + " " + url.path + " HTTP/1.1\r\nHost: " + url.authority() +
                     "\r\nConnection: close\r\n" + rest) ||
      !exchange.status_line(text) || (whole && !exchange.rest(text, kHeadBytesMax + bounds.body_bytes_max))) {
    return tl::unexpected(exchange.trouble());
  }
  const std::string line = text.substr(0, text.find("\r\n"));
  const auto printable = [](char character) { return character >= ' ' && character < '\x7f'; };
  const bool http = line.size() >= 12 && (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) &&
                    std::all_of(line.begin(), line.end(), printable);
  if (!http) return tl::unexpected(std::string("it gave no answer of HTTP"));
  DaemonAnswer answer{line.substr(9), {}};
  const std::size_t head = text.find("\r\n\r\n");
  if (whole && head == std::string::npos) return tl::unexpected(std::string("it gave no answer of HTTP"));
  if (whole) {
    answer.body = text.substr(head + 4);
    // A connection that ended early must not pass for an answer.
    const std::size_t length = text.find("\r\nContent-Length: ");
    const std::string declared = length < head ? text.substr(length + 18, text.find("\r\n", length + 2) - length - 18) : "";
    if (declared != std::to_string(answer.body.size())) return tl::unexpected(std::string("its answer was cut off"));
  }
  return answer;
}

}  // namespace

std::string DaemonUrl::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string DaemonUrl::text() const { return (secure ? "https://" : "http://") + authority() + path; }

std::optional<DaemonUrl> DaemonUrl::parse(std::string_view text) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kSecure = "https://";
  DaemonUrl url;
  url.secure = text.starts_with(kSecure);
  if (url.secure) url.port = 443;
  if (!url.secure && !text.starts_with(kPlain)) return std::nullopt;
  text.remove_prefix(url.secure ? kSecure.size() : kPlain.size());
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (slash + 1 < text.size()) url.path = text.substr(slash);
  std::string_view host = text.substr(0, slash);
  const std::size_t bracket = host.find(']');
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view port = host.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return std::nullopt;
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto printable = [](char character) { return character > ' ' && character < '\x7f'; };
  if (host.empty() || !std::all_of(host.begin(), host.end(), printable)) return std::nullopt;
  if (!std::all_of(url.path.begin(), url.path.end(), printable)) return std::nullopt;
  url.host = host;
  return url;
}

DaemonUrl DaemonUrl::of(const Endpoint& listening, bool secure) {
  const Endpoint here = listening.reached_locally();
  DaemonUrl url;
  url.host = text_of(here.address);
  url.port = here.port;
  url.secure = secure;
  return url;
}

tl::expected<DaemonAnswer, std::string> get_from_daemon(const DaemonUrl& url, const ExchangeBounds& bounds,
                                                 const ExchangeHeader& header) {
  return exchange_with(url, "GET", bounds, (header.empty() ? "" : header + "\r\n") + "\r\n");
}

tl::expected<DaemonAnswer, std::string> post_to_daemon(const DaemonUrl& url, const std::string& body,
                                                  const ExchangeBounds& bounds, const ExchangeHeader& header) {
  return exchange_with(url, "POST", bounds,
                       (header.empty() ? "" : header + "\r\n") +
                           "X-Penstock-Admin: 1\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace penstock
