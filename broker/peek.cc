#include "broker/peek.h"

#include <array>
#include <charconv>

namespace penstock {

// The version, then the numbers in decimal, with '-' between them.
std::string PeekPosition::text(QueueId queue) const {
  return "p1-" + std::to_string(queue.value) + "-" + std::to_string(static_cast<unsigned>(stage)) + "-" +
         std::to_string(lane.value) + "-" + std::to_string(epoch_milliseconds(due)) + "-" +
         std::to_string(number);
}

std::optional<PeekPosition::OfQueue> PeekPosition::parse(std::string_view text) {
  constexpr std::string_view kVersion = "p1";
  if (!text.starts_with(kVersion)) return std::nullopt;
  text.remove_prefix(kVersion.size());
  std::array<std::uint64_t, 5> numbers{};
  for (std::uint64_t& number : numbers) {
    if (!text.starts_with('-')) return std::nullopt;
    text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  const auto [queue, stage, lane, due, number] = numbers;
  constexpr std::uint64_t kDueMax = std::uint64_t{1} << 62;
  if (!text.empty() || stage > static_cast<std::uint64_t>(PeekStage::kFifo) || lane > 0xffff ||
      due > kDueMax) {
    return std::nullopt;
  }
  return OfQueue{QueueId{queue}, PeekPosition{.stage = static_cast<PeekStage>(stage),
                                              .lane = Lane{static_cast<std::uint16_t>(lane)},
                                              .due = from_epoch_milliseconds(static_cast<std::int64_t>(due)),
                                              .number = number}};
}

}  // namespace penstock
