// Histories of peeking: two brokers are asked the same, and one of them is peeked at all the while. The
// promises:
//
//   - looking changes nothing: afterwards both have the same facts, and tell the same counts and counters;
//   - whoever goes through all pages sees each message once, and as many as are counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "tests/simulator/simulated_process.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};

BrokerLimits limits_of(SeededRandom& random) {
  BrokerLimits limits;
  limits.purge_interval = Seconds{0};
  // Often hardly anything is at hand, so that receives and peeks need pages at once.
  if (random.below(2) == 0) limits.window_bytes_max = limits.window_queue_bytes_max = 1 + random.below(4000);
  return limits;
}

// A broker with its own disk, on which everything settles after each request.
class Side {
 public:
  Side(const BrokerLimits& limits, std::uint64_t seed)
      : process_(disk_, limits, seed, [](const Commit&) {}) {}

  Answer ask(const std::string& queue, const Operation& operation, Time now) {
    const Ticket ticket{1, ++requests_};
    static_cast<void>(process_.execute({ticket, kWorld, queue, Operation(operation)}, now));
    settle(now);
    const auto answer = answers_.find(ticket);
    return answer == answers_.end() ? Answer{Done{}} : answer->second;
  }

  // What is left to chance here is the same on both sides, whatever was looked at before.
  void settle(Time now) {
    SeededRandom random(static_cast<std::uint64_t>(epoch_milliseconds(now)));
    for (bool moved = true; moved;) {
      if (process_.broker().next_deadline() <= now) static_cast<void>(process_.tick(now));
      process_.hand_over(now);
      SimulatedStore& store = process_.store();
      moved = store.sync();
      moved |= store.hand_over_bodies(random);
      moved |= store.take_snapshot(random, true);
      moved |= store.hand_over_page(random);
      while (process_.supply(now)) moved = true;
      for (Reply& reply : process_.take_released())
        answers_.insert_or_assign(reply.ticket, std::move(reply.answer));
    }
  }

  SimulatedProcess& process() { return process_; }

  std::string told(Time now) const {
    std::string text;
    process_.broker().each_queue(now, [&](const QueueView& queue) {
      for (const std::uint64_t number :
           {queue.counts.visible, queue.counts.not_visible, queue.counts.delayed, queue.counters.sent,
            queue.counters.received, queue.counters.deleted, queue.counters.empty_receives}) {
        text += std::to_string(number) + " ";
      }
    });
    return text;
  }

 private:
  MemoryTable disk_;
  SimulatedProcess process_;
  std::uint64_t requests_ = 0;
  std::map<Ticket, Answer> answers_;
};

class History {
 public:
  explicit History(std::uint64_t seed)
      : random_(seed),
        fifo_(random_.below(3) == 0),
        limits_(limits_of(random_)),
        plain_(limits_, seed),
        peeked_(limits_, seed) {}

  // Empty if every promise held.
  std::string run() {
    queue_ = fifo_ ? "mail.fifo" : "mail";
    CreateQueue create;
    create.attributes.fifo = fifo_;
    create.attributes.retention = Seconds{600};
    both(create);
    for (int step = 0; step < 60; ++step) {
      act();
      if (random_.below(2) == 0) {
        if (std::string wrong = look(); !wrong.empty()) return wrong;
      }
      if (!same_facts(facts_of(plain_.process().broker()), facts_of(peeked_.process().broker()))) {
        return "other facts after step " + std::to_string(step);
      }
      if (plain_.told(now_) != peeked_.told(now_)) return "other counts after step " + std::to_string(step);
    }
    return {};
  }

  std::size_t seen() const { return seen_; }

 private:
  Answer both(const Operation& operation) {
    static_cast<void>(plain_.ask(queue_, operation, now_));
    return peeked_.ask(queue_, operation, now_);
  }

