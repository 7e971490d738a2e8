// AddPermission and RemovePermission (Amazon SQS and Amazon SNS API references).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/access_policy.h"
#include "broker/permission_edit.h"

namespace penstock {
namespace {

using Kind = PermissionRefusal::Kind;

const std::string kQueue = "arn:aws:sqs:us-east-1:111111111111:orders";
const std::string kTopic = "arn:aws:sns:us-east-1:111111111111:news";

PermissionGrant grant(std::string label, std::vector<std::string> accounts,
                      std::vector<std::string> actions) {
  return {std::move(label), std::move(accounts), std::move(actions)};
}

std::string added(std::string_view policy, const PermissionGrant& granted) {
  const EditedPolicy edited = add_queue_permission(policy, kQueue, granted);
  EXPECT_TRUE(edited.has_value()) << (edited ? "" : edited.error().text);
  return edited.value_or("");
}

// ---- queues

TEST(AddPermission, ToAQueueWithoutAPolicyWritesOneInTheShapeOfAws) {
  EXPECT_EQ(
      added("", grant("one", {"222222222222"}, {"SendMessage"})),
      R"({"Version":"2008-10-17","Id":"arn:aws:sqs:us-east-1:111111111111:orders/SQSDefaultPolicy",)"
      R"("Statement":[{"Sid":"one","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},)"
      R"("Action":"SQS:SendMessage","Resource":"arn:aws:sqs:us-east-1:111111111111:orders"}]})");
}

TEST(AddPermission, SeveralAccountsAndActionsBecomeArrays) {
  const std::string text =
      added("", grant("one", {"222222222222", "333333333333", "222222222222"}, {"SendMessage", "*"}));
  EXPECT_NE(
      text.find(R"("Principal":{"AWS":["arn:aws:iam::222222222222:root","arn:aws:iam::333333333333:root"]})"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("Action":["SQS:SendMessage","SQS:*"])"), std::string::npos) << text;
}

TEST(AddPermission, KeepsTheRestOfThePolicyAsItWasWritten) {
  const std::string before =
      R"({"Version":"2012-10-17","Statement":{"Resource":"*","Effect":"Deny","Principal":"*","Action":"sqs:PurgeQueue"}})";
  EXPECT_EQ(added(before, grant("one", {"222222222222"}, {"GetQueueUrl"})),
            R"({"Version":"2012-10-17","Statement":[)"
            R"({"Resource":"*","Effect":"Deny","Principal":"*","Action":"sqs:PurgeQueue"},)"
            R"({"Sid":"one","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},)"
            R"("Action":"SQS:GetQueueUrl","Resource":"arn:aws:sqs:us-east-1:111111111111:orders"}]})");
}

TEST(AddPermission, TwiceTheSameChangesNothingAndAnotherWithTheLabelIsRefused) {
  const PermissionGrant one = grant("one", {"222222222222"}, {"SendMessage"});
  const std::string text = added("", one);
  EXPECT_EQ(added(text, one), text);
  const EditedPolicy again =
      add_queue_permission(text, kQueue, grant("one", {"333333333333"}, {"SendMessage"}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Kind::kInvalidParameter);
  EXPECT_EQ(again.error().text, "Value one for parameter Label is invalid. Reason: Already exists.");
}

TEST(AddPermission, ToAQueueIsRefusedInTheWordsOfAws) {
  struct Row {
    PermissionGrant granted;
    Kind kind;
    const char* text;
  };
  const std::vector<std::string> them{"222222222222"};
  const std::vector<Row> rows{
      {grant("", them, {"SendMessage"}), Kind::kMissingParameter,
       "The request must contain the parameter Label."},
      {grant("l", them, {}), Kind::kMissingParameter, "The request must contain the parameter ActionName."},
      {grant("l", {}, {"SendMessage"}), Kind::kMissingParameter,
       "The request must contain the parameter PrincipalId."},
      {grant("a b", them, {"SendMessage"}), Kind::kInvalidParameter,
       "Value a b for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, "
       "or "
       "underscores. 1 to 80 in length."},
      {grant("l", them, {"DeleteQueue"}), Kind::kInvalidParameter,
       "Value SQS:DeleteQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed "
       "to invoke "
       "this action."},
      {grant("l", them, {"SendMessageBatch"}), Kind::kInvalidParameter,
       "Value SQS:SendMessageBatch for parameter ActionName is invalid. Reason: Please refer to the "
       "appropriate WSDL "
       "for a list of valid actions."},
      {grant("l", them, {"sendmessage"}), Kind::kInvalidParameter,
       "Value SQS:sendmessage for parameter ActionName is invalid. Reason: Please refer to the appropriate "
       "WSDL for a "
       "list of valid actions."},
      {grant("l", them, std::vector<std::string>(8, "SendMessage")), Kind::kOverLimit,
       "8 Actions were found, maximum allowed is 7."},
      {grant("l", {"222222222222", "bob"}, {"SendMessage"}), Kind::kInvalidParameter,
       "Value [222222222222, bob] for parameter PrincipalId is invalid. Reason: Unable to verify."},
  };
  for (const Row& row : rows) {
    const EditedPolicy edited = add_queue_permission("", kQueue, row.granted);
    ASSERT_FALSE(edited) << row.text;
    EXPECT_EQ(edited.error().kind, row.kind) << row.text;
    EXPECT_EQ(edited.error().text, row.text);
  }
  EXPECT_FALSE(add_queue_permission("", kQueue, grant(std::string(81, 'a'), them, {"*"})));
  EXPECT_TRUE(add_queue_permission("", kQueue, grant(std::string(80, 'a'), them, {"*"})));
}

TEST(AddPermission, ThatWouldMakeThePolicyTooLargeIsOverTheLimit) {
  std::string text;
  for (int at = 0; at < 20; ++at)
    text = added(text, grant("label" + std::to_string(at), {"222222222222"}, {"*"}));
  const EditedPolicy over = add_queue_permission(text, kQueue, grant("last", {"222222222222"}, {"*"}));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, Kind::kOverLimit);
  EXPECT_EQ(over.error().text, "21 Statements were found, maximum allowed is 20.");
  const EditedPolicy principals = add_queue_permission("", kQueue, grant("l", {}, {"*"}));
  ASSERT_FALSE(principals);
  std::vector<std::string> accounts;
  for (int at = 0; at < 51; ++at) accounts.push_back(std::to_string(100000000000 + at));
  EXPECT_EQ(add_queue_permission("", kQueue, grant("l", accounts, {"*"})).error().text,
            "51 Principals were found, maximum allowed is 50.");
}

