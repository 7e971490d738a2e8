// Histories of receivers by HTTP: seeded chance publishes, answers what is attempted, lets commits wait,
// loses and writes them in crashes, reloads and ends subscriptions; at the end every receiver answers. The
// promises:
//
//   - what was acknowledged is delivered to each receiver that it was meant for, or was seen to fail for good
//   and is
//     then in its dead-letter queue, if it has one, once;
//   - what was delivered or given up, and is durable, is not attempted again;
//   - each attempt counts, and no more are under way than the limits say, of one subscription and in all;
//   - whoever is unsubscribed hears nothing any more.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/filter_fields.h"
#include "tests/simulator/simulated_process.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    limits_.outgoing_max = 1 + random_.below(6);
    limits_.outgoing_subscription_max = 1 + random_.below(4);
    if (random_.below(2) == 0) {
      limits_.window_queue_bytes_max = 2'000;
      limits_.window_bytes_max = 8'000;
    }
    start();
  }

  // Empty if every promise held.
  std::string run() {
    ask_and_settle("news", TopicOperation(CreateTopic{}));
    for (std::size_t at = 1 + random_.below(4); at > 0; --at) subscribe();
    for (std::size_t step = 0; step < 150 && broken_.empty(); ++step) act();
    restart(process_->store().pending().size());
    // The longest retry that is left is four seconds away.
    for (int idle = 0, rounds = 0; idle < 3 && broken_.empty(); ++rounds) {
      if (rounds > 10'000) return "it does not come to an end";
      settle_all();
      if (!under_way_.empty()) {
        report(0, AttemptResult::kDelivered);
        continue;
      }
      now_ += Seconds{5};
      ++idle;
    }
    return broken_.empty() ? judge() : broken_;
  }

  std::size_t crashes() const { return crashes_; }
  std::size_t attempts() const { return attempts_; }
  std::size_t dead() const { return dead_; }

 private:
  struct Receiver {
    SubscriptionId id;
    bool has_dead_letters = false;
    bool subscribed = true;
    std::string token;
  };
  struct UnderWay {
    std::string receiver;
    std::string body;  // empty: a confirmation
    QueueAddress outbox;
    ReceiptHandle handle;
  };
  struct Fate {
    std::uint32_t count = 0;  // of its last attempt
    bool untried = false;     // that one never began
    bool delivered = false;
    bool dropped = false;
    bool ended = false;  // delivered or given up; not yet for sure
    bool over = false;   // likewise, and durable
  };
  using What = std::pair<std::string, std::string>;  // receiver, body

  void start() {
    process_ = std::make_unique<SimulatedProcess>(disk_, limits_, ++incarnation_, [](const Commit&) {});
    process_->serve_outboxes();
    now_ = std::max(now_, process_->recovered_time());
  }

  void restart(std::size_t written) {
    ++crashes_;
    process_->crash(written);
    waiting_.clear();
    under_way_.clear();
    for (auto& [what, fate] : fates_) fate.ended = false;
    start();
  }

  const Answer& ask_and_settle(const std::string& name, Operation&& operation, bool of_topic) {
    const Ticket ticket{1, ++requests_};
    static_cast<void>(
        process_->execute({ticket, kWorld, name, std::move(operation), nullptr, of_topic}, now_));
    settle_all();
    return answers_.at(ticket);
  }
  const Answer& ask_and_settle(const std::string& name, TopicOperation&& operation) {
    return ask_and_settle(name, Operation(AboutTopic{std::move(operation)}), true);
  }

  void subscribe() {
    const std::string name = "r" + std::to_string(receivers_.size());
    Receiver& receiver = receivers_[name];
    Subscribe request;
    request.protocol = SubscriptionProtocol::kHttp;
    request.endpoint = "http://" + name + "/";
    request.attributes.raw_message_delivery = random_.below(2) == 0;
    request.attributes.delivery_policy =
        R"({"healthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":4,"numRetries":)" +
        std::to_string(random_.below(4)) + "}}";
    receiver.has_dead_letters = random_.below(2) == 0;
    if (receiver.has_dead_letters) {
      ask_and_settle("lost-" + name, Operation(CreateQueue{}), false);
      request.attributes.redrive_policy = "{}";
      request.attributes.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:lost-" + name;
    }
    const Answer made = ask_and_settle("news", TopicOperation(request));
    receiver.id = std::get<SubscriptionMade>(std::get<TopicAnswer>(made)).key.id;
    // Until there is room for its confirmation.
    for (int rounds = 0; receiver.token.empty() && rounds < 1'000; ++rounds) {
      while (!under_way_.empty()) report(0, AttemptResult::kDelivered);
      settle_all();
    }
    while (!under_way_.empty()) report(0, AttemptResult::kDelivered);
    static_cast<void>(ask_and_settle("news", TopicOperation(ConfirmSubscription{receiver.token, false})));
  }

  void act() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 25) {
      publish();
    } else if (dice < 50) {
      if (under_way_.empty()) return;
      constexpr std::array kResults{AttemptResult::kDelivered, AttemptResult::kFailed, AttemptResult::kFailed,
                                    AttemptResult::kRefused, AttemptResult::kUntried};
      report(random_.below(under_way_.size()), kResults[random_.below(kResults.size())]);
    } else if (dice < 60) {
      now_ += Milliseconds{static_cast<std::int64_t>(random_.below(2'000))};
      static_cast<void>(process_->tick(now_));
    } else if (dice < 74) {
      if (process_->broker().next_deadline() <= now_) static_cast<void>(process_->tick(now_));
      process_->hand_over(now_);
    } else if (dice < 90) {
      static_cast<void>(settle());
    } else if (dice < 94) {
      // Of the commits that wait some are written, and nobody is told.
      restart(random_.below(process_->store().pending().size() + 1));
    } else if (dice < 96) {
      settle_all();
      if (!process_->reload()) broken_ = "a reload has other facts";
      under_way_.clear();
    } else if (dice < 97) {
      unsubscribe();
    } else {
      settle_all();
    }
  }

  void publish() {
    const std::string body = "m" + std::to_string(publications_.size());
    Publish request;
    MessageContent& content = request.content;
    content.notification = std::make_shared<Notification>();
    content.notification->topic_arn = topic_arn(kWorld, "news");
    content.body = body;
    if (random_.below(4) == 0) content.body.resize(1'500, ' ');
    request.size = static_cast<std::uint32_t>(content.body.size());
    request.attributes =
        std::make_shared<const FilterFields>(FilterFields::of_attributes(content.attributes));
    const Ticket ticket{1, ++requests_};
    waiting_[ticket] = publications_.size();
    publications_.push_back(false);
    static_cast<void>(process_->execute(
        {ticket, kWorld, "news", Operation(AboutTopic{TopicOperation(std::move(request))}), nullptr, true},
        now_));
  }

  void unsubscribe() {
    settle_all();
    for (auto& [name, receiver] : receivers_) {
      if (!receiver.subscribed || random_.below(2) == 0) continue;
      static_cast<void>(ask_and_settle("news", TopicOperation(Unsubscribe{receiver.id, false, {}})));
      receiver.subscribed = false;
      std::erase_if(under_way_, [&](const UnderWay& one) { return one.receiver == name; });
      return;
    }
  }

  void report(std::size_t which, AttemptResult result) {
    const UnderWay one = under_way_[which];
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(which));
    AttemptEnd end{};
    static_cast<void>(process_->end_attempt({one.outbox, one.handle, result, one.body.empty()}, now_, end));
    if (one.body.empty()) return;
    Fate& fate = fates_[{one.receiver, one.body}];
    fate.untried = result == AttemptResult::kUntried;
    fate.delivered |= end == AttemptEnd::kDone;
    fate.dropped |= end == AttemptEnd::kDropped;
    fate.ended = end == AttemptEnd::kDone || end == AttemptEnd::kDropped || end == AttemptEnd::kDeadLettered;
    if (end == AttemptEnd::kGone) broken_ = one.receiver + " is told that " + one.body + " is gone";
  }

  void hear(Received&& received) {
    const auto to = process_->broker().destination_of(received.queue);
    if (!to) return;
    if (random_.below(20) == 0) {
      for (const Delivery& delivery : received.deliveries) {
        if (!delivery.content->notification->token.empty()) continue;
        Fate& fate = fates_[{name_of(to->endpoint), name_of_body(delivery)}];
        fate.untried = true;
      }
      static_cast<void>(process_->undeliver(received, now_));
      return;
    }
    const std::string name = name_of(to->endpoint);
    Receiver& receiver = receivers_[name];
    for (const Delivery& delivery : received.deliveries) {
      ++attempts_;
      const Notification& notification = *delivery.content->notification;
      std::string body;
      if (!notification.token.empty()) {
        receiver.token = notification.token;
      } else {
        body = name_of_body(delivery);
        Fate& fate = fates_[{name, body}];
        if (fate.over) broken_ = name + " is sent " + body + ", which is over";
        if (delivery.receive_count < fate.count + (fate.untried ? 0 : 1)) {
          broken_ = name + " is sent " + body + " and an attempt was not counted";
        }
        fate.count = delivery.receive_count;
        fate.untried = false;
      }
      if (!receiver.subscribed) broken_ = name + " is unsubscribed and hears of " + body;
      under_way_.push_back({name, body, received.queue, delivery.handle});
    }
    std::size_t own = 0;
    for (const UnderWay& one : under_way_) own += one.receiver == name ? 1U : 0U;
    if (own > limits_.outgoing_subscription_max) broken_ = name + " has too much under way";
    if (under_way_.size() > limits_.outgoing_max) broken_ = "too much is under way";
  }

  static std::string name_of(const std::string& endpoint) { return endpoint.substr(7, endpoint.size() - 8); }
  static std::string name_of_body(const Delivery& delivery) {
    return delivery.content->body.substr(0, delivery.content->body.find(' '));
  }

  void release() {
    for (Reply& reply : process_->take_released()) {
      if (reply.ticket.session == kOutgoingSession) {
        hear(std::get<Received>(std::move(reply.answer)));
        continue;
      }
      if (const auto waiting = waiting_.find(reply.ticket); waiting != waiting_.end()) {
        publications_[waiting->second] = std::holds_alternative<TopicAnswer>(reply.answer);
        for (const auto& [name, receiver] : receivers_) {
          if (receiver.subscribed) meant_.insert({name, "m" + std::to_string(waiting->second)});
        }
        waiting_.erase(waiting);
      }
      answers_.insert_or_assign(reply.ticket, std::move(reply.answer));
    }
  }

  // True when nothing is left to happen without time passing.
  bool settle() {
    const bool moved = process_->work(now_, random_, SimulatedProcess::Pages::kShort, [](const DecisionSeen&) {});
    release();
    return !moved && process_->rests(now_);
  }

  void settle_all() {
    for (int rounds = 0; !settle(); ++rounds) {
      if (rounds > 100'000) {
        broken_ = "it does not come to rest";
        return;
      }
    }
    for (auto& [what, fate] : fates_) fate.over |= fate.ended;
  }

  std::string judge() {
    std::set<What> dead;
    for (const auto& [name, receiver] : receivers_) {
      while (receiver.has_dead_letters) {
        const Answer answer =
            ask_and_settle("lost-" + name, Operation(Receive{10, Seconds{40'000}, Seconds{0}, {}}), false);
        const auto& received = std::get<Received>(answer);
        if (received.deliveries.empty()) break;
        for (const Delivery& delivery : received.deliveries) {
          if (!delivery.content->notification) return "a dead letter of " + name + " is no notification";
          if (!dead.insert({name, name_of_body(delivery)}).second)
            return "a dead letter of " + name + " is twice";
        }
      }
    }
    dead_ = dead.size();
    for (const What& what : meant_) {
      const std::size_t number = std::stoul(what.second.substr(1));
      const Receiver& receiver = receivers_[what.first];
      if (!publications_[number] || !receiver.subscribed) continue;
      const Fate& fate = fates_[what];
      if (!fate.delivered && !fate.dropped && !dead.contains(what))
        return what.first + " never got " + what.second;
      if (fate.dropped && receiver.has_dead_letters) return what.first + " lost " + what.second;
    }
    return process_->broker().totals().outgoing == 0 ? "" : "something is under way that nobody knows of";
  }

  SeededRandom random_;
  BrokerLimits limits_;
  MemoryTable disk_;
  std::unique_ptr<SimulatedProcess> process_;
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::uint64_t incarnation_ = 0;
  std::uint64_t requests_ = 0;
  std::map<std::string, Receiver> receivers_;
  std::vector<bool> publications_;  // acknowledged
  std::map<Ticket, std::size_t> waiting_;
  std::map<Ticket, Answer> answers_;
  std::vector<UnderWay> under_way_;
  std::map<What, Fate> fates_;
  std::set<What> meant_;
  std::string broken_;
  std::size_t crashes_ = 0;
  std::size_t attempts_ = 0;
  std::size_t dead_ = 0;
};

TEST(ReceiverHistories, WhatIsAcknowledgedIsDeliveredOrSeenToFailWhateverCrashes) {
  const char* const asked = std::getenv("RECEIVER_HISTORIES");
  const std::uint64_t histories = asked == nullptr ? 300 : std::strtoull(asked, nullptr, 10);
  std::size_t crashes = 0, attempts = 0, dead = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    History history(seed);
    ASSERT_EQ(history.run(), "") << "seed " << seed;
    crashes += history.crashes();
    attempts += history.attempts();
    dead += history.dead();
  }
  EXPECT_GT(dead, histories / 4);
  std::cout << histories << " histories of receivers, " << crashes << " crashes, " << attempts
            << " attempts, " << dead << " dead letters\n";
}

}  // namespace
}  // namespace penstock
