// Simulation: one seeded history of a broker, its store, its clients and everything that goes wrong.
//
// Safety first: for a number of steps, clients ask, the store makes progress when it likes, time passes and
// is set back, processes crash and reload, clients vanish. Every answer is judged three times: by the
// reference model when it is decided, by its stamp and the client ledger when it leaves, and by comparison
// of facts whenever there are two brokers to compare (after a crash, a reload, and a follower that replays
// the stream of changes). Liveness second: faults stop, and everything that is there must come out and be
// deleted, until no record of a message is left.
//
// A history is a function of its seed and its number of steps. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "tests/simulator/client_ledger.h"
#include "tests/simulator/client_wishes.h"
#include "tests/simulator/durable_history.h"
#include "tests/simulator/simulated_process.h"
#include "tests/simulator/verdict.h"
#include "tests/simulator/weather.h"

namespace penstock {

class Simulation {
 public:
  struct Size {
    std::uint64_t commands = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t crashes = 0;
    std::uint64_t reloads = 0;
    std::uint64_t moves = 0;
  };

  // With `telling`, tale() says what happened, a line an event.
  Simulation(std::uint64_t seed, std::uint64_t steps, bool telling);

  // Empty if every promise was kept, else the promise.
  std::string run();
  const Size& size() const { return size_; }
  const std::vector<std::string>& tale() const { return tale_; }

 private:
  using QueueName = ClientLedger::QueueName;

  struct Client {
    std::optional<Ticket> asking;
    std::vector<Held> held;
    std::optional<std::pair<QueueName, Operation>> again;  // sends whose answer never came
  };
  // A command whose answer has not left.
  struct Asked {
    std::optional<std::size_t> client;  // none: vanished
    QueueName queue;
    Result<Operation> operation;
    ClientWishes::Ends ends;
    bool answered = false;
    ClientLedger::Deed deed = 0;
    Position stamp;
    Time decided;
    std::vector<BodyKey> delivered;  // by the answer, as it was decided
  };

  void start_process();
  void safety();
  void liveness();
  void nothing_is_left();

  // ---- what may happen
  void client_asks();
  void crowd_sends(std::size_t client, const QueueName& queue);
  void client_vanishes();
  void store_works();
  void time_passes();
  void time_jumps();
  void clock_is_set();
  void crash();
  void reload();

  // ---- how it happens
  void ask(std::size_t client, const QueueName& queue, Result<Operation>&& operation,
           ClientWishes::Ends ends = {});
  void vanish(std::size_t client);
  void undeliver_one();
  void supply();
  void tick();
  void advance_clock();
  void fold(decltype(Deed::act)&& act, DecisionSeen&& seen);
  void note_moves(const DecisionSeen& seen);
  void release();
  void answer(const Asked& asked, const Answer& answer);
  void received(const Asked& asked, const Received& received);
  void rest();
  void judge_follower();
  bool under(std::uint64_t percent) { return random_.below(100) < percent; }
  template <class Line>
  void tell(const Line& line) {
    if (telling_) tale_.push_back(line());
  }

  const std::uint64_t seed_;
  const std::uint64_t steps_;
  const bool telling_;
  SeededRandom random_;
  const Weather weather_;
  ClientWishes wishes_;
  Verdict verdict_;
  Size size_;
  std::vector<std::string> tale_;

  MemoryTable disk_;
  Broker follower_;
  std::unique_ptr<SimulatedProcess> process_;
  std::uint64_t incarnation_ = 0;
  BrokerClock::Readings readings_;
  std::optional<BrokerClock> clock_;
  Time now_;

  DurableHistory history_;
  ClientLedger ledger_;
  ClientLedger::Deed deeds_ = 0;
  std::vector<Client> clients_;
  std::map<Ticket, Asked> asked_;
  std::uint64_t next_request_ = 1;
  std::map<MessageId, std::string> bodies_;  // of every message ever decided
  std::map<BodyKey, MessageId> ids_;         // of the message that lies there
  std::map<QueueId, QueueName> names_;       // of every queue there ever was
  std::set<QueueAddress> created_;           // every queue there ever was
  std::vector<Received> undelivered_;        // answers of which no byte left
};

}  // namespace penstock
