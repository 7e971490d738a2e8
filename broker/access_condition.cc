#include "broker/access_condition.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "broker/case_folding.h"
#include "broker/policy_date.h"

namespace penstock {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<bool> parse_bool(std::string_view text) {
  const std::string folded = fold_ascii_case(text);
  if (folded == "true") return true;
  if (folded == "false") return false;
  return std::nullopt;
}

}  // namespace

const AccessCondition::Operator* AccessCondition::find_operator(std::string_view name) {
  using enum Kind;
  using enum Comparison;
  constexpr bool kNegated = true;
  static constexpr std::array kOperators{
      Operator{"StringEquals", kString},
      Operator{"StringNotEquals", kString, kEqual, kNegated},
      Operator{"StringEqualsIgnoreCase", kStringIgnoringCase},
      Operator{"StringNotEqualsIgnoreCase", kStringIgnoringCase, kEqual, kNegated},
      Operator{"StringLike", kStringLike},
      Operator{"StringNotLike", kStringLike, kEqual, kNegated},
      Operator{"NumericEquals", kNumber},
      Operator{"NumericNotEquals", kNumber, kEqual, kNegated},
      Operator{"NumericLessThan", kNumber, kLess},
      Operator{"NumericLessThanEquals", kNumber, kLessOrEqual},
      Operator{"NumericGreaterThan", kNumber, kGreater},
      Operator{"NumericGreaterThanEquals", kNumber, kGreaterOrEqual},
      Operator{"DateEquals", kDate},
      Operator{"DateNotEquals", kDate, kEqual, kNegated},
      Operator{"DateLessThan", kDate, kLess},
      Operator{"DateLessThanEquals", kDate, kLessOrEqual},
      Operator{"DateGreaterThan", kDate, kGreater},
      Operator{"DateGreaterThanEquals", kDate, kGreaterOrEqual},
      Operator{"Bool", kBool},
      Operator{"BinaryEquals", kBinary},
      Operator{"IpAddress", kIp},
      Operator{"NotIpAddress", kIp, kEqual, kNegated},
      Operator{"ArnEquals", kArn},
      Operator{"ArnLike", kArn},
      Operator{"ArnNotEquals", kArn, kEqual, kNegated},
      Operator{"ArnNotLike", kArn, kEqual, kNegated},
      Operator{"Null", kNull},
  };
  const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                  [name](const Operator& operation) { return operation.name == name; });
  return found == kOperators.end() ? nullptr : &*found;
}

tl::expected<AccessCondition, std::string> AccessCondition::parse(std::string_view operation,
                                                                  std::string_view key,
                                                                  const PolicyJson& values,
                                                                  PolicyVersion version) {
  AccessCondition condition;
  std::string_view name = operation;
  if (take_prefix(name, "ForAllValues:")) {
    condition.quantifier_ = Quantifier::kForAllValues;
  } else if (take_prefix(name, "ForAnyValue:")) {
    condition.quantifier_ = Quantifier::kForAnyValue;
  }
  constexpr std::string_view kIfExists = "IfExists";
  if (name.ends_with(kIfExists)) {
    name.remove_suffix(kIfExists.size());
    condition.if_exists_ = true;
  }
  condition.operator_ = find_operator(name);
  if (condition.operator_ == nullptr || (condition.operator_->kind == Kind::kNull && condition.if_exists_)) {
    return tl::unexpected("Invalid Condition type : " + std::string(operation));
  }
  if (key.empty()) return tl::unexpected(std::string("A condition key is empty"));
  condition.key_ = fold_ascii_case(key);

  const auto add = [&](const PolicyJson& json) -> tl::expected<void, std::string> {
    tl::expected<Value, std::string> value = parse_value(*condition.operator_, json, version);
    if (!value) return tl::unexpected(std::move(value.error()));
    condition.values_.push_back(std::move(*value));
    return {};
  };
  if (const auto* list = values.as<PolicyJson::Array>()) {
    if (list->empty()) return tl::unexpected("No values for condition key " + std::string(key));
    for (const PolicyJson& json : *list) {
      if (auto done = add(json); !done) return tl::unexpected(std::move(done.error()));
    }
  } else if (auto done = add(values); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return condition;
}

tl::expected<AccessCondition::Value, std::string> AccessCondition::parse_value(const Operator& operation,
                                                                               const PolicyJson& json,
                                                                               PolicyVersion version) {
  std::string text;
  if (const auto* string = json.as<std::string>()) {
    text = *string;
  } else if (json.as<bool>() != nullptr || json.as<PolicyJson::Number>() != nullptr) {
    text = json.text();
  } else {
    return tl::unexpected("A value of " + std::string(operation.name) + " is no text");
  }
  const auto refuse_value = [&] {
    return tl::unexpected("A value of " + std::string(operation.name) + " is not of its type");
  };
  switch (operation.kind) {
    case Kind::kString:
      return AccessPattern(text, version, AccessPattern::Wildcards::kNone, AccessPattern::Case::kCounts);
    case Kind::kStringIgnoringCase:
      return AccessPattern(text, version, AccessPattern::Wildcards::kNone, AccessPattern::Case::kIgnored);
    case Kind::kStringLike:
      return AccessPattern(text, version, AccessPattern::Wildcards::kStarAndQuestionMark,
                           AccessPattern::Case::kCounts);
    case Kind::kArn:
      if (auto pattern = ArnPattern::parse(text, version)) return std::move(*pattern);
      return refuse_value();
    case Kind::kNumber:
      if (const auto number = FilterNumber::parse(text)) return *number;
      return refuse_value();
    case Kind::kDate:
      if (const auto date = parse_policy_date(text)) return Date{*date};
      return refuse_value();
    case Kind::kBool:
    case Kind::kNull:
      if (const auto flag = parse_bool(text)) return *flag;
      return refuse_value();
    case Kind::kBinary:
      if (auto bytes = base64_decode(text)) return std::move(*bytes);
      return refuse_value();
    case Kind::kIp:
      if (const auto network = IpNetwork::parse(text)) return *network;
      return refuse_value();
  }
  return refuse_value();
}

bool AccessCondition::compares(Comparison comparison, std::strong_ordering order) {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessOrEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterOrEqual:
      return order >= 0;
  }
  return false;
}

