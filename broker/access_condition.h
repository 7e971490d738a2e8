// AccessCondition: one line of a statement's Condition block: an operator, a key of the request's context,
// and the values that the key is compared with (IAM user guide, "Condition operators").
//
// Rules, with "found" for a context that has the key with at least one value:
// - A plain operator holds if some value of the context matches some value of the policy. If the key is
//   not found it does not hold; ...IfExists does.
// - A negated one (...Not...) holds if no value of the context matches any of the policy; so it does when
//   the key is not found.
// - ForAllValues: each value of the context must hold by itself; holds when the key is not found.
//   ForAnyValue: some value must; does not hold when the key is not found, not even with IfExists.
// - Null asks whether the key is found, and nothing else.
// A value of the context that is not of the operator's type (no number, no date, no address) matches
// nothing. A negated operator with a variable that does not resolve does not hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "broker/access_pattern.h"
#include "broker/access_request.h"
#include "broker/filter_number.h"
#include "broker/ip_network.h"
#include "broker/policy_json.h"

namespace penstock {

class AccessCondition {
 public:
  // Refuses with a reason: an operator that does not exist, or a value that is not of its type.
  static tl::expected<AccessCondition, std::string> parse(std::string_view operation, std::string_view key,
                                                          const PolicyJson& values, PolicyVersion version);

  bool holds(const RequestContext& context) const;

 private:
  enum class Quantifier { kNone, kForAllValues, kForAnyValue };
  enum class Kind {
    kString,
    kStringIgnoringCase,
    kStringLike,
    kNumber,
    kDate,
    kBool,
    kBinary,
    kIp,
    kArn,
    kNull
  };
  enum class Comparison { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  struct Operator {
    std::string_view name;
    Kind kind;
    Comparison comparison = Comparison::kEqual;
    bool negated = false;
  };
  struct Date {
    std::int64_t milliseconds;
  };
  using Value = std::variant<AccessPattern, ArnPattern, FilterNumber, Date, bool, std::string, IpNetwork>;

  static const Operator* find_operator(std::string_view name);
  static tl::expected<Value, std::string> parse_value(const Operator& operation, const PolicyJson& json,
                                                      PolicyVersion version);
  static bool compares(Comparison comparison, std::strong_ordering order);

  bool resolves(const RequestContext& context) const;
  bool matches_one(std::string_view text, const RequestContext& context) const;
  bool matches(const Value& value, std::string_view text, const RequestContext& context) const;

  Quantifier quantifier_ = Quantifier::kNone;
  const Operator* operator_ = nullptr;
  bool if_exists_ = false;
  std::string key_;  // folded
  std::vector<Value> values_;
};

}  // namespace penstock
