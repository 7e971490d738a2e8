#include "server/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "server/log.h"

namespace penstock {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsMax = 64;  // from one address, before the others have their turn
constexpr int kPauseMilliseconds = 100;

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

socklen_t fill(SocketAddress& address, const Endpoint& endpoint) {
  std::memset(&address, 0, sizeof address);
  if (endpoint.v6) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(endpoint.port);
    std::memcpy(&address.v6.sin6_addr, endpoint.address.data(), 16);
    return sizeof address.v6;
  }
  address.v4.sin_family = AF_INET;
  address.v4.sin_port = htons(endpoint.port);
  std::memcpy(&address.v4.sin_addr, endpoint.address.data() + 12, 4);
  return sizeof address.v4;
}

IpAddress address_of(const SocketAddress& address) {
  IpAddress ip{};
  if (address.any.sa_family == AF_INET6) {
    std::memcpy(ip.data(), &address.v6.sin6_addr, 16);
  } else {
    ip[10] = ip[11] = 0xff;
    std::memcpy(ip.data() + 12, &address.v4.sin_addr, 4);
  }
  return ip;
}

std::string explain(const Endpoint& endpoint, std::string_view flag, int error) {
  const std::string what = "cannot listen on " + endpoint.text() + " (--" + std::string(flag) + "): ";
  switch (error) {
    case EADDRINUSE:
      return what + "port " + std::to_string(endpoint.port) +
             " is in use by another process; stop that one, or give --" + std::string(flag) + " another port";
    case EACCES:
      return what + "not permitted; ports below 1024 need a privilege, so give another port";
    case EADDRNOTAVAIL:
      return what + "this machine does not have that address";
    default:
      return what + std::strerror(error);
  }
}

}  // namespace

Listener::Listener(const Bounds& bounds, std::vector<IoThread*> io_threads)
    : bounds_(bounds), io_threads_(std::move(io_threads)), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Listener::~Listener() {
  stop();
  if (wake_ >= 0) ::close(wake_);
}

tl::expected<Endpoint, StartRefusal> Listener::bind(const Endpoint& endpoint, std::string_view flag) {
  const auto refuse_start = [&](int error, int socket) {
    if (socket >= 0) ::close(socket);
    return tl::unexpected(StartRefusal{kExitUnavailable, explain(endpoint, flag, error)});
  };
  const int family = endpoint.v6 ? AF_INET6 : AF_INET;
  const int socket = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return refuse_start(errno, socket);
  const int on = 1;
  // Linux lets this take over a port that connections are still leaving, never one that is listened on.
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (endpoint.v6) setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);

  SocketAddress address;
  socklen_t size = fill(address, endpoint);
  if (::bind(socket, &address.any, size) != 0) return refuse_start(errno, socket);
  if (listen(socket, kBacklog) != 0) return refuse_start(errno, socket);
  size = sizeof address;
  if (getsockname(socket, &address.any, &size) != 0) return refuse_start(errno, socket);

  auto binding = std::make_unique<Binding>();
  binding->endpoint = endpoint;
  binding->endpoint.port = ntohs(endpoint.v6 ? address.v6.sin6_port : address.v4.sin_port);
  binding->socket = socket;
  bindings_.push_back(std::move(binding));
  return bindings_.back()->endpoint;
}

void Listener::serve(const Endpoint& bound, Service& service, const TlsIdentity* tls) {
  for (const auto& binding : bindings_) {
    if (binding->endpoint != bound) continue;
    binding->tls = tls;
    binding->service.store(&service, std::memory_order_release);
  }
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "listener");
  } else {
    wake();
  }
}

void Listener::stop() {
  stopping_.store(true, std::memory_order_release);
  wake();
  if (thread_.joinable()) thread_.join();
  for (const auto& binding : bindings_) {
    if (binding->socket >= 0) ::close(std::exchange(binding->socket, -1));
  }
}

void Listener::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void Listener::run() {
  std::vector<pollfd> polled;
  std::vector<Binding*> served;
  bool pause = false;
  while (!stopping_.load(std::memory_order_acquire)) {
    polled.assign(1, {wake_, POLLIN, 0});
    served.clear();
    for (const auto& binding : bindings_) {
      if (pause || !binding->service.load(std::memory_order_acquire)) continue;
      polled.push_back({binding->socket, POLLIN, 0});
      served.push_back(binding.get());
    }
    poll(polled.data(), polled.size(), pause ? kPauseMilliseconds : -1);
    pause = false;
    if (polled[0].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t size = read(wake_, &count, sizeof count);
    }
    for (std::size_t i = 0; i < served.size(); ++i) {
      if (polled[i + 1].revents != 0 && !accept_from(*served[i])) pause = true;
    }
  }
}

bool Listener::accept_from(Binding& binding) {
  for (int accepts = 0; accepts < kAcceptsMax; ++accepts) {
    SocketAddress address;
    socklen_t size = sizeof address;
    const int socket = accept4(binding.socket, &address.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      switch (errno) {
        case EAGAIN:
          return true;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
          if (!std::exchange(short_of_resources_, true)) {
            log_warning(limit_, "no more connections can be taken for now",
                        {{"reason", std::strerror(errno)}});
          }
          return false;
        default:
          continue;  // that connection ended before it was taken
      }
    }
    short_of_resources_ = false;
    const IpAddress peer = address_of(address);
    if (!within_bounds(peer)) {
      ::close(socket);
      continue;
    }
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    IoThread& io = *io_threads_[turn_++ % io_threads_.size()];
    io.adopt({socket, peer, binding.service.load(std::memory_order_acquire), &farewells_, binding.tls});
  }
  return true;
}

bool Listener::within_bounds(const IpAddress& peer) {
  take_farewells();
  if (open_ >= bounds_.connections_max) {
    log_warning(limit_, "a connection was closed at once: too many are open",
                {{"setting", "connections-max"}, {"open", open_}});
    return false;
  }
  std::size_t& open_there = open_by_address_[network_of(peer)];
  if (open_there >= bounds_.address_max) {
    log_warning(limit_, "a connection was closed at once: too many are open from its address",
                {{"setting", "connections-address-max"}, {"open", open_there}});
    return false;
  }
  ++open_there;
  ++open_;
  return true;
}

void Listener::take_farewells() {
  farewells_.drain(gone_, Farewells::Deadline{});
  for (const IpAddress& address : gone_) {
    const auto found = open_by_address_.find(network_of(address));
    if (--found->second == 0) open_by_address_.erase(found);
    --open_;
  }
  gone_.clear();
}

}  // namespace penstock
