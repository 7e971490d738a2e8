#include "tests/hostile/aws_error.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

namespace penstock {
namespace {

using nlohmann::json;

// Longest document that a refusal may need: what it repeats of the request is capped.
constexpr std::size_t kDocumentBytesMax = 16 << 10;

// Lower-case hex with dashes at the places of a UUID.
bool is_request_id(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    const bool hex = (text[at] >= '0' && text[at] <= '9') || (text[at] >= 'a' && text[at] <= 'f');
    if (dash ? text[at] != '-' : !hex) return false;
  }
  return true;
}

// A header's line must end where its value does: one that a client's bytes have broken in two would not.
bool head_is_clean(std::string_view head) {
  for (std::size_t at = 0; at < head.size(); ++at) {
    const auto byte = static_cast<unsigned char>(head[at]);
    if (byte == '\r' && at + 1 < head.size() && head[at + 1] == '\n') {
      ++at;
    } else if (byte < 0x20 || byte == 0x7f) {
      return false;
    }
  }
  return true;
}

AwsError read_json(const HttpAnswer& answer) {
  const json document = json::parse(answer.body, nullptr, false);
  if (!document.is_object()) return {"the body is no JSON object", {}, {}};
  const json type = document.value("__type", json());
  const json message = document.value("message", json());
  if (!type.is_string() || !message.is_string()) return {"__type or message is missing", {}, {}};
  const std::string name = type.get<std::string>();
  const std::size_t hash = name.find('#');
  if (hash == std::string::npos || hash + 1 == name.size()) return {"__type names no error", {}, {}};
  return {{}, name.substr(hash + 1), message.get<std::string>()};
}

AwsError read_xml(const HttpAnswer& answer) {
  if (answer.status == 404 && answer.body == kUnknownOperation) return {{}, "UnknownOperation", {}};
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(answer.body.data(), answer.body.size(), pugi::parse_full, pugi::encoding_utf8);
  if (!parsed) return {std::string("the body is no XML: ") + parsed.description(), {}, {}};
  const pugi::xml_node error = document.child("ErrorResponse").child("Error");
  if (std::strcmp(error.child_value("Type"), "Sender") != 0) return {"<Type> is not Sender", {}, {}};
  if (!error.child("Message")) return {"<Message> is missing", {}, {}};
  const std::string code = error.child_value("Code");
  if (code.empty()) return {"<Code> is missing", {}, {}};
  if (!is_request_id(document.child("ErrorResponse").child_value("RequestId"))) {
    return {"<RequestId> is none", {}, {}};
  }
  return {{}, code, error.child_value("Message")};
}

}  // namespace

AwsError read_aws_error(const HttpAnswer& answer) {
  if (!head_is_clean(answer.head)) return {"a control character in the head", {}, {}};
  if (!is_request_id(answer.header("x-amzn-RequestId"))) return {"x-amzn-RequestId is none", {}, {}};
  if (answer.body.size() > kDocumentBytesMax) return {"the document is too long", {}, {}};
  const std::string type = answer.header("Content-Type");
  if (type == "application/x-amz-json-1.0") return read_json(answer);
  if (type == "text/xml" || type.starts_with("text/xml;")) return read_xml(answer);
  return {"the content type is " + type, {}, {}};
}

}  // namespace penstock
