#include "bench/wire_load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSilenceMaxMilliseconds = 60'000;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Peer {
 public:
  explicit Peer(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int yes = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(socket_);
      fail("connecting to a peer");
    }
  }
  Peer(Peer&& other) noexcept
      : asked(other.asked), socket_(std::exchange(other.socket_, -1)), bytes_(std::move(other.bytes_)) {}
  Peer& operator=(Peer&&) = delete;
  ~Peer() {
    if (socket_ >= 0) close(socket_);
  }

  // One request is a few kilobytes and outstanding alone, so the socket's buffer takes it whole.
  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) fail("send to a peer");
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    asked = Clock::now();
  }
  // Takes what has arrived; true: the answer is whole, and gone from the bytes.
  bool hear(const WireProtocol::Answer& answer) {
    std::array<char, 16384> buffer;
    const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (got <= 0) throw std::runtime_error("a peer closed its connection");
    bytes_.append(buffer.data(), static_cast<std::size_t>(got));
    return take(answer);
  }
  void ask(const std::string& bytes, const WireProtocol::Answer& answer) {
    say(bytes);
    while (!take(answer)) {
      pollfd waiting{socket_, POLLIN, 0};
      if (poll(&waiting, 1, kSilenceMaxMilliseconds) == 0) throw std::runtime_error("a peer does not answer");
      if (hear(answer)) return;
    }
  }
  int descriptor() const { return socket_; }

  Clock::time_point asked;

 private:
  bool take(const WireProtocol::Answer& answer) {
    if (bytes_.empty()) return false;
    const std::size_t size = answer(bytes_);
    bytes_.erase(0, size);
    return size > 0;
  }

  int socket_;
  std::string bytes_;
};

WireProtocol::Answer line(std::string prefix) {
  return [prefix = std::move(prefix)](std::string_view bytes) -> std::size_t {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) return 0;
    if (!bytes.starts_with(prefix))
      throw std::runtime_error("answered: " + std::string(bytes.substr(0, end)));
    return end + 2;
  };
}

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

// AMQP 0-9-1: the bytes of fields, frames and methods.
std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text;
  while (bytes-- > 0) text.push_back(static_cast<char>(value >> (8 * bytes)));
  return text;
}
std::string short_text(std::string_view text) { return number(text.size(), 1) + std::string(text); }
std::string long_text(std::string_view text) { return number(text.size(), 4) + std::string(text); }
std::string frame(unsigned type, unsigned channel, const std::string& payload) {
  return number(type, 1) + number(channel, 2) + long_text(payload) + '\xce';
}
std::string method(unsigned channel, unsigned class_id, unsigned method_id, const std::string& arguments) {
  return frame(1, channel, number(class_id, 2) + number(method_id, 2) + arguments);
}
WireProtocol::Answer method_answer(unsigned class_id, unsigned method_id) {
  return [expected = number(class_id, 2) + number(method_id, 2)](std::string_view bytes) -> std::size_t {
    if (bytes.size() < 11) return 0;
    std::size_t size = 0;
    for (std::size_t at = 3; at < 7; ++at) size = size << 8 | static_cast<unsigned char>(bytes[at]);
    if (bytes.size() < size + 8) return 0;
    if (bytes[0] != 1 || bytes.substr(7, 4) != expected) {
      throw std::runtime_error("an AMQP frame of another method: " +
                               std::string(bytes.substr(11, std::min<std::size_t>(size, 200))));
    }
    return size + 8;
  };
}

}  // namespace

