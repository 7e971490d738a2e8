// BrokerThread: the one thread that owns the Broker, its clock, its chance and its commits.
//
//     I/O threads --commands--> mailbox --> Broker --> GroupCommit --> Store
//     I/O threads <--replies--- in batches <---- durable ----------------'
//
// It never waits for a disk: what the store has read comes by the mailbox too. Each round it takes all
// letters that are there: the store's first, since they let replies leave and make room; then, in order,
// what is to be decided, until the filling commit may take no more; the rest waits in a backlog. Then it
// lets time pass if something fell due, and hands the filling over if the store is free.
//
// When a commit is durable, the thread of the store that says so sends the replies and hands the next one
// over, between two rounds: a disk does not wait until this thread is awake, and neither do clients. So the
// GroupCommit, and what it takes to send replies, is shared by two threads and has a lock, which this thread
// holds for its rounds. Within one the store leaves a letter instead. This thread is woken by what became
// durable only if something waits for that.
//
// Admission comes before execution: a full mailbox, or a store short of room, answers 503 to what would
// grow it. The methods of CommandPort and StoreEvents may be called from any thread, also from within the
// store's own calls.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "broker/broker.h"
#include "resources/resource_facts.h"
#include "server/command_port.h"
#include "server/group_commit.h"
#include "server/letter.h"
#include "server/log.h"
#include "server/open_store.h"
#include "server/queue_survey.h"

namespace penstock {

class BrokerThread final : public CommandPort, public StoreEvents, public AttemptPort {
 public:
  // At most `commands_max` wait to be decided, with messages of at most `message_bytes_max` in them.
  // When nothing is due it sleeps for `rest_max`: by default short enough to notice a step of the wall clock.
  BrokerThread(const BrokerLimits& limits, std::size_t commands_max,
               std::size_t message_bytes_max = std::size_t{256} << 20, Milliseconds rest_max = Seconds{1});
  ~BrokerThread() override;

  // Loads what the store holds and begins to decide. Each sink takes the replies of the I/O thread that
  // has its place in the list. Called once.
  void start(OpenedStore&& opened, std::vector<ReplySink*> sinks);
  // Who takes what is to be delivered to receivers outside; without anybody it stays where it is. Before
  // start.
  void deliver_to(OutgoingSink& outgoing) { outgoing_ = &outgoing; }
  bool running() const { return running_.load(std::memory_order_acquire); }

  // Nothing more goes to receivers outside. Returns when that holds; attempts may still be ended.
  void end_outgoing();
  // No session is left: answers from now on are undone. Returns when that holds.
  void quiesce();
  // Decides what has been posted, waits until it is durable, ends the thread and closes the store.
  void stop();

  void post(std::vector<Command>& commands) override;
  void forget(const Ticket& ticket) override;
  void end_wait(const Ticket& ticket) override;
  void undeliver(Received&& received) override;
  void end_attempts(std::vector<EndedAttempt>&& attempts) override;

  // Any thread. Takes a survey, unless the last one is young enough, and then replies Done to the ticket.
  void ask_survey(const Ticket& ticket);
  // The last one taken; null before the first.
  QueueSurveyPtr survey() const { return survey_.load(std::memory_order_acquire); }

  // Any thread. Notes down what there is of queues, topics and subscriptions, and then replies Done to the
  // ticket.
  void ask_facts(const Ticket& ticket);
  // As it was noted down last; null before the first.
  ResourceFactsPtr facts() const { return facts_.load(std::memory_order_acquire); }

  void durable(Position position) override;
  void bodies(std::uint64_t token, std::vector<BodyRecord> records) override;
  void page(Page page) override;
  void looked_up(LookedUp found) override;
  [[noreturn]] void refused(const std::string& reason) override;

  // For metrics; at most a second old.
  struct Gauges {
    std::atomic<std::size_t> queues{0};
    std::atomic<std::size_t> touched{0};
    std::atomic<std::size_t> waiting_receivers{0};
    std::atomic<std::size_t> window_bytes{0};
    std::atomic<std::size_t> dedup_bytes{0};
    std::atomic<std::size_t> commands_waiting{0};
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> commands{0};
    std::atomic<std::uint64_t> replies{0};
    std::atomic<bool> admits_growth{true};
    std::atomic<std::int64_t> time_ahead_ms{0};  // virtual time
    std::atomic<std::size_t> outgoing{0};  // deliveries to receivers outside under way
    // What became of those.
    std::atomic<std::uint64_t> outgoing_delivered{0};
    std::atomic<std::uint64_t> outgoing_retried{0};
    std::atomic<std::uint64_t> outgoing_dead_lettered{0};
    std::atomic<std::uint64_t> outgoing_dropped{0};
  };
  const Gauges& gauges() const { return gauges_; }
  // While running; null if the store counts nothing.
  const StoreCounters* store_counters() const { return store_counters_; }

 private:
  using Pause = std::chrono::steady_clock::time_point;

  void run();
  void play_round();
  bool admit(const Command& command);
  // What needs no place in the order.
  void notice(Letter& letter);
  bool may_decide() const { return backlog_.empty() && !commit_->stalled(); }
  void decide(Letter&& letter);
  void decide(Command&& command);
  void work_off();
  void follow_leap();
  void pass_time();
  bool admit_copies();
  // What was released leaves, but for what receivers outside are to get: that waits for this thread.
  void send_replies();
  void undo_replies();
  // Something here can go on only when the outstanding commit is durable.
  bool waits_for_store(bool copies_admitted) const;
  Pause next_wake() const;
  void publish_gauges();
  void take_survey();
  void end_attempts_now(EndAttempts&& ended);
  void take_facts();
  void tell_where_it_is(const Command& command, const Outcome& outcome);
  void end_attempt(const EndedAttempt& attempt);
  void send_outside(Reply&& reply);
  void send_outgoing(Received&& received);
  void send_directly(DirectDelivery&& direct);

  Mailbox<Letter> mailbox_{SIZE_MAX};  // bounded by what its senders have under way
  const std::size_t commands_max_;
  const std::size_t message_bytes_max_;
  const Milliseconds rest_max_;
  std::atomic<std::size_t> commands_waiting_{0};  // posted and not decided
  std::atomic<std::size_t> bytes_waiting_{0};     // of the messages in them
  std::atomic<QueueSurveyPtr> survey_;
  std::atomic<ResourceFactsPtr> facts_;
  LogLimit full_;
  LogLimit elsewhere_;
  LogLimit given_up_;
  OutgoingSink* outgoing_ = nullptr;
  std::atomic<bool> running_{false};
  Gauges gauges_;
  std::thread thread_;

  // Of whoever holds the lock, once the thread runs: it, for a round, or the store's, when a commit is durable.
  std::mutex commit_lock_;
  std::unique_ptr<Store> store_;
  std::vector<ReplySink*> sinks_;
  std::optional<GroupCommit> commit_;
  Time now_;  // of the last round
  std::vector<std::vector<Reply>> batches_;  // one for each sink
  std::vector<Reply> for_outside_;
  bool waits_for_store_ = false;
  bool quiesced_ = false;

  // Of the thread alone, once it runs.
  std::thread::id owner_;
  const StoreCounters* store_counters_ = nullptr;  // set before it runs
  Broker broker_;
  SystemRandom random_;
  std::optional<BrokerClock> clock_;
  Milliseconds time_ahead_{0};  // as the clock knows it
  // So many commits had been handed over before the last one that may have copies of publications.
  std::optional<std::uint64_t> copied_for_;
  std::vector<Letter> letters_;
  std::deque<Letter> backlog_;
  bool stopping_ = false;
};

}  // namespace penstock
