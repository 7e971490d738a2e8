#include "protocol/json_document.h"

#include <utility>

#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace penstock {
namespace {

ApiResponse json_error_document(std::string_view request_id, const WireError& row, std::string_view text) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.member("__type", row.json_type);
  writer.member("message", text);
  writer.end_object();

  ApiResponse response = json_response(request_id, std::move(body));
  response.status = row.status;
  response.headers.emplace_back("x-amzn-query-error", joined({row.query_code, ";", row.fault()}));
  return response;
}

}  // namespace

ApiResponse json_response(std::string_view request_id, std::string body) {
  ApiResponse response;
  response.content_type = "application/x-amz-json-1.0";
  response.headers.emplace_back("x-amzn-RequestId", std::string(request_id));
  response.body = std::move(body);
  return response;
}

ApiResponse json_error(std::string_view request_id, const Error& error) {
  return json_error_document(request_id, wire_error(error.code), json_text(error));
}

ApiResponse json_service_not_offered(std::string_view request_id, std::string_view target) {
  const WireError row{.code = ErrorCode::kInvalidAction,
                      .status = 501,
                      .query_code = "InvalidAction",
                      .json_type = "com.amazon.coral.service#UnknownOperationException",
                      .text = {}};
  return json_error_document(request_id, row,
                             joined({"This build of Penstock offers Amazon SQS (X-Amz-Target: AmazonSQS.*), "
                                     "SNS and STS GetCallerIdentity, "
                                     "and not ",
                                     echoed(target), "."}));
}

}  // namespace penstock
