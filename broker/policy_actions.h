// The actions that policies can grant, of queues and of topics: one list for whole documents, for grants
// (AddPermission) and for what reaches across accounts.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "broker/case_folding.h"

namespace penstock {

// What a queue's owner may grant to other accounts (Amazon SQS API reference, AddPermission) ...
inline constexpr std::array<std::string_view, 9> kQueueGrants{
    "*",           "ChangeMessageVisibility",    "DeleteMessage", "GetQueueAttributes",
    "GetQueueUrl", "ListDeadLetterSourceQueues", "PurgeQueue",    "ReceiveMessage",
    "SendMessage"};

// ... and what never reaches another account, whatever a policy says.
inline constexpr std::array<std::string_view, 12> kQueueOwnerActions{"AddPermission",
                                                                     "CancelMessageMoveTask",
                                                                     "CreateQueue",
                                                                     "DeleteQueue",
                                                                     "ListMessageMoveTasks",
                                                                     "ListQueues",
                                                                     "ListQueueTags",
                                                                     "RemovePermission",
                                                                     "SetQueueAttributes",
                                                                     "StartMessageMoveTask",
                                                                     "TagQueue",
                                                                     "UntagQueue"};

// What a topic's policy may name. Receive was an action once, and old policies still have it.
inline constexpr std::array<std::string_view, 12> kTopicActions{"AddPermission",
                                                                "DeleteTopic",
                                                                "GetDataProtectionPolicy",
                                                                "GetTopicAttributes",
                                                                "ListSubscriptionsByTopic",
                                                                "ListTagsForResource",
                                                                "Publish",
                                                                "PutDataProtectionPolicy",
                                                                "Receive",
                                                                "RemovePermission",
                                                                "SetTopicAttributes",
                                                                "Subscribe"};

// What reaches other accounts of it, in the order in which a topic's default policy has it.
inline constexpr std::array<std::string_view, 8> kTopicSharedActions{
    "GetTopicAttributes", "SetTopicAttributes",       "AddPermission", "RemovePermission", "DeleteTopic",
    "Subscribe",          "ListSubscriptionsByTopic", "Publish"};

template <std::size_t Size>
constexpr bool names_action(const std::array<std::string_view, Size>& list, std::string_view action) {
  return std::find(list.begin(), list.end(), action) != list.end();
}

// The same where case does not count.
template <std::size_t Size>
bool names_action_in_any_case(const std::array<std::string_view, Size>& list, std::string_view action) {
  return std::any_of(list.begin(), list.end(), [folded = fold_ascii_case(action)](std::string_view name) {
    return fold_ascii_case(name) == folded;
  });
}

}  // namespace penstock
