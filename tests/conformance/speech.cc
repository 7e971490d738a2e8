#include "tests/conformance/speech.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "tests/conformance/wire_errors.h"

namespace penstock::conformance {

ApiRequest SpokenRequest::view() const {
  ApiRequest request{.method = method, .target = target, .headers = {}, .body = body};
  for (const auto& [name, value] : headers) request.headers.emplace_back(name, value);
  return request;
}

bool is_void(std::string_view action) {
  constexpr std::array<std::string_view, 9> kVoid{
      "AddPermission",    "ChangeMessageVisibility", "DeleteMessage", "DeleteQueue", "PurgeQueue",
      "RemovePermission", "SetQueueAttributes",      "TagQueue",      "UntagQueue"};
  return std::find(kVoid.begin(), kVoid.end(), action) != kVoid.end();
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           return form == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

SpokenRequest spoken(Protocol protocol, std::string_view action, const Json& members) {
  return protocol == Protocol::kJson ? spoken_in_json(action, members) : spoken_in_query(action, members);
}

HeardAnswer heard(Protocol protocol, std::string_view action, const ApiResponse& response) {
  HeardAnswer answer =
      protocol == Protocol::kJson ? heard_in_json(action, response) : heard_in_query(action, response);
  if (!answer.complaint.empty() || answer.code.empty()) return answer;
  const WireErrorForm* form = find_wire_error(answer.code);
  if (form == nullptr) {
    answer.complaint = "AWS has no error " + answer.code;
  } else if (form->status != answer.status) {
    answer.complaint = answer.code + " has status " + std::to_string(answer.status);
  }
  return answer;
}

}  // namespace penstock::conformance
