#include "server/broker_thread.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/require.h"
#include "broker/queue_arn.h"
#include "server/log.h"
#include "server/settings.h"

namespace penstock {
namespace {

// How many are named of the places where a queue is that was asked for elsewhere.
constexpr std::size_t kElsewhereMax = 3;

template <class... Visits>
struct Overloaded : Visits... {
  using Visits::operator()...;
};

}  // namespace

BrokerThread::BrokerThread(const BrokerLimits& limits, std::size_t commands_max, std::size_t message_bytes_max,
                           Milliseconds rest_max)
    : commands_max_(commands_max),
      message_bytes_max_(message_bytes_max),
      rest_max_(rest_max),
      broker_(PartitionId{}, limits) {}

BrokerThread::~BrokerThread() {
  if (thread_.joinable()) stop();
}

void BrokerThread::start(OpenedStore&& opened, std::vector<ReplySink*> sinks) {
  store_ = std::move(opened.store);
  store_counters_ = opened.counters;
  sinks_ = std::move(sinks);
  batches_.resize(sinks_.size());
  const Recovered recovered =
      store_->load([this](Record&& record) { broker_.apply(Put{std::move(record)}); });
  time_ahead_ = broker_.time_ahead();
  clock_.emplace(BrokerClock::Readings::take(), time_ahead_, recovered.time);
  now_ = clock_->now();
  commit_.emplace(*store_, recovered);
  broker_.serve_outboxes(outgoing_ != nullptr);
  publish_gauges();
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "broker");
  running_.store(true, std::memory_order_release);
}

void BrokerThread::end_outgoing() {
  std::promise<void> done;
  mailbox_.insist(EndOutgoing{&done});
  done.get_future().wait();
}

void BrokerThread::quiesce() {
  std::promise<void> done;
  mailbox_.insist(Quiesce{&done});
  done.get_future().wait();
}

void BrokerThread::stop() {
  mailbox_.insist(Stop{});
  thread_.join();
  running_.store(false, std::memory_order_release);
  store_.reset();
}

// ---- any thread

void BrokerThread::post(std::vector<Command>& commands) {
  std::size_t taken = 0;
  for (const Command& command : commands) {
    if (!admit(command)) break;
    ++taken;
  }
  if (taken == commands.size()) {
    mailbox_.insist(std::exchange(commands, {}));
    return;
  }
  log_warning(full_, "the mailbox is full; requests are answered 503",
              {{"commands", commands_waiting_.load(std::memory_order_relaxed)},
               {"bytes", bytes_waiting_.load(std::memory_order_relaxed)}});
  const auto end = commands.begin() + static_cast<std::ptrdiff_t>(taken);
  if (taken > 0) {
    mailbox_.insist(std::vector<Command>(std::move_iterator(commands.begin()), std::move_iterator(end)));
  }
  commands.erase(commands.begin(), end);
}

