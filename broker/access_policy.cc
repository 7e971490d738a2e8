#include "broker/access_policy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "broker/access_condition.h"
#include "broker/access_pattern.h"
#include "broker/case_folding.h"
#include "broker/glob.h"
#include "broker/policy_actions.h"
#include "broker/policy_json.h"

namespace penstock {
namespace {

using Checked = tl::expected<void, PolicyRefusal>;
using Kind = PolicyRefusal::Kind;

tl::unexpected<PolicyRefusal> refuse_policy(std::string reason, Kind kind = Kind::kInvalid) {
  return tl::unexpected(PolicyRefusal{kind, std::move(reason)});
}

tl::unexpected<PolicyRefusal> refuse_number(std::size_t number, std::string_view what, std::size_t max) {
  return refuse_policy(std::to_string(number) + " " + std::string(what) + " were found, maximum allowed is " +
                           std::to_string(max) + ".",
                       Kind::kTooLarge);
}

// The text, or the texts of an array that is not empty; nothing if it is anything else.
std::optional<std::vector<std::string_view>> texts_of(const PolicyJson& json) {
  std::vector<std::string_view> texts;
  if (const auto* text = json.as<std::string>()) {
    texts.push_back(*text);
  } else if (const auto* array = json.as<PolicyJson::Array>()) {
    for (const PolicyJson& element : *array) {
      const auto* text_in_array = element.as<std::string>();
      if (text_in_array == nullptr) return std::nullopt;
      texts.push_back(*text_in_array);
    }
  }
  if (texts.empty()) return std::nullopt;
  return texts;
}

// The members of an object by name, each of them once and none but those listed.
template <std::size_t Size>
tl::expected<std::array<const PolicyJson*, Size>, PolicyRefusal> elements_of(
    const PolicyJson::Object& object, const std::array<std::string_view, Size>& names) {
  std::array<const PolicyJson*, Size> elements{};
  for (const PolicyMember& member : object) {
    const auto at = std::find(names.begin(), names.end(), member.name);
    if (at == names.end()) return refuse_policy("Unknown element " + member.name);
    const PolicyJson*& element = elements[static_cast<std::size_t>(at - names.begin())];
    if (element != nullptr) return refuse_policy("The element " + member.name + " occurs twice");
    element = &member.value;
  }
  return elements;
}

bool is_action_pattern(std::string_view text) {
  if (text == "*") return true;
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*' ||
           c == '?' || c == '-' || c == ':';
  });
}

}  // namespace

const PolicyBounds& bounds_of(PolicyHolder holder) {
  static constexpr PolicyBounds kIdentity{.text_bytes_max = 20'480,
                                          .statements_max = 100,
                                          .principals_max = 0,
                                          .actions_max = 500,
                                          .conditions_max = 100};
  static constexpr PolicyBounds kQueue{.text_bytes_max = 8'192,
                                       .statements_max = 20,
                                       .principals_max = 50,
                                       .actions_max = 7,
                                       .conditions_max = 10};
  static constexpr PolicyBounds kTopic{.text_bytes_max = 30'720,
                                       .statements_max = 100,
                                       .principals_max = 200,
                                       .actions_max = 100,
                                       .conditions_max = 100};
  switch (holder) {
    case PolicyHolder::kIdentity:
      return kIdentity;
    case PolicyHolder::kQueue:
      return kQueue;
    case PolicyHolder::kTopic:
      return kTopic;
  }
  return kQueue;
}

// ---- parsing

struct AccessPolicy::Principal {
  enum class Kind { kEverybody, kAccount, kArn, kService, kNobodyHere };

  Kind kind = Kind::kEverybody;
  AccountId account;
  std::string name;  // the ARN, or the service's name
};

struct AccessPolicy::Statement {
  bool denies = false;
  std::vector<Principal> principals;
  std::vector<Glob> actions;  // folded
  std::vector<ArnPattern> resources;
  std::vector<AccessCondition> conditions;
  bool not_principals = false;
  bool not_actions = false;
  bool not_resources = false;
};

AccessPolicy::AccessPolicy() = default;
AccessPolicy::~AccessPolicy() = default;

std::size_t AccessPolicy::statements() const { return statements_.size(); }

class AccessPolicy::Parser {
 public:
  Parser(AccessPolicy& policy, PolicyHolder holder)
      : policy_(policy), holder_(holder), bounds_(bounds_of(holder)) {}

