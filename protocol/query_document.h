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

// What the documents of two services differ in.
struct QueryDialect {
  std::string_view name_space;
  bool declared = false;        // the document begins with an XML declaration
  bool has_detail = false;      // an error has an empty <Detail/>
  std::string_view drops = {};          // what error codes of this service lack at their head
  std::string_view access_denied = {};  // its word for that, if it has one of its own
};
inline constexpr QueryDialect kSqsDialect{"http://queue.amazonaws.com/doc/2012-11-05/", true, true, {}};
inline constexpr QueryDialect kSnsDialect{"http://sns.amazonaws.com/doc/2010-03-31/", false, false,
                                          "AWS.SimpleQueueService.", "AuthorizationError"};
inline constexpr QueryDialect kStsDialect{"https://sts.amazonaws.com/doc/2011-06-15/", false, false, {}};

// An error's code as the service has it.
std::string_view code_in(const QueryDialect& dialect, ErrorCode code);

// Of a void action: metadata and nothing else.
ApiResponse query_void_response(QueryAnswer form, std::string_view action, std::string_view request_id,
                                const QueryDialect& dialect = kSqsDialect);

// Of an action that says nothing but has a result, an empty one.
ApiResponse query_empty_response(QueryAnswer form, std::string_view action, std::string_view request_id,
                                 const QueryDialect& dialect);

namespace query_document {

ApiResponse xml_response(std::string_view action, std::string_view request_id, std::string_view result,
                         const QueryDialect& dialect);
ApiResponse json_response(std::string_view action, std::string_view request_id, std::string_view result);

}  // namespace query_document

template <HasFields Result>
ApiResponse query_response(QueryAnswer form, std::string_view action, std::string_view request_id,
                           const Result& result, const QueryDialect& dialect = kSqsDialect) {
  std::string text;
  if (form == QueryAnswer::kJson) {
    JsonWriter writer(text);
    write_json_like_xml(result, writer);
    return query_document::json_response(action, request_id, text);
  }
  XmlWriter writer(text);
  write_xml_result(result, writer);
  return query_document::xml_response(action, request_id, text, dialect);
}

ApiResponse query_error(QueryAnswer form, std::string_view request_id, const Error& error,
                        const QueryDialect& dialect = kSqsDialect);

// 404: what AWS says to a request that names no action.
ApiResponse query_unknown_operation(std::string_view request_id);

// 501: the request is signed for a service that this build has not. Whoever reads errors in XML reads it.
ApiResponse query_service_not_offered(std::string_view request_id, std::string_view service);

}  // namespace penstock