// Counts it as waiting, if there is room. A message finds room when no other waits, however large.
bool BrokerThread::admit(const Command& command) {
  if (commands_waiting_.fetch_add(1, std::memory_order_relaxed) >= commands_max_) {
    commands_waiting_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  const std::size_t bytes = message_bytes(command);
  if (bytes == 0) return true;
  const std::size_t waiting = bytes_waiting_.fetch_add(bytes, std::memory_order_relaxed);
  if (waiting == 0 || waiting + bytes <= message_bytes_max_) return true;
  bytes_waiting_.fetch_sub(bytes, std::memory_order_relaxed);
  commands_waiting_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

void BrokerThread::ask_survey(const Ticket& ticket) { mailbox_.insist(AskSurvey{ticket}); }
void BrokerThread::ask_facts(const Ticket& ticket) { mailbox_.insist(AskFacts{ticket}); }
void BrokerThread::forget(const Ticket& ticket) { mailbox_.insist(Forget{ticket}); }
void BrokerThread::end_wait(const Ticket& ticket) { mailbox_.insist(EndWait{ticket}); }
void BrokerThread::undeliver(Received&& received) { mailbox_.insist(Undeliver{std::move(received)}); }
void BrokerThread::end_attempts(std::vector<EndedAttempt>&& attempts) {
  mailbox_.insist(EndAttempts{std::move(attempts)});
}

void BrokerThread::durable(Position position) {
  // Reported from within the append: this thread is in the middle of a round, and attends to it in the next one.
  if (std::this_thread::get_id() == owner_) return mailbox_.insist(Durable{position});
  // In the middle of one as well, and the lock is not fair: the round after it comes sooner than the lock might.
  const std::unique_lock lock(commit_lock_, std::try_to_lock);
  if (!lock) return mailbox_.insist(Durable{position});
  commit_->durable(position);
  if (!quiesced_) send_replies();
  commit_->hand_over(now_);
  if (waits_for_store_ || quiesced_ || !for_outside_.empty()) mailbox_.insist(Durable{position});
}
void BrokerThread::page(Page page) { mailbox_.insist(std::move(page)); }
void BrokerThread::looked_up(LookedUp found) { mailbox_.insist(std::move(found)); }
void BrokerThread::bodies(std::uint64_t token, std::vector<BodyRecord> records) {
  mailbox_.insist(Bodies{token, std::move(records)});
}

void BrokerThread::refused(const std::string& reason) {
  log_error("the store failed; the process ends and recovers at its next start", {{"reason", reason}});
  flush_log();
  _exit(kExitStore);
}

// ---- its own thread

void BrokerThread::run() {
  owner_ = std::this_thread::get_id();
  Pause wake = std::chrono::steady_clock::now();
  for (bool done = false; !done;) {
    mailbox_.drain(letters_, wake);
    const std::lock_guard lock(commit_lock_);
    play_round();
    wake = next_wake();
    done = stopping_ && backlog_.empty() && commit_->idle();
  }
}

void BrokerThread::play_round() {
  const BrokerClock::Reading reading = clock_->advance(BrokerClock::Readings::take());
  now_ = reading.now;
  if (reading.stepped) {
    log_warning("broker time stepped forward to follow the wall clock");
    commit_->must_commit();
  }
  for (Letter& letter : letters_) notice(letter);
  work_off();
  pass_time();
  commit_->hand_over(now_);
  const bool copies_admitted = admit_copies();  // for the deadline
  if (quiesced_) {
    undo_replies();
  } else {
    send_replies();
  }
  for (Reply& reply : std::exchange(for_outside_, {})) send_outside(std::move(reply));
  commit_->hand_over(now_);  // what could not be sent after all is there again
  waits_for_store_ = waits_for_store(copies_admitted);
  publish_gauges();
}

bool BrokerThread::waits_for_store(bool copies_admitted) const {
  if (stopping_ || !backlog_.empty() || commit_->stalled() || !copies_admitted) return true;
  return broker_.next_deadline() <= now_;
}

void BrokerThread::notice(Letter& letter) {
  if (const auto* durable = std::get_if<Durable>(&letter)) {
    commit_->durable(durable->position);
  } else if (auto* bodies = std::get_if<Bodies>(&letter)) {
    commit_->bodies(bodies->token, std::move(bodies->records));
  } else if (const auto* forget = std::get_if<Forget>(&letter)) {
    // Before anything else is decided; and again in its place, if the command itself is still to come.
    broker_.forget(forget->ticket);
  }
}

void BrokerThread::work_off() {
  while (!backlog_.empty() && !commit_->stalled()) {
    Letter next = std::move(backlog_.front());
    backlog_.pop_front();
    decide(std::move(next));
  }
  for (Letter& letter : letters_) {
    if (auto* const commands = std::get_if<std::vector<Command>>(&letter)) {
      for (Command& command : *commands) {
        if (may_decide()) {
          decide(std::move(command));
        } else {
          backlog_.push_back(std::move(command));
        }
      }
    } else if (may_decide()) {
      decide(std::move(letter));
    } else if (!std::holds_alternative<Durable>(letter) && !std::holds_alternative<Bodies>(letter)) {
      backlog_.push_back(std::move(letter));
    }
  }
  letters_.clear();
}

void BrokerThread::decide(Letter&& letter) {
  Outcome& outcome = commit_->outcome();
  std::visit(Overloaded{
                 [](const std::vector<Command>&) {},
                 [&](Command& command) { decide(std::move(command)); },
                 [&](const Forget& forget) { broker_.forget(forget.ticket); },
                 [&](const EndWait& end) {
                   broker_.forget(end.ticket);
                   outcome.replies.push_back({end.ticket, Received{}});
                   commit_->decided();
                 },
                 [&](const Undeliver& undeliver) {
                   broker_.undeliver(undeliver.received, now_, random_, outcome);
                   commit_->decided();
                 },
                 [&](Page& page) {
                   broker_.supply(std::move(page), now_, random_, outcome);
                   commit_->decided();
                 },
                 [&](LookedUp& found) {
                   broker_.recall(std::move(found), now_, random_, outcome);
                   commit_->decided();
                 },
                 [](const Durable&) {},
                 [](const Bodies&) {},
                 [&](const AskSurvey& ask) {
                   take_survey();
                   outcome.replies.push_back({ask.ticket, Done{}});
                   commit_->decided();
                 },
                 [&](const AskFacts& ask) {
                   take_facts();
                   outcome.replies.push_back({ask.ticket, Done{}});
                   commit_->decided();
                 },
                 [&](EndAttempts& ended) { end_attempts_now(std::move(ended)); },
                 [&](const EndOutgoing& end) {
                   broker_.serve_outboxes(false);
                   outgoing_ = nullptr;
                   end.done->set_value();
                 },
                 [&](const Quiesce& quiesce) {
                   send_replies();
                   quiesced_ = true;
                   quiesce.done->set_value();
                 },
                 [&](const Stop&) { stopping_ = true; },
             },
             letter);
}

void BrokerThread::decide(Command&& command) {
  commands_waiting_.fetch_sub(1, std::memory_order_relaxed);
  if (const std::size_t bytes = message_bytes(command)) {
    bytes_waiting_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  if (commit_->full()) commit_->hand_over(now_);
  Outcome& outcome = commit_->outcome();
  if (grows_store(command) && !store_->admits_growth()) {
    outcome.replies.push_back({command.ticket, Error{ErrorCode::kServiceUnavailable, {}}});
  } else {
    broker_.execute(std::move(command), now_, random_, outcome);
    tell_where_it_is(command, outcome);
  }
  commit_->decided();
  follow_leap();
}

// Virtual time was advanced: the clock leaps, and what is decided from now on is decided then. All of it becomes
// durable with the leap or after it, so that nobody is told of a time that a restart does not know of.
void BrokerThread::follow_leap() {
  const Milliseconds ahead = broker_.time_ahead();
  if (ahead == time_ahead_) return;
  now_ = clock_->leap(ahead - std::exchange(time_ahead_, ahead));
}

void BrokerThread::pass_time() {
  broker_.admit_growth(store_->admits_growth());
  const bool copies = admit_copies();
  if (commit_->stalled() || broker_.next_deadline() > now_) return;
  const std::size_t changes = commit_->outcome().changes.size();
  broker_.tick(now_, random_, commit_->outcome());
  if (copies && commit_->outcome().changes.size() > changes) copied_for_ = commit_->counts().commits;
  commit_->decided();
}

// Once for each commit. Else every round while the disk is busy would add to what is next for it, the more the longer
// that took, and whoever sends meanwhile would wait for a publication as a whole. And what somebody waits for already
// gets none if the commit before it has some; so nobody waits for more than two commits' copies, nor do publications
// for more than every second commit.
bool BrokerThread::admit_copies() {
  const std::uint64_t filling = commit_->counts().commits;
  const bool before_has_some = copied_for_ && *copied_for_ + 1 == filling;
  const bool admitted = copied_for_ != filling && !(before_has_some && commit_->awaited());
  broker_.admit_copies(admitted);
  return admitted;
}

void BrokerThread::send_replies() {
  for (Reply& reply : std::exchange(commit_->released(), {})) {
    if (reply.ticket.session == kOutgoingSession) {
      for_outside_.push_back(std::move(reply));
      continue;
    }
    const std::size_t thread = io_thread_of(reply.ticket);
    require(thread < batches_.size(), "a ticket names an I/O thread");
    batches_[thread].push_back(std::move(reply));
  }
  for (std::size_t thread = 0; thread < batches_.size(); ++thread) {
    if (batches_[thread].empty()) continue;
    sinks_[thread]->deliver(std::exchange(batches_[thread], {}));
  }
}

void BrokerThread::send_outside(Reply&& reply) {
  if (auto* direct = std::get_if<DirectDelivery>(&reply.answer)) {
    send_directly(std::move(*direct));
  } else {
    send_outgoing(std::get<Received>(std::move(reply.answer)));
  }
}

// With the destination as it is now: whoever has changed its policy or address means this delivery too.
void BrokerThread::send_outgoing(Received&& received) {
  auto destination = broker_.destination_of(received.queue);
  if (!destination) return;  // the subscription is gone, and its outbox goes
  if (outgoing_ == nullptr) {
    broker_.undeliver(received, now_, random_, commit_->outcome());
    commit_->decided();
    return;
  }
  const auto to = std::make_shared<const OutgoingDestination>(*std::move(destination));
  std::vector<OutgoingDelivery> deliveries;
  for (Delivery& delivery : received.deliveries) {
    deliveries.push_back({to, received.queue, std::move(delivery)});
  }
  outgoing_->deliver(std::move(deliveries));
}

// Each may move a message into a dead-letter queue; what the commit has no room for goes first into the next one.
void BrokerThread::end_attempts_now(EndAttempts&& ended) {
  for (std::size_t at = 0; at < ended.attempts.size(); ++at) {
    if (commit_->stalled()) {
      ended.attempts.erase(ended.attempts.begin(), ended.attempts.begin() + static_cast<std::ptrdiff_t>(at));
      backlog_.push_front(std::move(ended));
      return;
    }
    end_attempt(ended.attempts[at]);
  }
}

// Nobody holds it for later: without anybody to take it, it is gone.
void BrokerThread::send_directly(DirectDelivery&& direct) {
  if (outgoing_ == nullptr) return;
  auto to = std::make_shared<OutgoingDestination>();
  to->protocol = direct.protocol;
  to->endpoint = std::move(direct.endpoint);
  outgoing_->deliver_directly(std::move(to), std::move(direct.content));
}

void BrokerThread::end_attempt(const EndedAttempt& attempt) {
  if (commit_->full()) commit_->hand_over(now_);
  const AttemptEnd end = broker_.end_attempt(attempt.report, now_, random_, commit_->outcome());
  commit_->decided();
  const auto count = [](std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
  };
  switch (end) {
    case AttemptEnd::kDone:
      return count(gauges_.outgoing_delivered);
    case AttemptEnd::kRetried:
      return count(gauges_.outgoing_retried);
    case AttemptEnd::kGone:
      return;
    case AttemptEnd::kDeadLettered:
      count(gauges_.outgoing_dead_lettered);
      log_warning(given_up_, "a delivery is given up; the message is in the subscription's dead-letter queue",
                  {{"subscription", attempt.to->subscription_arn}, {"why", attempt.why}});
      return;
    case AttemptEnd::kDropped:
      if (attempt.report.control) {
        log_warning(given_up_, "a receiver could not be told of its subscription, and is told no more",
                    {{"subscription", attempt.to->subscription_arn}, {"why", attempt.why}});
        return;
      }
      count(gauges_.outgoing_dropped);
      log_warning(given_up_,
                  "a delivery is given up, and the message is lost: its subscription has no dead-letter "
                  "queue that takes it",
                  {{"subscription", attempt.to->subscription_arn}, {"why", attempt.why}});
  }
}

void BrokerThread::undo_replies() {
  std::vector<Reply> replies = std::exchange(commit_->released(), {});
  for (const Reply& reply : replies) {
    const Received* const received = std::get_if<Received>(&reply.answer);
    if (!received || received->deliveries.empty()) continue;
    broker_.undeliver(*received, now_, random_, commit_->outcome());
    commit_->decided();
  }
  commit_->hand_over(now_);
}

BrokerThread::Pause BrokerThread::next_wake() const {
  const Pause now = std::chrono::steady_clock::now();
  // Only the store can help now; it writes a letter.
  if (commit_->stalled()) return now + rest_max_;
  const Time due = broker_.next_deadline();
  if (due == kNever) return now + rest_max_;
  // At least a millisecond: what is due already waits for something else, a page for instance.
  const Milliseconds rest = std::max(due - now_, Milliseconds{1});
  return now + std::min<Milliseconds>(rest, rest_max_);
}

void BrokerThread::publish_gauges() {
  const auto set = [](auto& gauge, auto value) { gauge.store(value, std::memory_order_relaxed); };
  const Broker::Totals totals = broker_.totals();
  set(gauges_.queues, totals.queues);
  set(gauges_.touched, totals.touched);
  set(gauges_.waiting_receivers, totals.waiting_receivers);
  set(gauges_.window_bytes, totals.window_bytes);
  set(gauges_.dedup_bytes, totals.dedup_bytes);
  set(gauges_.outgoing, totals.outgoing);
  set(gauges_.time_ahead_ms, time_ahead_.count());
  set(gauges_.commands_waiting, commands_waiting_.load(std::memory_order_relaxed));
  set(gauges_.commits, commit_->counts().commits);
  set(gauges_.commands, commit_->counts().decisions);
  set(gauges_.replies, commit_->counts().replies);
  set(gauges_.admits_growth, store_->admits_growth());
}

void BrokerThread::take_survey() {
  const auto moment = std::chrono::steady_clock::now();
  const QueueSurveyPtr last = survey();
  if (last && moment - last->taken < QueueSurvey::kAgeMax) return;
  auto next = std::make_shared<QueueSurvey>();
  next->taken = moment;
  broker_.each_queue(now_, [&](const QueueView& queue) {
    const QueueCounters& counters = queue.counters;
    next->queues.push_back(
        {.world = queue.record.key.queue.world,
         .name = queue.record.name,
         .counts = queue.counts,
         .oldest_age = queue.oldest_visible == kNever ? Milliseconds{0} : now_ - queue.oldest_visible,
         .traffic = QueueTraffic{.messages_sent = counters.sent,
                                 .message_bytes_sent = counters.sent_bytes,
                                 .messages_received = counters.received,
                                 .messages_deleted = counters.deleted,
                                 .empty_receives = counters.empty_receives}});
  });
  next->sort();
  survey_.store(std::move(next), std::memory_order_release);
}

void BrokerThread::take_facts() {
  auto facts = std::make_shared<ResourceFacts>();
  facts->time = now_;
  broker_.each_resource([&](const Record& record) { facts->records.push_back(record); });
  facts_.store(std::move(facts), std::memory_order_release);
}

// Whoever asks in the wrong account or region is told only that there is no such queue; the log helps. The
// core has left the command's name as it was, since it found nothing to do.
void BrokerThread::tell_where_it_is(const Command& command, const Outcome& outcome) {
  if (outcome.replies.empty() || outcome.replies.back().ticket != command.ticket) return;
  const Error* const error = std::get_if<Error>(&outcome.replies.back().answer);
  if (error == nullptr || error->code != ErrorCode::kQueueDoesNotExist) return;
  // To look for it costs the number of queues, so it is looked for only as often as it may be told.
  const auto withheld = elsewhere_.admit(std::chrono::steady_clock::now());
  if (!withheld) return;
  std::string found;
  for (const World& world : broker_.worlds_of(command.queue_name, kElsewhereMax)) {
    found += (found.empty() ? "" : ",") + queue_arn(world, command.queue_name);
  }
  if (found.empty()) return;
  log_info("a queue was asked for that is in another account or region",
           {{"asked", queue_arn(command.world, command.queue_name)}, {"there_is", found}});
}

}  // namespace penstock
