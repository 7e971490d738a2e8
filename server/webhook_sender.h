// WebhookSender: delivers what outboxes hold (broker/outboxes.h) to receivers by HTTP and HTTPS.
//
//     core --OutgoingDelivery--> resolve the name - check its addresses - call - answer --EndedAttempt-->
//     core
//
// What may be under way is bounded by the core, of each subscription and in all; here each delivery is one
// attempt, which ends within kAttemptMax whatever the receiver does. 2xx is a delivery; 5xx, 429 and no
// answer are worth a retry, everything else is not; redirects are not followed. An attempt looks its name up
// once, drops the addresses that nobody may be sent to, and connects to the others and to no other. No
// credentials leave but those that its own URL holds, and those only when they are asked for.
//
// Nothing of what receivers say or are told is logged.
//
// A thread of its own owns everything; deliver() may be called from any.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/mailbox.h"
#include "base/random.h"
#include "protocol/web_url.h"
#include "server/client_tls.h"
#include "server/name_resolver.h"
#include "server/outgoing.h"
#include "server/socket_watch.h"
#include "server/webhook_call.h"
#include "server/webhook_request.h"

namespace penstock {

class WebhookSender final : public OutgoingSink {
 public:
  struct Options {
    bool private_receivers = true;  // and any port
    std::string ca_file;            // PEM, trusted beside the system's; empty: none
    std::string url_base;           // of the URLs in messages; empty: as the subscriber reached us
    NotificationSigning* signing = nullptr;
    std::chrono::milliseconds exchange_max{15'000};  // AWS
  };

  WebhookSender(Options options, AttemptPort& attempts);
  ~WebhookSender() override;

  // What is wrong with the options; nothing: it runs.
  std::optional<std::string> start();
  void deliver(std::vector<OutgoingDelivery>&& deliveries) override;
  void deliver_directly(OutgoingDestinationPtr, ContentPtr) override {}  // nothing comes so for this one
  // Lets what is under way end for so long; gives the rest back. Nothing may be delivered afterwards.
  void stop(std::chrono::milliseconds grace);

  struct Counts {
    std::atomic<std::uint64_t> attempts{0};
    std::atomic<std::uint64_t> failures{0};  // that are worth a retry
    std::atomic<std::uint64_t> refusals{0};
  };
  const Counts& counts() const { return counts_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Moment = Clock::time_point;

  struct Attempt {
    OutgoingDelivery outgoing;
    WebUrl url;
    std::shared_ptr<NameResolver::LookUp> look_up;  // of its host's name; null: there is none
    std::vector<IpAddress> addresses;
    std::unique_ptr<WebhookCall> call;
    bool authorized = false;  // its call answers a 401
    Moment end;
    Moment connect_by;  // with the address that is being tried, if there are others
  };
  struct Found {
    std::uint64_t id = 0;
    std::vector<IpAddress> addresses;
  };
  struct Stop {
    Moment at;
  };
  using Word = std::variant<std::vector<OutgoingDelivery>, Found, Stop>;

  void leave(Word&& word);
  void run();
  void take_words();
  void begin(OutgoingDelivery&& outgoing);
  void found(std::uint64_t id, std::vector<IpAddress>&& addresses);
  void call(std::uint64_t id, Attempt& attempt, const std::string& authorization);
  SSL_CTX* trusting_tls();
  void answered(std::uint64_t id);
  void end(std::uint64_t id, AttemptResult result, std::string why);
  void sweep();
  // An address that swallows packets has its share of the time, and no more.
  static Moment share_of(const Attempt& attempt, Moment now);
  void connect_elsewhere(Moment now);
  bool permitted(const IpAddress& address, std::uint16_t port) const;
  std::string nonce();

  const Options options_;
  AttemptPort& attempts_port_;
  Counts counts_;
  Mailbox<Word> mailbox_{SIZE_MAX};  // bounded by what is under way
  SocketWatch watch_;
  std::thread thread_;

  // Of the thread alone.
  ClientTls tls_;
  bool trusts_system_ = false;
  std::optional<NameResolver> resolver_;
  SystemRandom random_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Attempt> attempts_;
  struct Lingering {
    std::unique_ptr<WebhookCall> call;
    Moment end;
  };
  std::map<std::uint64_t, Lingering> lingering_;
  std::vector<EndedAttempt> ended_;  // to be told together
  std::optional<Moment> stop_at_;
};

}  // namespace penstock
