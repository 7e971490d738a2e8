#include "protocol/query_document.h"

#include <utility>

#include "protocol/json_writer.h"
#include "protocol/text.h"
#include "protocol/xml_writer.h"

namespace penstock {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\"?>";

ApiResponse response(std::string_view content_type, std::string_view request_id, std::string&& body) {
  ApiResponse made;
  made.content_type = content_type;
  made.headers.emplace_back("x-amzn-RequestId", std::string(request_id));
  made.body = std::move(body);
  return made;
}

ApiResponse xml_document(std::string_view action, std::string_view request_id, std::string_view inside,
                         const QueryDialect& dialect) {
  const std::string root = joined({action, "Response"});
  std::string body(dialect.declared ? kDeclaration : std::string_view{});
  body.reserve(body.size() + inside.size() + 256);
  XmlWriter writer(body);
  writer.open(root, dialect.name_space);
  body.append(inside);
  writer.open("ResponseMetadata");
  writer.element("RequestId", request_id);
  writer.close("ResponseMetadata");
  writer.close(root);
  return response("text/xml", request_id, std::move(body));
}

// `result` is JSON already; empty: there is none.
ApiResponse json_document(std::string_view action, std::string_view request_id, std::string_view result) {
  std::string metadata;
  JsonWriter writer(metadata);
  writer.begin_object();
  writer.member("RequestId", request_id);
  writer.end_object();
  std::string body = joined({"{\"", action, "Response\":{"});
  if (!result.empty()) body += joined({"\"", action, "Result\":", result, ","});
  body += joined({"\"ResponseMetadata\":", metadata, "}}"});
  return response("application/json", request_id, std::move(body));
}

}  // namespace

namespace query_document {

ApiResponse xml_response(std::string_view action, std::string_view request_id, std::string_view result,
                         const QueryDialect& dialect) {
  const std::string name = joined({action, "Result"});
  std::string inside;
  inside.reserve(result.size() + 2 * name.size() + 5);
  XmlWriter writer(inside);
  if (result.empty()) {
    writer.empty(name);
  } else {
    writer.open(name);
    inside.append(result);
    writer.close(name);
  }
  return xml_document(action, request_id, inside, dialect);
}

ApiResponse json_response(std::string_view action, std::string_view request_id, std::string_view result) {
  return json_document(action, request_id, result);
}

}  // namespace query_document

ApiResponse query_void_response(QueryAnswer form, std::string_view action, std::string_view request_id,
                                const QueryDialect& dialect) {
  return form == QueryAnswer::kJson ? json_document(action, request_id, {})
                                    : xml_document(action, request_id, {}, dialect);
}

ApiResponse query_empty_response(QueryAnswer form, std::string_view action, std::string_view request_id,
                                 const QueryDialect& dialect) {
  return form == QueryAnswer::kJson ? json_document(action, request_id, "{}")
                                    : query_document::xml_response(action, request_id, {}, dialect);
}

std::string_view code_in(const QueryDialect& dialect, ErrorCode code) {
  if (code == ErrorCode::kAccessDenied && !dialect.access_denied.empty()) return dialect.access_denied;
  std::string_view name = wire_error(code).query_code;
  if (name.starts_with(dialect.drops)) name.remove_prefix(dialect.drops.size());
  return name;
}

ApiResponse query_error(QueryAnswer form, std::string_view request_id, const Error& error,
                        const QueryDialect& dialect) {
  const WireError& row = wire_error(error.code);
  std::string body;
  if (form == QueryAnswer::kJson) {
    JsonWriter writer(body);
    writer.begin_object();
    writer.key("Error");
    writer.begin_object();
    writer.member("Code", code_in(dialect, error.code));
    writer.member("Message", query_text(error));
    writer.member("Type", row.fault());
    writer.end_object();
    writer.member("RequestId", request_id);
    writer.end_object();
  } else {
    if (dialect.declared) body = kDeclaration;
    XmlWriter writer(body);
    writer.open("ErrorResponse", dialect.name_space);
    writer.open("Error");
    writer.element("Type", row.fault());
    writer.element("Code", code_in(dialect, error.code));
    writer.element("Message", query_text(error));
    if (dialect.has_detail) writer.empty("Detail");
    writer.close("Error");
    writer.element("RequestId", request_id);
    writer.close("ErrorResponse");
  }
  ApiResponse made =
      response(form == QueryAnswer::kJson ? "application/json" : "text/xml", request_id, std::move(body));
  made.status = row.status;
  return made;
}

ApiResponse query_unknown_operation(std::string_view request_id) {
  ApiResponse made = response("text/xml", request_id, "<UnknownOperationException/>\n");
  made.status = 404;
  return made;
}

ApiResponse query_service_not_offered(std::string_view request_id, std::string_view service) {
  std::string body(kDeclaration);
  XmlWriter writer(body);
  writer.open("ErrorResponse");
  writer.open("Error");
  writer.element("Type", "Receiver");
  writer.element("Code", "NotImplemented");
  writer.element("Message",
                 joined({"This build of Penstock offers Amazon SQS, SNS and STS GetCallerIdentity, and not ",
                         echoed(service), "."}));
  writer.close("Error");
  writer.element("RequestId", request_id);
  writer.close("ErrorResponse");
  ApiResponse made = response("text/xml", request_id, std::move(body));
  made.status = 501;
  return made;
}

}  // namespace penstock
