#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "tests/conformance/query_parts.h"
#include "tests/conformance/speech.h"
#include "tests/conformance/wire_errors.h"

namespace penstock::conformance {
namespace {

constexpr std::string_view kNamespace = "http://sns.amazonaws.com/doc/2010-03-31/";

// ---- requests

void add(const std::string& name, const Json& value, std::string& form) {
  if (value.is_null()) return;
  if (value.is_array()) {
    for (std::size_t at = 0; at < value.size(); ++at) {
      add(name + ".member." + std::to_string(at + 1), value[at], form);
    }
  } else if (value.is_object()) {
    const bool of_message = name.ends_with("MessageAttributes");
    const bool is_map = of_message || name == "Attributes" || name == "attributes";
    std::size_t entries = 0;
    for (const auto& [key, inner] : value.items()) {
      if (!is_map) {
        add(name + "." + key, inner, form);
        continue;
      }
      const std::string entry = name + ".entry." + std::to_string(++entries);
      add(entry + (of_message ? ".Name" : ".key"), Json(key), form);
      add(entry + (of_message ? ".Value" : ".value"), inner, form);
    }
  } else {
    form += "&" + name + "=" + form_encoded(value.is_string() ? value.get<std::string>() : value.dump());
  }
}

// ---- answers

// What is a list or a map also when it has nothing inside.
bool is_list(std::string_view name) {
  constexpr std::array<std::string_view, 9> kLists{"Topics",       "Subscriptions",        "Tags",
                                                   "Successful",   "Failed",               "Endpoints",
                                                   "PhoneNumbers", "PlatformApplications", "phoneNumbers"};
  return std::find(kLists.begin(), kLists.end(), name) != kLists.end();
}

Json meaning_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  if (is_list(name)) {
    Json list = Json::array();
    for (const pugi::xml_node& member : node.children("member")) list.push_back(meaning_of(member));
    return list;
  }
  if (name == "Attributes" || name == "attributes") {
    Json map = Json::object();
    for (const pugi::xml_node& entry : node.children("entry")) {
      map[entry.child("key").text().get()] = entry.child("value").text().get();
    }
    return map;
  }
  if (!has_elements(node)) return std::string(node.text().get());
  Json members = Json::object();
  for (const pugi::xml_node& child : node.children()) members[child.name()] = meaning_of(child);
  return members;
}

HeardAnswer complain(HeardAnswer&& answer, std::string complaint, const ApiResponse& response) {
  answer.complaint = std::move(complaint) + ": " + response.body;
  return std::move(answer);
}

// Says nothing but its metadata.
bool is_sns_void(std::string_view action) {
  constexpr std::array<std::string_view, 11> kVoid{
      "AddPermission",      "DeleteTopic",
      "DeleteEndpoint", "DeletePlatformApplication",
      "SetEndpointAttributes", "SetPlatformApplicationAttributes",
      "PutDataProtectionPolicy", "RemovePermission",
      "SetSubscriptionAttributes", "SetTopicAttributes",
      "Unsubscribe"};
  return std::find(kVoid.begin(), kVoid.end(), action) != kVoid.end();
}

}  // namespace

SpokenRequest spoken_to_sns(std::string_view action, const Json& members) {
  std::string form = "Action=" + std::string(action) + "&Version=2010-03-31";
  for (const auto& [name, value] : members.items()) add(name, value, form);
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:4566"},
                      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
          .body = std::move(form)};
}

HeardAnswer heard_from_sns(std::string_view action, const ApiResponse& response) {
  HeardAnswer answer{.status = response.status};
  pugi::xml_document document;
  const auto parsed = document.load_buffer(response.body.data(), response.body.size(),
                                           (pugi::parse_default | pugi::parse_ws_pcdata) & ~pugi::parse_eol,
                                           pugi::encoding_utf8);
  if (!parsed) return complain(std::move(answer), parsed.description(), response);
  if (response.content_type != "text/xml") {
    return complain(std::move(answer), "content type " + std::string(response.content_type), response);
  }
  const pugi::xml_node root = document.document_element();
  if (root.attribute("xmlns").value() != kNamespace) {
    return complain(std::move(answer), "another namespace", response);
  }
  if (response.status != 200) {
    const pugi::xml_node error = root.child("Error");
    if (std::string_view(root.name()) != "ErrorResponse" || names_of_children(root) != "Error RequestId " ||
        names_of_children(error) != "Type Code Message " ||
        !is_uuid(root.child("RequestId").text().get())) {
      return complain(std::move(answer), "no <ErrorResponse>", response);
    }
    answer.code = error.child("Code").text().get();
    answer.text = error.child("Message").text().get();
    const WireErrorForm* form = find_sns_error(answer.code);
    if (form == nullptr || form->status != response.status) {
      return complain(std::move(answer), "SNS has no such error", response);
    }
    return answer;
  }
  const std::string name(action);
  const std::string children =
      is_sns_void(action) ? "ResponseMetadata " : name + "Result ResponseMetadata ";
  if (root.name() != name + "Response" || names_of_children(root) != children ||
      !is_uuid(root.child("ResponseMetadata").child("RequestId").text().get())) {
    return complain(std::move(answer), "not the elements of " + name, response);
  }
  const Json members = meaning_of(root.child((name + "Result").c_str()));
  if (members.is_object()) answer.members = members;
  return answer;
}

}  // namespace penstock::conformance
