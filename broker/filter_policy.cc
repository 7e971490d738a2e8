#include "broker/filter_policy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "broker/filter_join.h"
#include "broker/policy_json.h"

namespace penstock {
namespace {

tl::unexpected<FilterRefusal> refuse_filter(std::string detail) {
  return tl::unexpected(FilterRefusal{"FilterPolicy: " + std::move(detail)});
}

// Names that mean something inside a condition; an "$or" of objects that have them is none.
constexpr std::array<std::string_view, 24> kReservedNames{"exactly",
                                                          "equals-ignore-case",
                                                          "prefix",
                                                          "suffix",
                                                          "anything-but",
                                                          "exists",
                                                          "wildcard",
                                                          "numeric",
                                                          "cidr",
                                                          "=",
                                                          "<",
                                                          "<=",
                                                          ">",
                                                          ">=",
                                                          "regex",
                                                          "not-wildcard",
                                                          "date-after",
                                                          "date-on-or-after",
                                                          "date-before",
                                                          "date-on-or-before",
                                                          "in-date-range",
                                                          "ip-address-in-range",
                                                          "ip-address-not-in-range",
                                                          "not-equals-ignore-case"};

// Whether the value of a key "$or" is alternatives; otherwise the key is like any other.
const PolicyJson::Array* alternatives_of(const PolicyMember& member) {
  if (member.name != "$or") return nullptr;
  const auto* array = member.value.as<PolicyJson::Array>();
  if (array == nullptr || array->size() < 2) return nullptr;
  for (const PolicyJson& element : *array) {
    const auto* object = element.as<PolicyJson::Object>();
    if (object == nullptr) return nullptr;
    for (const PolicyMember& inner : *object) {
      if (std::find(kReservedNames.begin(), kReservedNames.end(), inner.name) != kReservedNames.end()) {
        return nullptr;
      }
    }
  }
  return array;
}

using Checked = tl::expected<void, FilterRefusal>;

}  // namespace

// Turns a document into keys and alternatives, from left to right: a key joins all alternatives that there
// are; an "$or" goes through each of its objects with a copy of them and keeps all that comes out.
//
// Alternatives and their keys only ever become more. So once a bound is passed the document is refused
// whatever follows, nothing is copied any more, and the rest is read only for mistakes, which are reported
// first.
class FilterPolicy::Compiler {
 public:
  Compiler(FilterPolicy& policy, FilterScope scope) : policy_(policy), scope_(scope) {}

  Checked compile(const PolicyJson::Object& document) {
    Alternatives alternatives{{}};
    if (Checked done = add_object(document, {}, 1, alternatives); !done) return done;
    if (too_many_keys_) return refuse_filter("Filter policy can not have more than 5 keys");
    keep_used_keys(alternatives);
    if (too_complex_ || combinations(alternatives) > kCombinationsMax ||
        wildcard_points() > kWildcardPointsMax) {
      return refuse_filter("Filter policy is too complex");
    }
    policy_.alternatives_ = std::move(alternatives);
    return {};
  }

 private:
  using Alternatives = std::vector<Alternative>;

  Checked add_object(const PolicyJson::Object& object, const std::string& path, std::size_t depth,
                     Alternatives& alternatives) {
    if (object.empty()) return refuse_filter("Empty objects are not allowed");
    for (const PolicyMember& member : object) {
      if (Checked done = add_member(member, path, depth, alternatives); !done) return done;
    }
    return {};
  }

  Checked add_member(const PolicyMember& member, const std::string& outer_path, std::size_t depth,
                     Alternatives& alternatives) {
    if (const auto* options = alternatives_of(member)) {
      return add_options(*options, outer_path, depth, alternatives);
    }
    // A path that is too long is not put together: its keys are refused by its being too complex.
    std::string path;
    if (outer_path.size() + 1 + member.name.size() > kPathBytesMax) {
      too_complex_ = true;
    } else {
      path = depth == 1 ? member.name : outer_path + "." + member.name;
    }
    if (const auto* object = member.value.as<PolicyJson::Object>()) {
      if (scope_ == FilterScope::kMessageAttributes) {
        return tl::unexpected(
            FilterRefusal{"Filter policy scope MessageAttributes does not support nested filter policy"});
      }
      return add_object(*object, path, depth + 1, alternatives);
    }
    if (const auto* array = member.value.as<PolicyJson::Array>()) {
      return add_key(*array, std::move(path), depth, alternatives);
    }
    return refuse_filter("\"" + member.name + "\" must be an object or an array");
  }

  Checked add_options(const PolicyJson::Array& options, const std::string& path, std::size_t depth,
                      Alternatives& alternatives) {
    const Alternatives before = std::move(alternatives);
    alternatives.clear();
    for (const PolicyJson& option : options) {
      Alternatives grown = hopeless() ? Alternatives{} : before;
      if (Checked done = add_object(*option.as<PolicyJson::Object>(), path, depth, grown); !done) return done;
      if (alternatives.size() + grown.size() > kCombinationsMax) too_complex_ = true;
      if (!hopeless()) std::move(grown.begin(), grown.end(), std::back_inserter(alternatives));
    }
    return {};
  }

