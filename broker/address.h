// Where a thing lives: partition, world (account and region), id.
//
// A world is one account in one region; nothing is shared between two of them. A QueueId is unique in
// its partition and is never used again, not even when a queue of the same name is created anew, so
// nothing that was written for a deleted queue can ever be taken for its successor's.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/named.h"

namespace penstock {

using PartitionId = Named<std::uint32_t, struct PartitionIdTag>;
using QueueId = Named<std::uint64_t, struct QueueIdTag>;

// An AWS account number. Text form: twelve decimal digits.
class AccountId {
 public:
  constexpr AccountId() = default;
  constexpr explicit AccountId(std::uint64_t number) : number_(number) {}

  // Nothing unless the text is exactly twelve decimal digits.
  static std::optional<AccountId> parse(std::string_view text) {
    if (text.size() != 12) return std::nullopt;
    std::uint64_t number = 0;
    for (const char digit : text) {
      if (digit < '0' || digit > '9') return std::nullopt;
      number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return AccountId{number};
  }

  constexpr std::uint64_t number() const { return number_; }
  std::string text() const {
    std::string digits = std::to_string(number_);
    return std::string(12 - digits.size(), '0') + digits;
  }
  constexpr auto operator<=>(const AccountId&) const = default;

 private:
  std::uint64_t number_ = 0;
};

// A region's name, held in place because it is a part of every address: 1 to 23 characters of
// a-z, 0-9 and '-'.
class Region {
 public:
  static constexpr std::size_t kLengthMax = 23;

  constexpr Region() = default;

  static std::optional<Region> parse(std::string_view text) {
    if (text.empty() || text.size() > kLengthMax) return std::nullopt;
    for (const char c : text) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return std::nullopt;
    }
    Region region;
    std::copy(text.begin(), text.end(), region.text_.begin());
    region.length_ = static_cast<std::uint8_t>(text.size());
    return region;
  }

  std::string_view text() const { return {text_.data(), length_}; }
  constexpr auto operator<=>(const Region&) const = default;

 private:
  std::array<char, kLengthMax> text_{};
  std::uint8_t length_ = 0;
};

struct World {
  AccountId account;
  Region region;

  constexpr auto operator<=>(const World&) const = default;
};

struct QueueAddress {
  PartitionId partition;
  World world;
  QueueId id;

  constexpr auto operator<=>(const QueueAddress&) const = default;
};

}  // namespace penstock

template <>
struct std::hash<penstock::World> {
  std::size_t operator()(const penstock::World& world) const noexcept {
    return std::hash<std::string_view>{}(world.region.text()) * 31 +
           std::hash<std::uint64_t>{}(world.account.number());
  }
};
