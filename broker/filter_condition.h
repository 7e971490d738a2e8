// FilterCondition: one condition of a filter policy, and whether a single value satisfies it.
//
// Grammar and texts of refusals follow AWS (Amazon SNS developer guide, "Filter policy constraints" and
// "String value matching"; the operators are those of its event ruler). A string never equals a number,
// `prefix` and its kin look at strings only, `numeric` at numbers only, and `anything-but` at whatever is
// there. Networks of `cidr` are whole: 10.0.0.7/24 begins at 10.0.0.0.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "broker/filter_fields.h"
#include "broker/filter_number.h"
#include "broker/glob.h"
#include "broker/ip_network.h"
#include "broker/policy_json.h"

namespace penstock {

// Why a policy is refused, in AWS's words. What goes before it ("Invalid parameter: ") is the caller's.
struct FilterRefusal {
  std::string detail;
};

// A value of a message, read once for all conditions that look at it.
class FilterValue {
 public:
  FilterValue(FilterFields::Kind kind, std::string_view text);

  FilterFields::Kind kind() const { return kind_; }
  bool is_string() const { return kind_ == FilterFields::Kind::kString; }
  std::string_view text() const { return text_; }
  const std::optional<FilterNumber>& number() const { return number_; }  // of a number, and only of one

 private:
  FilterFields::Kind kind_;
  std::string_view text_;
  std::optional<FilterNumber> number_;
};

class FilterCondition {
 public:
  // One element of the array that a key has.
  static tl::expected<FilterCondition, FilterRefusal> parse(const PolicyJson& json);

  // Holds for an absent key, and for no value.
  bool wants_absence() const;
  bool matches(const FilterValue& value) const;

  // What the pattern adds to the complexity of its key's wildcards; 0: it has none.
  std::size_t wildcard_points() const;

 private:
  struct Keyword {
    FilterFields::Kind kind;
  };
  struct Prefix {
    std::string text;
    bool ignore_case = false;  // the text is folded
  };
  struct Suffix {
    std::string text;
    bool ignore_case = false;  // the text is folded
  };
  struct EqualsIgnoreCase {
    std::string text;  // folded
  };
  struct Wildcard {
    Glob glob;
    std::size_t stars = 0;
  };
  struct Bound {
    FilterNumber number;
    bool open = false;
  };
  struct Range {
    std::optional<Bound> bottom;
    std::optional<Bound> top;
  };
  struct Exists {
    bool wanted = true;
  };
  using Pattern = std::variant<Keyword, std::string, FilterNumber, Prefix, Suffix, EqualsIgnoreCase, Wildcard,
                               Range, Exists, IpNetwork>;
  using Parsed = tl::expected<FilterCondition, FilterRefusal>;

  static Parsed parse_expression(const PolicyJson::Object& expression);
  static tl::expected<Pattern, FilterRefusal> parse_prefix(const PolicyJson& argument);
  static tl::expected<Pattern, FilterRefusal> parse_suffix(const PolicyJson& argument);
  static tl::expected<Pattern, FilterRefusal> parse_wildcard(const PolicyJson& argument);
  static tl::expected<Pattern, FilterRefusal> parse_cidr(const PolicyJson& argument);
  static tl::expected<Pattern, FilterRefusal> parse_numeric(const PolicyJson& argument);
  static Parsed parse_anything_but(const PolicyJson& argument);
  static bool matches(const Pattern& pattern, const FilterValue& value);

  // anything_but_: satisfied by what satisfies none of the patterns; otherwise there is one pattern.
  std::vector<Pattern> patterns_;
  bool anything_but_ = false;
};

}  // namespace penstock
