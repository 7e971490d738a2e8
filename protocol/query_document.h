// The HTTP responses of AWS Query: the envelope of results and refusals, as XML or, for those who ask for it,
// as JSON of the same shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/api_message.h"
#include "protocol/errors.h"
#include "protocol/result_writer.h"

namespace penstock {

enum class QueryAnswer : std::uint8_t { kXml, kJson };

// Of a void action: metadata and nothing else.
ApiResponse query_void_response(QueryAnswer form, std::string_view action, std::string_view request_id);

namespace query_document {

ApiResponse xml_response(std::string_view action, std::string_view request_id, std::string_view result);
ApiResponse json_response(std::string_view action, std::string_view request_id, std::string_view result);

}  // namespace query_document

template <HasFields Result>
ApiResponse query_response(QueryAnswer form, std::string_view action, std::string_view request_id,
                           const Result& result) {
  std::string text;
  if (form == QueryAnswer::kJson) {
    JsonWriter writer(text);
    write_json_like_xml(result, writer);
    return query_document::json_response(action, request_id, text);
  }
  XmlWriter writer(text);
  write_xml_result(result, writer);
  return query_document::xml_response(action, request_id, text);
}

ApiResponse query_error(QueryAnswer form, std::string_view request_id, const Error& error);

// 404: what AWS says to a request that names no action.
ApiResponse query_unknown_operation(std::string_view request_id);

}  // namespace penstock
