#include "broker/permission_edit.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/access_policy.h"
#include "broker/access_request.h"
#include "broker/address.h"
#include "broker/policy_actions.h"
#include "broker/policy_json.h"

namespace penstock {
namespace {

using Kind = PermissionRefusal::Kind;

constexpr std::size_t kQueueActionsMax = 7;
constexpr std::size_t kLabelMax = 80;

tl::unexpected<PermissionRefusal> refuse_edit(Kind kind, std::string text) {
  return tl::unexpected(PermissionRefusal{kind, std::move(text)});
}

tl::unexpected<PermissionRefusal> refuse_value(std::string_view value, std::string_view parameter,
                                               std::string_view reason) {
  constexpr std::size_t kEchoMax = 1'100;
  std::size_t size = std::min(value.size(), kEchoMax);
  // Never within a character.
  while (size > 0 && size < value.size() && (static_cast<unsigned char>(value[size]) & 0xc0) == 0x80) --size;
  return refuse_edit(Kind::kInvalidParameter, "Value " + std::string(value.substr(0, size)) +
                                                  " for parameter " + std::string(parameter) +
                                                  " is invalid. Reason: " + std::string(reason));
}

PolicyJson json_text(std::string_view text) { return {std::string(text)}; }

// One as a text, several as an array.
PolicyJson one_or_several(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return json_text(texts.front());
  PolicyJson::Array array;
  for (const std::string& text : texts) array.push_back(json_text(text));
  return {std::move(array)};
}

void add_once(std::vector<std::string>& texts, std::string text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
}

// The grant's statement; `service` is "SQS" or "SNS". What is said twice in the grant is said once in it.
PolicyJson statement_of(const PermissionGrant& grant, std::string_view arn, std::string_view service) {
  const auto parts = arn_parts(arn);
  const std::string partition(parts ? (*parts)[1] : "aws");
  std::vector<std::string> principals;
  std::vector<std::string> actions;
  for (const std::string& account : grant.accounts) {
    add_once(principals, "arn:" + partition + ":iam::" + account + ":root");
  }
  for (const std::string& action : grant.actions) add_once(actions, std::string(service) + ":" + action);
  PolicyJson::Object statement;
  statement.push_back({"Sid", json_text(grant.label)});
  statement.push_back({"Effect", json_text("Allow")});
  PolicyJson::Object principal;
  principal.push_back({"AWS", one_or_several(principals)});
  statement.push_back({"Principal", {std::move(principal)}});
  statement.push_back({"Action", one_or_several(actions)});
  statement.push_back({"Resource", json_text(arn)});
  return {std::move(statement)};
}

PolicyJson empty_document(std::string_view id) {
  PolicyJson::Object document;
  document.push_back({"Version", json_text("2008-10-17")});
  document.push_back({"Id", json_text(id)});
  document.push_back({"Statement", {PolicyJson::Array{}}});
  return {std::move(document)};
}

// A document whose Statement is a list (a single one has become a list of one).
class Document {
 public:
  // The text, or `otherwise` if it is empty; nothing if the text is no policy.
  static std::optional<Document> open(std::string_view text, PolicyJson otherwise) {
    std::optional<PolicyJson> json = text.empty() ? std::move(otherwise) : PolicyJson::parse(text);
    if (!json) return std::nullopt;
    auto* object = json->as<PolicyJson::Object>();
    PolicyJson* statement = object == nullptr ? nullptr : find_member(*object, "Statement");
    if (statement == nullptr) return std::nullopt;
    if (statement->as<PolicyJson::Array>() == nullptr) {
      PolicyJson::Array list;
      list.push_back(std::move(*statement));
      *statement = {std::move(list)};
    }
    return Document(std::move(*json));
  }

  PolicyJson::Array& statements() {
    return *find_member(*json_.as<PolicyJson::Object>(), "Statement")->as<PolicyJson::Array>();
  }
  const PolicyJson* labelled(std::string_view label) {
    const auto found = std::find_if(statements().begin(), statements().end(),
                                    [label](const PolicyJson& json) { return has_label(json, label); });
    return found == statements().end() ? nullptr : &*found;
  }
  // How many there were.
  std::size_t erase(std::string_view label) {
    return std::erase_if(statements(), [label](const PolicyJson& json) { return has_label(json, label); });
  }
  std::string text() const { return json_.text(); }

 private:
  explicit Document(PolicyJson json) : json_(std::move(json)) {}

  static bool has_label(const PolicyJson& statement, std::string_view label) {
    const auto* object = statement.as<PolicyJson::Object>();
    const PolicyJson* sid = object == nullptr ? nullptr : find_member(*object, "Sid");
    const auto* text = sid == nullptr ? nullptr : sid->as<std::string>();
    return text != nullptr && *text == label;
  }

