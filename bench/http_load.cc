#include "bench/http_load.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/tls_stream.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;

constexpr std::size_t kReadBytes = 64 << 10;
constexpr auto kSilenceMax = std::chrono::seconds(60);
// How often it looks whether somebody told the end.
constexpr auto kLook = std::chrono::milliseconds(20);

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

Address resolve(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
      error != 0) {
    throw std::runtime_error(host + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard(found, &freeaddrinfo);
  Address address;
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
              reinterpret_cast<char*>(&address.bytes));
  address.size = found->ai_addrlen;
  return address;
}

struct Connection {
  Descriptor socket{-1};
  std::unique_ptr<TlsStream> tls;  // nullptr: none
  AnswerReader reader;
  std::string_view unsent;
  Moment due;
  bool waits = false;  // for an answer
  bool ended = false;

  ssize_t write(std::string_view bytes) const {
    if (tls) return tls->write(bytes.data(), bytes.size());
    return send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  ssize_t read(char* room, std::size_t bytes) const {
    return tls ? tls->read(room, bytes) : recv(socket.get(), room, bytes, MSG_DONTWAIT);
  }
};

class Load {
 public:
  Load(const LoadPlan& plan, HttpScript& script)
      : plan_(plan),
        script_(script),
        address_(resolve(plan.host, plan.port)),
        poll_(epoll_create1(EPOLL_CLOEXEC)),
        all_(plan.connections),
        open_(plan.connections) {
    if (poll_.get() < 0) fail("epoll_create1");
  }

  LoadResult run();

 private:
  bool rated() const { return plan_.rate > 0; }
  // When the next request of an open loop is due.
  Moment next_due() const {
    return begin_ + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(started_) / plan_.rate));
  }
  void connect(std::size_t index);
  void reconnect(std::size_t index);
  void start(std::size_t index, Moment due);
  void start_due();
  void free_again(std::size_t index);
  void send_some(std::size_t index);
  void receive_some(std::size_t index);
  void answered(std::size_t index);
  void look_at_clock(Moment now);
  timespec pause() const;

  const LoadPlan& plan_;
  HttpScript& script_;
  const Address address_;
  const Descriptor poll_;
  std::vector<Connection> all_;
  std::vector<std::size_t> idle_;  // of an open loop
  std::size_t open_;               // connections whose part has not ended
  std::size_t waiting_ = 0;        // for an answer
  std::uint64_t started_ = 0;
  std::uint64_t broken_in_a_row_ = 0;
  std::uint64_t all_answers_ = 0;  // those of the warm-up too
  std::uint64_t told_ = 0;         // of them, before the second that goes on
  Moment next_second_;
  Moment begin_;
  Moment counted_from_;
  Moment end_;
  LoadResult result_;
};

void Load::connect(std::size_t index) {
  Connection& connection = all_[index];
  connection.tls.reset();
  const int family = address_.bytes.ss_family;
  connection.socket = Descriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connection.socket.get() < 0) fail("socket");
  const auto* const address = reinterpret_cast<const sockaddr*>(&address_.bytes);
  if (::connect(connection.socket.get(), address, address_.size) != 0 && errno != EINPROGRESS) {
    fail(("connecting to " + plan_.host).c_str());
  }
  const int yes = 1;
  setsockopt(connection.socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (plan_.tls != nullptr)
    connection.tls = std::make_unique<TlsStream>(*plan_.tls, connection.socket.get(), plan_.host);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = index;
  if (epoll_ctl(poll_.get(), EPOLL_CTL_ADD, connection.socket.get(), &event) != 0) fail("epoll_ctl");
}

// What the connection had asked will not be answered; its part goes on over another one.
void Load::reconnect(std::size_t index) {
  if (plan_.strict) throw std::runtime_error("the server closed a connection");
  // A server that takes no connection at all is not measured by asking it for ever.
  if (++broken_in_a_row_ > 3 * plan_.connections + 10) {
    throw std::runtime_error(plan_.host + " breaks every connection");
  }
  Connection& connection = all_[index];
  connection.reader.begin_anew();
  connection.unsent = {};
  connect(index);
  if (!std::exchange(connection.waits, false)) return;
  --waiting_;
  if (connection.due >= counted_from_) ++result_.broken;
  script_.broken(index);
  free_again(index);
}

// The connection's next request, if its script and the time have one.
void Load::start(std::size_t index, Moment due) {
  Connection& connection = all_[index];
  connection.unsent = due < end_ ? script_.next(index) : std::string_view{};
  if (connection.unsent.empty()) {
    connection.ended = true;
    --open_;
    return;
  }
  ++started_;
  connection.due = due;
  connection.waits = true;
  ++waiting_;
  send_some(index);
}

void Load::free_again(std::size_t index) {
  if (rated()) {
    idle_.push_back(index);
  } else {
    start(index, Clock::now());
  }
}

void Load::start_due() {
  const Moment now = Clock::now();
  while (!idle_.empty() && open_ > 0) {
    const Moment due = next_due();
    if (due > now || due >= end_) return;
    const std::size_t index = idle_.back();
    idle_.pop_back();
    start(index, due);
  }
}

