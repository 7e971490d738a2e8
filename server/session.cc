#include "server/session.h"

#include <boost/core/demangle.hpp>
#include <ctime>
#include <typeinfo>
#include <utility>

#include "server/log.h"

namespace penstock {
namespace {

// Reads in one go before others have their turn.
constexpr int kReadsMax = 16;
// A body up to this size is copied behind its head.
constexpr std::size_t kCopiedBodyBytesMax = 4 << 10;
constexpr std::size_t kLingerBytesMax = 16 << 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr HttpRefusal kTooSlow{408, "The request did not arrive in time."};
constexpr HttpRefusal kOurMistake{500, "The request could not be handled."};
constexpr HttpRefusal kNoMemory{503, "Too many requests are being received; try again."};

}  // namespace

Session::Session(IoThread& io, Socket&& socket, const Accepted& accepted, std::uint64_t id)
    : io_(io),
      socket_(std::move(socket), accepted.tls),
      accepted_(accepted),
      id_(id),
      since_(io.now()),
      peer_(text_of(accepted.peer)) {}

void Session::attend(const SocketWatch::Word& word) {
  if (word.writable && phase_ == Phase::kWriting) write_on();
  if (word.ends) end_told_ = true;
  if (word.readable || word.ends || (word.writable && socket_.wants_writing())) {
    may_read_ = true;
    read_on();
  }
}

// ---- reading

// Enough of later requests is here while one is under way: the rest waits in the kernel.
bool Session::full() const {
  const bool busy = phase_ == Phase::kProcessing || phase_ == Phase::kWriting;
  return busy && reader_.buffered() >= io_.options().http.pipelined_bytes_max;
}

void Session::read_on() {
  auto& buffer = io_.read_buffer();
  for (int reads = 0; may_read_ && phase_ != Phase::kClosed && !peer_ended_ && !full(); ++reads) {
    if (reads == kReadsMax) return io_.read_again(*this);
    const Transfer read = socket_.read(buffer);
    // Fewer bytes than there was room for: that was all, and more will be told again. Not so the end,
    // if that has been told already.
    may_read_ = read.bytes == buffer.size() || (end_told_ && read.flow == Flow::kMoved);
    if (read.flow == Flow::kBlocked) return;
    if (read.flow == Flow::kEnded) return peer_ended();
    if (read.flow == Flow::kBroken && !socket_.disagreement().empty() && phase_ == Phase::kReading) {
      not_agreed();
      continue;
    }
    if (read.flow == Flow::kBroken) return close();
    if (phase_ == Phase::kLingering) {
      lingered_ += read.bytes;
      if (lingered_ > kLingerBytesMax) return close();
    } else {
      reader_.take({buffer.data(), read.bytes});
      progress();
      settle();
    }
  }
}

void Session::progress() {
  while (phase_ == Phase::kReading) {
    const RequestReader::Stage stage = reader_.advance();
    if (stage == RequestReader::Stage::kComplete) {
      dispatch();
      continue;
    }
    if (stage == RequestReader::Stage::kRefused) return refuse(reader_.refusal());
    if (peer_ended_ || (io_.draining() && stage == RequestReader::Stage::kIdle)) return close();
    if (stage != stage_) {
      stage_ = stage;
      since_ = io_.now();
      body_mark_ = 0;
    }
    if (reader_.take_continue()) {
      // Nothing else is on its way out, so that the kernel takes these few bytes whole or fails.
      if (socket_.write(kContinue).bytes != kContinue.size()) close();
    }
    return;
  }
}

void Session::settle() {
  reader_.settle();
  if (phase_ == Phase::kClosed) return;  // it has given its account back
  const std::size_t memory = reader_.memory_bytes();
  if (memory == accounted_) return;
  const bool admitted = io_.account(std::exchange(accounted_, memory), memory);
  if (!admitted && phase_ == Phase::kReading) {
    refuse(kNoMemory);
  }
}

// By TLS. The peer has been told why; what it has sent in the belief that all is well stays unread.
void Session::not_agreed() {
  io_.tally().handshakes_failed.fetch_add(1, std::memory_order_relaxed);
  static LogLimit limit;
  log_warning(limit, "a TLS handshake failed", {{"peer", peer_}, {"why", socket_.disagreement()}});
  socket_.shut_sending();
  phase_ = Phase::kLingering;
  since_ = io_.now();
  may_read_ = true;
}

// The peer sends no more.
void Session::peer_ended() {
  peer_ended_ = true;
  switch (phase_) {
    case Phase::kProcessing:
      if (receives_) close();
      break;
    case Phase::kWriting:
    case Phase::kClosed:
      break;
    case Phase::kReading:
    case Phase::kLingering:
      close();
      break;
  }
}

// ---- processing

void Session::dispatch() {
  ApiRequest& request = io_.request();
  reader_.describe(request);
  request.peer = peer_;
  request.secure = socket_.secure();
  const HttpHead& head = reader_.head();
  keep_alive_ = head.keep_alive && !io_.draining();
  says_keep_alive_ = keep_alive_ && head.http_1_0;
  head_only_ = request.method == "HEAD";
  ++request_;
  phase_ = Phase::kProcessing;
  io_.tally().requests.fetch_add(1, std::memory_order_relaxed);

  std::variant<ApiResponse, UnderWay> handled;
  try {
    handled = accepted_.service->handle(request, ticket(), io_.random(), io_.digests());
  } catch (const std::exception& error) {
    // Nothing of ours throws; what a library throws must not end the other sessions.
    // Its words may repeat the request's, so only its type is told.
    static LogLimit limit;
    log_error(limit, "a request could not be handled",
              {{"exception", boost::core::demangle(typeid(error).name())}});
    handled = refusal_response(kOurMistake, MessageId::draw(io_.random()).text());
  }
  reader_.finish();
  if (const ApiResponse* const response = std::get_if<ApiResponse>(&handled)) return send(*response);
  UnderWay& under_way = std::get<UnderWay>(handled);
  call_ = std::move(under_way.call);
  if (under_way.instead) {
    return io_.hold(under_way.held_for, Reply{ticket(), *std::move(under_way.instead)});
  }
  if (!under_way.command) return;
  Command& command = *under_way.command;
  receives_ = command.operation && (std::holds_alternative<Receive>(*command.operation) ||
                                    std::holds_alternative<Expect>(*command.operation));
  if (under_way.held_for.count() > 0) return io_.hold(under_way.held_for, std::move(command));
  io_.post(std::move(command));
  if (receives_ && io_.draining()) io_.end_wait(ticket());
}

void Session::answer(Reply&& reply) {
  Received* const received = std::get_if<Received>(&reply.answer);
  if (phase_ != Phase::kProcessing || reply.ticket != ticket()) {
    if (received) io_.undeliver(std::move(*received));
    return;
  }
  const bool delivers = received && !received->deliveries.empty();
  if (delivers && peer_gone()) {
    io_.undeliver(std::move(*received));
    return close();
  }
  const ApiResponse response = accepted_.service->render(call_, ticket(), reply.answer);
  call_.reset();
  receives_ = false;
  send(response, delivers ? std::move(*received) : Received{});
  progress();
  settle();
  read_on();
}

// A peer that closed while the answer was on its way.
bool Session::peer_gone() const {
  const Flow flow = socket_.look();
  return flow == Flow::kEnded || flow == Flow::kBroken;
}

bool Session::peer_sent_more() const { return reader_.buffered() > 0 || socket_.look() == Flow::kMoved; }

void Session::refuse(const HttpRefusal& refusal) {
  refused_ = true;
  keep_alive_ = says_keep_alive_ = head_only_ = false;
  io_.tally().refusals.fetch_add(1, std::memory_order_relaxed);
  send(refusal_response(refusal, MessageId::draw(io_.random()).text()));
}

// ---- writing

void Session::send(const ApiResponse& response, Received&& deliveries) {
  // As if it had got lost on its way: what was handed out stays handed out.
  if (response.drops_connection) return close();
  if (response.status == 503) io_.tally().unavailable.fetch_add(1, std::memory_order_relaxed);
  if (io_.draining()) keep_alive_ = says_keep_alive_ = false;
  using Persistence = ResponseHead::Persistence;
  std::string_view head = io_.response_head().build(response,
                                                    !keep_alive_       ? Persistence::kCloses
                                                    : says_keep_alive_ ? Persistence::kSaysStays
                                                                       : Persistence::kStays,
                                                    std::time(nullptr));
  std::string_view body = head_only_ ? std::string_view() : std::string_view(response.body);

  if (body.size() <= kCopiedBodyBytesMax) {
    head = io_.response_head().with_body(body);
    body = {};
  }
  const Transfer written = socket_.write(head, body);
  if (written.flow == Flow::kBroken) {
    io_.undeliver(std::move(deliveries));
    return close();
  }
  if (written.bytes == head.size() + body.size()) return sent();
  keep_unsent(head, body, written.bytes);
  if (written.bytes == 0) in_doubt_ = std::move(deliveries);
  phase_ = Phase::kWriting;
  since_ = io_.now();
  // Peers that ask for much and read nothing must not fill our memory.
  if (!io_.account_unsent(0, unsent_.size())) close();
}

void Session::keep_unsent(std::string_view head, std::string_view body, std::size_t sent) {
  unsent_at_ = 0;
  if (sent < head.size()) {
    unsent_.assign(head.substr(sent)).append(body);
  } else {
    unsent_.assign(body.substr(sent - head.size()));
  }
}

void Session::drop_unsent() {
  io_.account_unsent(unsent_.size(), 0);
  unsent_ = {};
}

void Session::write_on() {
  const Transfer written = socket_.write(std::string_view(unsent_).substr(unsent_at_));
  if (written.flow == Flow::kBroken) return close();
  if (written.bytes > 0) {
    in_doubt_.deliveries.clear();
    since_ = io_.now();
  }
  unsent_at_ += written.bytes;
  if (unsent_at_ < unsent_.size()) return;
  drop_unsent();
  sent();
  progress();
  settle();
  read_on();
}

void Session::sent() {
  since_ = io_.now();
  stage_ = RequestReader::Stage::kIdle;
  if (keep_alive_) {
    phase_ = Phase::kReading;
    return;
  }
  if (peer_ended_ || !(refused_ || peer_sent_more())) return close();
  socket_.shut_sending();
  phase_ = Phase::kLingering;
}

// ---- ending

void Session::sweep() {
  const Seconds passed = io_.now() - since_;
  switch (phase_) {
    case Phase::kReading:
      if (stage_ == RequestReader::Stage::kIdle && passed > io_.options().http.idle_time_max) return close();
      if (stage_ == RequestReader::Stage::kHead && passed > io_.options().http.head_time_max)
        return refuse(kTooSlow);
      if (stage_ == RequestReader::Stage::kBody && passed >= kBodyWindow) {
        const std::size_t received = reader_.body_received();
        if (received - body_mark_ < kBodyWindowBytesMin) return refuse(kTooSlow);
        body_mark_ = received;
        since_ = io_.now();
      }
      break;
    case Phase::kWriting:
      if (passed > io_.options().http.write_time_max) close();
      break;
    case Phase::kLingering:
      if (passed > kLingerSecondsMax) close();
      break;
    case Phase::kProcessing:
    case Phase::kClosed:
      break;
  }
}

void Session::drain() {
  if (phase_ == Phase::kReading && reader_.stage() == RequestReader::Stage::kIdle) return close();
  if (phase_ == Phase::kProcessing && receives_) io_.end_wait(ticket());
}

void Session::close() {
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kProcessing && receives_) io_.forget(ticket());
  io_.undeliver(std::exchange(in_doubt_, {}));
  phase_ = Phase::kClosed;
  call_.reset();
  io_.account(std::exchange(accounted_, 0), 0);
  drop_unsent();
  socket_.close();
}

}  // namespace penstock
