// ParkedCommands: commands that wait until the store has been asked for what they depend on.
//
//     execute --in doubt--> parked, a LookUp leaves --LookedUp--> executed again, with what was found
//
// A parked command has changed nothing and was answered nothing: it is as if it came later. When it comes
// again, whoever executes it asks anew what it depends on, and what was found settles that or not.
//
// They are bounded in number and in bytes; one more is refused, and clients send it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "broker/command.h"
#include "broker/look_up.h"
#include "broker/queue.h"

namespace penstock {

class ParkedCommands {
 public:
  struct Parked {
    Command command;
    Recollection recollection;  // its keys and epoch; the records are still to come
    std::size_t bytes = 0;
  };

  // Whether the command waits from now on until those keys, of which there are some, were looked up, or is
  // refused because too many wait. If what was found for it settles them it does neither, and is as it was.
  bool parks(Command& command, std::vector<Key>&& keys, std::uint64_t epoch, Decision& decision);
  // Nothing: no such command is parked.
  std::optional<Parked> take(LookedUp&& found);
  std::size_t size() const { return parked_.size(); }

 private:
  static constexpr std::size_t kCountMax = 10'000;
  static constexpr std::size_t kBytesMax = 64 << 20;

  std::map<std::uint64_t, Parked> parked_;
  std::uint64_t next_token_ = 1;
  std::size_t bytes_ = 0;
};

}  // namespace penstock