LoadResult run_wire_load(std::uint16_t port, std::size_t connections, std::chrono::duration<double> time,
                         const WireProtocol& protocol) {
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  if (poll < 0) fail("epoll_create1");
  struct Closes {
    int descriptor;
    ~Closes() { close(descriptor); }
  } const closes{poll};
  std::vector<Peer> peers;
  for (std::size_t at = 0; at < connections; ++at) {
    Peer& peer = peers.emplace_back(port);
    for (const auto& [bytes, answer] : protocol.opening) peer.ask(bytes, answer);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = at;
    if (epoll_ctl(poll, EPOLL_CTL_ADD, peer.descriptor(), &event) != 0) fail("epoll_ctl");
  }

  LoadResult result;
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + std::chrono::duration_cast<Clock::duration>(time);
  Clock::time_point next_second = begin + std::chrono::seconds(1);
  std::uint64_t told = 0;
  for (Peer& peer : peers) peer.say(protocol.request);
  std::array<epoll_event, 256> events;
  for (std::size_t waiting = peers.size(); waiting > 0;) {
    const int ready =
        epoll_wait(poll, events.data(), static_cast<int>(events.size()), kSilenceMaxMilliseconds);
    if (ready == 0) throw std::runtime_error("a peer does not answer");
    for (int i = 0; i < ready; ++i) {
      Peer& peer = peers[events[static_cast<std::size_t>(i)].data.u64];
      if (!peer.hear(protocol.answer)) continue;
      const Clock::time_point now = Clock::now();
      result.latency.add(now - peer.asked);
      ++result.answers;
      if (now < end) {
        peer.say(protocol.request);
      } else {
        --waiting;
      }
    }
    while (Clock::now() >= next_second && next_second <= end) {
      result.by_second.push_back(static_cast<double>(result.answers - std::exchange(told, result.answers)));
      next_second += std::chrono::seconds(1);
    }
  }
  result.elapsed = Clock::now() - begin;
  return result;
}

WireProtocol redis_xadd(std::size_t body_bytes) {
  WireProtocol protocol;
  protocol.opening.emplace_back("*2\r\n" + bulk("DEL") + bulk("s"), line(":"));
  protocol.request =
      "*5\r\n" + bulk("XADD") + bulk("s") + bulk("*") + bulk("m") + bulk(std::string(body_bytes, 'x'));
  // "$15" and, on a line of its own, the entry's id.
  protocol.answer = [](std::string_view bytes) -> std::size_t {
    const std::size_t size = line("$")(bytes);
    const std::size_t end = size == 0 ? std::string_view::npos : bytes.find("\r\n", size);
    return end == std::string_view::npos ? 0 : end + 2;
  };
  return protocol;
}

WireProtocol beanstalkd_put(std::size_t body_bytes) {
  WireProtocol protocol;
  protocol.request =
      "put 0 0 60 " + std::to_string(body_bytes) + "\r\n" + std::string(body_bytes, 'x') + "\r\n";
  protocol.answer = line("INSERTED ");
  return protocol;
}

WireProtocol amqp_publish(std::size_t body_bytes) {
  constexpr std::string_view kQueue = "bench";
  WireProtocol protocol;
  protocol.opening = {{std::string("AMQP\0\0\x09\x01", 8), method_answer(10, 10)},
                      {method(0, 10, 11,
                              long_text("") + short_text("PLAIN") +
                                  long_text(std::string_view("\0guest\0guest", 12)) + short_text("en_US")),
                       method_answer(10, 30)},
                      // Of the next two the first has no answer: channels, bytes of a frame, no heartbeat.
                      {method(0, 10, 31, number(16, 2) + number(131072, 4) + number(0, 2)) +
                           method(0, 10, 40, short_text("/") + short_text("") + number(0, 1)),
                       method_answer(10, 41)},
                      {method(1, 20, 10, short_text("")), method_answer(20, 11)},
                      {method(1, 50, 10,
                              number(0, 2) + short_text(kQueue) + number(2, 1) +  // durable
                                  long_text(short_text("x-queue-type") + "S" + long_text("quorum"))),
                       method_answer(50, 11)},
                      {method(1, 85, 10, number(0, 1)), method_answer(85, 11)}};
  // Of the properties only the delivery mode: 2, persistent.
  protocol.request =
      method(1, 60, 40, number(0, 2) + short_text("") + short_text(kQueue) + number(0, 1)) +
      frame(2, 1, number(60, 2) + number(0, 2) + number(body_bytes, 8) + number(0x1000, 2) + number(2, 1)) +
      frame(3, 1, std::string(body_bytes, 'x'));
  protocol.answer = method_answer(60, 80);
  return protocol;
}

}  // namespace penstock
