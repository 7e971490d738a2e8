#include <gtest/gtest.h>

#include "tests/protocol/wire.h"

namespace penstock {
namespace {

using nlohmann::json;

json mail(json input) {
  input["QueueUrl"] = kMailUrl;
  return input;
}

json create(json attributes) { return {{"QueueName", "mail"}, {"Attributes", std::move(attributes)}}; }

// ---- CreateQueue

TEST(CreateQueue, AnswersTheUrlThatTheClientCanReach) {
  Wire wire;
  EXPECT_EQ(wire.call("CreateQueue", {{"QueueName", "mail"}}).body,
            R"({"QueueUrl":"http://localhost:4566/000000000000/mail"})");
}

TEST(CreateQueue, TheSameAgainAnswersTheSameUrl) {
  Wire wire;
  wire.ok("CreateQueue", create({{"VisibilityTimeout", "45"}}));
  EXPECT_EQ(wire.ok("CreateQueue", create({{"VisibilityTimeout", "45"}}))["QueueUrl"], kMailUrl);
  EXPECT_EQ(wire.ok("CreateQueue", {{"QueueName", "mail"}})["QueueUrl"], kMailUrl);
}

TEST(CreateQueue, ADifferentAttributeIsAnotherQueueOfThatName) {
  Wire wire;
  wire.ok("CreateQueue", create({{"VisibilityTimeout", "45"}}));
  EXPECT_EQ(
      wire.refusal("CreateQueue", create({{"VisibilityTimeout", "46"}})),
      "400 QueueAlreadyExists: A queue already exists with the same name and a different value for attribute "
      "VisibilityTimeout");
}

TEST(CreateQueue, ANameIsGivenNotEmptyAndWellFormed) {
  Wire wire;
  EXPECT_EQ(wire.refusal("CreateQueue", json::object()),
            "400 InvalidParameterValue: Value for parameter QueueName is invalid. Reason: Must specify a "
            "queue name.");
  EXPECT_EQ(wire.refusal("CreateQueue", {{"QueueName", ""}}),
            "400 InvalidParameterValue: Queue name cannot be empty");
  for (const std::string& name :
       {std::string("a b"), std::string("a/b"), std::string(81, 'a'), std::string("a.b")}) {
    EXPECT_EQ(wire.refusal("CreateQueue", {{"QueueName", name}}),
              "400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. "
              "1 to 80 in "
              "length")
        << name;
  }
}

TEST(CreateQueue, NumericAttributesAreTakenAsTextsNumbersAndAtTheirBounds) {
  Wire wire;
  wire.ok("CreateQueue", create({{"DelaySeconds", 900},
                                 {"MaximumMessageSize", "1024"},
                                 {"MessageRetentionPeriod", "1209600"},
                                 {"ReceiveMessageWaitTimeSeconds", "20"},
                                 {"VisibilityTimeout", "0"},
                                 {"SqsManagedSseEnabled", "True"},
                                 {"Policy", ""},
                                 {"KmsMasterKeyId", ""}}));
  const json attributes = wire.ok("GetQueueAttributes", mail({{"AttributeNames", {"All"}}}))["Attributes"];
  EXPECT_EQ(attributes["DelaySeconds"], "900");
  EXPECT_EQ(attributes["MaximumMessageSize"], "1024");
  EXPECT_EQ(attributes["MessageRetentionPeriod"], "1209600");
  EXPECT_EQ(attributes["ReceiveMessageWaitTimeSeconds"], "20");
  EXPECT_EQ(attributes["VisibilityTimeout"], "0");
}

TEST(CreateQueue, ABadAttributeValueIsNamedAndCreatesNothing) {
  Wire wire;
  const std::vector<std::pair<std::string, std::vector<json>>> bad = {
      {"DelaySeconds", {"901", "-1", " 6", "5.0", "", "1e2", 5.0, true, "99999999999999999999"}},
      {"MaximumMessageSize", {"1023", "1048577"}},
      {"MessageRetentionPeriod", {"59", "1209601"}},
      {"ReceiveMessageWaitTimeSeconds", {"21"}},
      {"VisibilityTimeout", {"43201"}},
      {"SqsManagedSseEnabled", {"yes", ""}},
      {"FifoQueue", {"maybe"}}};
  for (const auto& [name, values] : bad) {
    for (const json& value : values) {
      EXPECT_EQ(wire.refusal("CreateQueue", create({{name, value}})),
                "400 InvalidAttributeValue: Invalid value for the parameter " + name + ".")
          << value;
    }
  }
  EXPECT_EQ(wire.call("GetQueueUrl", {{"QueueName", "mail"}}).status, 400);
}

TEST(CreateQueue, AnUnknownOrReadOnlyAttributeIsUnknown) {
  Wire wire;
  for (const std::string name : {"Colour", "", "visibilitytimeout", "QueueArn", "CreatedTimestamp",
                                 "ApproximateNumberOfMessages", "All"}) {
    EXPECT_EQ(wire.refusal("CreateQueue", create({{name, "1"}})),
              "400 InvalidAttributeName: Unknown Attribute " + name + ".");
  }
}

TEST(CreateQueue, TheNameOfAFifoQueueAndItsAttributeBelongTogether) {
  Wire wire;
  EXPECT_EQ(wire.refusal("CreateQueue", create({{"FifoQueue", "true"}})),
            "400 InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, "
            "hyphens, or "
            "underscores, must end with .fifo suffix and be 1 to 80 in length.");
  EXPECT_EQ(wire.refusal("CreateQueue", {{"QueueName", "mail.fifo"}}),
            "400 InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 "
            "to 80 in "
            "length");
}

TEST(CreateQueue, FifoAttributesAreNoneOfAStandardQueue) {
  Wire wire;
  for (const std::string name : {"FifoQueue", "ContentBasedDeduplication"}) {
    EXPECT_EQ(wire.refusal("CreateQueue", create({{name, "false"}})),
              "400 InvalidAttributeName: Unknown Attribute " + name + ".");
  }
  EXPECT_EQ(
      wire.refusal("CreateQueue", create({{"DeduplicationScope", "queue"}})),
      "400 InvalidAttributeName: You can specify the DeduplicationScope only when FifoQueue is set to true.");
}

// ---- GetQueueUrl

TEST(GetQueueUrl, FindsByNameAndOwner) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  EXPECT_EQ(wire.ok("GetQueueUrl", {{"QueueName", "mail"}})["QueueUrl"], kMailUrl);
  EXPECT_EQ(
      wire.ok("GetQueueUrl", {{"QueueName", "mail"}, {"QueueOwnerAWSAccountId", "000000000000"}})["QueueUrl"],
      kMailUrl);
}

TEST(GetQueueUrl, WhatIsNotThereDoesNotExist) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  const std::string gone = "400 AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.";
  EXPECT_EQ(wire.refusal("GetQueueUrl", {{"QueueName", "other"}}), gone);
  EXPECT_EQ(wire.refusal("GetQueueUrl", {{"QueueName", "!"}}), gone);
  EXPECT_EQ(wire.refusal("GetQueueUrl", {{"QueueName", std::string(100'000, 'a')}}), gone);
  EXPECT_EQ(wire.refusal("GetQueueUrl", {{"QueueName", "mail"}, {"QueueOwnerAWSAccountId", "123456789012"}}),
            gone);
  EXPECT_EQ(wire.refusal("GetQueueUrl", {{"QueueName", "mail"}, {"QueueOwnerAWSAccountId", "x"}}), gone);
}

TEST(GetQueueUrl, WithoutANameIsAnInvalidParameter) {
  Wire wire;
  EXPECT_EQ(wire.refusal("GetQueueUrl", json::object()),
            "400 InvalidParameterValue: Value for parameter QueueName is invalid. Reason: Must specify a "
            "queue name.");
}

// ---- GetQueueAttributes

TEST(GetQueueAttributes, AllOfAStandardQueueAreTheseTwelve) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  EXPECT_EQ(
      wire.call("GetQueueAttributes", mail({{"AttributeNames", {"All"}}})).body,
      R"({"Attributes":{"ApproximateNumberOfMessages":"0","ApproximateNumberOfMessagesDelayed":"0",)"
      R"("ApproximateNumberOfMessagesNotVisible":"0","CreatedTimestamp":"1790000000","DelaySeconds":"0",)"
      R"("LastModifiedTimestamp":"1790000000","MaximumMessageSize":"1048576",)"
      R"("MessageRetentionPeriod":"345600",)"
      R"("QueueArn":"arn:aws:sqs:us-east-1:000000000000:mail","ReceiveMessageWaitTimeSeconds":"0",)"
      R"("SqsManagedSseEnabled":"true","VisibilityTimeout":"30"}})");
}

TEST(GetQueueAttributes, CountsVisibleHiddenAndDelayed) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  for (int count = 0; count < 3; ++count) wire.ok("SendMessage", mail({{"MessageBody", "x"}}));
  wire.ok("SendMessage", mail({{"MessageBody", "x"}, {"DelaySeconds", 5}}));
  wire.receive_handle();
  const json asked = {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                      "ApproximateNumberOfMessagesDelayed"};
  const json attributes = wire.ok("GetQueueAttributes", mail({{"AttributeNames", asked}}))["Attributes"];
  EXPECT_EQ(attributes, (json{{"ApproximateNumberOfMessages", "2"},
                              {"ApproximateNumberOfMessagesNotVisible", "1"},
                              {"ApproximateNumberOfMessagesDelayed", "1"}}));
}

TEST(GetQueueAttributes, WhatIsNotAskedForOrNotSetIsNotThere) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  EXPECT_EQ(wire.call("GetQueueAttributes", mail({})).body, "{}");
  EXPECT_EQ(wire.call("GetQueueAttributes", mail({{"AttributeNames", json::array()}})).body, "{}");
  EXPECT_EQ(wire.call("GetQueueAttributes", mail({{"AttributeNames", {"Policy", "FifoQueue"}}})).body, "{}");
  EXPECT_EQ(wire.call("GetQueueAttributes", mail({{"AttributeNames", {"Policy", "DelaySeconds"}}})).body,
            R"({"Attributes":{"DelaySeconds":"0"}})");
}

TEST(GetQueueAttributes, AnUnknownNameFailsTheWholeCall) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  EXPECT_EQ(wire.refusal("GetQueueAttributes", mail({{"AttributeNames", {"DelaySeconds", "Colour"}}})),
            "400 InvalidAttributeName: Unknown Attribute Colour.");
}

// ---- DeleteQueue and PurgeQueue

TEST(DeleteQueue, ThenTheQueueDoesNotExist) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  EXPECT_EQ(wire.call("DeleteQueue", mail({})).body, "");
  EXPECT_EQ(wire.refusal("DeleteQueue", mail({})),
            "400 AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.");
}

TEST(PurgeQueue, LeavesTheQueueEmpty) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  wire.ok("SendMessage", mail({{"MessageBody", "x"}}));
  EXPECT_EQ(wire.call("PurgeQueue", mail({})).body, "");
  EXPECT_EQ(wire.call("ReceiveMessage", mail({})).body, "{}");
}

}  // namespace
}  // namespace penstock
