#include "server/plain_exchange.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <thread>
#include <utility>

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
std::shared_ptr<Addresses> resolve(const PlainUrl& url, Deadline deadline) {
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

  // All that came with it, its own line at the front.
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
    return true;
  }

  // Adds what comes until the peer closes; at most `bytes_max` in all.
  bool rest(std::string& text, std::size_t bytes_max) {
    char buffer[16 << 10];
    for (;;) {
      const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
      if (size == 0) return true;
      if (size < 0 && errno != EAGAIN && errno != EINTR) return failed(errno);
      if (size > 0) text.append(buffer, static_cast<std::size_t>(size));
      if (text.size() > bytes_max) {
        trouble_ = "its answer is too long";
        return false;
      }
      if (size < 0 && !wait(POLLIN)) return false;
    }
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

// `rest`: what follows the first lines of the head, to the end of the body.
tl::expected<PlainAnswer, std::string> exchange_with(const PlainUrl& url, const std::string& method,
                                                     const PlainBounds& bounds, const std::string& rest) {
  const Deadline deadline = std::chrono::steady_clock::now() + bounds.time_max;
  const std::shared_ptr<Addresses> addresses = resolve(url, deadline);
  if (!addresses) return tl::unexpected(std::string("its name is not resolved in time"));
  if (!addresses->error.empty()) return tl::unexpected(addresses->error);

  Exchange exchange(deadline);
  const addrinfo* address = addresses->first;
  while (address && !exchange.connect(*address)) address = address->ai_next;
  std::string text;
  const bool whole = bounds.body_bytes_max > 0;
  if (!address ||
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
  PlainAnswer answer{line.substr(9), {}};
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

std::string PlainUrl::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string PlainUrl::text() const { return "http://" + authority() + path; }

tl::expected<PlainAnswer, std::string> plain_get(const PlainUrl& url, const PlainBounds& bounds,
                                                 const PlainHeader& header) {
  return exchange_with(url, "GET", bounds, (header.empty() ? "" : header + "\r\n") + "\r\n");
}

tl::expected<PlainAnswer, std::string> plain_post(const PlainUrl& url, const std::string& body,
                                                  const PlainBounds& bounds, const PlainHeader& header) {
  return exchange_with(url, "POST", bounds,
                       (header.empty() ? "" : header + "\r\n") +
                           "X-Penstock-Admin: 1\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace penstock
