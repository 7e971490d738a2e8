// ClientWishes: what a client of the simulator asks for next.
//
// A matter of chance within the weather: mostly sends, receives and deletes, one by one or in batches; now
// and then something that ought to be refused, such as a forged handle or one of another queue, a tag too
// many, or a purge too early.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/simulator/client_ledger.h"
#include "tests/simulator/weather.h"

namespace penstock {

// A message that a client has received.
struct Held {
  ClientLedger::QueueName queue;
  ReceiptHandle handle;
  MessageId id;
};

class ClientWishes {
 public:
  using QueueName = ClientLedger::QueueName;

  // Message groups that are ever named.
  static constexpr std::uint16_t kGroups = 6;

  ClientWishes(Random& random, const Weather& weather) : random_(random), weather_(weather) {}

  QueueName queue();
  // The messages that the entries of a request end, should they succeed; of a request that is no batch, its
  // one entry.
  using Ends = std::vector<std::optional<MessageId>>;

  // For this queue, and whether it exists. A message that is acted on is taken out of what the client holds,
  // mostly.
  Operation operation(const QueueName& queue, bool exists, std::vector<Held>& all, Ends& ends);
  // A task that was started; it may be cancelled later, by whatever name the queue has then.
  void started(const MessageId& task) {
    if (tasks_.size() == kTasksKnown) tasks_.erase(tasks_.begin());
    tasks_.push_back(task);
  }
  // Of a body that no other has.
  Send send();

 private:
  std::optional<Operation> about_moves();
  SuppliedAttributes attributes();
  std::string policy();
  Operation permission();
  std::vector<Tag> tags();
  std::optional<Operation> about_the_queue(bool exists);
  SendBatch send_batch();
  std::optional<Held> held(std::vector<Held>& all);
  // Acts on something that the client holds; nothing if it holds nothing.
  std::optional<Operation> about_held(const QueueName& queue, std::vector<Held>& all, Ends& ends);
  Operation batch_about_held(const QueueName& queue, std::vector<Held>& all, Ends& ends);
  Seconds visibility();
  bool under(std::uint64_t percent) { return random_.below(100) < percent; }

  static constexpr std::size_t kTasksKnown = 3;

  Random& random_;
  const Weather& weather_;
  std::vector<MessageId> tasks_;
  std::uint64_t next_body_ = 1;
  World world_;  // of the queue that the wish is about
};

}  // namespace penstock
