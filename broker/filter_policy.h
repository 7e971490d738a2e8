// FilterPolicy: which messages of a topic a subscription wants (Amazon SNS developer guide, "Message
// filtering"). Compiled once when the attribute is set, immutable, shared between threads.
//
// A policy is an object of keys, each with an array of conditions. It is kept as alternatives: "$or"
// multiplies them, and a message is wanted if one alternative holds, every key of it. A key holds if some
// value at its path satisfies one of its conditions, or if nothing is there and a condition asks for that.
// The values that speak for the keys of one alternative must go together: of an array in the message they
// come from one element.
//
// Bounds (AWS's, unless noted): 256 KB of text; five keys, nested ones counted where they end, in each
// alternative; 150 combinations, the sum over the alternatives of the product over their keys of (number
// of conditions x depth); 100 points of wildcards; and of ours a path of 1,024 bytes. So however it is
// written, a policy has at most 150 alternatives of five keys, and asking it about a message costs its
// conditions times the values at their paths.
//
// Where AWS is silent: a key that is said twice in one alternative counts as said last; the number of keys
// is that of each alternative, not of all together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "broker/filter_condition.h"
#include "broker/filter_fields.h"

namespace penstock {

enum class FilterScope : std::uint8_t { kMessageAttributes, kMessageBody };

class FilterPolicy;
using FilterPolicyPtr = std::shared_ptr<const FilterPolicy>;

class FilterPolicy {
 public:
  static constexpr std::size_t kTextBytesMax = 256 * 1024;
  static constexpr std::size_t kKeysMax = 5;
  static constexpr std::size_t kCombinationsMax = 150;
  static constexpr std::size_t kWildcardPointsMax = 100;
  static constexpr std::size_t kPathBytesMax = 1024;

  // Refuses in AWS's words, at the first mistake from the left. The document "{}" is a policy that wants
  // everything: AWS removes a filter policy by it.
  static tl::expected<FilterPolicyPtr, FilterRefusal> parse(std::string_view text, FilterScope scope);

  FilterScope scope() const { return scope_; }
  bool wants_everything() const { return alternatives_.empty(); }

  // The fields are those of the policy's scope. A body that is no JSON object has none: it is unwanted by
  // every policy of that scope which does not want everything.
  bool matches(const FilterFields& fields) const;

 private:
  struct Key {
    std::string path;
    std::uint64_t path_hash = 0;
    std::size_t depth = 1;
    std::vector<FilterCondition> conditions;
    bool may_be_absent = false;  // a condition asks for that
  };
  // Indexes of keys, at most kKeysMax, each path once.
  using Alternative = std::vector<std::size_t>;
  class Compiler;
  struct Sighting;

  FilterPolicy() = default;
  Sighting look(const Key& key, const FilterFields& fields) const;

  FilterScope scope_ = FilterScope::kMessageAttributes;
  std::vector<Key> keys_;
  std::vector<Alternative> alternatives_;
};

}  // namespace penstock