  PolicyJson json_;
};

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelMax && std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool are_accounts(const std::vector<std::string>& accounts) {
  return std::all_of(accounts.begin(), accounts.end(),
                     [](const std::string& account) { return AccountId::parse(account).has_value(); });
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    if (!out.empty()) out += ", ";
    out += text;
  }
  return out;
}

tl::expected<void, PermissionRefusal> check_queue_grant(const PermissionGrant& grant) {
  const auto missing = [](std::string_view name) {
    return refuse_edit(Kind::kMissingParameter,
                       "The request must contain the parameter " + std::string(name) + ".");
  };
  if (grant.label.empty()) return missing("Label");
  if (grant.accounts.empty()) return missing("PrincipalId");
  if (grant.actions.empty()) return missing("ActionName");
  if (!is_label(grant.label)) {
    return refuse_value(
        grant.label, "Label",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.");
  }
  if (grant.actions.size() > kQueueActionsMax) {
    return refuse_edit(Kind::kOverLimit, std::to_string(grant.actions.size()) +
                                             " Actions were found, maximum allowed is " +
                                             std::to_string(kQueueActionsMax) + ".");
  }
  for (const std::string& action : grant.actions) {
    if (names_action(kQueueGrants, action)) continue;
    if (names_action(kQueueOwnerActions, action)) {
      return refuse_value("SQS:" + action, "ActionName",
                          "Only the queue owner is allowed to invoke this action.");
    }
    return refuse_value("SQS:" + action, "ActionName",
                        "Please refer to the appropriate WSDL for a list of valid actions.");
  }
  if (!are_accounts(grant.accounts)) {
    return refuse_value("[" + joined(grant.accounts) + "]", "PrincipalId", "Unable to verify.");
  }
  return {};
}

tl::unexpected<PermissionRefusal> refuse_topic(std::string_view detail) {
  return refuse_edit(Kind::kInvalidParameter, "Invalid parameter: " + std::string(detail));
}

constexpr std::string_view kUnreadableQueuePolicy = "Invalid value for the parameter Policy.";
constexpr std::string_view kUnreadableTopicPolicy = "Policy Error: null";

}  // namespace

EditedPolicy add_queue_permission(std::string_view policy, std::string_view queue_arn,
                                  const PermissionGrant& grant) {
  if (auto checked = check_queue_grant(grant); !checked) return tl::unexpected(std::move(checked.error()));
  auto document = Document::open(policy, empty_document(std::string(queue_arn) + "/SQSDefaultPolicy"));
  if (!document) return refuse_edit(Kind::kInvalidParameter, std::string(kUnreadableQueuePolicy));
  PolicyJson statement = statement_of(grant, queue_arn, "SQS");
  if (const PolicyJson* present = document->labelled(grant.label)) {
    if (present->text() == statement.text()) return std::string(policy);
    return refuse_value(grant.label, "Label", "Already exists.");
  }
  document->statements().push_back(std::move(statement));
  std::string text = document->text();
  if (const auto parsed = AccessPolicy::parse(text, PolicyHolder::kQueue); !parsed) {
    const PolicyRefusal& refusal = parsed.error();
    return refusal.kind == PolicyRefusal::Kind::kTooLarge
               ? refuse_edit(Kind::kOverLimit, refusal.reason)
               : refuse_edit(Kind::kInvalidParameter, std::string(kUnreadableQueuePolicy));
  }
  return text;
}

EditedPolicy remove_queue_permission(std::string_view policy, std::string_view label) {
  if (label.empty()) {
    return refuse_edit(Kind::kMissingParameter, "The request must contain the parameter Label.");
  }
  auto document = Document::open(policy, empty_document({}));
  if (!document) return refuse_edit(Kind::kInvalidParameter, std::string(kUnreadableQueuePolicy));
  if (document->erase(label) == 0) return refuse_value(label, "Label", "can't find label.");
  return document->statements().empty() ? std::string() : document->text();
}

EditedPolicy add_topic_permission(std::string_view policy, std::string_view topic_arn,
                                  const PermissionGrant& grant) {
  auto document = Document::open(policy, empty_document("__default_policy_ID"));
  if (!document) return refuse_topic(kUnreadableTopicPolicy);
  if (grant.label.empty()) return refuse_topic("Label Reason: no value for required parameter");
  if (document->labelled(grant.label) != nullptr) return refuse_topic("Statement already exists");
  if (grant.actions.empty()) return refuse_topic("ActionName Reason: no value for required parameter");
  if (!std::all_of(grant.actions.begin(), grant.actions.end(),
                   [](const std::string& action) { return names_action(kTopicActions, action); })) {
    return refuse_topic("Policy statement action out of service scope!");
  }
  if (grant.accounts.empty()) return refuse_topic("AWSAccountId Reason: no value for required parameter");
  if (!are_accounts(grant.accounts)) return refuse_topic("A provided account ID is not valid");
  document->statements().push_back(statement_of(grant, topic_arn, "SNS"));
  std::string text = document->text();
  if (const auto parsed = AccessPolicy::parse(text, PolicyHolder::kTopic); !parsed) {
    return refuse_topic("Policy Error: " + parsed.error().reason);
  }
  return text;
}

EditedPolicy remove_topic_permission(std::string_view policy, std::string_view label) {
  auto document = Document::open(policy, empty_document("__default_policy_ID"));
  if (!document) return refuse_topic(kUnreadableTopicPolicy);
  if (document->erase(label) == 0) return std::string(policy);
  return document->text();
}

std::string default_topic_policy(std::string_view topic_arn, std::string_view account) {
  PolicyJson::Array actions;
  for (const std::string_view action : kTopicSharedActions) {
    actions.push_back(json_text("SNS:" + std::string(action)));
  }
  PolicyJson::Object owner;
  owner.push_back({"AWS:SourceOwner", json_text(account)});
  PolicyJson::Object condition;
  condition.push_back({"StringEquals", {std::move(owner)}});
  PolicyJson::Object principal;
  principal.push_back({"AWS", json_text("*")});
  PolicyJson::Object statement;
  statement.push_back({"Sid", json_text("__default_statement_ID")});
  statement.push_back({"Effect", json_text("Allow")});
  statement.push_back({"Principal", {std::move(principal)}});
  statement.push_back({"Action", {std::move(actions)}});
  statement.push_back({"Resource", json_text(topic_arn)});
  statement.push_back({"Condition", {std::move(condition)}});
  PolicyJson document = empty_document("__default_policy_ID");
  find_member(*document.as<PolicyJson::Object>(), "Statement")
      ->as<PolicyJson::Array>()
      ->push_back({std::move(statement)});
  return document.text();
}

}  // namespace penstock
