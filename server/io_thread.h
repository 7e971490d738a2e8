// IoThread: one thread, one io_context, and the sessions that live and die on it.
//
// Connections are adopted and never migrate, so nothing of a session is ever seen by two threads. What
// sessions of a thread share is here: the buffer that they read into, the request that they describe, the
// response head that they build, chance, the coarse clock.
//
// A session's number is this thread's index, a slot and the slot's generation, so that a reply for a
// session that is gone finds nobody, even if its slot has been used again.
//
// Once a second a sweep visits all sessions for their timeouts; there is no timer for each request. Tests
// hand in the time of each sweep instead.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/mailbox.h"
#include "base/random.h"
#include "protocol/api_message.h"
#include "server/command_port.h"
#include "server/endpoint.h"
#include "server/http_bounds.h"
#include "server/response_head.h"
#include "server/service.h"

namespace penstock {

class Session;

// Where the listener learns that a connection from this address has ended.
using Farewells = Mailbox<IpAddress>;

// A connection that was accepted: a non-blocking socket, whose ownership goes along.
struct Accepted {
  int socket = -1;
  IpAddress peer{};
  Service* service = nullptr;
  Farewells* farewells = nullptr;  // may be null
};

// Of one thread's connections; read by others at any time.
struct IoCounts {
  std::atomic<std::uint64_t> connections{0};  // open now
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refusals{0};     // by HTTP itself
  std::atomic<std::uint64_t> unavailable{0};  // answered 503
  std::atomic<std::uint64_t> undelivered{0};  // answers of receives that found nobody
  std::atomic<std::uint64_t> cut_off{0};      // connections closed for want of memory for their answers
};

class IoThread final : public ReplySink {
 public:
  using Executor = boost::asio::io_context::executor_type;

  struct Options {
    unsigned index = 0;
    std::size_t request_bytes_max = 64 << 20;  // of requests being received
    bool sweeps_itself = true;
    std::size_t answer_bytes_max = 64 << 20;  // of answers that their peers do not take
    HttpBounds http{};
  };

  IoThread(const Options& options, CommandPort& commands);
  ~IoThread() override;

  void start();
  // From any thread.
  void adopt(const Accepted& accepted);
  void deliver(std::vector<Reply>&& replies) override;
  // Ends idle sessions now, others with their next answer; waiting receives are answered empty. `drained`
  // is called once, on this thread, when no session is left.
  void drain(std::function<void()> drained);
  // Ends every session now.
  void abort();
  // Waits until everything posted before has been done.
  void flush();
  void sweep_at(Seconds now);
  // Ends the thread; its sessions must have ended.
  void stop();

  const IoCounts& counts() const { return counts_; }
  const Options& options() const { return options_; }

  // ---- for its sessions, on its thread
  // Commands are posted together, when what was ready on this thread has been gone through: that wakes
  // the broker thread once, and fills its commits. What else is said keeps its place behind them.
  void post(Command&& command);
  void forget(const Ticket& ticket);
  void end_wait(const Ticket& ticket);
  void undeliver(Received&& received);
  SystemRandom& random() { return random_; }
  ApiRequest& request() { return request_; }
  ResponseHead& response_head() { return response_head_; }
  std::array<char, 64 << 10>& read_buffer() { return *read_buffer_; }
  Seconds now() const { return now_; }
  bool draining() const { return draining_; }
  IoCounts& tally() { return counts_; }
  // A session's memory for its request grew or shrank. False: beyond the bound.
  bool account(std::size_t before, std::size_t after);
  // The same of an answer's bytes that the kernel has not taken.
  bool account_unsent(std::size_t before, std::size_t after);
  // To be called last by whatever a session does: a session that has ended goes away here.
  void reap(Session& session);

 private:
  struct Slot {
    std::unique_ptr<Session> session;
    std::uint32_t generation = 0;
  };

  void admit(const Accepted& accepted);
  void take(std::vector<Reply>&& replies);
  void post_outbox();
  Session* find(const Ticket& ticket);
  void sweep(Seconds now);
  void schedule_sweep();
  void report_if_drained();

  const Options options_;
  CommandPort& commands_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<Executor> work_{context_.get_executor()};
  using SweepTimer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  SweepTimer timer_{context_};
  std::thread thread_;

  std::vector<Command> outbox_;
  bool outbox_scheduled_ = false;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t live_ = 0;
  std::size_t request_bytes_ = 0;
  std::size_t answer_bytes_ = 0;
  Seconds now_{0};
  bool draining_ = false;
  std::function<void()> drained_;

  SystemRandom random_;
  ApiRequest request_;
  ResponseHead response_head_;
  std::unique_ptr<std::array<char, 64 << 10>> read_buffer_ = std::make_unique<std::array<char, 64 << 10>>();
  IoCounts counts_;
};

}  // namespace penstock
