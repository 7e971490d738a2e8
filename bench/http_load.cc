#include "bench/http_load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

struct Connection {
  int socket = -1;
  std::string received;
  std::string_view unsent;
  Clock::time_point started;
};

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() { close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// The length of the whole answer, or 0 while its head is incomplete.
std::size_t answer_length(std::string_view received, HttpAnswer& answer, std::size_t& head_length) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  head_length = end + 4;
  const std::string_view head = received.substr(0, head_length);
  if (head.substr(0, 9) != "HTTP/1.1 ") throw std::runtime_error("the answer is not HTTP/1.1");
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  std::size_t body_length = 0;
  for (std::size_t line = head.find("\r\n") + 2; line + 2 < head.size(); line = head.find("\r\n", line) + 2) {
    constexpr std::string_view kName = "content-length:";
    if (head.size() - line < kName.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < kName.size() && same; ++i) {
      same = (head[line + i] | 0x20) == (kName[i] | 0x20);
    }
    if (!same) continue;
    const std::size_t value = head.find_first_not_of(' ', line + kName.size());
    std::from_chars(head.data() + value, head.data() + head.size(), body_length);
  }
  return head_length + body_length;
}

}  // namespace

std::string http_post(std::string_view headers, std::string_view body) {
  std::string request = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  request += headers;
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  request += body;
  return request;
}

LoadResult run_http_load(std::uint16_t port, std::size_t connections, std::chrono::duration<double> time,
                         HttpScript& script) {
  const Descriptor poll(epoll_create1(EPOLL_CLOEXEC));
  std::vector<Connection> all(connections);
  struct CloseAll {
    std::vector<Connection>& all;
    ~CloseAll() {
      for (const Connection& connection : all) {
        if (connection.socket >= 0) close(connection.socket);
      }
    }
  } const close_all{all};

  LoadResult result;
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + std::chrono::duration_cast<Clock::duration>(time);
  std::size_t open = 0;

  const auto send_some = [&](Connection& connection) {
    while (!connection.unsent.empty()) {
      const ssize_t sent =
          send(connection.socket, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EAGAIN) return;
        fail("send");
      }
      connection.unsent.remove_prefix(static_cast<std::size_t>(sent));
    }
  };
  const auto start = [&](std::size_t index) {
    Connection& connection = all[index];
    connection.unsent = Clock::now() < end ? script.next(index) : std::string_view{};
    if (connection.unsent.empty()) {
      --open;
      return;
    }
    connection.started = Clock::now();
    send_some(connection);
  };

  for (std::size_t index = 0; index < connections; ++index) {
    Connection& connection = all[index];
    connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection.socket < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
      fail("connect");
    const int yes = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    if (epoll_ctl(poll.get(), EPOLL_CTL_ADD, connection.socket, &event) != 0) fail("epoll_ctl");
    ++open;
  }
  for (std::size_t index = 0; index < connections; ++index) start(index);

  std::vector<char> buffer(256 << 10);
  std::vector<epoll_event> events(256);
  while (open > 0) {
    const int ready = epoll_wait(poll.get(), events.data(), static_cast<int>(events.size()), 30'000);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    if (ready == 0) throw std::runtime_error("no answer within 30 seconds");
    for (int i = 0; i < ready; ++i) {
      const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
      Connection& connection = all[index];
      send_some(connection);
      for (;;) {
        const ssize_t got = recv(connection.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) break;
        if (got < 0) fail("recv");
        if (got == 0) throw std::runtime_error("the server closed a connection");
        connection.received.append(buffer.data(), static_cast<std::size_t>(got));
      }
      HttpAnswer answer;
      std::size_t head = 0;
      const std::size_t length = answer_length(connection.received, answer, head);
      if (length == 0 || connection.received.size() < length) continue;
      result.latency.add(Clock::now() - connection.started);
      ++result.answers;
      if (answer.status / 100 != 2) ++result.failures;
      answer.body = std::string_view(connection.received).substr(head, length - head);
      script.answered(index, answer);
      connection.received.clear();
      start(index);
    }
  }
  result.elapsed = Clock::now() - begin;
  return result;
}

}  // namespace penstock