bool AccessCondition::matches(const Value& value, std::string_view text,
                              const RequestContext& context) const {
  if (const auto* pattern = std::get_if<AccessPattern>(&value)) return pattern->matches(text, context);
  if (const auto* pattern = std::get_if<ArnPattern>(&value)) return pattern->matches(text, context);
  if (const auto* number = std::get_if<FilterNumber>(&value)) {
    const auto given = FilterNumber::parse(text);
    return given && compares(operator_->comparison, *given <=> *number);
  }
  if (const auto* date = std::get_if<Date>(&value)) {
    const auto given = parse_policy_date(text);
    return given && compares(operator_->comparison, *given <=> date->milliseconds);
  }
  if (const auto* flag = std::get_if<bool>(&value)) return parse_bool(text) == *flag;
  if (const auto* bytes = std::get_if<std::string>(&value)) return base64_decode(text) == *bytes;
  const auto address = IpAddress::parse(text);
  return address && std::get<IpNetwork>(value).contains(*address);
}

bool AccessCondition::resolves(const RequestContext& context) const {
  return std::all_of(values_.begin(), values_.end(), [&context](const Value& value) {
    if (const auto* pattern = std::get_if<AccessPattern>(&value)) return pattern->resolves(context);
    if (const auto* pattern = std::get_if<ArnPattern>(&value)) return pattern->resolves(context);
    return true;
  });
}

bool AccessCondition::matches_one(std::string_view text, const RequestContext& context) const {
  return std::any_of(values_.begin(), values_.end(),
                     [&](const Value& value) { return matches(value, text, context); });
}

bool AccessCondition::holds(const RequestContext& context) const {
  const std::span<const std::string> given = context.values(key_);
  if (operator_->kind == Kind::kNull) {
    return std::any_of(values_.begin(), values_.end(),
                       [&given](const Value& absent) { return std::get<bool>(absent) == given.empty(); });
  }
  if (operator_->negated && !resolves(context)) return false;
  const auto one_holds = [&](const std::string& text) {
    return matches_one(text, context) != operator_->negated;
  };
  switch (quantifier_) {
    case Quantifier::kForAllValues:
      return std::all_of(given.begin(), given.end(), one_holds);
    case Quantifier::kForAnyValue:
      return std::any_of(given.begin(), given.end(), one_holds);
    case Quantifier::kNone:
      break;
  }
  if (given.empty()) return operator_->negated || if_exists_;
  return operator_->negated ? std::all_of(given.begin(), given.end(), one_holds)
                            : std::any_of(given.begin(), given.end(), one_holds);
}

}  // namespace penstock
