// ParkedCommands: commands that wait until the store has been asked for what they depend on.
//
//     execute --in doubt--> parked, a LookUp leaves --LookedUp--> executed again, with what was found
//
// A parked command has changed nothing and was answered nothing: it is as if it came later. Whoever parks it
// asks again whether what was found still settles everything.
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

namespace penstock {

class ParkedCommands {
 public:
  struct Parked {
    Command command;
    Recollection recollection;  // its keys and epoch; the records are still to come
    std::size_t bytes = 0;
  };

  // `bytes`: of the messages in it.
  bool admits(std::size_t bytes) const {
    return parked_.empty() || (parked_.size() < kCountMax && bytes_ + bytes <= kBytesMax);
  }
  LookUp park(Command&& command, std::vector<Key>&& keys, std::uint64_t epoch, std::size_t bytes) {
    LookUp look_up{next_token_++, keys};
    bytes_ += bytes;
    parked_.emplace(look_up.token, Parked{std::move(command), {std::move(keys), {}, epoch}, bytes});
    return look_up;
  }
  // Nothing: no such command is parked.
  std::optional<Parked> take(LookedUp&& found) {
    const auto place = parked_.find(found.token);
    if (place == parked_.end()) return std::nullopt;
    Parked parked = std::move(place->second);
    parked_.erase(place);
    bytes_ -= parked.bytes;
    parked.recollection.records = std::move(found.records);
    return parked;
  }
  std::size_t size() const { return parked_.size(); }

 private:
  static constexpr std::size_t kCountMax = 10'000;
  static constexpr std::size_t kBytesMax = 64 << 20;

  std::map<std::uint64_t, Parked> parked_;
  std::uint64_t next_token_ = 1;
  std::size_t bytes_ = 0;
};

}  // namespace penstock
