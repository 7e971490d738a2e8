// ApiRequest and ApiResponse: one HTTP exchange as the protocols see it, without any HTTP library.
//
// A request only looks at bytes that the session owns; they outlive `plan` and nothing more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

struct ApiRequest {
  std::string_view method;  // "GET", "POST", ...
  std::string_view target;  // as sent: path and query, percent-encoded
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // in order, names as sent
  std::string_view body;
  std::string_view peer;  // the client's address, without a port; empty: not known
  bool secure = false;    // it came over TLS

  // The first header of that name (lower case), compared without case.
  std::optional<std::string_view> header(std::string_view lower_case_name) const;
};

struct ApiResponse {
  int status = 200;
  // Types and names are literals: each answer has some, and none needs memory for them.
  std::string_view content_type;                                  // empty: no such header
  std::vector<std::pair<std::string_view, std::string>> headers;  // beyond Content-Type and Content-Length
  std::string body;
  // Nothing of it is sent: the connection is closed instead (a fault that was asked for).
  bool drops_connection = false;
};

}  // namespace penstock
