#include "server/mail_sender.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "actions/mail.h"
#include "base/address_kind.h"
#include "protocol/mail_address.h"
#include "protocol/text.h"
#include "server/endpoint.h"

namespace penstock {
namespace {

// Idle connections to the server are used again for so long.
constexpr long kConnectionAgeMax_s = 10;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::optional<IpAddress> address_in(const curl_sockaddr& given) {
  IpAddress address{};
  if (given.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &given.addr, sizeof v4);
    address[10] = address[11] = 0xff;
    std::memcpy(&address[12], &v4.sin_addr, 4);
    return address;
  }
  if (given.family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  static_assert(sizeof v6 <= sizeof(sockaddr_storage));
  std::memcpy(&v6, &given.addr, std::min<std::size_t>(sizeof v6, given.addrlen));
  std::memcpy(address.data(), &v6.sin6_addr, 16);
  return address;
}

// A refusal that is about our own login or TLS, and may be mended while the mail waits.
bool is_operators(long status) { return status == 530 || status == 534 || status == 535 || status == 538; }

std::atomic<std::uint64_t>& count_of(MailCounts& counts, AttemptResult result) {
  switch (result) {
    case AttemptResult::kDelivered:
      return counts.taken;
    case AttemptResult::kFailed:
      return counts.failed;
    case AttemptResult::kRefused:
      return counts.refused;
    case AttemptResult::kUntried:
      break;
  }
  return counts.untried;
}

}  // namespace

// One mail under way.
struct MailSender::Transfer {
  OutgoingDelivery outgoing;
  std::string mail;
  std::size_t sent = 0;
  bool forbidden = false;  // an address that nobody may be sent to
  std::array<char, CURL_ERROR_SIZE> trouble{};  // in curl's words
  std::unique_ptr<curl_slist, FreeList> recipients;
  std::unique_ptr<CURL, FreeEasy> easy;

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = std::min(size * count, transfer.mail.size() - transfer.sent);
    std::memcpy(into, transfer.mail.data() + transfer.sent, bytes);
    transfer.sent += bytes;
    return bytes;
  }
  // What the server says beside its statuses means nothing here.
  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

  static curl_socket_t open(void* self, curlsocktype, curl_sockaddr* address) {
    const auto ip = address_in(*address);
    if (!ip || address_kind(*ip) == AddressKind::kForbidden) {
      static_cast<Transfer*>(self)->forbidden = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
};

MailSender::MailSender(Options options, AttemptPort& attempts, MailCounts& counts)
    : options_(std::move(options)), attempts_port_(attempts), counts_(counts) {}

MailSender::~MailSender() {
  if (thread_.joinable()) stop(std::chrono::milliseconds{0});
}

std::optional<std::string> MailSender::start() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return "libcurl does not start";
  multi_.reset(curl_multi_init());
  if (!multi_) return "no memory for libcurl";
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "mails");
  return std::nullopt;
}

void MailSender::leave(Word&& word) {
  if (mailbox_.leave(std::move(word))) curl_multi_wakeup(multi_.get());
}

void MailSender::deliver(std::vector<OutgoingDelivery>&& deliveries) { leave(std::move(deliveries)); }

void MailSender::stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) return;
  leave(Stop{Clock::now() + grace});
  thread_.join();
  multi_.reset();
}

// ---- its own thread

void MailSender::run() {
  while (true) {
    const int rest = mailbox_.rest() ? rest_milliseconds() : 0;
    curl_multi_poll(multi_.get(), nullptr, 0, rest, nullptr);
    mailbox_.rouse();
    take_words();
    begin_transfers();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    take_finished();
    give_back_late();
    counts_.waiting.store(waiting_.size(), std::memory_order_relaxed);
    counts_.under_way.store(transfers_.size(), std::memory_order_relaxed);
    if (!ended_.empty()) attempts_port_.end_attempts(std::exchange(ended_, {}));
    if (stop_at_ && waiting_.empty() && transfers_.empty()) return;
  }
}

// Until somebody has waited too long; libcurl itself wakes for its sockets and timers.
int MailSender::rest_milliseconds() const {
  constexpr std::chrono::milliseconds kRestMax{60'000};
  std::chrono::milliseconds rest = kRestMax;
  const auto until = [&rest](Moment moment) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - Clock::now());
    rest = std::clamp(left, std::chrono::milliseconds{0}, rest);
  };
  if (!waiting_.empty()) until(waiting_.front().end);
  if (stop_at_) until(*stop_at_);
  // Places that are free are taken at once.
  if (!waiting_.empty() && transfers_.size() < options_.under_way_max) rest = std::chrono::milliseconds{0};
  return static_cast<int>(rest.count());
}

void MailSender::take_words() {
  std::vector<Word> words;
  mailbox_.fetch(words);
  for (Word& word : words) {
    if (auto* deliveries = std::get_if<std::vector<OutgoingDelivery>>(&word)) {
      for (OutgoingDelivery& outgoing : *deliveries) {
        waiting_.push_back({std::move(outgoing), Clock::now() + options_.wait_max});
      }
    } else {
      stop_at_ = std::get<Stop>(word).at;
    }
  }
}

void MailSender::begin_transfers() {
  while (!waiting_.empty() && transfers_.size() < options_.under_way_max) {
    OutgoingDelivery outgoing = std::move(waiting_.front().outgoing);
    waiting_.pop_front();
    if (begin(outgoing)) continue;
    end(std::move(outgoing), AttemptResult::kRefused, "the endpoint cannot be used");
  }
}

