// IoThread: one thread, and the sessions that live and die on it.
//
// Connections are adopted and never migrate, so nothing of a session is ever seen by two threads. What
// sessions of a thread share is here: the buffer that they read into, the request that they describe, the
// response head that they build, chance, the coarse clock.
//
// A session's number is this thread's index, a slot and the slot's generation, so that a reply for a
// session that is gone finds nobody, even if its slot has been used again.
//
// It goes round and round:
//
//     wait for sockets, or for words from other threads --> what became readable or writable
//         ^                                                      | commands, in one batch
//         '-------- commands, in one batch <-------- words: replies, new connections <---'
//
// A round that finds words or unfinished sessions does not wait. Words from other threads cost a system
// call only if this thread is waiting.
//
// Once a second a sweep visits all sessions for their timeouts; there is no timer for each request, and no
// sweep while there is no session. Tests hand in the time of each sweep instead.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

#include "actions/body_digests.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "protocol/api_message.h"
#include "server/command_port.h"
#include "server/endpoint.h"
#include "server/http_bounds.h"
#include "server/response_head.h"
#include "server/service.h"
#include "server/socket_watch.h"

namespace penstock {

class Session;
class TlsIdentity;

// Where the listener learns that a connection from this address has ended.
using Farewells = Mailbox<IpAddress>;

// A connection that was accepted: a non-blocking socket, whose ownership goes along.
struct Accepted {
  int socket = -1;
  IpAddress peer{};
  Service* service = nullptr;
  Farewells* farewells = nullptr;    // may be null
  const TlsIdentity* tls = nullptr;  // null: a plain connection
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
  std::atomic<std::uint64_t> handshakes_failed{0};  // of TLS
};

class IoThread final : public ReplySink {
 public:
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
  // Has it done on this thread, soon.
  void perform(std::function<void()> task);
  // Waits until everything posted before has been done.
  void flush();
  void sweep_at(Seconds now);
  // Ends the thread; its sessions must have ended.
  void stop();

  const IoCounts& counts() const { return counts_; }
  const Options& options() const { return options_; }

  // ---- for its sessions, on its thread
  // Commands are posted together, when what was ready on this thread has been gone through, or there are so many that
  // a commit is worth while: that wakes the broker thread seldom, and fills its commits. What else is said keeps its
  // place behind them.
  void post(Command&& command);
  // Posts the command, or answers, after a while; nothing happens if the session is gone by then. Bounded by
  // the sessions: each has one request under way.
  void hold(std::chrono::milliseconds time, std::variant<Command, Reply>&& what);
  void forget(const Ticket& ticket);
  void end_wait(const Ticket& ticket);
  void undeliver(Received&& received);
  SystemRandom& random() { return random_; }
  BodyDigests& digests() { return digests_; }
  ApiRequest& request() { return request_; }
  ResponseHead& response_head() { return response_head_; }
  std::array<char, 64 << 10>& read_buffer() { return *read_buffer_; }
  Seconds now() const { return now_; }
  bool draining() const { return draining_; }
  IoCounts& tally() { return counts_; }
  // A session's memory for its request grew or shrank. False: beyond the bound.
  bool account(std::size_t before, std::size_t after);
  // The session stopped before the kernel had no more bytes for it: it goes on in the next round.
  void read_again(const Session& session);
  // The same as account() of an answer's bytes that the kernel has not taken.
  bool account_unsent(std::size_t before, std::size_t after);

 private:
  struct Slot {
    std::unique_ptr<Session> session;
    std::uint32_t generation = 0;
  };

  using Task = std::function<void()>;
  using Word = std::variant<std::vector<Reply>, Accepted, Task>;
  using Moment = std::chrono::steady_clock::time_point;

  void insist(Word&& word);
  void run();
  std::chrono::milliseconds rest();
  void attend(const SocketWatch::Word& word);
  void attend_again();
  void take_words();
  void admit(const Accepted& accepted);
  void take(std::vector<Reply>&& replies);
  void post_outbox();
  // Lets go of what was held back long enough; while the thread drains, of all.
  void let_go();
  Session* find(std::uint64_t id);
  // To be called last by whatever a session is told to do: a session that has ended goes away here.
  void reap(Session& session);
  template <class Visit>
  void each_session(const Visit& visit);
  void sweep(Seconds now);
  void begin_sweeping();
  void sweep_if_due();
  void report_if_drained();

  const Options options_;
  CommandPort& commands_;
  Mailbox<Word> mailbox_{SIZE_MAX};  // bounded by connections and by commands under way
  SocketWatch watch_;
  std::thread thread_;

  // Of the thread alone, from here on.
  bool stopping_ = false;
  Moment next_sweep_{};
  std::vector<Word> words_;
  std::vector<std::uint64_t> unfinished_;  // sessions that go on reading in the next round
  std::vector<std::uint64_t> going_on_;
  std::vector<Command> outbox_;
  std::multimap<Moment, std::variant<Command, Reply>> held_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t live_ = 0;
  std::size_t request_bytes_ = 0;
  std::size_t answer_bytes_ = 0;
  Seconds now_{0};
  bool draining_ = false;
  std::function<void()> drained_;

  SystemRandom random_;
  BodyDigests digests_;  // of the commands in the outbox and of those held back
  ApiRequest request_;
  ResponseHead response_head_;
  std::unique_ptr<std::array<char, 64 << 10>> read_buffer_ = std::make_unique<std::array<char, 64 << 10>>();
  IoCounts counts_;
};

}  // namespace penstock