  void act() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 45) {
      MessageContent content;
      content.body = std::to_string(++bodies_) + std::string(random_.below(400), 'x');
      if (fifo_ || random_.below(3) == 0) content.group_id = "g" + std::to_string(random_.below(4));
      content.deduplication_id = std::to_string(bodies_);
      Send send;
      send.size = static_cast<std::uint32_t>(content.body.size());
      if (!fifo_ && random_.below(4) == 0)
        send.delay = Seconds{1 + static_cast<std::int64_t>(random_.below(30))};
      send.content = std::make_shared<const MessageContent>(std::move(content));
      both(send);
    } else if (dice < 70) {
      Receive receive;
      receive.messages_max = static_cast<std::uint32_t>(1 + random_.below(5));
      receive.visibility_timeout = Seconds{static_cast<std::int64_t>(random_.below(60))};
      const Answer answer = both(receive);
      if (const auto* received = std::get_if<Received>(&answer)) {
        for (const Delivery& delivery : received->deliveries) held_.push_back(delivery.handle);
      }
    } else if (dice < 85 && !held_.empty()) {
      both(Delete{held_[random_.below(held_.size())]});
    } else if (dice < 90 && !held_.empty()) {
      both(ChangeVisibility{held_[random_.below(held_.size())],
                            Seconds{static_cast<std::int64_t>(random_.below(20))}});
    } else if (dice == 90) {
      both(PurgeQueue{});
    } else {
      now_ += Milliseconds{static_cast<std::int64_t>(random_.below(dice < 98 ? 10'000 : 400'000))};
      plain_.settle(now_);
      peeked_.settle(now_);
    }
  }

  // Through all pages, of all states; each with another bound.
  std::string look() {
    std::map<MessageState, std::uint64_t> states;
    std::set<MessageId> ids;
    Peek peek;
    for (int pages = 0;; ++pages) {
      if (pages > 2000) return "a peek does not end";
      peek.messages_max = static_cast<std::uint32_t>(1 + random_.below(7));
      const Answer answer = peeked_.ask(queue_, peek, now_);
      const auto* peeked = std::get_if<Peeked>(&answer);
      if (peeked == nullptr) return "a peek is not answered";
      for (const PeekedMessage& message : peeked->messages) {
        ++states[message.state];
        ++seen_;
        if (!ids.insert(message.head.id).second) return "a message is seen twice";
      }
      if (peeked->messages.size() > peek.messages_max) return "more messages than were asked for";
      if (!peeked->next) break;
      peek.from = PeekPosition::parse(peeked->next->text(peeked->queue.id));
    }
    std::string wrong;
    peeked_.process().broker().each_queue(now_, [&](const QueueView& queue) {
      const QueueCounts seen{states[MessageState::kVisible], states[MessageState::kInFlight],
                             states[MessageState::kDelayed]};
      // Counting takes a message that is due within this second, and on disk alone, for one that has come.
      if (seen.not_visible == queue.counts.not_visible && seen.delayed >= queue.counts.delayed &&
          seen.visible + seen.delayed == queue.counts.visible + queue.counts.delayed) {
        return;
      }
      wrong = "seen " + std::to_string(seen.visible) + " " + std::to_string(seen.not_visible) + " " +
              std::to_string(seen.delayed) + " counted " + std::to_string(queue.counts.visible) + " " +
              std::to_string(queue.counts.not_visible) + " " + std::to_string(queue.counts.delayed);
    });
    return wrong;
  }

  SeededRandom random_;
  const bool fifo_;
  const BrokerLimits limits_;
  std::string queue_;
  Side plain_;
  Side peeked_;
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::uint64_t bodies_ = 0;
  std::size_t seen_ = 0;
  std::vector<ReceiptHandle> held_;
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(PeekHistories, LookingChangesNothingAndEachMessageIsSeenOnceAsItStands) {
  const std::uint64_t first = number_from("PENSTOCK_SEED", 1);
  const std::uint64_t count = number_from("PENSTOCK_SEED", 0) == 0 ? 300 : 1;
  std::size_t seen = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    History history(seed);
    const std::string wrong = history.run();
    seen += history.seen();
    ASSERT_EQ(wrong, "") << "PENSTOCK_SEED=" << seed;
  }
  std::cout << count << " histories, " << seen << " messages looked at\n";
}

}  // namespace
}  // namespace penstock
