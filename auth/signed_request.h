// SignedRequest: an HTTP request as its signature sees it, without any HTTP library. It looks at bytes that
// the session owns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace penstock {

struct SignedRequest {
  using Header = std::pair<std::string_view, std::string_view>;

  std::string_view method;  // as sent
  std::string_view target;  // as sent: path and query, percent-encoded
  std::span<const Header> headers;
  std::string_view body;  // all of it, without any transfer coding

  std::string_view path() const { return target.substr(0, target.find('?')); }
  // What stands behind the first '?'.
  std::string_view query() const {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  }
};

// Names of headers and regions are ASCII; nothing here asks the locale.
constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Whether the header's name is that one, which is in lower case.
constexpr bool is_named(std::string_view header_name, std::string_view lower_case) {
  return header_name.size() == lower_case.size() &&
         std::equal(header_name.begin(), header_name.end(), lower_case.begin(),
                    [](char c, char lower) { return lower_ascii(c) == lower; });
}

}  // namespace penstock