  Checked parse(const PolicyJson& document) {
    const auto* object = document.as<PolicyJson::Object>();
    if (object == nullptr) return refuse_policy("A policy is a JSON object", Kind::kUnparsable);
    constexpr std::array<std::string_view, 3> kElements{"Version", "Id", "Statement"};
    const auto elements = elements_of(*object, kElements);
    if (!elements) return tl::unexpected(elements.error());
    const auto [version, id, statement] = *elements;
    if (version != nullptr) {
      const auto* text = version->as<std::string>();
      if (text == nullptr || (*text != "2008-10-17" && *text != "2012-10-17")) {
        return refuse_policy("The policy's Version is 2012-10-17 or 2008-10-17");
      }
      version_ = *text == "2012-10-17" ? PolicyVersion::k2012 : PolicyVersion::k2008;
    }
    if (id != nullptr && id->as<std::string>() == nullptr) return refuse_policy("The policy's Id is a text");
    if (statement == nullptr) return refuse_policy("The policy has no Statement");
    if (const auto* list = statement->as<PolicyJson::Array>()) {
      if (list->size() > bounds_.statements_max) {
        return refuse_number(list->size(), "Statements", bounds_.statements_max);
      }
      for (const PolicyJson& element : *list) {
        if (Checked done = add_statement(element); !done) return done;
      }
    } else if (Checked done = add_statement(*statement); !done) {
      return done;
    }
    if (principals_ > bounds_.principals_max) {
      return refuse_number(principals_, "Principals", bounds_.principals_max);
    }
    return {};
  }

 private:
  Checked add_statement(const PolicyJson& json) {
    const auto* object = json.as<PolicyJson::Object>();
    if (object == nullptr) return refuse_policy("A Statement is a JSON object");
    constexpr std::array<std::string_view, 9> kElements{"Sid",          "Effect",      "Principal",
                                                        "NotPrincipal", "Action",      "NotAction",
                                                        "Resource",     "NotResource", "Condition"};
    const auto elements = elements_of(*object, kElements);
    if (!elements) return tl::unexpected(elements.error());
    const auto [sid, effect, principal, not_principal, action, not_action, resource, not_resource,
                condition] = *elements;
    Statement statement;
    if (Checked done = check_sid(sid); !done) return done;
    const auto* effect_text = effect == nullptr ? nullptr : effect->as<std::string>();
    if (effect_text == nullptr || (*effect_text != "Allow" && *effect_text != "Deny")) {
      return refuse_policy("A Statement's Effect is Allow or Deny");
    }
    statement.denies = *effect_text == "Deny";

    if (holder_ == PolicyHolder::kIdentity) {
      if (principal != nullptr || not_principal != nullptr) {
        return refuse_policy("The policy of an identity names no Principal");
      }
    } else {
      if ((principal == nullptr) == (not_principal == nullptr)) {
        return refuse_policy("A Statement has either Principal or NotPrincipal");
      }
      statement.not_principals = not_principal != nullptr;
      if (Checked done = add_principals(principal != nullptr ? *principal : *not_principal, statement);
          !done) {
        return done;
      }
    }
    if ((action == nullptr) == (not_action == nullptr)) {
      return refuse_policy("A Statement has either Action or NotAction");
    }
    statement.not_actions = not_action != nullptr;
    if (Checked done = add_actions(action != nullptr ? *action : *not_action, statement); !done) return done;
    if ((resource == nullptr) == (not_resource == nullptr)) {
      return refuse_policy("A Statement has either Resource or NotResource");
    }
    statement.not_resources = not_resource != nullptr;
    if (Checked done = add_resources(resource != nullptr ? *resource : *not_resource, statement); !done) {
      return done;
    }
    if (condition != nullptr) {
      if (Checked done = add_conditions(*condition, statement); !done) return done;
    }
    policy_.statements_.push_back(std::move(statement));
    return {};
  }

  Checked check_sid(const PolicyJson* sid) {
    if (sid == nullptr) return {};
    const auto* text = sid->as<std::string>();
    if (text == nullptr) return refuse_policy("A Statement's Sid is a text");
    if (!text->empty() && !sids_.insert(*text).second) {
      return refuse_policy("Two Statements have the same Sid");
    }
    return {};
  }

