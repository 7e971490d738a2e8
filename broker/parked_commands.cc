#include "broker/parked_commands.h"

#include <algorithm>

namespace penstock {

bool ParkedCommands::parks(Command& command, std::vector<Key>&& keys, std::uint64_t epoch,
                           Decision& decision) {
  std::sort(keys.begin(), keys.end());
  if (decision.recollection != nullptr && decision.recollection->covers(keys)) return false;
  // The keys are held here and on their way.
  const std::size_t bytes = message_bytes(command) + 2 * keys.size() * sizeof(Key);
  if (!parked_.empty() && (parked_.size() >= kCountMax || bytes_ + bytes > kBytesMax)) {
    decision.reply(command.ticket, Error{ErrorCode::kServiceUnavailable, {}});
    return true;
  }
  decision.outcome.look_ups.push_back({next_token_, keys});
  bytes_ += bytes;
  parked_.emplace(next_token_++, Parked{std::move(command), {std::move(keys), {}, epoch}, bytes});
  return true;
}

std::optional<ParkedCommands::Parked> ParkedCommands::take(LookedUp&& found) {
  const auto place = parked_.find(found.token);
  if (place == parked_.end()) return std::nullopt;
  Parked parked = std::move(place->second);
  parked_.erase(place);
  bytes_ -= parked.bytes;
  parked.recollection.records = std::move(found.records);
  return parked;
}

}  // namespace penstock
