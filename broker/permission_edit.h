// AddPermission and RemovePermission: edits of a policy document, as pure functions from text to text.
//
// A grant is one statement, named by its label. It is appended to what is there; everything else in the
// document stays as its author wrote it, white space aside. The shapes and the texts of refusals are AWS's
// (Amazon SQS and Amazon SNS API references). A document that is handed in is one that was accepted before;
// if it can't be read all the same, the edit is refused and never starts a fresh one, which would drop a
// Deny.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

struct PermissionGrant {
  std::string label;
  std::vector<std::string> accounts;  // numbers of twelve digits
  std::vector<std::string> actions;   // without the service: "SendMessage"; of queues also "*"
};

struct PermissionRefusal {
  enum class Kind { kMissingParameter, kInvalidParameter, kOverLimit };

  Kind kind = Kind::kInvalidParameter;
  std::string text;  // the whole of AWS's message
};

using EditedPolicy = tl::expected<std::string, PermissionRefusal>;

// An empty policy is none. Adding the very statement that is already there changes nothing.
EditedPolicy add_queue_permission(std::string_view policy, std::string_view queue_arn,
                                  const PermissionGrant& grant);
// Empty when the last statement is gone.
EditedPolicy remove_queue_permission(std::string_view policy, std::string_view label);

EditedPolicy add_topic_permission(std::string_view policy, std::string_view topic_arn,
                                  const PermissionGrant& grant);
// A label that is not there is removed already.
EditedPolicy remove_topic_permission(std::string_view policy, std::string_view label);

// The policy of a topic to which none was given: its owner may do what can be done with topics.
std::string default_topic_policy(std::string_view topic_arn, std::string_view account);

}  // namespace penstock
