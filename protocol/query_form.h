// QueryForm: the parameters of an AWS Query request, decoded and in order.
//
// application/x-www-form-urlencoded, strictly: '+' is a blank, '%' is followed by two hexadecimal digits,
// and names and values are UTF-8. Of several parameters with the same name the last one counts, as of
// members in AWS JSON. Bounded: at most kParametersMax of them, so that a small body never grows into a
// large form.
//
// Lists and structures are spelled with dots: Name.1.Member. A list's elements are found by their numbers,
// which may have gaps and come in any order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace penstock {

class QueryForm {
 public:
  static constexpr std::size_t kParametersMax = 16'384;

  // Of the query of a URL and of a body, one after the other. The refusal is kMalformedInput.
  static Result<QueryForm> parse(std::string_view query, std::string_view body);

  // The value of that name; null if there is none.
  const std::string* find(std::string_view name) const;
  // Whether there is a parameter of that name, or one that begins with it and a dot.
  bool has(std::string_view name) const;
  // Every parameter, ascending by name.
  template <class Visit>
  void each(const Visit& visit) const {
    for (const Parameter& parameter : parameters_) visit(parameter.first, parameter.second);
  }
  // The numbers N of all "{name}.N" and "{name}.N. ...", ascending. What stands there and is no number of at
  // most nine digits is passed over.
  std::vector<std::uint32_t> elements(std::string_view name) const;

 private:
  using Parameter = std::pair<std::string, std::string>;

  std::vector<Parameter>::const_iterator first_from(std::string_view name) const;

  std::vector<Parameter> parameters_;  // ascending by name, each name once
};

}  // namespace penstock
