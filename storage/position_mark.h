// PositionMark: what every write batch carries beside its changes, for whoever reads the write-ahead log
// after damage.
//
//     u8 mark version = 1 | u64 position | u64 synced | u32 checksum over the store's identity and those
//
// `synced` is the position that was known to be synced when the batch was written. So a batch that can
// still be read proves of an unreadable one before it that its loss would be a lie to somebody. The
// identity, drawn at random when the store is created, keeps a message body that imitates a batch from
// being taken for one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/change.h"

namespace penstock {

struct PositionMark {
  static constexpr std::size_t kBytes = 1 + 8 + 8 + 4;

  Position position;
  Position synced;

  bool operator==(const PositionMark&) const = default;
};

std::string encode_mark(const PositionMark& mark, std::uint64_t identity);
std::optional<PositionMark> decode_mark(std::string_view bytes, std::uint64_t identity);

}  // namespace penstock
