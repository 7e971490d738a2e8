#include <algorithm>
#include <optional>

#include "tests/conformance/speech.h"
#include "tests/conformance/wire_errors.h"

namespace penstock::conformance {
namespace {

constexpr std::string_view kContentType = "application/x-amz-json-1.0";

std::optional<std::string> header_of(const ApiResponse& response, std::string_view wanted) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& header) { return header.first == wanted; });
  if (found == response.headers.end()) return std::nullopt;
  return found->second;
}

bool has_null(const Json& value) {
  if (value.is_null()) return true;
  return value.is_structured() && std::any_of(value.begin(), value.end(), has_null);
}

HeardAnswer complain(HeardAnswer&& answer, std::string complaint, const ApiResponse& response) {
  answer.complaint = std::move(complaint) + ": " + response.body;
  return std::move(answer);
}

HeardAnswer heard_refusal(HeardAnswer&& answer, const ApiResponse& response) {
  const Json document = Json::parse(response.body, nullptr, false);
  if (!document.is_object() || document.size() != 2 || !document.contains("__type") ||
      !document.contains("message") || !document["message"].is_string()) {
    return complain(std::move(answer), "not exactly __type and message", response);
  }
  answer.text = document["message"];
  const std::string code = header_of(response, "x-amzn-query-error").value_or("");
  const std::string fault = response.status < 500 ? ";Sender" : ";Receiver";
  if (!code.ends_with(fault)) return complain(std::move(answer), "x-amzn-query-error is " + code, response);
  answer.code = code.substr(0, code.size() - fault.size());
  const WireErrorForm* form = find_wire_error(answer.code);
  if (form == nullptr || document["__type"] != form->json_type) {
    return complain(std::move(answer), answer.code + " has another __type", response);
  }
  return std::move(answer);
}

}  // namespace

SpokenRequest spoken_in_json(std::string_view action, const Json& members) {
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:4566"},
                      {"Content-Type", std::string(kContentType)},
                      {"X-Amz-Target", "AmazonSQS." + std::string(action)}},
          .body = members.dump()};
}

HeardAnswer heard_in_json(std::string_view action, const ApiResponse& response) {
  HeardAnswer answer{.status = response.status};
  if (response.content_type != kContentType) {
    return complain(std::move(answer), "content type " + std::string(response.content_type), response);
  }
  if (!is_uuid(header_of(response, "x-amzn-RequestId").value_or(""))) {
    return complain(std::move(answer), "no x-amzn-RequestId", response);
  }
  if (response.status != 200) return heard_refusal(std::move(answer), response);
  if (is_void(action)) {
    return response.body.empty() ? answer : complain(std::move(answer), "a void action says", response);
  }
  answer.members = Json::parse(response.body, nullptr, false);
  if (!answer.members.is_object()) return complain(std::move(answer), "no object", response);
  if (has_null(answer.members)) return complain(std::move(answer), "a member is null", response);
  return answer;
}

}  // namespace penstock::conformance
