#include "server/io_thread.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <span>
#include <utility>

#include "server/log.h"
#include "server/session.h"

namespace penstock {
namespace {

constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << 24) - 1;
constexpr int kSlotShift = 32;

constexpr std::chrono::seconds kSweepPeriod{1};

// While a round reads the requests of many sockets, a disk would wait for the last of them.
constexpr std::size_t kPostedTogetherMax = 32;

std::uint32_t slot_of(std::uint64_t id) { return static_cast<std::uint32_t>((id >> kSlotShift) & kSlotMask); }

Seconds steady_seconds() {
  return std::chrono::duration_cast<Seconds>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

IoThread::IoThread(const Options& options, CommandPort& commands) : options_(options), commands_(commands) {}

IoThread::~IoThread() {
  if (thread_.joinable()) {
    abort();
    flush();
    stop();
  }
}

void IoThread::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), ("io-" + std::to_string(options_.index)).c_str());
}

// ---- from any thread

void IoThread::insist(Word&& word) {
  if (mailbox_.leave(std::move(word))) watch_.nudge();
}

void IoThread::adopt(const Accepted& accepted) { insist(Accepted(accepted)); }

void IoThread::deliver(std::vector<Reply>&& replies) { insist(std::move(replies)); }

void IoThread::drain(std::function<void()> drained) {
  insist([this, drained = std::move(drained)] {
    draining_ = true;
    drained_ = drained;
    each_session([](Session& session) { session.drain(); });
    report_if_drained();
  });
}

void IoThread::abort() {
  insist([this] {
    draining_ = true;
    each_session([](Session& session) { session.close(); });
  });
}

void IoThread::perform(std::function<void()> task) { insist(std::move(task)); }

void IoThread::flush() {
  // Twice: what sockets had to say before the call is heard in the round that the first one ends.
  for (int round = 0; round < 2; ++round) {
    std::promise<void> done;
    insist([&done] { done.set_value(); });
    done.get_future().wait();
  }
}

void IoThread::sweep_at(Seconds now) {
  insist([this, now] { sweep(now); });
}

void IoThread::stop() {
  insist([this] { stopping_ = true; });
  thread_.join();
}

// ---- on its thread

void IoThread::run() {
  while (!stopping_) {
    const std::span<const SocketWatch::Word> heard = watch_.wait(rest());
    mailbox_.rouse();
    for (const SocketWatch::Word& word : heard) attend(word);
    attend_again();
    post_outbox();
    take_words();
    let_go();
    post_outbox();
    sweep_if_due();
  }
}

// How long this thread may sleep. If it does, whoever has a word for it wakes it.
std::chrono::milliseconds IoThread::rest() {
  if (!unfinished_.empty() || !mailbox_.rest()) return std::chrono::milliseconds{0};
  const bool sweeps = options_.sweeps_itself && live_ > 0;
  if (!sweeps && held_.empty()) return std::chrono::hours(1);
  Moment next = sweeps ? next_sweep_ : held_.begin()->first;
  if (!held_.empty()) next = std::min(next, held_.begin()->first);
  return std::max(std::chrono::milliseconds{0},
                  std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now()));
}

void IoThread::attend(const SocketWatch::Word& word) {
  Session* const session = find(word.id);
  if (!session) return;
  session->attend(word);
  reap(*session);
}

void IoThread::read_again(const Session& session) { unfinished_.push_back(session.id()); }

void IoThread::attend_again() {
  going_on_.swap(unfinished_);
  for (const std::uint64_t id : going_on_) {
    Session* const session = find(id);
    if (!session) continue;
    session->read_on();
    reap(*session);
  }
  going_on_.clear();
}

void IoThread::take_words() {
  mailbox_.fetch(words_);
  for (Word& word : words_) {
    if (auto* const replies = std::get_if<std::vector<Reply>>(&word)) {
      take(std::move(*replies));
    } else if (const auto* const accepted = std::get_if<Accepted>(&word)) {
      admit(*accepted);
    } else {
      std::get<Task>(word)();
    }
  }
  words_.clear();
}