// False: nothing can be sent to it, and it was left alone.
bool MailSender::begin(OutgoingDelivery& outgoing) {
  const OutgoingDestination& to = *outgoing.to;
  const ContentPtr& content = outgoing.delivery.content;
  if (!is_mail_address(to.endpoint) || !content->notification) return false;
  const std::string& url_base = options_.url_base.empty() ? to.url_base : options_.url_base;
  auto transfer = std::make_unique<Transfer>();
  const MailText text =
      mail_text(*content, to.protocol == SubscriptionProtocol::kEmailJson, url_base, options_.signing);
  transfer->mail = render_mail(*content, text, {options_.from, to.endpoint, to.display_name});
  transfer->recipients.reset(curl_slist_append(nullptr, joined({"<", to.endpoint, ">"}).c_str()));
  transfer->easy.reset(curl_easy_init());
  CURL* const easy = transfer->easy.get();
  if (easy == nullptr || !transfer->recipients) return false;
  const std::string domain = options_.from.substr(options_.from.find('@') + 1);
  curl_easy_setopt(easy, CURLOPT_URL, joined({options_.server, "/", domain}).c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, joined({"<", options_.from, ">"}).c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, transfer->recipients.get());
  const long use_tls = options_.starttls == SmtpTls::kRequired  ? CURLUSESSL_ALL
                       : options_.starttls == SmtpTls::kOffered ? CURLUSESSL_TRY
                                                                : CURLUSESSL_NONE;
  curl_easy_setopt(easy, CURLOPT_USE_SSL, use_tls);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!options_.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, options_.user.c_str());
    const std::string_view password = options_.password ? options_.password->revealed() : std::string_view{};
    curl_easy_setopt(easy, CURLOPT_PASSWORD, std::string(password).c_str());
  }
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->trouble.data());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Transfer::read);
  curl_easy_setopt(easy, CURLOPT_READDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::ignore);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::ignore);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_max.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.exchange_max.count()));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kConnectionAgeMax_s);
  if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) return false;
  transfer->outgoing = std::move(outgoing);
  transfers_.emplace(easy, std::move(transfer));
  return true;
}

void MailSender::take_finished() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto found = transfers_.find(easy);
    if (found == transfers_.end()) continue;
    const std::unique_ptr<Transfer> transfer = std::move(found->second);
    transfers_.erase(found);
    finish(*transfer, code);
    curl_multi_remove_handle(multi_.get(), easy);
  }
}

void MailSender::finish(Transfer& transfer, CURLcode code) {
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) {
    end(std::move(transfer.outgoing), AttemptResult::kDelivered, "taken");
    return;
  }
  if (transfer.forbidden) {
    const std::string why = "nothing may be sent to the mail server's address";
    end(std::move(transfer.outgoing), AttemptResult::kFailed, why);
    fail_waiting(why);
    return;
  }
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
      (code == CURLE_OPERATION_TIMEDOUT && status == 0)) {
    const std::string why = std::string("the mail server cannot be reached: ") + curl_easy_strerror(code);
    end(std::move(transfer.outgoing), AttemptResult::kFailed, why);
    fail_waiting(why);
    return;
  }
  if (code == CURLE_LOGIN_DENIED || code == CURLE_REMOTE_ACCESS_DENIED) {
    end(std::move(transfer.outgoing), AttemptResult::kFailed,
        "the mail server takes neither user nor password");
    return;
  }
  // What the server says before it has heard of a recipient is about itself or us, and worth a retry.
  const bool before_recipient = code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_USE_SSL_FAILED ||
                                std::string_view(transfer.trouble.data()).starts_with("MAIL failed");
  if (before_recipient) {
    end(std::move(transfer.outgoing), AttemptResult::kFailed,
        "status " + std::to_string(status) + " before any recipient was named");
    return;
  }
  // A status of an earlier step may be left over; only a refusal is one.
  if (status >= 400 && status < 600) {
    const bool for_good = status >= 500 && !is_operators(status);
    end(std::move(transfer.outgoing), for_good ? AttemptResult::kRefused : AttemptResult::kFailed,
        "status " + std::to_string(status));
    return;
  }
  end(std::move(transfer.outgoing), AttemptResult::kFailed, curl_easy_strerror(code));
}

void MailSender::fail_waiting(const std::string& why) {
  for (Waiting& waiting : std::exchange(waiting_, {}))
    end(std::move(waiting.outgoing), AttemptResult::kFailed, why);
}

void MailSender::end(OutgoingDelivery&& outgoing, AttemptResult result, std::string why) {
  count_of(counts_, result).fetch_add(1, std::memory_order_relaxed);
  const auto& notification = outgoing.delivery.content->notification;
  ended_.push_back({{.outbox = outgoing.outbox,
                     .handle = outgoing.delivery.handle,
                     .result = result,
                     .control = notification && notification->kind != Notification::Kind::kNotification},
                    std::move(outgoing.to),
                    std::move(why)});
}

// What waited behind others is given back: it is no fault of its receiver.
void MailSender::give_back_late() {
  const Moment now = Clock::now();
  while (!waiting_.empty() && waiting_.front().end <= now) {
    end(std::move(waiting_.front().outgoing), AttemptResult::kUntried, "other mails took too long");
    waiting_.pop_front();
  }
  if (!stop_at_) return;
  for (Waiting& waiting : std::exchange(waiting_, {})) {
    end(std::move(waiting.outgoing), AttemptResult::kUntried, "the daemon stops");
  }
  if (*stop_at_ > now) return;
  for (auto& [easy, transfer] : std::exchange(transfers_, {})) {
    curl_multi_remove_handle(multi_.get(), easy);
    end(std::move(transfer->outgoing), AttemptResult::kUntried, "the daemon stops");
  }
}

}  // namespace penstock
