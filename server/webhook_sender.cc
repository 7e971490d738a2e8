#include "server/webhook_sender.h"

#include <openssl/err.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/address_kind.h"
#include "base/digest.h"
#include "protocol/text.h"
#include "server/http_authorization.h"

namespace penstock {
namespace {

// How exactly ends of time are kept.
constexpr std::chrono::milliseconds kSweep{100};
constexpr std::chrono::milliseconds kLinger{1'000};
constexpr std::size_t kLingeringMax = 256;

// Of receivers where private ones are not permitted.
constexpr std::array<std::uint16_t, 4> kPublicPorts{80, 443, 8080, 8443};

constexpr IpAddress kLoopback4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
constexpr IpAddress kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

}  // namespace

WebhookSender::WebhookSender(Options options, AttemptPort& attempts)
    : options_(std::move(options)), attempts_port_(attempts) {}

WebhookSender::~WebhookSender() {
  if (thread_.joinable()) stop(std::chrono::milliseconds{0});
}

std::optional<std::string> WebhookSender::start() {
  tls_ = new_client_tls();
  if (!tls_) return "no memory for TLS";
  if (!options_.ca_file.empty() &&
      SSL_CTX_load_verify_locations(tls_.get(), options_.ca_file.c_str(), nullptr) != 1) {
    ERR_clear_error();
    return options_.ca_file + " holds no certificate to trust";
  }
  ERR_clear_error();
  resolver_.emplace([this](std::uint64_t id, std::vector<IpAddress>&& addresses) {
    leave(Found{id, std::move(addresses)});
  });
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "webhooks");
  return std::nullopt;
}

// The system's certificates are read with the first delivery that needs them: they are most of what a start would
// cost otherwise.
SSL_CTX* WebhookSender::trusting_tls() {
  if (!std::exchange(trusts_system_, true)) {
    SSL_CTX_set_default_verify_paths(tls_.get());
    ERR_clear_error();
  }
  return tls_.get();
}

void WebhookSender::leave(Word&& word) {
  if (mailbox_.leave(std::move(word))) watch_.nudge();
}

void WebhookSender::deliver(std::vector<OutgoingDelivery>&& deliveries) { leave(std::move(deliveries)); }

void WebhookSender::stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) return;
  leave(Stop{Clock::now() + grace});
  thread_.join();
  resolver_.reset();
}

// ---- its own thread

void WebhookSender::run() {
  while (true) {
    std::chrono::milliseconds rest =
        attempts_.empty() && lingering_.empty() ? std::chrono::milliseconds{60'000} : kSweep;
    if (!mailbox_.rest()) rest = std::chrono::milliseconds{0};
    const auto words = watch_.wait(rest);
    mailbox_.rouse();
    for (const SocketWatch::Word& word : words) {
      if (const auto attempt = attempts_.find(word.id); attempt != attempts_.end()) {
        if (attempt->second.call && attempt->second.call->go_on()) answered(word.id);
      } else if (const auto lingering = lingering_.find(word.id); lingering != lingering_.end()) {
        if (lingering->second.call->linger()) lingering_.erase(lingering);
      }
    }
    take_words();
    sweep();
    if (!ended_.empty()) attempts_port_.end_attempts(std::exchange(ended_, {}));
    if (stop_at_ && attempts_.empty()) return;
  }
}

void WebhookSender::take_words() {
  std::vector<Word> words;
  mailbox_.fetch(words);
  for (Word& word : words) {
    if (auto* deliveries = std::get_if<std::vector<OutgoingDelivery>>(&word)) {
      for (OutgoingDelivery& outgoing : *deliveries) begin(std::move(outgoing));
    } else if (auto* answer = std::get_if<Found>(&word)) {
      found(answer->id, std::move(answer->addresses));
    } else {
      stop_at_ = std::get<Stop>(word).at;
    }
  }
}

void WebhookSender::begin(OutgoingDelivery&& outgoing) {
  const std::uint64_t id = next_id_++;
  Attempt& attempt = attempts_[id];
  attempt.outgoing = std::move(outgoing);
  attempt.end = Clock::now() + options_.exchange_max;
  counts_.attempts.fetch_add(1, std::memory_order_relaxed);
  auto url = WebUrl::parse(attempt.outgoing.to->endpoint);
  if (!url || !attempt.outgoing.delivery.content->notification) {
    end(id, AttemptResult::kRefused, "the endpoint cannot be used");
    return;
  }
  attempt.url = *std::move(url);
  if (attempt.url.literal) {
    found(id, {*attempt.url.literal});
  } else if (attempt.url.host == "localhost") {
    found(id, {kLoopback4, kLoopback6});
  } else {
    attempt.look_up = std::make_shared<NameResolver::LookUp>();
    resolver_->ask(id, attempt.url.host, attempt.look_up);
  }
}

bool WebhookSender::permitted(const IpAddress& address, std::uint16_t port) const {
  switch (address_kind(address)) {
    case AddressKind::kForbidden:
      return false;
    case AddressKind::kPrivate:
      return options_.private_receivers;
    case AddressKind::kPublic:
      break;
  }
  return options_.private_receivers ||
         std::find(kPublicPorts.begin(), kPublicPorts.end(), port) != kPublicPorts.end();
}

void WebhookSender::found(std::uint64_t id, std::vector<IpAddress>&& addresses) {
  const auto known = attempts_.find(id);
  if (known == attempts_.end()) return;  // it took too long
  Attempt& attempt = known->second;
  if (addresses.empty()) {
    end(id, AttemptResult::kFailed, "the host's name has no address");
    return;
  }
  for (const IpAddress& address : addresses) {
    if (permitted(address, attempt.url.port)) attempt.addresses.push_back(address);
  }
  if (attempt.addresses.empty()) {
    end(id, AttemptResult::kRefused, "nothing may be sent to its address or port");
    return;
  }
  call(id, attempt, {});
}

void WebhookSender::call(std::uint64_t id, Attempt& attempt, const std::string& authorization) {
  const std::string& known_as = attempt.outgoing.to->url_base;
  WebhookRequest request =
      WebhookRequest::of(attempt.outgoing, attempt.url,
                         options_.url_base.empty() ? known_as : options_.url_base, options_.signing);
  std::string bytes = std::move(request.head);
  if (!authorization.empty()) bytes += joined({"Authorization: ", authorization, "\r\n"});
  bytes += "\r\n";
  bytes += request.body;
  std::string host = attempt.url.host;
  if (host.ends_with('.')) host.pop_back();  // certificates have no dot for the root
  attempt.call =
      std::make_unique<WebhookCall>(WebhookCall::Target{.addresses = attempt.addresses,
                                                        .port = attempt.url.port,
                                                        .host = std::move(host),
                                                        .host_is_address = attempt.url.literal.has_value(),
                                                        .tls = attempt.url.secure ? trusting_tls() : nullptr},
                                    std::move(bytes), watch_, id);
  attempt.connect_by = share_of(attempt, Clock::now());
  if (attempt.call->begin()) answered(id);
}

WebhookSender::Moment WebhookSender::share_of(const Attempt& attempt, Moment now) {
  return now + (attempt.end - now) / static_cast<Clock::rep>(std::max<std::size_t>(1, attempt.call->addresses_left()));
}

void WebhookSender::connect_elsewhere(Moment now) {
  std::vector<std::uint64_t> stuck;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.call && attempt.call->connecting() && attempt.call->addresses_left() > 0 && attempt.connect_by <= now) {
      stuck.push_back(id);
    }
  }
  for (const std::uint64_t id : stuck) {
    Attempt& attempt = attempts_.at(id);
    attempt.connect_by = share_of(attempt, now);
    if (attempt.call->connect_elsewhere()) answered(id);
  }
}

