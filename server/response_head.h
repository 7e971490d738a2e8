// ResponseHead: the status line and headers of an answer, built by hand into reused memory.
//
// Content-Length is always there and always right; Content-Type, Date and Connection when they apply.
// Header values are ours, but some repeat words of a request: control characters become blanks, so that
// no value can end its line.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "protocol/api_message.h"
#include "server/http_bounds.h"

namespace penstock {

class ResponseHead {
 public:
  enum class Persistence {
    kStays,      // HTTP/1.1, nothing to be said
    kSaysStays,  // HTTP/1.0 that asked for it
    kCloses,
  };

  // The head for the response. `wall` is the wall clock's second, for Date.
  std::string_view build(const ApiResponse& response, Persistence persistence, std::time_t wall);
  // The head built last with this body behind it, in one run of bytes: cheaper to send than two, if the body
  // is short.
  std::string_view with_body(std::string_view body);

 private:
  void append_header(std::string_view name, std::string_view value);

  std::string text_;
  std::string date_;
  std::time_t date_second_ = -1;
};

// The answer to a request that HTTP itself refuses, in the form of AWS's JSON errors. `request_id` is a
// UUID text.
ApiResponse refusal_response(const HttpRefusal& refusal, std::string request_id);

}  // namespace penstock
