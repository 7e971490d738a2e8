// ClientWishes: what a client of the simulator asks for next.
//
// A matter of chance within the weather: mostly sends, receives and deletes; now and then something that
// ought to be refused, such as a forged handle or one of another queue.
#pragma once

#include <cstdint>
#include <optional>
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

  ClientWishes(Random& random, const Weather& weather) : random_(random), weather_(weather) {}

  QueueName queue();
  // For this queue, and whether it exists. A message that is acted on is taken out of what the client holds,
  // mostly. `deleting` is set if the operation, should it succeed, ends a message.
  Operation operation(const QueueName& queue, bool exists, std::vector<Held>& all,
                      std::optional<MessageId>& deleting);
  // Of a body that no other has.
  Send send();

 private:
  SuppliedAttributes attributes();
  std::optional<Held> held(std::vector<Held>& all);
  bool under(std::uint64_t percent) { return random_.below(100) < percent; }

  Random& random_;
  const Weather& weather_;
  std::uint64_t next_body_ = 1;
};

}  // namespace penstock
