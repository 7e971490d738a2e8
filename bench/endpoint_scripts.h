// What the connections of a load say to any endpoint, and what they keep count of.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <unordered_set>
#include <vector>

#include "bench/histogram.h"
#include "bench/http_load.h"
#include "bench/sqs_dialect.h"

namespace penstock {

constexpr std::size_t kBatchEntries = 10;
constexpr std::size_t kRefusalBytesMax = 300;

// A request that is said again and again. It is made anew once a minute, since a signature grows old; who
// still sends an older one may go on with it.
class FreshRequest {
 public:
  explicit FreshRequest(std::function<std::string()> make) : make_(std::move(make)) {}
  std::string_view get();

 private:
  const std::function<std::string()> make_;
  std::list<std::string> made_;
  std::chrono::steady_clock::time_point until_;
};

class CountingScript : public HttpScript {
 public:
  void answered(std::size_t connection, const HttpAnswer& answer) final;

  std::uint64_t all = 0;
  std::uint64_t messages = 0;  // sent; of scripts that delete: deleted
  std::uint64_t empty_receives = 0;
  std::uint64_t refused_batches = 0;
  std::string first_refusal;

 private:
  virtual void heard(std::size_t connection, const HttpAnswer& answer) = 0;
};

// The same request from every connection, for `messages_each` messages.
class SendOver final : public CountingScript {
 public:
  SendOver(const SqsDialect& dialect, std::function<std::string()> request, std::uint64_t messages_each,
           std::uint64_t requests_max = UINT64_MAX)
      : dialect_(dialect), request_(std::move(request)), each_(messages_each), left_(requests_max) {}
  std::string_view next(std::size_t) override;

 private:
  void heard(std::size_t, const HttpAnswer& answer) override;

  const SqsDialect& dialect_;
  FreshRequest request_;
  const std::uint64_t each_;
  std::uint64_t left_;
};

// One request of each, whatever is answered.
class OneAnswer final : public HttpScript {
 public:
  explicit OneAnswer(std::string request) : request_(std::move(request)) {}
  std::string_view next(std::size_t) override;
  void answered(std::size_t, const HttpAnswer& answer) override;
  int status = 0;
  std::string body;

 private:
  const std::string request_;
  bool sent_ = false;
};

// Who receives up to `messages_max` and deletes them one by one, and what it sends before each receive.
struct ConsumerPlan {
  std::string url;
  std::size_t messages_max = 10;
  unsigned wait_seconds = 0;
  std::string body;        // sent before each receive; empty: nothing is
  bool in_groups = false;  // each connection in a group of its own, with deduplication ids
  bool until_dry = false;  // a connection ends when a receive finds nothing
  std::size_t senders =
      0;  // of the connections, the first so many only send: every fifth request ten in a batch
};

class Consumers final : public CountingScript {
 public:
  Consumers(const SqsDialect& dialect, ConsumerPlan plan, std::size_t connections);
  std::string_view next(std::size_t connection) override;
  void broken(std::size_t connection) override { consumers_[connection].step = Step::kDelete; }

 private:
  enum class Step { kSend, kReceive, kDelete };
  struct Consumer {
    Step step = Step::kDelete;  // the last one
    std::deque<std::string> handles;
    std::string request;
    bool dry = false;  // its last receive found nothing
    std::uint64_t sent = 0;
  };

  void heard(std::size_t connection, const HttpAnswer& answer) override;
  std::string_view send(std::size_t connection, Consumer& consumer);

  const SqsDialect& dialect_;
  const ConsumerPlan plan_;
  FreshRequest receive_;
  FreshRequest send_;
  FreshRequest send_batch_;
  const std::string run_;  // of deduplication ids, so that no run repeats those of another
  std::vector<Consumer> consumers_;
};

// Every message's body begins with its number and the moment at which it was sent, so that whoever receives
// it knows for how long it was on its way, and whether it came before.
struct Mark {
  std::uint64_t number = 0;  // 0: there is none
  std::int64_t nanoseconds = 0;

  std::string text() const;
  static Mark parse(std::string_view text);
  static Mark now(std::uint64_t number);
  Histogram::Duration age() const;
};

// Sends marked messages to all queues in turn.
class MarkedSends final : public CountingScript {
 public:
  MarkedSends(const SqsDialect& dialect, std::vector<std::string> urls, std::size_t body_bytes,
              std::size_t connections)
      : dialect_(dialect), urls_(std::move(urls)), body_bytes_(body_bytes), requests_(connections) {}
  std::string_view next(std::size_t connection) override;
  std::uint64_t sent() const { return sent_; }

 private:
  void heard(std::size_t, const HttpAnswer& answer) override { messages += answer.status / 100 == 2 ? 1 : 0; }

  const SqsDialect& dialect_;
  const std::vector<std::string> urls_;
  const std::size_t body_bytes_;
  std::vector<std::string> requests_;
  std::uint64_t sent_ = 0;
};

// Each connection waits for marked messages of its queue by long polls, and deletes each that comes.
class MarkedPolls final : public CountingScript {
 public:
  MarkedPolls(const SqsDialect& dialect, std::vector<std::string> urls, std::size_t connections);
  std::string_view next(std::size_t connection) override;
  void broken(std::size_t connection) override { polls_[connection].deleting = false; }

  std::atomic<std::uint64_t> deleted = 0;  // the only one that another thread may read meanwhile
  std::uint64_t twice = 0;
  Histogram wakes;  // from a send to the answer of the poll that it wakes
  std::uint64_t seen() const { return seen_.size(); }

 private:
  struct Poll {
    std::string handle;  // of the message that is to be deleted
    std::string request;
    bool deleting = false;
  };
  void heard(std::size_t connection, const HttpAnswer& answer) override;

  const SqsDialect& dialect_;
  const std::vector<std::string> urls_;
  std::vector<FreshRequest> receives_;
  std::vector<Poll> polls_;
  std::unordered_set<std::uint64_t> seen_;
};

}  // namespace penstock
