// The next answer out of what a client has received, whatever its bytes came by.
#pragma once

#include <string>

#include "tests/server/http_client.h"

namespace penstock {

// Takes the answer out of `received`, for which `read_more` fetches further bytes; as far as it came, once there are
// none. `head_only`: without a body, whatever its length says.
template <class ReadMore>
HttpAnswer take_answer(std::string& received, bool head_only, const ReadMore& read_more) {
  HttpAnswer answer;
  std::size_t end = 0;
  while ((end = received.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return answer;
  }
  answer.head = received.substr(0, end + 4);
  received.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  const std::string length = answer.header("Content-Length");
  const std::size_t size = head_only || length.empty() ? 0 : std::stoul(length);
  while (received.size() < size) {
    if (!read_more()) return answer;
  }
  answer.body = received.substr(0, size);
  received.erase(0, size);
  return answer;
}

}  // namespace penstock
