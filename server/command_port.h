// CommandPort: what I/O threads say to the broker thread. Callable from any thread, never waits.
#pragma once

#include <cstddef>
#include <vector>

#include "broker/command.h"

namespace penstock {

class CommandPort {
 public:
  virtual ~CommandPort() = default;

  // Takes commands from the front, in order; those that find no room stay. For each one taken exactly one
  // reply comes, unless its ticket is forgotten before.
  virtual void post(std::vector<Command>& commands) = 0;
  // Nobody waits for this ticket any more. A reply may still come.
  virtual void forget(const Ticket& ticket) = 0;
  // The receive behind this ticket is to be answered empty now, if it is still waiting. A reply comes in
  // any case, besides the one that may be on its way already: only the first one counts.
  virtual void end_wait(const Ticket& ticket) = 0;
  // Not one byte of this answer left.
  virtual void undeliver(Received&& received) = 0;
};

// Takes replies back to the thread whose sessions wait for them.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  // Callable from any thread, never waits.
  virtual void deliver(std::vector<Reply>&& replies) = 0;
};

// Tickets name their I/O thread in the top byte of the session's number.
inline constexpr int kSessionThreadShift = 56;
inline constexpr unsigned kIoThreadsMax = 64;

inline std::size_t io_thread_of(const Ticket& ticket) {
  return static_cast<std::size_t>(ticket.session >> kSessionThreadShift);
}

}  // namespace penstock
