#include "protocol/sqs_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "protocol/json_decoder.h"
#include "protocol/queue_attribute_table.h"
#include "protocol/request_check.h"
#include "tests/protocol/wire.h"

namespace penstock {
namespace {

template <class Visit>
void each_row(Visit&& visit) {
  each_sqs_action([&](auto at) { visit(std::get<decltype(at)::value>(sqs::kActions)); });
}

TEST(SqsTable, HasARowForEachOfTheTwentyThreeActions) {
  std::vector<std::string_view> names;
  each_row([&](const auto& row) { names.push_back(row.name); });
  EXPECT_EQ(names.size(), 23u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), 23u);
}

TEST(SqsTable, NoRequestHasTwoFieldsOfOneName) {
  each_row([](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    std::set<std::string_view> json_names, query_names;
    ASSERT_TRUE(each_field<Request>([&](const auto& field) -> Result<void> {
      EXPECT_TRUE(json_names.insert(field.name).second) << row.name << "." << field.name;
      EXPECT_TRUE(query_names.insert(field.query_name).second) << row.name << "." << field.query_name;
      return {};
    }));
  });
}

TEST(SqsTable, AnActionAboutAQueueCanAnswerThatItDoesNotExist) {
  each_row([](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    if constexpr (AboutQueue<Request>) {
      EXPECT_TRUE(row.errors.contains(ErrorCode::kQueueDoesNotExist)) << row.name;
    }
  });
}

TEST(SqsTable, EveryRequestDecodesFromAnEmptyObject) {
  each_row([](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    EXPECT_TRUE(decode_json<Request>("{}")) << row.name;
    EXPECT_TRUE(decode_json<Request>("")) << row.name;
    EXPECT_FALSE(decode_json<Request>("[]")) << row.name;
  });
}

TEST(SqsTable, EveryActionIsOffered) {
  int actions = 0;
  each_row([&](const auto& row) {
    ++actions;
    EXPECT_NE(row.standing, Standing::kNotOffered) << row.name;
  });
  EXPECT_EQ(actions, 23);
}

TEST(SqsTable, EveryOfferedActionAboutAQueueFirstAsksForTheQueue) {
  Wire wire;
  each_row([&](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    if (row.standing == Standing::kNotOffered || !AboutQueue<Request>) return;
    const std::string gone =
        "400 AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.";
    EXPECT_EQ(wire.refusal(row.name, nlohmann::json::object()), gone) << row.name;
    EXPECT_EQ(wire.refusal(row.name, {{"QueueUrl", ""}}), gone) << row.name;
    EXPECT_EQ(wire.refusal(row.name, {{"QueueUrl", "http://localhost:4566/000000000000/none"}}), gone)
        << row.name;
    EXPECT_EQ(wire.refusal(row.name, {{"QueueUrl", "http://elsewhere/?!"}}), gone) << row.name;
  });
}

TEST(SqsTable, VoidActionsAnswerWithNothing) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  wire.ok("SendMessage", {{"QueueUrl", kMailUrl}, {"MessageBody", "hello"}});
  const nlohmann::json input = {{"QueueUrl", kMailUrl},
                                {"QueueName", "mail"},
                                {"MessageBody", "x"},
                                {"VisibilityTimeout", 5},
                                {"Attributes", {{"DelaySeconds", "0"}}},
                                {"Tags", {{"team", "blue"}}},
                                {"Label", "friends"},
                                {"AWSAccountIds", {"111122223333"}},
                                {"Actions", {"SendMessage"}},
                                {"TagKeys", {"team"}},
                                {"ReceiptHandle", wire.receive_handle()}};
  const auto body_of = [&](const auto& row) { return wire.call(row.name, input); };
  each_row([&](const auto& row) {
    if (row.standing == Standing::kNotOffered || row.name == "DeleteQueue") return;
    if (row.name.ends_with("Batch")) return;  // their entries have members of their own
    if (row.name.find("MoveTask") != std::string_view::npos) return;  // they are about a dead-letter queue
    const ApiResponse response = body_of(row);
    EXPECT_EQ(response.status, 200) << row.name << response.body;
    EXPECT_EQ(response.body.empty(), row.body == Body::kNone) << row.name;
  });
  EXPECT_TRUE(wire.call("DeleteQueue", input).body.empty());
}

TEST(QueueAttributeTable, IsInTheOrderOfItsEnumeration) {
  for (std::size_t at = 0; at < kQueueAttributes; ++at) {
    EXPECT_EQ(static_cast<std::size_t>(kQueueAttributeTable[at].attribute), at);
    if (at > 0) {
      EXPECT_LT(kQueueAttributeTable[at - 1].name, kQueueAttributeTable[at].name);
    }
  }
}

TEST(RequestCheck, ASilentRangeDoesNotRepeatTheValue) {
  sqs::ListQueuesRequest request;
  request.results_max = 0;
  const auto checked = check(request);
  ASSERT_FALSE(checked);
  EXPECT_EQ(
      checked.error().text,
      "Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and 1000.");
}

TEST(RequestCheck, WhatIsMissingIsNamedInTheActionsOwnWords) {
  sqs::SetQueueAttributesRequest request;
  EXPECT_EQ(check(request).error().text, "The request must contain the parameter Attribute.Name.");
}

}  // namespace
}  // namespace penstock
