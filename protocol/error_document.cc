#include "protocol/error_document.h"

#include <utility>

#include "protocol/json_writer.h"
#include "protocol/text.h"
#include "protocol/utf8.h"

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

// Text for an XML element. Characters that XML cannot carry are left out.
std::string xml_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const Utf8Character character = utf8_character(text);
    const std::uint32_t code_point = character.code_point;
    if (code_point == '&') {
      escaped += "&amp;";
    } else if (code_point == '<') {
      escaped += "&lt;";
    } else if (code_point == '>') {
      escaped += "&gt;";
    } else if (code_point == '"') {
      escaped += "&quot;";
    } else if (code_point == '\r') {
      escaped += "&#xD;";
    } else if (character.valid() && (code_point >= 0x20 || code_point == '\n' || code_point == '\t') &&
               code_point != 0xfffe && code_point != 0xffff) {
      escaped += text.substr(0, character.size);
    }
    text.remove_prefix(character.size);
  }
  return escaped;
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
  return json_error_document(
      request_id, row,
      joined({"This build of Penstock offers Amazon SQS (X-Amz-Target: AmazonSQS.*) and not ", echoed(target),
              "."}));
}

ApiResponse query_error(std::string_view request_id, const Error& error) {
  const WireError& row = wire_error(error.code);
  ApiResponse response;
  response.status = row.status;
  response.content_type = "text/xml";
  response.headers.emplace_back("x-amzn-RequestId", std::string(request_id));
  response.body = joined(
      {"<?xml version=\"1.0\"?>"
       "<ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>",
       row.fault(), "</Type><Code>", row.query_code, "</Code><Message>", xml_escaped(query_text(error)),
       "</Message><Detail/></Error><RequestId>", xml_escaped(request_id), "</RequestId></ErrorResponse>"});
  return response;
}

}  // namespace penstock
