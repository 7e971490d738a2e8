// Histories of FIFO dead letters: seeded chance sends into groups, receives and gives up or deletes, moves dead
// letters back by tasks that it may cancel, fills the disk, loses and writes commits in crashes, and reloads. At the
// end both queues are read to their ends. The promises:
//
//   - what was acknowledged and not deleted is in one of the two queues, once; what was deleted is in neither;
//   - in the source no message is received more often than its queue says, since it was sent or sent anew;
//   - the messages of one group become dead letters in the order in which they came into the source, and are first
//     handed out by each queue in the order in which they came into it;
//   - a dead letter goes on counting, keeps its id, and says where it comes from;
//   - a cancelled task moves nothing more; while the disk is full no task does.
//
// The model is naive: of each message what was last seen of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/queue_arn.h"
#include "tests/simulator/simulated_process.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};
constexpr const char* kMail = "mail.fifo";
constexpr const char* kDead = "dead.fifo";
constexpr std::uint32_t kReceivesMax = 2;

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    if (random_.below(2) == 0) limits_.window_queue_bytes_max = 1500;
    start();
  }

  // Empty if every promise held.
  std::string run() {
    for (const char* name : {kDead, kMail}) {
      CreateQueue create;
      create.attributes.fifo = true;
      create.attributes.visibility_timeout = Seconds{1};
      if (name == kMail) {
        create.attributes.redrive.emplace().policy = RedrivePolicy{queue_arn(kWorld, kDead), kReceivesMax};
      }
      ask(name, Operation(create));
      settle_all();
    }
    for (int step = 0; step < 250 && broken_.empty(); ++step) act();
    if (broken_.empty()) end();
    return broken_;
  }

  std::size_t moved() const { return moved_; }
  std::size_t redriven() const { return redriven_; }
  std::size_t crashes() const { return crashes_; }

 private:
  struct Message {
    std::string group;
    bool acknowledged = false;
    bool delete_asked = false;
    std::optional<std::size_t> deleted;  // by which deed; it was acknowledged
  };
  struct Asked {
    std::string queue;
    std::string body;  // of a send, or of a delete
    bool receive = false;
    std::optional<BodyKey> removed;  // what a delete is about
    std::size_t deed = 0;            // that answered it; the answer may leave behind those of later ones
  };

  struct Held {
    std::string queue;
    std::string body;
    ReceiptHandle handle;
    BodyKey key;
  };

  void expect(bool kept, const std::string& promise) {
    if (!kept && broken_.empty()) broken_ = promise;
  }

  void start() {
    process_ = std::make_unique<SimulatedProcess>(disk_, limits_, ++incarnation_, [](const Commit&) {});
    now_ = std::max(now_, process_->recovered_time());
  }

  // What was lost may be handed out again, in the order and as often as before.
  void crash(std::size_t written) {
    ++crashes_;
    process_->crash(written);
    asked_.clear();
    held_.clear();
    last_.clear();
    last_moved_.clear();
    handed_out_.clear();
    cancelled_ = false;
    start();
  }

  Ticket ask(const char* queue, Operation&& operation) { return ask(queue, std::move(operation), Asked()); }
  Ticket ask(const char* queue, Operation&& operation, Asked&& asked) {
    const Ticket ticket{1, ++requests_};
    asked.queue = queue;
    body_asked_ = asked.body;
    asked_[ticket] = std::move(asked);
    look(process_->execute({ticket, kWorld, queue, std::move(operation)}, now_));
    return ticket;
  }

  void look(const DecisionSeen& seen) {
    ++deeds_;
    for (const Reply& reply : seen.replies) {
      if (const auto asked = asked_.find(reply.ticket); asked != asked_.end()) asked->second.deed = deeds_;
    }
    for (const auto& stored : seen.bodies) place(stored.key, body_asked_);
    handed_out(seen);
    for (const Copy& move : seen.moves) {
      moved_from_.insert(move.from);
      const Place from = places_.at(move.from);
      if (move.keeps_id) {
        std::size_t& last = last_moved_[messages_.at(from.body).group];
        expect(from.number > last, "the dead letters of a group keep their order");
        last = from.number;
      }
      place(move.to, from.body);
      if (move.keeps_id) {
        ++moved_;
        expect(move.dead_letter.source_arn == queue_arn(kWorld, kMail), "a dead letter says where it comes from");
        expect(move.dead_letter.receive_count == kReceivesMax, "a dead letter was received as often as said");
      } else {
        ++redriven_;
        expect(!cancelled_, "a cancelled task moves nothing more");
        expect(!seen.disk_full, "while the disk is full no task moves anything");
      }
    }
    expect(seen.moves.size() <= 64, "what one decision moves is bounded");
    for (const Reply& reply : seen.replies) {
      if (std::holds_alternative<MoveTaskStarted>(reply.answer)) {
        task_ = std::get<MoveTaskStarted>(reply.answer).task;
        cancelled_ = false;
      }
      if (std::holds_alternative<MoveTaskCancelled>(reply.answer)) cancelled_ = true;
    }
  }

  void place(const BodyKey& key, const std::string& body) { places_[key] = {body, ++number_}; }

  // Of one group a later one is handed out for the first time only behind the earlier ones.
  void handed_out(const DecisionSeen& seen) {
    for (const Reply& reply : seen.replies) {
      const auto* received = std::get_if<Received>(&reply.answer);
      if (received == nullptr) continue;
      for (const Delivery& delivery : received->deliveries) {
        const Place& at = places_.at(delivery.body);
        const auto [known, first] = handed_out_.insert(delivery.body);
        if (!first) continue;
        std::size_t& last = last_[{received->queue.id, messages_.at(at.body).group}];
        expect(at.number > last, "a group keeps its order");
        last = at.number;
      }
    }
  }

  void act() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 25) {
      send();
    } else if (dice < 50) {
      receive(random_.below(4) == 0 ? kDead : kMail);
    } else if (dice < 58) {
      remove();
    } else if (dice < 68) {
      now_ += Milliseconds{static_cast<std::int64_t>(random_.below(1500))};
      tick();
    } else if (dice < 88) {
      settle();
    } else if (dice < 91) {
      crash(random_.below(process_->store().pending().size() + 1));
    } else if (dice < 93) {
      expect(process_->reload(), "a broker reloaded from its facts has the same facts");
      asked_.clear();
    } else if (dice < 94) {
      process_->admit_growth(!process_->admits_growth());
    } else if (dice < 98) {
      const std::uint32_t rates[] = {0, 1, 3, 500};
      ask(kDead, Operation(StartMoveTask{random_.below(2) == 0 ? kMail : "", rates[random_.below(4)]}));
    } else if (task_) {
      ask(kDead, Operation(CancelMoveTask{*task_}));
    }
  }

  void send() {
    const std::string body = "m" + std::to_string(messages_.size());
    const std::string group = "g" + std::to_string(random_.below(3));
    messages_[body] = {group};
    MessageContent content;
    content.body = body;
    content.group_id = group;
    content.deduplication_id = body;
    Send request;
    request.content = std::make_shared<const MessageContent>(std::move(content));
    request.size = 10;
    ask(kMail, Operation(request), {.body = body});
  }

  void receive(const char* queue) {
    ask(queue, Operation(Receive{static_cast<std::uint32_t>(1 + random_.below(4)), std::nullopt, Seconds{0}, {}}),
        {.receive = true});
  }

  void remove() {
    if (held_.empty()) return;
    const Held held = held_[random_.below(held_.size())];
    messages_.at(held.body).delete_asked = true;
    ask(held.queue.c_str(), Operation(Delete{held.handle}), {.body = held.body, .removed = held.key});
  }

  void tick() {
    if (process_->broker().next_deadline() <= now_) look(process_->tick(now_));
  }

  void release() {
    for (Reply& reply : process_->take_released()) {
      const auto found = asked_.find(reply.ticket);
      if (found == asked_.end()) continue;
      const Asked asked = found->second;
      asked_.erase(found);
      if (std::holds_alternative<Sent>(reply.answer)) {
        messages_.at(asked.body).acknowledged = true;
      } else if (asked.removed) {
        // A handle from before a move succeeds and does nothing to the message where it is now.
        const bool there = !moved_from_.contains(*asked.removed);
        if (std::holds_alternative<Done>(reply.answer) && there) messages_.at(asked.body).deleted = asked.deed;
      } else if (const auto* received = std::get_if<Received>(&reply.answer)) {
        for (const Delivery& delivery : received->deliveries) delivered(asked, delivery);
      }
    }
  }

  void delivered(const Asked& asked, const Delivery& delivery) {
    const std::string& queue = asked.queue;
    expect(delivery.content != nullptr, "a delivery leaves with its content");
    if (!broken_.empty()) return;
    const std::string& body = delivery.content->body;
    Message& message = messages_.at(body);
    expect(!message.deleted || asked.deed < *message.deleted, body + " came back after it was deleted");
    const bool dead = queue == kDead;
    expect(!dead || delivery.receive_count > kReceivesMax, "a dead letter goes on counting");
    expect(dead || delivery.receive_count <= kReceivesMax, "no message is received more often than its queue says");
    expect(delivery.content->group_id == message.group, "a dead letter keeps its group");
    expect(dead == !delivery.content->dead_letter.source_arn.empty(),
           "a dead letter says where it comes from, and what was sent anew does not");
    held_.push_back({queue, body, delivery.handle, delivery.body});
    if (held_.size() > 6) held_.erase(held_.begin());
  }

  // True when nothing is left to happen without time passing.
  bool settle() {
    const auto pages = random_.below(2) == 0 ? SimulatedProcess::Pages::kShort : SimulatedProcess::Pages::kWhole;
    const bool moved = process_->work(now_, random_, pages, [this](const DecisionSeen& seen) { look(seen); });
    release();
    return !moved && process_->rests(now_);
  }
  void settle_all() {
    while (!settle()) {
    }
  }

  // Time for every task to end, and for everything to become visible; then both queues are read.
  void end() {
    process_->admit_growth(true);
    settle_all();
    for (int second = 0; second < 400; ++second) {
      now_ += Seconds{1};
      settle_all();
    }
    crash(process_->store().pending().size());
    settle_all();
    std::map<std::string, std::size_t> found;
    for (const char* queue : {kMail, kDead}) {
      for (int empty = 0; empty < 2 && broken_.empty();) {
        held_.clear();
        ask(queue, Operation(Receive{5, Seconds{40'000}, Seconds{0}, {}}), {.receive = true});
        settle_all();
        empty = held_.empty() ? empty + 1 : 0;
        for (const Held& held : std::vector(held_)) {
          ++found[held.body];
          ask(queue, Operation(Delete{held.handle}));
          settle_all();
        }
      }
    }
    for (const auto& [body, message] : messages_) {
      const std::size_t count = found.contains(body) ? found.at(body) : 0;
      expect(count <= 1, body + " is there " + std::to_string(count) + " times");
      if (message.acknowledged && !message.delete_asked) expect(count == 1, body + ", acknowledged, is lost");
    }
    expect(process_->broker().totals().touched == 0, "nothing is in flight when everything is deleted");
  }

  SeededRandom random_;
  BrokerLimits limits_;
  MemoryTable disk_;
  std::unique_ptr<SimulatedProcess> process_;
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::uint64_t incarnation_ = 0;
  std::uint64_t requests_ = 0;
  std::map<Ticket, Asked> asked_;
  std::map<std::string, Message> messages_;
  struct Place {
    std::string body;
    std::size_t number = 0;  // rises with everything that comes into any queue
  };
  std::map<BodyKey, Place> places_;
  std::size_t number_ = 0;
  std::size_t deeds_ = 0;
  std::string body_asked_;  // of the send under way
  std::set<BodyKey> handed_out_;
  std::map<std::pair<QueueId, std::string>, std::size_t> last_;  // the latest handed out, by queue and group
  std::map<std::string, std::size_t> last_moved_;                // by group
  std::vector<Held> held_;
  std::set<BodyKey> moved_from_;
  std::optional<MessageId> task_;
  bool cancelled_ = false;  // the newest task
  std::string broken_;
  std::size_t moved_ = 0;
  std::size_t redriven_ = 0;
  std::size_t crashes_ = 0;
};

TEST(FifoDeadLetters, AreMovedInOrderCountedOnAndNeverLostNorDoubled) {
  const char* const asked = std::getenv("FIFO_HISTORIES");
  const std::uint64_t histories = asked == nullptr ? 500 : std::strtoull(asked, nullptr, 10);
  std::size_t moved = 0, redriven = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    History history(seed);
    ASSERT_EQ(history.run(), "") << "seed " << seed;
    moved += history.moved();
    redriven += history.redriven();
    crashes += history.crashes();
  }
  EXPECT_GT(moved, histories) << "too few messages became dead letters";
  EXPECT_GT(redriven, histories / 4) << "too few were moved back";
  std::cout << histories << " histories of FIFO dead letters, " << moved << " moved, " << redriven << " moved back, "
            << crashes << " crashes\n";
}

}  // namespace
}  // namespace penstock
