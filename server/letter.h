// Letter: what the broker thread finds in its mailbox.
//
// From I/O threads: commands, and what became of the clients behind them. From the store: what is durable
// and what was read. From the process: that it is to stop.
#pragma once

#include <cstdint>
#include <future>
#include <variant>
#include <vector>

#include "broker/command.h"
#include "broker/page.h"
#include "server/outgoing.h"
#include "storage/store.h"

namespace penstock {

struct Forget {
  Ticket ticket;
};
struct EndWait {
  Ticket ticket;
};
struct Undeliver {
  Received received;
};
struct Durable {
  Position position;
};
struct Bodies {
  std::uint64_t token = 0;
  std::vector<BodyRecord> records;
};
// How every queue stands is wanted for this ticket.
struct AskSurvey {
  Ticket ticket;
};
// What there is of queues, topics and subscriptions is wanted for this ticket.
struct AskFacts {
  Ticket ticket;
};
// What became of deliveries to receivers outside.
struct EndAttempts {
  std::vector<EndedAttempt> attempts;
};
// Nothing more is to be delivered to them; `done` is set when nothing more comes.
struct EndOutgoing {
  std::promise<void>* done = nullptr;
};
// No session is left: answers from now on have nobody to go to and are undone here. `done` is set then.
struct Quiesce {
  std::promise<void>* done = nullptr;
};
// Ends the thread, once everything decided is durable.
struct Stop {};

// Commands come by the batch; one alone is what had to wait.
using Letter = std::variant<std::vector<Command>, Command, Forget, EndWait, Undeliver, Page, LookedUp, Durable,
                            Bodies, AskSurvey, AskFacts, EndAttempts, EndOutgoing, Quiesce, Stop>;

}  // namespace penstock
