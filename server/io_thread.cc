#include "server/io_thread.h"

#include <pthread.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "server/log.h"
#include "server/session.h"

namespace penstock {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << 24) - 1;
constexpr int kSlotShift = 32;

std::uint32_t slot_of(std::uint64_t id) { return static_cast<std::uint32_t>((id >> kSlotShift) & kSlotMask); }

Seconds steady_seconds() {
  return std::chrono::duration_cast<Seconds>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

IoThread::IoThread(const Options& options, CommandPort& commands) : options_(options), commands_(commands) {
  if (options_.sweeps_itself) now_ = steady_seconds();
}

IoThread::~IoThread() {
  if (thread_.joinable()) {
    abort();
    flush();
    stop();
  }
}

void IoThread::start() {
  if (options_.sweeps_itself) schedule_sweep();
  thread_ = std::thread([this] { context_.run(); });
  pthread_setname_np(thread_.native_handle(), ("io-" + std::to_string(options_.index)).c_str());
}

void IoThread::adopt(const Accepted& accepted) {
  asio::post(context_, [this, accepted] { admit(accepted); });
}

void IoThread::deliver(std::vector<Reply>&& replies) {
  asio::post(context_, [this, replies = std::move(replies)]() mutable { take(std::move(replies)); });
}

void IoThread::drain(std::function<void()> drained) {
  asio::post(context_, [this, drained = std::move(drained)]() mutable {
    draining_ = true;
    drained_ = std::move(drained);
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      if (!slots_[slot].session) continue;
      Session& session = *slots_[slot].session;
      session.drain();
      reap(session);
    }
    report_if_drained();
  });
}

void IoThread::abort() {
  asio::post(context_, [this] {
    draining_ = true;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      if (!slots_[slot].session) continue;
      Session& session = *slots_[slot].session;
      session.close();
      reap(session);
    }
  });
}

void IoThread::flush() {
  // Twice: closed sessions go away with the handlers that the first round lets run.
  for (int round = 0; round < 2; ++round) {
    std::promise<void> done;
    asio::post(context_, [&done] { done.set_value(); });
    done.get_future().wait();
  }
}

void IoThread::sweep_at(Seconds now) {
  asio::post(context_, [this, now] { sweep(now); });
}

void IoThread::stop() {
  asio::post(context_, [this] {
    timer_.cancel();
    work_.reset();
  });
  thread_.join();
}

// ---- on its thread

void IoThread::admit(const Accepted& accepted) {
  std::uint32_t slot = 0;
  if (!free_slots_.empty()) {
    slot = free_slots_.back();
    free_slots_.pop_back();
  } else if (slots_.size() <= kSlotMask) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    ::close(accepted.socket);
    if (accepted.farewells) accepted.farewells->insist(IpAddress(accepted.peer));
    return;
  }

  Session::Socket socket(context_);
  boost::system::error_code error;
  socket.assign(asio::ip::tcp::v4(), accepted.socket, error);
  if (!error) socket.non_blocking(true, error);
  if (error || draining_) {
    if (!socket.is_open()) ::close(accepted.socket);
    free_slots_.push_back(slot);
    if (accepted.farewells) accepted.farewells->insist(IpAddress(accepted.peer));
    return;
  }

  const std::uint64_t id = (std::uint64_t{options_.index} << kSessionThreadShift) |
                           (std::uint64_t{slot} << kSlotShift) | slots_[slot].generation;
  slots_[slot].session = std::make_unique<Session>(*this, std::move(socket), accepted, id);
  ++live_;
  counts_.connections.store(live_, std::memory_order_relaxed);
  counts_.accepted.fetch_add(1, std::memory_order_relaxed);
  slots_[slot].session->start();
}

Session* IoThread::find(const Ticket& ticket) {
  const std::uint32_t slot = slot_of(ticket.session);
  if (slot >= slots_.size()) return nullptr;
  Session* const session = slots_[slot].session.get();
  return session && session->id() == ticket.session ? session : nullptr;
}

void IoThread::take(std::vector<Reply>&& replies) {
  for (Reply& reply : replies) {
    if (Session* const session = find(reply.ticket)) {
      session->answer(std::move(reply));
      reap(*session);
      continue;
    }
    if (Received* const received = std::get_if<Received>(&reply.answer)) undeliver(std::move(*received));
  }
}

void IoThread::post(Command&& command) {
  outbox_.push_back(std::move(command));
  if (!std::exchange(outbox_scheduled_, true)) asio::post(context_, [this] { post_outbox(); });
}

void IoThread::post_outbox() {
  outbox_scheduled_ = false;
  if (outbox_.empty()) return;
  commands_.post(outbox_);
  if (outbox_.empty()) return;
  std::vector<Reply> refusals;
  for (const Command& command : outbox_) {
    refusals.push_back({command.ticket, Error{ErrorCode::kServiceUnavailable, {}}});
  }
  outbox_.clear();
  // Not from within what a session is doing now.
  deliver(std::move(refusals));
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

void IoThread::sweep(Seconds now) {
  now_ = now;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].session) continue;
    Session& session = *slots_[slot].session;
    session.sweep();
    reap(session);
  }
}

void IoThread::schedule_sweep() {
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    sweep(steady_seconds());
    schedule_sweep();
  });
}

}  // namespace penstock