std::string WebhookSender::nonce() {
  std::string bytes;
  for (int word = 0; word < 2; ++word) {
    std::uint64_t bits = random_.next();
    for (int i = 0; i < 8; ++i, bits >>= 8) bytes += static_cast<char>(bits & 0xff);
  }
  return hex(bytes);
}

void WebhookSender::answered(std::uint64_t id) {
  Attempt& attempt = attempts_.at(id);
  const WebhookCall::Answer answer = attempt.call->answer();
  if (answer.status == 401 && !attempt.authorized && attempt.url.has_credentials()) {
    const auto authorization = authorization_for(answer.challenges, {attempt.url.user, attempt.url.password},
                                                 "POST", attempt.url.target, nonce());
    if (authorization) {
      // Under a number of its own: what is still said of the first connection is not about this one.
      auto node = attempts_.extract(id);
      node.key() = next_id_++;
      const std::uint64_t again = node.key();
      Attempt& second = attempts_.insert(std::move(node)).position->second;
      second.authorized = true;
      second.end = Clock::now() + options_.exchange_max;
      call(again, second, *authorization);
      return;
    }
  }
  if (answer.status == 0) {
    end(id, AttemptResult::kFailed, answer.why);
    return;
  }
  const std::string why = "status " + std::to_string(answer.status);
  if (lingering_.size() < kLingeringMax && !attempt.call->linger()) {
    lingering_.emplace(id, Lingering{std::move(attempt.call), Clock::now() + kLinger});
  }
  if (answer.status >= 200 && answer.status < 300) {
    end(id, AttemptResult::kDelivered, why);
  } else if (answer.status >= 500 || answer.status == 429) {
    end(id, AttemptResult::kFailed, why);
  } else {
    end(id, AttemptResult::kRefused, why);
  }
}

void WebhookSender::end(std::uint64_t id, AttemptResult result, std::string why) {
  auto node = attempts_.extract(id);
  Attempt& attempt = node.mapped();
  if (attempt.look_up) attempt.look_up->wanted.store(false, std::memory_order_relaxed);
  if (result == AttemptResult::kFailed) counts_.failures.fetch_add(1, std::memory_order_relaxed);
  if (result == AttemptResult::kRefused) counts_.refusals.fetch_add(1, std::memory_order_relaxed);
  const auto& notification = attempt.outgoing.delivery.content->notification;
  ended_.push_back({{.outbox = attempt.outgoing.outbox,
                     .handle = attempt.outgoing.delivery.handle,
                     .result = result,
                     .control = notification && notification->kind != Notification::Kind::kNotification},
                    std::move(attempt.outgoing.to),
                    std::move(why)});
}

void WebhookSender::sweep() {
  const Moment now = Clock::now();
  std::vector<std::uint64_t> over;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.end <= now) over.push_back(id);
  }
  for (const std::uint64_t id : over) {
    const Attempt& attempt = attempts_.at(id);
    // It waited behind the names of others, which is not its receiver's fault.
    if (attempt.look_up && !attempt.look_up->begun.load(std::memory_order_relaxed)) {
      end(id, AttemptResult::kUntried, "its name could not be looked up in time");
    } else {
      end(id, AttemptResult::kFailed, "no answer in time");
    }
  }
  connect_elsewhere(now);
  std::erase_if(lingering_, [now](const auto& one) { return one.second.end <= now; });
  if (!stop_at_ || *stop_at_ > now) return;
  while (!attempts_.empty()) end(attempts_.begin()->first, AttemptResult::kUntried, "the daemon stops");
}

}  // namespace penstock
