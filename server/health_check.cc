#include "server/health_check.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace penstock {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t kStatusLineBytesMax = 256;

struct Addresses {
  ~Addresses() {
    if (first) freeaddrinfo(first);
  }
  addrinfo* first = nullptr;
  std::string error;  // empty: there are some
};

// Resolving knows no deadline, so it is done aside; this process ends before it if it takes too long.
std::shared_ptr<Addresses> resolve(const HealthUrl& url, Deadline deadline) {
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
  ~Exchange() { hang_up(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  bool connect(const addrinfo& address) {
    hang_up();
    socket_ = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return failed(errno);
    if (::connect(socket_, address.ai_addr, address.ai_addrlen) == 0) return true;
    if (errno != EINPROGRESS) return failed(errno);
    if (!wait(POLLOUT)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 || failed(error);
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size < 0 && errno != EAGAIN && errno != EINTR) return failed(errno);
      if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
      if (!bytes.empty() && !wait(POLLOUT)) return false;
    }
    return true;
  }

  // Without its line end.
  bool status_line(std::string& line) {
    while (line.find("\r\n") == std::string::npos) {
      char buffer[512];
      const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
      if (size == 0 || line.size() > kStatusLineBytesMax) {
        trouble_ = "it gave no answer of HTTP";
        return false;
      }
      if (size < 0 && errno != EAGAIN && errno != EINTR) return failed(errno);
      if (size > 0) {
        line.append(buffer, static_cast<std::size_t>(size));
      } else if (!wait(POLLIN)) {
        return false;
      }
    }
    line.resize(line.find("\r\n"));
    return true;
  }

  const std::string& trouble() const { return trouble_; }

 private:
  bool failed(int error) {
    trouble_ = std::strerror(error);
    return false;
  }
  bool wait(short events) {
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
      pollfd polled{socket_, events, 0};
      const int ready = left.count() > 0 ? poll(&polled, 1, static_cast<int>(left.count())) : 0;
      if (ready > 0) return true;
      if (ready < 0 && errno == EINTR) continue;
      trouble_ = "it does not answer";
      return false;
    }
  }
  void hang_up() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  const Deadline deadline_;
  int socket_ = -1;
  std::string trouble_;
};

}  // namespace

std::optional<HealthUrl> HealthUrl::parse(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  HealthUrl url;
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

HealthUrl HealthUrl::of(const Endpoint& listening) {
  return *parse("http://" + listening.reached_locally().text());
}

std::string HealthUrl::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + path;
}

HealthFinding check_health(const HealthUrl& url, std::chrono::milliseconds time_max) {
  const Deadline deadline = std::chrono::steady_clock::now() + time_max;
  const auto unhealthy = [&](const std::string& why) {
    return HealthFinding{false, url.text() + ": " + why};
  };
  const std::shared_ptr<Addresses> addresses = resolve(url, deadline);
  if (!addresses) return unhealthy("its name is not resolved in time");
  if (!addresses->error.empty()) return unhealthy(addresses->error);

  Exchange exchange(deadline);
  const addrinfo* address = addresses->first;
  while (address && !exchange.connect(*address)) address = address->ai_next;
  std::string line;
  if (!address ||
      !exchange.send("GET " + url.path + " HTTP/1.1\r\nHost: penstock\r\nConnection: close\r\n\r\n") ||
      !exchange.status_line(line)) {
    return unhealthy(exchange.trouble());
  }
  const bool http = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
  if (http && line.compare(9, 3, "200") == 0) return {true, url.text() + ": ready"};
  const auto printable = [](char character) { return character >= ' ' && character < '\x7f'; };
  if (!http || !std::all_of(line.begin(), line.end(), printable))
    return unhealthy("it gave no answer of HTTP");
  return unhealthy("it says " + line.substr(9));
}

}  // namespace penstock