void Load::send_some(std::size_t index) {
  Connection& connection = all_[index];
  while (!connection.unsent.empty()) {
    const ssize_t sent = connection.write(connection.unsent);
    if (sent < 0) {
      // A connection that is broken is told as such by the poll.
      if (errno == EAGAIN || errno == EINTR || !plan_.strict) return;
      fail("send");
    }
    connection.unsent.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Load::receive_some(std::size_t index) {
  Connection& connection = all_[index];
  bool ended = false;
  for (bool more = true; more;) {
    const ssize_t got = connection.read(connection.reader.room(kReadBytes), kReadBytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (got < 0 && plan_.strict) fail("recv");
    ended = got <= 0;
    if (ended) break;
    connection.reader.arrived(static_cast<std::size_t>(got));
    // Fewer bytes than there was room for were all; that there are more is told again. TLS hands out its
    // records one by one.
    more = connection.tls || static_cast<std::size_t>(got) == kReadBytes;
  }
  if (ended) connection.reader.ended();
  if (connection.waits) {
    const AnswerReader::State state = connection.reader.read();
    if (state == AnswerReader::State::kComplete) return answered(index);
    if (state == AnswerReader::State::kNotHttp) {
      if (plan_.strict) throw std::runtime_error("the answer is not HTTP/1.1");
      ended = true;
    }
  }
  if (ended) reconnect(index);
}

void Load::answered(std::size_t index) {
  Connection& connection = all_[index];
  const HttpAnswer& answer = connection.reader.answer();
  broken_in_a_row_ = 0;
  ++all_answers_;
  if (connection.due >= counted_from_) {
    result_.latency.add(Clock::now() - connection.due);
    ++result_.answers;
    if (answer.status / 100 != 2) ++result_.failures;
  }
  script_.answered(index, answer);
  connection.waits = false;
  --waiting_;
  if (connection.reader.closes()) {
    connection.reader.begin_anew();
    connect(index);
  } else {
    connection.reader.finish();
  }
  free_again(index);
}

void Load::look_at_clock(Moment now) {
  while (now >= next_second_) {
    const std::uint64_t answers = all_answers_ - std::exchange(told_, all_answers_);
    // A second that begins in the warm-up is not one of the counted.
    if (next_second_ <= end_ && next_second_ - std::chrono::seconds(1) >= counted_from_)
      result_.by_second.push_back(static_cast<double>(answers));
    if (plan_.each_second)
      plan_.each_second(std::chrono::duration<double>(next_second_ - begin_).count(), answers);
    next_second_ += std::chrono::seconds(1);
  }
}

timespec Load::pause() const {
  Clock::duration pause = kSilenceMax;
  const Moment now = Clock::now();
  if (rated() && !idle_.empty() && next_due() < end_) {
    pause = std::max(next_due() - now, Clock::duration{0});
  } else if (plan_.abandons || (rated() && now < end_)) {
    pause = std::max(end_ - now, Clock::duration{0});
  }
  if (plan_.over) pause = std::min<Clock::duration>(pause, kLook);
  if (plan_.each_second) pause = std::clamp<Clock::duration>(next_second_ - now, Clock::duration{0}, pause);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(pause);
  return {seconds.count(), std::chrono::nanoseconds(pause - seconds).count()};
}

LoadResult Load::run() {
  for (std::size_t index = 0; index < all_.size(); ++index) connect(index);
  begin_ = Clock::now();
  next_second_ = begin_ + std::chrono::seconds(1);
  counted_from_ = begin_ + std::chrono::duration_cast<Clock::duration>(plan_.warm_up);
  end_ = counted_from_ + std::chrono::duration_cast<Clock::duration>(plan_.time);
  for (std::size_t index = 0; index < all_.size(); ++index) free_again(index);

  std::vector<epoll_event> events(256);
  Moment heard = begin_;
  while (open_ > 0) {
    if (plan_.over && plan_.over->load(std::memory_order_relaxed)) end_ = Clock::now();
    if (rated()) start_due();
    const Moment now = Clock::now();
    look_at_clock(now);
    if (now >= end_ && (plan_.abandons || (rated() && waiting_ == 0))) break;
    const timespec pause_now = pause();
    const int ready =
        epoll_pwait2(poll_.get(), events.data(), static_cast<int>(events.size()), &pause_now, nullptr);
    if (ready < 0 && errno != EINTR) fail("epoll_pwait2");
    if (ready > 0) heard = Clock::now();
    if (ready == 0 && waiting_ > 0 && Clock::now() - heard >= kSilenceMax) {
      throw std::runtime_error("no answer within 60 seconds");
    }
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      const auto index = static_cast<std::size_t>(event.data.u64);
      if (all_[index].ended) continue;
      send_some(index);
      if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) receive_some(index);
    }
  }
  if (rated()) {
    const double due = plan_.rate * (plan_.warm_up + plan_.time).count();
    const auto all = static_cast<std::uint64_t>(due);
    result_.late = open_ > 0 && all > started_ ? all - started_ : 0;
  }
  result_.elapsed = Clock::now() - counted_from_;
  return result_;
}

}  // namespace

std::string http_post(std::string_view headers, std::string_view body, std::string_view path) {
  std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  request += headers;
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  request += body;
  return request;
}

LoadResult run_http_load(const LoadPlan& plan, HttpScript& script) { return Load(plan, script).run(); }

LoadResult run_http_load(std::uint16_t port, std::size_t connections, std::chrono::duration<double> time,
                         HttpScript& script) {
  LoadPlan plan;
  plan.port = port;
  plan.connections = connections;
  plan.time = time;
  return run_http_load(plan, script);
}

}  // namespace penstock