void IoThread::admit(const Accepted& accepted) {
  Socket socket(accepted.socket);
  const auto turn_away = [&] {
    socket.close();
    if (accepted.farewells) accepted.farewells->insist(IpAddress(accepted.peer));
  };
  if (draining_) return turn_away();
  if (free_slots_.empty()) {
    if (slots_.size() > kSlotMask) return turn_away();
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  const std::uint64_t id = (std::uint64_t{options_.index} << kSessionThreadShift) |
                           (std::uint64_t{slot} << kSlotShift) | slots_[slot].generation;
  // What has arrived already is told by the watch, too.
  if (!watch_.add(socket.descriptor(), id)) return turn_away();
  free_slots_.pop_back();
  if (live_ == 0 && options_.sweeps_itself) begin_sweeping();
  slots_[slot].session = std::make_unique<Session>(*this, std::move(socket), accepted, id);
  ++live_;
  counts_.connections.store(live_, std::memory_order_relaxed);
  counts_.accepted.fetch_add(1, std::memory_order_relaxed);
}

Session* IoThread::find(std::uint64_t id) {
  const std::uint32_t slot = slot_of(id);
  if (slot >= slots_.size()) return nullptr;
  Session* const session = slots_[slot].session.get();
  return session && session->id() == id ? session : nullptr;
}

void IoThread::take(std::vector<Reply>&& replies) {
  for (Reply& reply : replies) {
    if (Session* const session = find(reply.ticket.session)) {
      session->answer(std::move(reply));
      reap(*session);
      continue;
    }
    if (Received* const received = std::get_if<Received>(&reply.answer)) undeliver(std::move(*received));
  }
}

void IoThread::post(Command&& command) {
  outbox_.push_back(std::move(command));
  if (outbox_.size() >= kPostedTogetherMax) post_outbox();
}

void IoThread::hold(std::chrono::milliseconds time, std::variant<Command, Reply>&& what) {
  held_.emplace(std::chrono::steady_clock::now() + time, std::move(what));
}

void IoThread::let_go() {
  if (held_.empty()) return;
  const Moment now = std::chrono::steady_clock::now();
  std::vector<Reply> replies;
  while (!held_.empty() && (draining_ || held_.begin()->first <= now)) {
    auto held = std::move(held_.extract(held_.begin()).mapped());
    if (auto* const reply = std::get_if<Reply>(&held)) {
      replies.push_back(std::move(*reply));
    } else if (Command& command = std::get<Command>(held); find(command.ticket.session) != nullptr) {
      const bool receives = draining_ && command.operation && std::holds_alternative<Receive>(*command.operation);
      const Ticket ticket = command.ticket;
      post(std::move(command));
      if (receives) end_wait(ticket);
    }
  }
  if (!replies.empty()) take(std::move(replies));
}

void IoThread::post_outbox() {
  digests_.settle();
  if (outbox_.empty()) return;
  const std::size_t size = outbox_.size();
  commands_.post(outbox_);
  if (!outbox_.empty()) {
    std::vector<Reply> refusals;
    for (const Command& command : outbox_) {
      refusals.push_back({command.ticket, Error{ErrorCode::kServiceUnavailable, {}}});
    }
    outbox_.clear();
    // Not from within what a session is doing now.
    deliver(std::move(refusals));
  }
  // The batch went away with its memory, and the next one will be about as large.
  outbox_.reserve(size);
}

void IoThread::forget(const Ticket& ticket) {
  post_outbox();
  commands_.forget(ticket);
}

void IoThread::end_wait(const Ticket& ticket) {
  post_outbox();
  commands_.end_wait(ticket);
}

void IoThread::undeliver(Received&& received) {
  if (received.deliveries.empty()) return;
  counts_.undelivered.fetch_add(1, std::memory_order_relaxed);
  commands_.undeliver(std::move(received));
}

void IoThread::reap(Session& session) {
  if (!session.ended()) return;
  const std::uint32_t slot = slot_of(session.id());
  if (Farewells* const farewells = session.accepted().farewells) {
    farewells->insist(IpAddress(session.accepted().peer));
  }
  slots_[slot].session.reset();
  ++slots_[slot].generation;
  free_slots_.push_back(slot);
  --live_;
  counts_.connections.store(live_, std::memory_order_relaxed);
  report_if_drained();
}

void IoThread::report_if_drained() {
  if (live_ == 0 && drained_) std::exchange(drained_, nullptr)();
}

bool IoThread::account(std::size_t before, std::size_t after) {
  request_bytes_ = request_bytes_ - before + after;
  if (after <= before || request_bytes_ <= options_.request_bytes_max) return true;
  static LogLimit limit;
  log_warning(limit, "the memory for requests is used up; requests are answered 503",
              {{"setting", "request-memory-max"}, {"bytes", request_bytes_}});
  return false;
}

bool IoThread::account_unsent(std::size_t before, std::size_t after) {
  answer_bytes_ = answer_bytes_ - before + after;
  // One alone is always within, or a receiver of large messages would never get any.
  if (after <= before || answer_bytes_ <= options_.answer_bytes_max || answer_bytes_ == after) return true;
  counts_.cut_off.fetch_add(1, std::memory_order_relaxed);
  static LogLimit limit;
  log_warning(limit, "the memory for answers is used up; a connection that takes none is closed",
              {{"setting", "answer-memory-max"}, {"bytes", answer_bytes_}});
  return false;
}

template <class Visit>
void IoThread::each_session(const Visit& visit) {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].session) continue;
    Session& session = *slots_[slot].session;
    visit(session);
    reap(session);
  }
}

void IoThread::sweep(Seconds now) {
  now_ = now;
  each_session([](Session& session) { session.sweep(); });
}

void IoThread::begin_sweeping() {
  now_ = steady_seconds();
  next_sweep_ = std::chrono::steady_clock::now() + kSweepPeriod;
}

void IoThread::sweep_if_due() {
  if (!options_.sweeps_itself || live_ == 0) return;
  const Moment now = std::chrono::steady_clock::now();
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepPeriod;
  sweep(steady_seconds());
}

}  // namespace penstock
