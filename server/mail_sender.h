// MailSender: delivers what outboxes hold (broker/outboxes.h) to mail addresses, by one SMTP server.
//
//     core --OutgoingDelivery--> waiting --> under way (libcurl) --> answer of the server --EndedAttempt-->
//     core
//
// The server is the operator's choice, so it may be in a private network; link-local addresses and metadata
// services are refused as for receivers by HTTP. What the server takes is delivered; what it refuses for good
// (5xx) is not tried again, everything else is: no connection, 4xx, and what is the operator's to mend, like
// a wrong password. A few mails are under way at once, on connections that are used again. When the server
// cannot be reached, all that waits has failed with the one that found out, so that a dead mail server does
// not keep the places of other deliveries. An attempt ends within kWaitMax + kExchangeMax, less than the
// core's lease.
//
// Nothing of what is sent, or said by the server, is logged.
//
// A thread of its own owns everything; deliver() may be called from any.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "actions/notification_signing.h"
#include "auth/secret.h"
#include "base/mailbox.h"
#include "server/outgoing.h"
#include "server/settings.h"

namespace penstock {

// What became of mails; read by any thread.
struct MailCounts {
  std::atomic<std::size_t> waiting{0};
  std::atomic<std::size_t> under_way{0};
  // Attempts, by how they ended.
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> failed{0};   // will be tried again, as long as the policy lets it
  std::atomic<std::uint64_t> refused{0};  // for good
  std::atomic<std::uint64_t> untried{0};  // given back: no fault of the receiver
};

class MailSender final : public OutgoingSink {
 public:
  struct Options {
    std::string server;  // "smtp://host:port" or "smtps://host:port"
    std::string from;    // a plain address
    std::string user;    // empty: nobody
    std::shared_ptr<const Secret> password;
    SmtpTls starttls = SmtpTls::kOffered;
    std::string ca_file;   // PEM, trusted beside the system's; empty: none
    std::string url_base;  // of the URLs in mails; empty: as the subscriber reached us
    NotificationSigning* signing = nullptr;
    std::chrono::milliseconds connect_max{10'000};
    std::chrono::milliseconds exchange_max{30'000};
    std::chrono::milliseconds wait_max{20'000};
    std::size_t under_way_max = 8;
  };

  // `counts` outlives it.
  MailSender(Options options, AttemptPort& attempts, MailCounts& counts);
  ~MailSender() override;

  // What is wrong with the options; nothing: it runs.
  std::optional<std::string> start();
  void deliver(std::vector<OutgoingDelivery>&& deliveries) override;
  void deliver_directly(OutgoingDestinationPtr, ContentPtr) override {}  // nothing comes so for this one
  // Lets what is under way end for so long; gives the rest back. Nothing may be delivered afterwards.
  void stop(std::chrono::milliseconds grace);

 private:
  using Clock = std::chrono::steady_clock;
  using Moment = Clock::time_point;

  struct Waiting {
    OutgoingDelivery outgoing;
    Moment end;
  };
  struct Transfer;
  struct Stop {
    Moment at;
  };
  using Word = std::variant<std::vector<OutgoingDelivery>, Stop>;

  void leave(Word&& word);
  void run();
  void take_words();
  void begin_transfers();
  bool begin(OutgoingDelivery& outgoing);
  void take_finished();
  void finish(Transfer& transfer, CURLcode code);
  void fail_waiting(const std::string& why);
  void end(OutgoingDelivery&& outgoing, AttemptResult result, std::string why);
  void give_back_late();
  int rest_milliseconds() const;

  const Options options_;
  AttemptPort& attempts_port_;
  MailCounts& counts_;
  Mailbox<Word> mailbox_{SIZE_MAX};  // bounded by what is under way
  std::thread thread_;

  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  std::unique_ptr<CURLM, FreeMulti> multi_;  // its wakeup is anybody's, the rest the thread's

  // Of the thread alone.
  std::deque<Waiting> waiting_;
  std::map<CURL*, std::unique_ptr<Transfer>> transfers_;
  std::vector<EndedAttempt> ended_;  // to be told together
  std::optional<Moment> stop_at_;
};

}  // namespace penstock
