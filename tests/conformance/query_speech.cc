#include <algorithm>
#include <array>
#include <map>
#include <pugixml.hpp>

#include "tests/conformance/query_parts.h"
#include "tests/conformance/speech.h"

namespace penstock::conformance {
namespace {

constexpr std::string_view kNamespace = "http://queue.amazonaws.com/doc/2012-11-05/";

// ---- requests

// How AWS Query spells the elements of a member that is a list or a map.
struct Spelling {
  std::string_view member;
  std::string_view element;
  std::string_view key = {};    // of a map's entry
  std::string_view value = {};  // of a map's entry
};

constexpr std::array kSpellings{
    Spelling{"AttributeNames", "AttributeName"},
    Spelling{"MessageSystemAttributeNames", "AttributeName"},
    Spelling{"MessageAttributeNames", "MessageAttributeName"},
    Spelling{"TagKeys", "TagKey"},
    Spelling{"StringListValues", "StringListValue"},
    Spelling{"BinaryListValues", "BinaryListValue"},
    Spelling{"AWSAccountIds", "AWSAccountId"},
    Spelling{"Actions", "ActionName"},
    Spelling{"Attributes", "Attribute", "Name", "Value"},
    Spelling{"MessageAttributes", "MessageAttribute", "Name", "Value"},
    Spelling{"MessageSystemAttributes", "MessageSystemAttribute", "Name", "Value"},
    Spelling{"tags", "Tag", "Key", "Value"},
    Spelling{"Tags", "Tag", "Key", "Value"},
};

class Form {
 public:
  explicit Form(std::string_view action) : action_(action) { add("Action", Json(action_)); }

  void add_members(const std::string& prefix, const Json& members) {
    for (const auto& [name, value] : members.items()) add_member(prefix, name, value);
  }

  std::string text() && { return std::move(text_); }

 private:
  void add_member(const std::string& prefix, const std::string& name, const Json& value) {
    if (name == "Entries" && value.is_array()) {
      return add_list(prefix + action_ + "RequestEntry", value);
    }
    const auto* const spelling = std::find_if(kSpellings.begin(), kSpellings.end(),
                                              [&](const Spelling& s) { return s.member == name; });
    if (spelling == kSpellings.end()) return add(prefix + name, value);
    const std::string element = prefix + std::string(spelling->element);
    if (spelling->key.empty()) return add_list(element, value);
    for (const auto& [key, of_key] : value.items()) {
      const std::string numbered = element + "." + std::to_string(++counted_[element]) + ".";
      add(numbered + std::string(spelling->key), Json(key));
      add(numbered + std::string(spelling->value), of_key);
    }
  }

  void add_list(const std::string& element, const Json& values) {
    for (const Json& value : values) add(element + "." + std::to_string(++counted_[element]), value);
  }

  void add(const std::string& name, const Json& value) {
    if (value.is_null()) return;
    if (value.is_object()) return add_members(name + ".", value);
    if (!text_.empty()) text_ += '&';
    text_ += name + "=" + form_encoded(value.is_string() ? value.get<std::string>() : value.dump());
  }

