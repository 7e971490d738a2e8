// Histories of topics: seeded chance publishes, lets commits wait, loses and writes them in crashes, reloads,
// and changes subscriptions; at the end every queue is read to its end. The promises:
//
//   - what was acknowledged is in every queue that it was meant for, once;
//   - what was not is in all of them, or in none;
//   - a FIFO topic's messages lie in each queue in the order of the topic, and a message that was published again
//     under its deduplication id lies there once.
//
// The model is naive: the set of queues a publication is meant for is written down when it is decided.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "broker/filter_fields.h"
#include "tests/simulator/simulated_process.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};

std::string arn_of(const std::string& queue) { return "arn:aws:sqs:us-east-1:000000000000:" + queue; }

class History {
 public:
  // `queues` subscribe; 0: chance says how many.
  explicit History(std::uint64_t seed, std::size_t queues = 0)
      : random_(seed), fifo_(random_.below(2) == 0), queues_(queues) {
    if (queues_ == 0) queues_ = 1 + random_.below(random_.below(4) == 0 ? 90 : 6);
    limits_.recreate_wait = Seconds{0};
    const std::size_t rooms[] = {limits_.dedup_bytes_max, 100, 2'000};
    limits_.dedup_bytes_max = rooms[random_.below(3)];
    // How many AWS allows is another matter.
    limits_.subscriptions_fifo_topic_max = limits_.filter_policies_topic_max = queues_;
    start();
  }

  // Empty if every promise held.
  std::string run() {
    topic_ = fifo_ ? "pay.fifo" : "news";
    SuppliedTopicAttributes attributes;
    attributes.fifo = fifo_;
    ask_and_settle(topic_, TopicOperation(CreateTopic{attributes, {}, {}}));
    for (std::size_t at = 0; at < queues_; ++at) {
      const std::string queue = name_of(at);
      CreateQueue create;
      create.attributes.fifo = queue.ends_with(".fifo");
      ask_and_settle(queue, Operation(create));
      subscribe(queue);
    }
    for (std::size_t step = queues_ > kManyQueues ? 50 : 0; step < 80; ++step) act();
    while (!settle()) {
    }
    restart(process_->store().pending().size());
    while (!settle()) {
    }
    return judge();
  }

  std::size_t stored() const { return stored_; }
  std::size_t crashes() const { return crashes_; }

 private:
  struct Publication {
    std::string body;
    std::set<std::string> queues;
    bool acknowledged = false;
  };

  void start() {
    process_ = std::make_unique<SimulatedProcess>(disk_, limits_, ++incarnation_, [this](const Commit& commit) {
      for (const Change& change : commit.changes) {
        const Put* put = std::get_if<Put>(&change);
        if (put != nullptr && std::holds_alternative<PublicationRecord>(put->record)) ++stored_;
      }
    });
    now_ = std::max(now_, process_->recovered_time());
  }

  void restart(std::size_t written) {
    ++crashes_;
    process_->crash(written);
    waiting_.clear();
    start();
  }

  // A FIFO topic delivers to queues of both kinds.
  std::string name_of(std::size_t at) const {
    return "q" + std::to_string(at) + (fifo_ && at % 2 == 1 ? ".fifo" : "");
  }

  Ticket ask(const std::string& name, Operation&& operation, bool of_topic) {
    const Ticket ticket{1, ++requests_};
    static_cast<void>(process_->execute({ticket, kWorld, name, std::move(operation), nullptr, of_topic}, now_));
    return ticket;
  }

  const Answer& ask_and_settle(const std::string& name, Operation&& operation) {
    const Ticket ticket = ask(name, std::move(operation), false);
    while (!settle()) {
    }
    return answers_.at(ticket);
  }
  const Answer& ask_and_settle(const std::string& name, TopicOperation&& operation) {
    const Ticket ticket = ask(name, Operation(AboutTopic{std::move(operation)}), true);
    while (!settle()) {
    }
    return answers_.at(ticket);
  }

  void subscribe(const std::string& queue) {
    Subscribe request;
    request.protocol = SubscriptionProtocol::kSqs;
    request.endpoint = arn_of(queue);
    request.attributes.raw_message_delivery = true;
    const bool red = random_.below(3) == 0;
    if (red) request.attributes.filter_policy = "{\"color\":[\"red\"]}";
    const Answer answer = ask_and_settle(topic_, TopicOperation(request));
    const auto& made = std::get<SubscriptionMade>(std::get<TopicAnswer>(answer));
    subscriptions_[queue] = {made.key.id, red};
  }

  void act() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 45) {
      publish();
    } else if (dice < 55) {
      now_ += Milliseconds{static_cast<std::int64_t>(random_.below(2000))};
      static_cast<void>(process_->tick(now_));
    } else if (dice < 75) {
      if (process_->broker().next_deadline() <= now_) static_cast<void>(process_->tick(now_));
      process_->hand_over(now_);
    } else if (dice < 88) {
      process_->store().sync();
      release();
    } else if (dice < 94) {
      // Of the commits that wait some are written, and nobody is told.
      restart(random_.below(process_->store().pending().size() + 1));
    } else if (dice < 96) {
      EXPECT_TRUE(process_->reload());
    } else if (!subscriptions_.empty()) {
      while (!settle()) {
      }
      auto one = subscriptions_.begin();
      std::advance(one, static_cast<std::ptrdiff_t>(random_.below(subscriptions_.size())));
      const std::string queue = one->first;
      ask_and_settle(topic_, TopicOperation(Unsubscribe{one->second.first}));
      subscriptions_.erase(queue);
      if (random_.below(2) == 0) subscribe(queue);
    }
  }

  void publish() {
    // A client that heard nothing publishes again under the same id.
    const bool again = fifo_ && !publications_.empty() && random_.below(4) == 0;
    const std::size_t which = again ? random_.below(publications_.size()) : publications_.size();
    Publish request;
    MessageContent& content = request.content;
    content.notification = std::make_shared<Notification>();
    content.notification->topic_arn = topic_arn(kWorld, topic_);
    const bool red = random_.below(2) == 0;
    if (!again) {
      Publication made{"m" + std::to_string(which), {}, false};
      publications_.push_back(made);
    }
    Publication& publication = publications_[which];
    content.body = publication.body;
    // To many queues every publication is more than a commit may hold.
    if (random_.below(4) == 0) content.body.resize(queues_ > kManyQueues ? 2'000 : 200'000, ' ');
    if (red) content.attributes = {{"color", "String", "red"}};
    if (fifo_) {
      content.group_id = "g";
      content.deduplication_id = publication.body;
    }
    request.size = static_cast<std::uint32_t>(content.body.size());
    request.attributes = std::make_shared<const FilterFields>(FilterFields::of_attributes(content.attributes));
    if (!again) {
      for (const auto& [queue, subscription] : subscriptions_) {
        if (red || !subscription.second) publication.queues.insert(queue);
      }
    } else {
      // It may be the first that is decided, with what it says and who is subscribed now.
      again_.insert(which);
    }
    const Ticket ticket = ask(topic_, Operation(AboutTopic{TopicOperation(std::move(request))}), true);
    waiting_[ticket] = which;
  }

  void release() {
    for (Reply& reply : process_->take_released()) {
      if (const auto waiting = waiting_.find(reply.ticket); waiting != waiting_.end()) {
        if (std::holds_alternative<TopicAnswer>(reply.answer)) {
          publications_[waiting->second].acknowledged = true;
        }
        waiting_.erase(waiting);
      }
      answers_.insert_or_assign(reply.ticket, std::move(reply.answer));
    }
  }

  // Everything that can happen without time passing; true when nothing is left to happen.
  bool settle() {
    const bool moved = process_->work(now_, random_, SimulatedProcess::Pages::kWhole, [](const DecisionSeen&) {});
    release();
    return !moved && process_->rests(now_);
  }

  std::vector<std::string> bodies_of(const std::string& queue) {
    std::vector<std::string> bodies;
    while (true) {
      const Answer answer = ask_and_settle(
          queue, Operation(Receive{10, Seconds{40'000}, Seconds{0}, {}}));
      const auto& received = std::get<Received>(answer);
      if (received.deliveries.empty()) return bodies;
      for (const Delivery& delivery : received.deliveries) {
        const std::string& body = delivery.content->body;
        bodies.push_back(body.substr(0, body.find(' ')));
        ask_and_settle(queue, Operation(Delete{delivery.handle}));  // a group waits for that
      }
    }
  }

  std::string judge() {
    std::map<std::string, std::set<std::string>> queues_with;  // by body
    for (std::size_t at = 0; at < queues_; ++at) {
      const std::string queue = name_of(at);
      const std::vector<std::string> bodies = bodies_of(queue);
      std::set<std::string> seen;
      for (const std::string& body : bodies) {
        if (!seen.insert(body).second) return queue + " has " + body + " twice";
        queues_with[body].insert(queue);
      }
      for (std::size_t first = 0; fifo_ && queues_ <= 8 && first < bodies.size(); ++first) {
        for (std::size_t second = first + 1; second < bodies.size(); ++second) {
          order_.insert({bodies[first], bodies[second]});
          if (order_.contains({bodies[second], bodies[first]})) {
            return queue + " has " + bodies[first] + " before " + bodies[second] + ", another the other way round";
          }
        }
      }
    }
    for (std::size_t at = 0; at < publications_.size(); ++at) {
      const Publication& publication = publications_[at];
      const std::set<std::string>& found = queues_with[publication.body];
      // One that was published again may have been decided under other subscriptions, or with another colour.
      if (again_.contains(at)) continue;
      if (found != publication.queues && (publication.acknowledged || !found.empty())) {
        return publication.body + (publication.acknowledged ? ", acknowledged," : "") + " is in " +
               std::to_string(found.size()) + " of " + std::to_string(publication.queues.size()) + " queues";
      }
    }
    return {};
  }

  static constexpr std::size_t kManyQueues = 100;

  SeededRandom random_;
  const bool fifo_;
  std::size_t queues_;
  std::string topic_;
  BrokerLimits limits_;
  MemoryTable disk_;
  std::unique_ptr<SimulatedProcess> process_;
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::uint64_t incarnation_ = 0;
  std::uint64_t requests_ = 0;
  std::map<std::string, std::pair<SubscriptionId, bool>> subscriptions_;  // by queue; whether it wants red only
  std::vector<Publication> publications_;
  std::set<std::size_t> again_;
  std::map<Ticket, std::size_t> waiting_;
  std::map<Ticket, Answer> answers_;
  std::set<std::pair<std::string, std::string>> order_;
  std::size_t stored_ = 0;
  std::size_t crashes_ = 0;
};

TEST(TopicHistories, WhatIsAcknowledgedIsInEveryQueueAndWhatIsNotInAllOrNone) {
  const char* const asked = std::getenv("TOPIC_HISTORIES");
  const std::uint64_t histories = asked == nullptr ? 300 : std::strtoull(asked, nullptr, 10);
  std::size_t stored = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    History history(seed);
    ASSERT_EQ(history.run(), "") << "seed " << seed;
    stored += history.stored();
    crashes += history.crashes();
  }
  EXPECT_GT(stored, histories / 4) << "too few publications were larger than a commit";
  std::cout << histories << " histories of topics, " << crashes << " crashes, " << stored
            << " publications delivered by later commits\n";
}

// Sixteen commits deliver one publication, and the crashes fall between any two of them.
TEST(TopicHistories, OfAThousandQueuesAllOrNoneHaveWhatWasPublished) {
  const char* const asked = std::getenv("TOPIC_HISTORIES");
  const std::uint64_t histories = asked == nullptr ? 20 : std::strtoull(asked, nullptr, 10) / 15;
  std::size_t stored = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    History history(seed, 1000);
    ASSERT_EQ(history.run(), "") << "seed " << seed;
    stored += history.stored();
    crashes += history.crashes();
  }
  EXPECT_GT(stored, histories);
  std::cout << histories << " histories of a topic with 1000 queues, " << crashes << " crashes, " << stored
            << " publications delivered by later commits\n";
}

}  // namespace
}  // namespace penstock