  Checked add_principals(const PolicyJson& json, Statement& statement) {
    if (const auto* text = json.as<std::string>()) {
      if (*text != "*") return refuse_policy("A Principal is \"*\" or an object");
      statement.principals.push_back({});
      ++principals_;
      return {};
    }
    const auto* object = json.as<PolicyJson::Object>();
    if (object == nullptr || object->empty()) return refuse_policy("A Principal is \"*\" or an object");
    constexpr std::array<std::string_view, 3> kKinds{"AWS", "Service", "Federated"};
    const auto kinds = elements_of(*object, kKinds);
    if (!kinds) return tl::unexpected(kinds.error());
    for (std::size_t at = 0; at < kKinds.size(); ++at) {
      if ((*kinds)[at] == nullptr) continue;
      const auto names = texts_of(*(*kinds)[at]);
      if (!names) return refuse_policy("A Principal is a text or several");
      for (const std::string_view name : *names) {
        std::optional<Principal> principal;
        if (kKinds[at] == "AWS") {
          principal = aws_principal(name);
        } else if (kKinds[at] == "Service") {
          if (name.find('.') != std::string_view::npos && name.find('*') == std::string_view::npos) {
            principal = Principal{.kind = Principal::Kind::kService, .name = std::string(name)};
          }
        } else if (!name.empty()) {
          principal = Principal{.kind = Principal::Kind::kNobodyHere};  // nobody signs in from elsewhere
        }
        if (!principal) return refuse_policy("Invalid principal in policy: " + std::string(name));
        statement.principals.push_back(std::move(*principal));
        ++principals_;
      }
    }
    return {};
  }

  static std::optional<Principal> aws_principal(std::string_view name) {
    if (name == "*") return Principal{};
    if (const auto account = AccountId::parse(name)) {
      return Principal{.kind = Principal::Kind::kAccount, .account = *account};
    }
    // Wildcards in a part of a principal's name mean nothing to AWS, so they are refused.
    if (name.find_first_of("*?") != std::string_view::npos) return std::nullopt;
    const std::optional<AccessCaller> caller = AccessCaller::of_arn(std::string(name));
    if (!caller) return std::nullopt;
    if (caller->kind() == AccessCaller::Kind::kAccount) {
      return Principal{.kind = Principal::Kind::kAccount, .account = *caller->account()};
    }
    return Principal{.kind = Principal::Kind::kArn, .name = std::string(name)};
  }

  Checked add_actions(const PolicyJson& json, Statement& statement) {
    const auto texts = texts_of(json);
    if (!texts) return refuse_policy("An Action is a text or several");
    if (texts->size() > bounds_.actions_max) {
      return refuse_number(texts->size(), "Actions", bounds_.actions_max);
    }
    for (const std::string_view text : *texts) {
      if (!is_action_pattern(text)) return refuse_policy("Invalid action in policy: " + std::string(text));
      const std::string folded = fold_ascii_case(text);
      if (!in_scope(folded)) {
        return refuse_policy("Policy statement action out of service scope!", Kind::kActionOutOfScope);
      }
      statement.actions.push_back(Glob::of(folded));
    }
    return {};
  }

  bool in_scope(std::string_view folded) const {
    switch (holder_) {
      case PolicyHolder::kIdentity:
        return true;
      case PolicyHolder::kQueue:
        return folded == "*" || folded.starts_with("sqs:");
      case PolicyHolder::kTopic:
        // No wildcards: AWS refuses SNS:* here.
        return folded.starts_with("sns:") && names_action_in_any_case(kTopicActions, folded.substr(4));
    }
    return false;
  }

  Checked add_resources(const PolicyJson& json, Statement& statement) {
    const auto texts = texts_of(json);
    if (!texts) return refuse_policy("A Resource is a text or several");
    if (holder_ == PolicyHolder::kTopic && texts->size() != 1) {
      return refuse_policy("A Statement of a topic's policy has exactly one Resource");
    }
    for (const std::string_view text : *texts) {
      std::optional<ArnPattern> pattern = ArnPattern::parse(text, version_);
      if (!pattern) return refuse_policy("A Resource is an ARN or \"*\": " + std::string(text));
      statement.resources.push_back(std::move(*pattern));
    }
    return {};
  }