  std::string action_;
  std::string text_;
  std::map<std::string, int> counted_;  // elements of each name so far
};

// ---- answers

// Elements that stand for a list or a map, and the member that they make up.
struct Gathered {
  std::string_view element;
  std::string_view member;
  std::string_view key = {};    // of a map
  std::string_view value = {};  // of a map
};

constexpr std::array kGathered{
    Gathered{"Message", "Messages"},
    Gathered{"SendMessageBatchResultEntry", "Successful"},
    Gathered{"DeleteMessageBatchResultEntry", "Successful"},
    Gathered{"ChangeMessageVisibilityBatchResultEntry", "Successful"},
    Gathered{"BatchResultErrorEntry", "Failed"},
    Gathered{"ListMessageMoveTasksResultEntry", "Results"},
    Gathered{"Attribute", "Attributes", "Name", "Value"},
    Gathered{"MessageAttribute", "MessageAttributes", "Name", "Value"},
    Gathered{"Tag", "Tags", "Key", "Value"},
};

// Elements that AWS JSON has as numbers.
constexpr std::array<std::string_view, 4> kNumbers{"ApproximateNumberOfMessagesMoved",
                                                   "ApproximateNumberOfMessagesToMove",
                                                   "MaxNumberOfMessagesPerSecond", "StartedTimestamp"};

// What AWS JSON calls the list of an action whose answer is URLs of queues; empty: it has none.
std::string_view list_of_urls_in(std::string_view action) {
  if (action == "ListQueues") return "QueueUrls";
  return action == "ListDeadLetterSourceQueues" ? "queueUrls" : "";
}

Json meaning_of(const pugi::xml_node& node, std::string_view list_of_urls);

Json structure_of(const pugi::xml_node& node, std::string_view list_of_urls) {
  Json members = Json::object();
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view name = child.name();
    if (!list_of_urls.empty() && name == "QueueUrl") {
      members[std::string(list_of_urls)].push_back(child.text().get());
      continue;
    }
    const auto* const gathered = std::find_if(kGathered.begin(), kGathered.end(),
                                              [&](const Gathered& g) { return g.element == name; });
    // A batch's failed entry has a <Message> too, a text.
    if (gathered == kGathered.end() || (gathered->key.empty() && !has_elements(child))) {
      members[std::string(name)] = meaning_of(child, {});
    } else if (gathered->key.empty()) {
      members[std::string(gathered->member)].push_back(structure_of(child, {}));
    } else {
      const std::string key = child.child(std::string(gathered->key).c_str()).text().get();
      members[std::string(gathered->member)][key] =
          meaning_of(child.child(std::string(gathered->value).c_str()), {});
    }
  }
  return members;
}

Json meaning_of(const pugi::xml_node& node, std::string_view list_of_urls) {
  if (has_elements(node)) return structure_of(node, list_of_urls);
  const std::string_view text = node.text().get();
  if (std::string_view(node.name()) == "SenderFault") return text == "true";
  const bool numeric = std::find(kNumbers.begin(), kNumbers.end(), node.name()) != kNumbers.end();
  if (numeric && !text.empty()) return Json::parse(text);
  return std::string(text);
}

HeardAnswer complain(HeardAnswer&& answer, std::string complaint, const ApiResponse& response) {
  answer.complaint = std::move(complaint) + ": " + response.body;
  return std::move(answer);
}

HeardAnswer heard_refusal(HeardAnswer&& answer, const pugi::xml_node& root, const ApiResponse& response) {
  const pugi::xml_node error = root.child("Error");
  if (std::string_view(root.name()) != "ErrorResponse" || names_of_children(root) != "Error RequestId " ||
      names_of_children(error) != "Type Code Message Detail ") {
    return complain(std::move(answer), "no <ErrorResponse>", response);
  }
  if (!is_uuid(root.child("RequestId").text().get())) {
    return complain(std::move(answer), "no request id", response);
  }
  if (std::string_view(error.child("Type").text().get()) != (response.status < 500 ? "Sender" : "Receiver")) {
    return complain(std::move(answer), "another fault", response);
  }
  answer.code = error.child("Code").text().get();
  answer.text = error.child("Message").text().get();
  return std::move(answer);
}

}  // namespace

SpokenRequest spoken_in_query(std::string_view action, const Json& members) {
  Form form(action);
  form.add_members("", members);
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:4566"},
                      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
          .body = std::move(form).text()};
}

HeardAnswer heard_in_query(std::string_view action, const ApiResponse& response) {
  HeardAnswer answer{.status = response.status};
  pugi::xml_document document;
  const auto parsed = document.load_buffer(response.body.data(), response.body.size(),
                                           (pugi::parse_default | pugi::parse_ws_pcdata) & ~pugi::parse_eol,
                                           pugi::encoding_utf8);
  if (!parsed) return complain(std::move(answer), parsed.description(), response);
  if (response.content_type != "text/xml") {
    return complain(std::move(answer), "content type " + std::string(response.content_type), response);
  }
  if (!response.body.starts_with("<?xml version=\"1.0\"?>")) {
    return complain(std::move(answer), "no declaration", response);
  }
  const pugi::xml_node root = document.document_element();
  if (root.attribute("xmlns").value() != kNamespace) {
    return complain(std::move(answer), "another namespace", response);
  }
  if (response.status != 200) return heard_refusal(std::move(answer), root, response);

  const std::string name(action);
  const std::string children = is_void(action) ? "ResponseMetadata " : name + "Result ResponseMetadata ";
  if (root.name() != name + "Response" || names_of_children(root) != children) {
    return complain(std::move(answer), "not the elements of " + name, response);
  }
  if (names_of_children(root.child("ResponseMetadata")) != "RequestId " ||
      !is_uuid(root.child("ResponseMetadata").child("RequestId").text().get())) {
    return complain(std::move(answer), "no request id", response);
  }
  answer.members = structure_of(root.child((name + "Result").c_str()), list_of_urls_in(action));
  return answer;
}

}  // namespace penstock::conformance