TEST(AddPermission, NeverReplacesAPolicyThatItCanNotRead) {
  for (const char* text : {"x", "[]", "{}", R"({"Version":"2012-10-17"})", R"({"Statement":["x"]})"}) {
    EXPECT_FALSE(add_queue_permission(text, kQueue, grant("l", {"222222222222"}, {"*"}))) << text;
    EXPECT_FALSE(remove_queue_permission(text, "l")) << text;
  }
}

TEST(RemovePermission, TakesTheLabelAwayAndWithTheLastStatementThePolicy) {
  const std::string one = added("", grant("one", {"222222222222"}, {"SendMessage"}));
  const std::string two = added(one, grant("two", {"222222222222"}, {"ReceiveMessage"}));
  EXPECT_EQ(remove_queue_permission(two, "two").value_or("refused"), one);
  EXPECT_EQ(remove_queue_permission(one, "one").value_or("refused"), "");
}

TEST(RemovePermission, OfAnUnknownLabelIsRefusedOnAQueue) {
  const EditedPolicy none = remove_queue_permission("", "one");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, Kind::kInvalidParameter);
  EXPECT_EQ(none.error().text, "Value one for parameter Label is invalid. Reason: can't find label.");
  EXPECT_FALSE(remove_queue_permission(added("", grant("one", {"222222222222"}, {"*"})), "On"));
  EXPECT_EQ(remove_queue_permission("", "").error().kind, Kind::kMissingParameter);
}

// ---- topics

TEST(AddPermission, ToATopicAppendsToItsDefaultPolicy) {
  const std::string before = default_topic_policy(kTopic, "111111111111");
  EXPECT_EQ(
      before,
      R"({"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID",)"
      R"("Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes",)"
      R"("SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe",)"
      R"("SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"arn:aws:sns:us-east-1:111111111111:news",)"
      R"("Condition":{"StringEquals":{"AWS:SourceOwner":"111111111111"}}}]})");
  const EditedPolicy after = add_topic_permission(
      before, kTopic, grant("l", {"222222222222", "222222222222"}, {"Publish", "Subscribe", "Publish"}));
  ASSERT_TRUE(after) << after.error().text;
  EXPECT_EQ(*after,
            before.substr(0, before.size() - 2) +
                R"(,{"Sid":"l","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},)"
                R"("Action":["SNS:Publish","SNS:Subscribe"],)"
                R"("Resource":"arn:aws:sns:us-east-1:111111111111:news"}]})");
  EXPECT_EQ(remove_topic_permission(*after, "l").value_or("refused"), before);
}

TEST(AddPermission, ToATopicIsRefusedInTheWordsOfAws) {
  const std::string before = default_topic_policy(kTopic, "111111111111");
  const auto text = [&before](const PermissionGrant& granted) {
    const EditedPolicy edited = add_topic_permission(before, kTopic, granted);
    return edited ? "none" : edited.error().text;
  };
  EXPECT_EQ(text(grant("__default_statement_ID", {"222222222222"}, {"Publish"})),
            "Invalid parameter: Statement already exists");
  EXPECT_EQ(text(grant("l", {"222222222222"}, {"CreateTopic"})),
            "Invalid parameter: Policy statement action out of service scope!");
  EXPECT_EQ(text(grant("l", {"222222222222"}, {"*"})),
            "Invalid parameter: Policy statement action out of service scope!");
  EXPECT_EQ(text(grant("l", {"nobody"}, {"Publish"})),
            "Invalid parameter: A provided account ID is not valid");
}

TEST(RemovePermission, OfAnUnknownLabelIsDoneAlreadyOnATopic) {
  const std::string before = default_topic_policy(kTopic, "111111111111");
  EXPECT_EQ(remove_topic_permission(before, "unknown").value_or("refused"), before);
  const EditedPolicy empty = remove_topic_permission(before, "__default_statement_ID");
  ASSERT_TRUE(empty);
  EXPECT_EQ(*empty, R"({"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[]})");
  EXPECT_TRUE(AccessPolicy::parse(*empty, PolicyHolder::kTopic));
}

}  // namespace
}  // namespace penstock