  Checked add_conditions(const PolicyJson& json, Statement& statement) {
    const auto* block = json.as<PolicyJson::Object>();
    if (block == nullptr) return refuse_policy("A Condition is a JSON object");
    std::set<std::pair<std::string, std::string>> seen;
    for (const PolicyMember& operation : *block) {
      const auto* keys = operation.value.as<PolicyJson::Object>();
      if (keys == nullptr) return refuse_policy("The keys of a condition are a JSON object");
      for (const PolicyMember& key : *keys) {
        if (!seen.emplace(operation.name, fold_ascii_case(key.name)).second) {
          return refuse_policy("The condition key " + key.name + " occurs twice");
        }
        auto condition = AccessCondition::parse(operation.name, key.name, key.value, version_);
        if (!condition) return refuse_policy(std::move(condition.error()));
        statement.conditions.push_back(std::move(*condition));
      }
    }
    if (statement.conditions.size() > bounds_.conditions_max) {
      return refuse_number(statement.conditions.size(), "Conditions", bounds_.conditions_max);
    }
    return {};
  }

  AccessPolicy& policy_;
  PolicyHolder holder_;
  const PolicyBounds& bounds_;
  PolicyVersion version_ = PolicyVersion::k2008;
  std::size_t principals_ = 0;
  std::set<std::string> sids_;
};

tl::expected<AccessPolicyPtr, PolicyRefusal> AccessPolicy::parse(std::string_view text, PolicyHolder holder) {
  if (text.size() > bounds_of(holder).text_bytes_max) {
    return refuse_number(text.size(), "Bytes", bounds_of(holder).text_bytes_max);
  }
  const std::optional<PolicyJson> document = PolicyJson::parse(text);
  if (!document) return refuse_policy("The policy is not valid JSON", Kind::kUnparsable);
  std::shared_ptr<AccessPolicy> policy(new AccessPolicy());
  policy->holder_ = holder;
  if (Checked done = Parser(*policy, holder).parse(*document); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return policy;
}

// ---- judging

AccessPolicy::Verdict AccessPolicy::names(const Principal& principal, const AccessCaller& caller) {
  switch (principal.kind) {
    case Principal::Kind::kEverybody:
      return Verdict::kAllows;
    case Principal::Kind::kAccount:
      if (caller.account() != principal.account) return Verdict::kSilent;
      return caller.kind() == AccessCaller::Kind::kAccount ? Verdict::kAllows : Verdict::kAllowsAccount;
    case Principal::Kind::kArn:
      if (caller.kind() != AccessCaller::Kind::kIdentity) return Verdict::kSilent;
      return principal.name == caller.name() || principal.name == caller.role() ? Verdict::kAllows
                                                                                : Verdict::kSilent;
    case Principal::Kind::kService:
      return caller.kind() == AccessCaller::Kind::kService && principal.name == caller.name()
                 ? Verdict::kAllows
                 : Verdict::kSilent;
    case Principal::Kind::kNobodyHere:
      return Verdict::kSilent;
  }
  return Verdict::kSilent;
}

AccessPolicy::Verdict AccessPolicy::concerns(const Statement& statement, const AccessCaller& caller) const {
  if (holder_ == PolicyHolder::kIdentity) return Verdict::kAllows;
  Verdict named = Verdict::kSilent;
  for (const Principal& principal : statement.principals) named = std::max(named, names(principal, caller));
  if (!statement.not_principals) return named;
  const bool spared = statement.denies ? named == Verdict::kAllows : named != Verdict::kSilent;
  return spared ? Verdict::kSilent : Verdict::kAllows;
}

AccessPolicy::Verdict AccessPolicy::judge(const AccessRequest& request) const {
  const std::string action = fold_ascii_case(request.action);
  const auto applies = [&](const Statement& statement) {
    const bool action_named = std::any_of(statement.actions.begin(), statement.actions.end(),
                                          [&](const Glob& glob) { return glob.matches(action); });
    if (action_named == statement.not_actions) return false;
    const bool resource_named = std::any_of(
        statement.resources.begin(), statement.resources.end(),
        [&](const ArnPattern& pattern) { return pattern.matches(request.resource, request.context); });
    if (resource_named == statement.not_resources) return false;
    if (statement.not_resources &&
        !std::all_of(statement.resources.begin(), statement.resources.end(),
                     [&](const ArnPattern& pattern) { return pattern.resolves(request.context); })) {
      return false;
    }
    return std::all_of(statement.conditions.begin(), statement.conditions.end(),
                       [&](const AccessCondition& condition) { return condition.holds(request.context); });
  };
  Verdict verdict = Verdict::kSilent;
  for (const Statement& statement : statements_) {
    const Verdict concerned = concerns(statement, request.caller);
    if (concerned == Verdict::kSilent || !applies(statement)) continue;
    verdict = std::max(verdict, statement.denies ? Verdict::kDenies : concerned);
  }
  return verdict;
}

}  // namespace penstock
