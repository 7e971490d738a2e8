#include "broker/filter_condition.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "broker/case_folding.h"

namespace penstock {
namespace {

using Kind = FilterFields::Kind;

constexpr std::size_t kWildcardsMax = 3;

tl::unexpected<FilterRefusal> refuse_filter(std::string detail) {
  return tl::unexpected(FilterRefusal{"FilterPolicy: " + std::move(detail)});
}

// What stands at a place of a JSON array, as AWS's parser prints a token.
std::string token(const PolicyJson::Array& array, std::size_t at) {
  if (at >= array.size()) return "]";
  const PolicyJson& json = array[at];
  if (const auto* text = json.as<std::string>()) return *text;
  if (json.as<PolicyJson::Array>() != nullptr) return "[";
  if (json.as<PolicyJson::Object>() != nullptr) return "{";
  return json.text();
}

const std::string* string_at(const PolicyJson::Array& array, std::size_t at) {
  return at < array.size() ? array[at].as<std::string>() : nullptr;
}

const PolicyJson::Number* number_at(const PolicyJson::Array& array, std::size_t at) {
  return at < array.size() ? array[at].as<PolicyJson::Number>() : nullptr;
}

// Operands are bounded, although values of messages are not: AWS's ruler refuses what its own numbers
// can't hold.
tl::expected<FilterNumber, FilterRefusal> parse_operand(const PolicyJson::Number& json) {
  static const FilterNumber kMost = *FilterNumber::parse("5e9");
  static const FilterNumber kLeast = *FilterNumber::parse("-5e9");
  const std::optional<FilterNumber> number = FilterNumber::parse(json.text);
  if (!number || *number < kLeast || *number > kMost) {
    return refuse_filter("Value must be between -5.0E9 and 5.0E9, inclusive");
  }
  return *number;
}

// The object {"equals-ignore-case": TEXT}; null if it is anything else.
const std::string* ignoring_case(const PolicyJson& json) {
  const auto* object = json.as<PolicyJson::Object>();
  if (object == nullptr || object->size() != 1) return nullptr;
  if (object->front().name != "equals-ignore-case") return nullptr;
  return object->front().value.as<std::string>();
}

// Whether FOLDED is what the text begins with (or ends with) once it is folded. Folding keeps sizes.
bool begins_with_folded(std::string_view text, std::string_view folded) {
  return text.size() >= folded.size() && fold_case(text.substr(0, folded.size())) == folded;
}
bool ends_with_folded(std::string_view text, std::string_view folded) {
  return text.size() >= folded.size() && fold_case(text.substr(text.size() - folded.size())) == folded;
}

}  // namespace

FilterValue::FilterValue(Kind kind, std::string_view text) : kind_(kind), text_(text) {
  if (kind == Kind::kNumber) number_ = FilterNumber::parse(text);
}

// ---- parsing

FilterCondition::Parsed FilterCondition::parse(const PolicyJson& json) {
  FilterCondition condition;
  if (const auto* text = json.as<std::string>()) {
    condition.patterns_.emplace_back(*text);
  } else if (const auto* number = json.as<PolicyJson::Number>()) {
    const std::optional<FilterNumber> parsed = FilterNumber::parse(number->text);
    if (!parsed) return refuse_filter("Match value must be String, number, true, false, or null");
    condition.patterns_.emplace_back(*parsed);
  } else if (const auto* flag = json.as<bool>()) {
    condition.patterns_.emplace_back(Keyword{*flag ? Kind::kTrue : Kind::kFalse});
  } else if (json.as<std::monostate>() != nullptr) {
    condition.patterns_.emplace_back(Keyword{Kind::kNull});
  } else if (const auto* expression = json.as<PolicyJson::Object>()) {
    return parse_expression(*expression);
  } else {
    return refuse_filter("Match value must be String, number, true, false, or null");
  }
  return condition;
}

FilterCondition::Parsed FilterCondition::parse_expression(const PolicyJson::Object& expression) {
  if (expression.empty()) return refuse_filter("Match expression name not found");
  const std::string& operation = expression.front().name;
  const PolicyJson& argument = expression.front().value;
  Parsed condition;
  tl::expected<Pattern, FilterRefusal> pattern;
  const char* too_many = "Only one key allowed in match expression";
  if (operation == "prefix") {
    pattern = parse_prefix(argument);
  } else if (operation == "suffix") {
    pattern = parse_suffix(argument);
  } else if (operation == "equals-ignore-case") {
    const auto* text = argument.as<std::string>();
    if (text == nullptr) return refuse_filter("equals-ignore-case match pattern must be a string");
    pattern = EqualsIgnoreCase{fold_case(*text)};
  } else if (operation == "wildcard") {
    pattern = parse_wildcard(argument);
  } else if (operation == "cidr") {
    pattern = parse_cidr(argument);
  } else if (operation == "exists") {
    const auto* wanted = argument.as<bool>();
    if (wanted == nullptr) return refuse_filter("exists match pattern must be either true or false.");
    pattern = Exists{*wanted};
  } else if (operation == "numeric") {
    pattern = parse_numeric(argument);
    too_many = "Too many elements in numeric expression";
  } else if (operation == "anything-but") {
    condition = parse_anything_but(argument);
    too_many = "Too many elements in numeric expression";
  } else {
    return refuse_filter("Unrecognized match type " + operation);
  }
  if (!pattern) return tl::unexpected(pattern.error());
  if (!condition) return condition;
  if (expression.size() > 1) return refuse_filter(too_many);
  if (operation != "anything-but") condition->patterns_.push_back(std::move(*pattern));
  return condition;
}

tl::expected<FilterCondition::Pattern, FilterRefusal> FilterCondition::parse_prefix(
    const PolicyJson& argument) {
  if (const auto* text = argument.as<std::string>()) return Prefix{*text};
  if (const auto* text = ignoring_case(argument)) return Prefix{fold_case(*text), true};
  return refuse_filter("prefix match pattern must be a string");
}

tl::expected<FilterCondition::Pattern, FilterRefusal> FilterCondition::parse_suffix(
    const PolicyJson& argument) {
  if (const auto* text = argument.as<std::string>()) return Suffix{*text};
  if (const auto* text = ignoring_case(argument)) return Suffix{fold_case(*text), true};
  return refuse_filter("suffix match pattern must be a string");
}

tl::expected<FilterCondition::Pattern, FilterRefusal> FilterCondition::parse_wildcard(
    const PolicyJson& argument) {
  const auto* text = argument.as<std::string>();
  if (text == nullptr) return refuse_filter("wildcard match pattern must be a string");
  Wildcard wildcard;
  // Positions count from 1: AWS's parser sees the quote at 0.
  for (std::size_t at = 0; at < text->size(); ++at) {
    const char c = (*text)[at];
    if (c == '\\') {
      const char escaped = at + 1 < text->size() ? (*text)[at + 1] : '\0';
      if (escaped != '*' && escaped != '\\') {
        return refuse_filter("Invalid escape character at pos " + std::to_string(at + 1));
      }
      wildcard.glob.add_text(std::string_view(&escaped, 1));
      ++at;
    } else if (c == '*') {
      if (at + 1 < text->size() && (*text)[at + 1] == '*') {
        return refuse_filter("Consecutive wildcard characters at pos " + std::to_string(at + 1));
      }
      wildcard.glob.add_any_run();
      ++wildcard.stars;
    } else {
      wildcard.glob.add_text(std::string_view(&c, 1));
    }
  }
  if (wildcard.stars > kWildcardsMax) return refuse_filter("Filter policy is too complex");
  return wildcard;
}

tl::expected<FilterCondition::Pattern, FilterRefusal> FilterCondition::parse_cidr(
    const PolicyJson& argument) {
  const auto* text = argument.as<std::string>();
  if (text == nullptr) return refuse_filter("prefix match pattern must be a string");
  const std::size_t slash = text->find('/');
  if (slash == std::string::npos || slash + 1 == text->size() ||
      text->find('/', slash + 1) != std::string::npos) {
    return refuse_filter("Malformed CIDR, one '/' required");
  }
  std::int32_t bits = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data() + slash + 1, end, bits);
  if (error != std::errc() || stop != end) {
    return refuse_filter("Malformed CIDR, mask bits must be an integer");
  }
  if (bits < 0) return refuse_filter("Malformed CIDR, mask bits must not be negative");
  const std::string_view address = std::string_view(*text).substr(0, slash);
  const std::optional<IpAddress> base = IpAddress::parse(address);
  if (!base) return refuse_filter("Nonstandard IP address: " + std::string(address));
  const bool v4 = base->family == IpAddress::Family::kV4;
  if (bits >= static_cast<std::int32_t>(base->bits())) {
    return refuse_filter(v4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128");
  }
  return IpNetwork{*base, static_cast<unsigned>(bits)};
}

tl::expected<FilterCondition::Pattern, FilterRefusal> FilterCondition::parse_numeric(
    const PolicyJson& argument) {
  const auto* items = argument.as<PolicyJson::Array>();
  if (items == nullptr) return refuse_filter("Value of numeric must be an array.");
  const std::string* operation = string_at(*items, 0);
  if (operation == nullptr) return refuse_filter("Invalid member in numeric match: " + token(*items, 0));
  const bool equal = *operation == "=";
  const bool from_below = *operation == ">" || *operation == ">=";
  const bool from_above = *operation == "<" || *operation == "<=";
  if (!equal && !from_below && !from_above) {
    return refuse_filter("Unrecognized numeric range operator: " + *operation);
  }
  const auto* operand = number_at(*items, 1);
  if (operand == nullptr) {
    return refuse_filter("Value of " + (equal ? "equals" : *operation) + " must be numeric");
  }
  if (items->size() > 2 && !from_below) return refuse_filter("Too many elements in numeric expression");
  const auto first = parse_operand(*operand);
  if (!first) return tl::unexpected(first.error());
  if (equal) return Range{Bound{*first}, Bound{*first}};
  const Bound bound{*first, operation->size() == 1};
  if (from_above) return Range{std::nullopt, bound};
  if (items->size() == 2) return Range{bound, std::nullopt};

  const std::string* top_operation = string_at(*items, 2);
  if (top_operation == nullptr) return refuse_filter("Bad value in numeric range: " + token(*items, 2));
  if (*top_operation != "<" && *top_operation != "<=") {
    return refuse_filter("Bad numeric range operator: " + *top_operation);
  }
  const auto* top_operand = number_at(*items, 3);
  if (top_operand == nullptr) return refuse_filter("Value of " + *top_operation + " must be numeric");
  if (items->size() > 4) return refuse_filter("Too many terms in numeric range expression");
  const auto top = parse_operand(*top_operand);
  if (!top) return tl::unexpected(top.error());
  if (*first >= *top) return refuse_filter("Bottom must be less than top");
  return Range{bound, Bound{*top, top_operation->size() == 1}};
}

FilterCondition::Parsed FilterCondition::parse_anything_but(const PolicyJson& argument) {
  FilterCondition condition;
  condition.anything_but_ = true;
  if (const auto* text = argument.as<std::string>()) {
    condition.patterns_.emplace_back(*text);
    return condition;
  }
  if (const auto* number = argument.as<PolicyJson::Number>()) {
    const auto operand = parse_operand(*number);
    if (!operand) return tl::unexpected(operand.error());
    condition.patterns_.emplace_back(*operand);
    return condition;
  }
  if (const auto* object = argument.as<PolicyJson::Object>()) {
    if (object->empty()) return refuse_filter("Anything-But expression name not found");
    const auto& [operation, inner] = object->front();
    if (operation != "prefix" && operation != "suffix" && operation != "wildcard") {
      return refuse_filter("Unsupported anything-but pattern: " + operation);
    }
    const auto* text = inner.as<std::string>();
    if (text == nullptr) return refuse_filter(operation + " match pattern must be a string");
    if (text->empty()) return refuse_filter("Null prefix/suffix not allowed");
    auto pattern = operation == "prefix"   ? parse_prefix(inner)
                   : operation == "suffix" ? parse_suffix(inner)
                                           : parse_wildcard(inner);
    if (!pattern) return tl::unexpected(pattern.error());
    if (object->size() > 1) return refuse_filter("Only one key allowed in match expression");
    condition.patterns_.push_back(std::move(*pattern));
    return condition;
  }
  const auto* list = argument.as<PolicyJson::Array>();
  if (list == nullptr) {
    return refuse_filter("Value of anything-but must be an array or single string/number value.");
  }
  std::size_t strings = 0;
  for (const PolicyJson& item : *list) {
    if (const auto* text = item.as<std::string>()) {
      condition.patterns_.emplace_back(*text);
      ++strings;
    } else if (const auto* number = item.as<PolicyJson::Number>()) {
      const auto operand = parse_operand(*number);
      if (!operand) return tl::unexpected(operand.error());
      condition.patterns_.emplace_back(*operand);
    } else {
      return refuse_filter("Inside anything but list, start|null|boolean is not supported.");
    }
  }
  if (list->empty() || (strings != 0 && strings != list->size())) {
    return refuse_filter(
        "Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  return condition;
}

// ---- matching

bool FilterCondition::wants_absence() const {
  if (anything_but_) return false;
  const auto* exists = std::get_if<Exists>(&patterns_.front());
  return exists != nullptr && !exists->wanted;
}

bool FilterCondition::matches(const FilterValue& value) const {
  if (value.kind() == Kind::kUnreadable) return false;
  if (!anything_but_) return matches(patterns_.front(), value);
  return value.kind() != Kind::kOpaque &&
         std::none_of(patterns_.begin(), patterns_.end(),
                      [&value](const Pattern& pattern) { return matches(pattern, value); });
}

bool FilterCondition::matches(const Pattern& pattern, const FilterValue& value) {
  if (const auto* exists = std::get_if<Exists>(&pattern)) return exists->wanted;
  if (const auto* keyword = std::get_if<Keyword>(&pattern)) return keyword->kind == value.kind();
  if (const auto* number = std::get_if<FilterNumber>(&pattern)) return value.number() == *number;
  if (const auto* range = std::get_if<Range>(&pattern)) {
    if (!value.number()) return false;
    const auto below =
        range->bottom ? *value.number() <=> range->bottom->number : std::strong_ordering::greater;
    const auto above = range->top ? *value.number() <=> range->top->number : std::strong_ordering::less;
    return (below > 0 || (below == 0 && !range->bottom->open)) &&
           (above < 0 || (above == 0 && !range->top->open));
  }
  if (!value.is_string()) return false;
  const std::string_view text = value.text();
  if (const auto* literal = std::get_if<std::string>(&pattern)) return text == *literal;
  if (const auto* prefix = std::get_if<Prefix>(&pattern)) {
    return prefix->ignore_case ? begins_with_folded(text, prefix->text) : text.starts_with(prefix->text);
  }
  if (const auto* suffix = std::get_if<Suffix>(&pattern)) {
    return suffix->ignore_case ? ends_with_folded(text, suffix->text) : text.ends_with(suffix->text);
  }
  if (const auto* equal = std::get_if<EqualsIgnoreCase>(&pattern)) {
    return text.size() == equal->text.size() && begins_with_folded(text, equal->text);
  }
  if (const auto* wildcard = std::get_if<Wildcard>(&pattern)) return wildcard->glob.matches(text);
  const std::optional<IpAddress> address = IpAddress::parse(text);
  return address && std::get<IpNetwork>(pattern).contains(*address);
}

std::size_t FilterCondition::wildcard_points() const {
  const auto* wildcard = std::get_if<Wildcard>(&patterns_.front());
  if (wildcard == nullptr || wildcard->stars == 0) return 0;
  if (anything_but_) return 1;
  return wildcard->stars == 1 ? 1 : 3;
}

}  // namespace penstock