  Checked add_key(const PolicyJson::Array& array, std::string path, std::size_t depth,
                  Alternatives& alternatives) {
    if (array.empty()) return refuse_filter("Empty arrays are not allowed");
    Key key;
    key.path = std::move(path);
    key.depth = depth;
    key.path_hash = filter_path_hash(key.path);
    for (const PolicyJson& element : array) {
      tl::expected<FilterCondition, FilterRefusal> condition = FilterCondition::parse(element);
      if (!condition) return tl::unexpected(std::move(condition.error()));
      key.may_be_absent = key.may_be_absent || condition->wants_absence();
      key.conditions.push_back(std::move(*condition));
    }
    if (hopeless()) return {};
    policy_.keys_.push_back(std::move(key));
    for (Alternative& alternative : alternatives) put(policy_.keys_.size() - 1, alternative);
    return {};
  }

  void put(std::size_t added, Alternative& alternative) {
    for (std::size_t& key : alternative) {
      if (policy_.keys_[key].path == policy_.keys_[added].path) {
        key = added;
        return;
      }
    }
    if (alternative.size() == kKeysMax) {
      too_many_keys_ = true;
    } else {
      alternative.push_back(added);
    }
  }

  bool hopeless() const { return too_many_keys_ || too_complex_; }

  // Drops the keys that were said again later.
  void keep_used_keys(Alternatives& alternatives) {
    constexpr std::size_t kUnused = static_cast<std::size_t>(-1);
    std::vector<std::size_t> kept_at(policy_.keys_.size(), kUnused);
    std::vector<Key> kept;
    for (Alternative& alternative : alternatives) {
      for (std::size_t& key : alternative) {
        if (kept_at[key] == kUnused) {
          kept_at[key] = kept.size();
          kept.push_back(std::move(policy_.keys_[key]));
        }
        key = kept_at[key];
      }
    }
    policy_.keys_ = std::move(kept);
  }

  // Saturated just above the bound.
  std::size_t combinations(const Alternatives& alternatives) const {
    std::size_t sum = 0;
    for (const Alternative& alternative : alternatives) {
      std::size_t product = 1;
      for (const std::size_t index : alternative) {
        const Key& key = policy_.keys_[index];
        product = std::min(product * key.conditions.size() * key.depth, kCombinationsMax + 1);
      }
      sum = std::min(sum + product, kCombinationsMax + 1);
    }
    return sum;
  }

  std::size_t wildcard_points() const {
    std::size_t sum = 0;
    for (const Key& key : policy_.keys_) {
      std::size_t points = 0;
      std::size_t patterns = 0;
      for (const FilterCondition& condition : key.conditions) {
        points += condition.wildcard_points();
        if (condition.wildcard_points() > 0) ++patterns;
      }
      sum += points * patterns;
    }
    return sum;
  }

  FilterPolicy& policy_;
  FilterScope scope_;
  bool too_many_keys_ = false;
  bool too_complex_ = false;
};

tl::expected<FilterPolicyPtr, FilterRefusal> FilterPolicy::parse(std::string_view text, FilterScope scope) {
  if (text.size() > kTextBytesMax) return refuse_filter("Filter policy is too complex");
  const std::optional<PolicyJson> document = PolicyJson::parse(text);
  if (!document) return refuse_filter("failed to parse JSON.");
  const auto* object = document->as<PolicyJson::Object>();
  if (object == nullptr) return refuse_filter("Filter is not an object");
  std::shared_ptr<FilterPolicy> policy(new FilterPolicy());
  policy->scope_ = scope;
  if (!object->empty()) {
    if (Checked done = Compiler(*policy, scope).compile(*object); !done) {
      return tl::unexpected(std::move(done.error()));
    }
  }
  return policy;
}

// What a message has for a key. The leaves that satisfy it count only if it is not satisfied by absence.
struct FilterPolicy::Sighting {
  bool by_absence = false;
  std::vector<std::uint32_t> leaves;

  bool satisfied() const { return by_absence || !leaves.empty(); }
};

FilterPolicy::Sighting FilterPolicy::look(const Key& key, const FilterFields& fields) const {
  Sighting sighting;
  bool present = false;
  for (const FilterFields::Leaf& leaf : fields.candidates(key.path_hash)) {
    if (!fields.is_at(leaf, key.path)) continue;
    present = true;
    const FilterValue value(leaf.kind, fields.text(leaf));
    if (std::any_of(key.conditions.begin(), key.conditions.end(),
                    [&value](const FilterCondition& condition) { return condition.matches(value); })) {
      sighting.leaves.push_back(leaf.node);
    }
  }
  sighting.by_absence = !present && key.may_be_absent;
  return sighting;
}

bool FilterPolicy::matches(const FilterFields& fields) const {
  if (wants_everything()) return true;
  std::vector<std::optional<Sighting>> seen(keys_.size());
  for (const Alternative& alternative : alternatives_) {
    std::vector<std::span<const std::uint32_t>> leaves_of_keys;
    const bool satisfied = std::all_of(alternative.begin(), alternative.end(), [&](std::size_t key) {
      if (!seen[key]) seen[key] = look(keys_[key], fields);
      if (!seen[key]->by_absence) leaves_of_keys.push_back(seen[key]->leaves);
      return seen[key]->satisfied();
    });
    if (!satisfied) continue;
    if (leaves_of_keys.size() < 2 || go_together(fields, leaves_of_keys)) return true;
  }
  return false;
}

}  // namespace penstock
