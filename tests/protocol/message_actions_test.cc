#include <gtest/gtest.h>

#include "tests/protocol/wire.h"

namespace penstock {
namespace {

using nlohmann::json;

json mail(json input) {
  input["QueueUrl"] = kMailUrl;
  return input;
}

json text(std::string_view value, std::string_view type = "String") {
  return {{"DataType", type}, {"StringValue", value}};
}

class Mail : public testing::Test {
 protected:
  Mail() {
    wire.ok("CreateQueue", {{"QueueName", "mail"}, {"Attributes", {{"MaximumMessageSize", "2048"}}}});
  }

  json send(json input) { return wire.ok("SendMessage", mail(std::move(input))); }
  std::string refused_send(json input) { return wire.refusal("SendMessage", mail(std::move(input))); }
  std::string refused_attribute(const std::string& name, const json& value) {
    return refused_send({{"MessageBody", "x"}, {"MessageAttributes", {{name, value}}}});
  }
  json receive(json input) { return wire.ok("ReceiveMessage", mail(std::move(input)))["Messages"]; }
  std::string refused(std::string_view action, json input) {
    return wire.refusal(action, mail(std::move(input)));
  }

  Wire wire;
};

using SendMessage = Mail;
using ReceiveMessage = Mail;
using DeleteMessage = Mail;
using ChangeMessageVisibility = Mail;

// ---- SendMessage

TEST_F(SendMessage, AnswersTheIdAndTheDigestOfTheBodyAndNothingElse) {
  const json sent = send({{"MessageBody", "hello"}});
  EXPECT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(sent["MessageId"].get<std::string>().size(), 36u);
}

TEST_F(SendMessage, AnswersTheDigestOfTheAttributes) {
  const json sent = send({{"MessageBody", "x"},
                          {"MessageAttributes",
                           {{"color", text("blue")},
                            {"blob", {{"DataType", "Binary"}, {"BinaryValue", "AQID"}}},
                            {"count", text("3", "Number")}}}});
  EXPECT_EQ(sent["MD5OfMessageAttributes"], "d838729972a4b70e2d2acd9d59ac847c");
  EXPECT_FALSE(sent.contains("MD5OfMessageSystemAttributes"));
}

TEST_F(SendMessage, AnswersTheDigestOfSystemAttributesOnlyWhenSupplied) {
  const json sent =
      send({{"MessageBody", "x"},
            {"MessageSystemAttributes",
             {{"AWSTraceHeader",
               text("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")}}}});
  EXPECT_EQ(sent["MD5OfMessageSystemAttributes"], "5ae4d5d7636402d80f4eb6d213245a88");
  EXPECT_FALSE(sent.contains("MD5OfMessageAttributes"));
}

TEST_F(SendMessage, WithoutABodyMissesIt) {
  const std::string missing = "400 MissingParameter: The request must contain the parameter MessageBody.";
  EXPECT_EQ(refused_send(json::object()), missing);
  EXPECT_EQ(refused_send({{"MessageBody", ""}}), missing);
  EXPECT_EQ(refused_send({{"DelaySeconds", 901}}), missing);  // before any range
}

TEST_F(SendMessage, ABodyHoldsOnlyAllowedCharacters) {
  EXPECT_EQ(
      refused_send({{"MessageBody", std::string("a\0b", 3)}}),
      "400 InvalidMessageContents: Invalid binary character '#x0' was found in the message body, the set of "
      "allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].");
  EXPECT_NE(refused_send({{"MessageBody", "\xef\xbf\xbf"}}).find("'#xFFFF'"), std::string::npos);
}

TEST_F(SendMessage, ADelayIsBetweenZeroAndNineHundred) {
  for (const int delay : {-1, 901}) {
    EXPECT_EQ(refused_send({{"MessageBody", "x"}, {"DelaySeconds", delay}}),
              "400 InvalidParameterValue: Value " + std::to_string(delay) +
                  " for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.");
  }
  send({{"MessageBody", "x"}, {"DelaySeconds", 900}});
}

TEST_F(SendMessage, TheSizeCountsBodyNamesTypesAndValues) {
  const json attributes = {{"name", text("value", "String.x")}};  // 4 + 8 + 5
  send({{"MessageBody", std::string(2048 - 17, 'b')}, {"MessageAttributes", attributes}});
  EXPECT_EQ(refused_send({{"MessageBody", std::string(2048 - 16, 'b')}, {"MessageAttributes", attributes}}),
            "400 InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter "
            "than 2048 "
            "bytes.");
}

TEST_F(SendMessage, ADeduplicationIdIsNotForStandardQueues) {
  EXPECT_EQ(refused_send({{"MessageBody", "x"}, {"MessageDeduplicationId", "once"}}),
            "400 InvalidParameterValue: Value once for parameter MessageDeduplicationId is invalid. Reason: "
            "The request "
            "include parameter that is not valid for this queue type.");
}

TEST_F(SendMessage, GroupAndDeduplicationIdsAreWellFormed) {
  for (const std::string name : {"MessageGroupId", "MessageDeduplicationId"}) {
    for (const std::string& id : {std::string("a b"), std::string(), std::string(129, 'x')}) {
      EXPECT_EQ(refused_send({{"MessageBody", "x"}, {name, id}}),
                "400 InvalidParameterValue: Value " + id + " for parameter " + name +
                    " is invalid. Reason: " + name +
                    " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    }
  }
}

TEST_F(SendMessage, AGroupIdTravelsToTheReceiver) {
  send({{"MessageBody", "x"}, {"MessageGroupId", "tenant-1"}});
  EXPECT_EQ(receive({{"MessageSystemAttributeNames", {"MessageGroupId", "SequenceNumber"}}})[0]["Attributes"],
            (json{{"MessageGroupId", "tenant-1"}}));
}

TEST_F(SendMessage, TakesTenAttributesAndNotEleven) {
  json attributes;
  for (char name = 'a'; name <= 'j'; ++name) attributes[std::string(1, name)] = text("1");
  send({{"MessageBody", "x"}, {"MessageAttributes", attributes}});
  attributes["k"] = text("1");
  EXPECT_EQ(refused_send({{"MessageBody", "x"}, {"MessageAttributes", attributes}}),
            "400 InvalidParameterValue: Number of message attributes [11] exceeds the allowed maximum [10].");
}

TEST_F(SendMessage, TheNameOfAnAttributeIsWellFormed) {
  const std::string head = "400 InvalidParameterValue: ";
  EXPECT_EQ(refused_attribute("", text("x")),
            head + "The request must contain non-empty message (user) attribute names.");
  EXPECT_EQ(refused_attribute(std::string(257, 'n'), text("x")),
            head + "Message (user) attribute name must be shorter than 256 bytes.");
  for (const std::string name : {"AWS.x", "aws.x", "Amazon.x", "aMaZoN.x"}) {
    EXPECT_EQ(refused_attribute(name, text("x")), head +
                                                      "You can't use message attribute names beginning with "
                                                      "'AWS.' or 'Amazon'. These strings are reserved "
                                                      "for internal use.");
  }
  EXPECT_EQ(refused_attribute(".x", text("x")),
            head + "Message (user) attribute name must not begin with character '.'.");
  EXPECT_EQ(refused_attribute("x.", text("x")),
            head + "Message (user) attribute name must not end with character '.'.");
  EXPECT_EQ(refused_attribute("x..y", text("x")),
            head + "Message (user) attribute name must not have successive '.' characters.");
  EXPECT_EQ(refused_attribute("x!", text("x")),
            head +
                "Invalid non-alphanumeric character '#x21' was found in the message (user) attribute name. "
                "Can only "
                "include alphanumeric characters, hyphens, underscores, or dots.");
  send({{"MessageBody", "x"},
        {"MessageAttributes", {{std::string(256, 'n'), text("x")}, {"awsome", text("x")}}}});
}

TEST_F(SendMessage, TheTypeOfAnAttributeIsStringNumberOrBinary) {
  const std::string head = "400 InvalidParameterValue: ";
  const std::string missing =
      head + "The message (user) attribute 'n' must contain a non-empty message attribute type.";
  EXPECT_EQ(refused_attribute("n", {{"StringValue", "x"}}), missing);
  EXPECT_EQ(refused_attribute("n", text("x", "")), missing);
  for (const std::string type : {"Strings", "string", "Boolean", ".String", "String.\x01"}) {
    EXPECT_EQ(refused_attribute("n", text("x", type)),
              head +
                  "The type of message (user) attribute 'n' is invalid. You must use only the following "
                  "supported type "
                  "prefixes: Binary, Number, String.");
  }
  EXPECT_EQ(refused_attribute("n", text("x", "String." + std::string(250, 'x'))),
            head + "The type of message (user) attribute 'n' must be shorter than 256 bytes.");
}

TEST_F(SendMessage, AnAttributeHasOneNonEmptyValueInTheFieldOfItsType) {
  const std::string head = "400 InvalidParameterValue: ";
  EXPECT_EQ(refused_attribute("n", text("", "String.x")),
            head + "Message (user) attribute 'n' must contain a non-empty value of type 'String.x'.");
  EXPECT_EQ(refused_attribute("n", {{"DataType", "Binary"}, {"BinaryValue", ""}}),
            head + "Message (user) attribute 'n' must contain a non-empty value of type 'Binary'.");
  EXPECT_EQ(refused_attribute("n", {{"DataType", "String"}}),
            head + "The message (user) attribute 'n' must contain a non-empty message attribute value.");
  EXPECT_EQ(refused_attribute("n", text("x", "Binary")),
            head + "Message (user) attribute 'n' with type 'Binary' must use field 'Binary'.");
  EXPECT_EQ(refused_attribute("n", {{"DataType", "Number"}, {"BinaryValue", "AQID"}}),
            head + "Message (user) attribute 'n' with type 'Number' must use field 'String'.");
  EXPECT_EQ(refused_attribute("n", {{"DataType", "String"}, {"StringValue", "x"}, {"BinaryValue", "AQID"}}),
            head + "Message (user) attribute 'n' must have a single value.");
}

TEST_F(SendMessage, AnAttributesTextHoldsOnlyAllowedCharacters) {
  EXPECT_EQ(refused_attribute("n", text("\x01")),
            "400 InvalidParameterValue: Invalid binary character '#x1' was found in the message (user) "
            "attribute 'n' value, "
            "the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | "
            "[#x10000-#x10FFFF].");
}

TEST_F(SendMessage, ANumberIsOneAndStaysAsItWasWritten) {
  EXPECT_EQ(refused_attribute("n", text("abc", "Number")),
            "400 InvalidParameterValue: Can't cast the value of message (user) attribute 'n' to a number.");
  EXPECT_EQ(refused_attribute("n", text("1e200", "Number.x")),
            "400 InvalidParameterValue: Number attribute value 1e200 should be in range (-10**128..10**126)");
  send({{"MessageBody", "x"}, {"MessageAttributes", {{"n", text("007.50", "Number")}}}});
  EXPECT_EQ(receive({{"MessageAttributeNames", {"All"}}})[0]["MessageAttributes"]["n"]["StringValue"],
            "007.50");
}

TEST_F(SendMessage, ListValuesAreNotSupported) {
  for (const std::string member : {"StringListValues", "BinaryListValues"}) {
    EXPECT_EQ(refused_attribute("n", {{"DataType", "String"}, {"StringValue", "x"}, {member, {"AQID"}}}),
              "400 AWS.SimpleQueueService.UnsupportedOperation: Message attribute list values in SendMessage "
              "operation are "
              "not supported.");
  }
  send({{"MessageBody", "x"},
        {"MessageAttributes",
         {{"n", {{"DataType", "String"}, {"StringValue", "x"}, {"StringListValues", json::array()}}}}}});
}

TEST_F(SendMessage, TheOnlySystemAttributeIsTheTraceHeader) {
  const auto refused_system = [this](const std::string& name, const json& value) {
    return refused_send({{"MessageBody", "x"}, {"MessageSystemAttributes", {{name, value}}}});
  };
  const std::string head = "400 InvalidParameterValue: ";
  EXPECT_EQ(refused_system("SenderId", text("x")),
            head + "Message system attribute name 'SenderId' is invalid.");
  EXPECT_EQ(refused_system("AWSTraceHeader", text("1", "Number")),
            head +
                "The type of message (system) attribute 'AWSTraceHeader' is invalid. You must use only the "
                "following "
                "supported type prefixes: String.");
  EXPECT_EQ(
      refused_system("AWSTraceHeader", text("")),
      head + "Message (system) attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'.");
  EXPECT_EQ(refused_system("AWSTraceHeader", {{"DataType", "String"}, {"BinaryValue", "AQID"}}),
            head + "Message (system) attribute 'AWSTraceHeader' with type 'String' must use field 'String'.");
  EXPECT_NE(refused_system("AWSTraceHeader", text("\x02")).find("'#x2'"), std::string::npos);
}

// ---- ReceiveMessage

TEST_F(ReceiveMessage, OfAnEmptyQueueIsAnEmptyObject) {
  EXPECT_EQ(wire.call("ReceiveMessage", mail({})).body, "{}");
}

TEST_F(ReceiveMessage, GivesIdHandleDigestAndBodyAndNothingUnasked) {
  const json sent =
      send({{"MessageBody", "caf\xc3\xa9 \"\n"}, {"MessageAttributes", {{"color", text("blue")}}}});
  const json received = receive({});
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].size(), 4u);
  EXPECT_EQ(received[0]["MessageId"], sent["MessageId"]);
  EXPECT_EQ(received[0]["MD5OfBody"], sent["MD5OfMessageBody"]);
  EXPECT_EQ(received[0]["Body"], "caf\xc3\xa9 \"\n");
  EXPECT_TRUE(received[0].contains("ReceiptHandle"));
}

TEST_F(ReceiveMessage, GivesTheSystemAttributesThatApply) {
  send({{"MessageBody", "x"}, {"MessageSystemAttributes", {{"AWSTraceHeader", text("Root=1")}}}});
  wire.pass(Milliseconds{5});
  const json expected = {{"SenderId", "000000000000"},
                         {"SentTimestamp", "1790000000123"},
                         {"ApproximateReceiveCount", "1"},
                         {"ApproximateFirstReceiveTimestamp", "1790000000128"},
                         {"AWSTraceHeader", "Root=1"}};
  EXPECT_EQ(receive({{"MessageSystemAttributeNames", {"All"}}})[0]["Attributes"], expected);
}

TEST_F(ReceiveMessage, AsksForSystemAttributesUnderEitherName) {
  send({{"MessageBody", "x"}});
  const json attributes = receive(
      {{"AttributeNames", {"SenderId"}},
       {"MessageSystemAttributeNames", {"ApproximateReceiveCount", "AWSTraceHeader"}}})[0]["Attributes"];
  EXPECT_EQ(attributes, (json{{"SenderId", "000000000000"}, {"ApproximateReceiveCount", "1"}}));
}

TEST_F(ReceiveMessage, ASecondReceiveCountsAndHasANewHandle) {
  send({{"MessageBody", "x"}});
  const json first = receive({{"VisibilityTimeout", 0}, {"AttributeNames", {"ApproximateReceiveCount"}}});
  const json second = receive({{"AttributeNames", {"ApproximateReceiveCount"}}});
  EXPECT_EQ(first[0]["Attributes"]["ApproximateReceiveCount"], "1");
  EXPECT_EQ(second[0]["Attributes"]["ApproximateReceiveCount"], "2");
  EXPECT_EQ(second[0]["Body"], "x");
  wire.pass(Milliseconds{1});
  EXPECT_NE(first[0]["ReceiptHandle"], second[0]["ReceiptHandle"]);
}

TEST_F(ReceiveMessage, GivesTheAttributesAskedForAndTheirDigest) {
  send({{"MessageBody", "x"},
        {"MessageAttributes",
         {{"color", text("blue")},
          {"blob", {{"DataType", "Binary"}, {"BinaryValue", "AQID"}}},
          {"k", text("x")}}}});
  const json message = receive({{"MessageAttributeNames", {"col.*", "absent"}}, {"VisibilityTimeout", 0}})[0];
  EXPECT_EQ(message["MessageAttributes"], (json{{"color", text("blue")}}));
  EXPECT_EQ(message["MD5OfMessageAttributes"], "da1b33cc3cbfe8b1630921e78e6b9880");
  const json all = receive({{"MessageAttributeNames", {".*"}}, {"VisibilityTimeout", 0}})[0];
  EXPECT_EQ(all["MessageAttributes"]["blob"], (json{{"DataType", "Binary"}, {"BinaryValue", "AQID"}}));
  EXPECT_EQ(all["MessageAttributes"].size(), 3u);
  const json none = receive({{"MessageAttributeNames", {"absent"}}})[0];
  EXPECT_FALSE(none.contains("MessageAttributes"));
  EXPECT_FALSE(none.contains("MD5OfMessageAttributes"));
}

TEST_F(ReceiveMessage, TakesUpToTen) {
  for (int count = 0; count < 12; ++count) send({{"MessageBody", "x"}});
  EXPECT_EQ(receive({{"MaxNumberOfMessages", 10}}).size(), 10u);
}

TEST_F(ReceiveMessage, ItsNumbersAreInRange) {
  const auto refused_number = [this](const std::string& name, int value) {
    return refused("ReceiveMessage", {{name, value}});
  };
  const auto text_of = [](const std::string& name, int value, const std::string& reason) {
    return "400 InvalidParameterValue: Value " + std::to_string(value) + " for parameter " + name +
           " is invalid. Reason: " + reason;
  };
  for (const int value : {0, 11, -1}) {
    EXPECT_EQ(refused_number("MaxNumberOfMessages", value),
              text_of("MaxNumberOfMessages", value, "Must be between 1 and 10, if provided."));
  }
  for (const int value : {-1, 21}) {
    EXPECT_EQ(refused_number("WaitTimeSeconds", value),
              text_of("WaitTimeSeconds", value, "Must be >= 0 and <= 20, if provided."));
  }
  for (const int value : {-1, 43201}) {
    EXPECT_EQ(refused_number("VisibilityTimeout", value),
              text_of("VisibilityTimeout", value, "Must be >= 0 and <= 43200, if provided."));
  }
}

TEST_F(ReceiveMessage, AnUnknownSystemAttributeIsRefused) {
  for (const std::string member : {"AttributeNames", "MessageSystemAttributeNames"}) {
    EXPECT_EQ(refused("ReceiveMessage", {{member, {"SenderId", "Colour"}}}),
              "400 InvalidAttributeName: Unknown Attribute Colour.");
  }
}

TEST_F(ReceiveMessage, AnAttemptIdIsToleratedIfWellFormed) {
  EXPECT_EQ(wire.call("ReceiveMessage", mail({{"ReceiveRequestAttemptId", "try-1"}})).status, 200);
  EXPECT_EQ(refused("ReceiveMessage", {{"ReceiveRequestAttemptId", "a b"}}),
            "400 InvalidParameterValue: Value a b for parameter ReceiveRequestAttemptId is invalid. Reason: "
            "ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in "
            "length.");
}

// ---- DeleteMessage

TEST_F(DeleteMessage, ThenTheMessageIsGoneAndAgainIsSuccess) {
  send({{"MessageBody", "x"}});
  const json handle = {{"ReceiptHandle", wire.receive_handle()}};
  EXPECT_EQ(wire.call("DeleteMessage", mail(handle)).status, 200);
  EXPECT_EQ(wire.call("DeleteMessage", mail(handle)).status, 200);
  wire.pass(Seconds{31});
  EXPECT_EQ(wire.call("ReceiveMessage", mail({})).body, "{}");
}

TEST_F(DeleteMessage, WithoutAHandleMissesIt) {
  EXPECT_EQ(refused("DeleteMessage", {}),
            "400 MissingParameter: The request must contain the parameter ReceiptHandle.");
  EXPECT_EQ(refused("DeleteMessage", {{"ReceiptHandle", ""}}),
            "400 MissingParameter: The request must contain the parameter ReceiptHandle.");
}

TEST_F(DeleteMessage, GarbageIsNotAValidHandle) {
  EXPECT_EQ(
      refused("DeleteMessage", {{"ReceiptHandle", "garbage"}}),
      "404 ReceiptHandleIsInvalid: The input receipt handle \"garbage\" is not a valid receipt handle.");
}

TEST_F(DeleteMessage, TheHandleOfAnotherQueueIsNotAValidHandle) {
  send({{"MessageBody", "x"}});
  const std::string handle = wire.receive_handle();
  wire.ok("CreateQueue", {{"QueueName", "other"}});
  EXPECT_EQ(wire.refusal("DeleteMessage", {{"QueueUrl", "other"}, {"ReceiptHandle", handle}}),
            "404 ReceiptHandleIsInvalid: The input receipt handle \"" + handle +
                "\" is not a valid receipt handle.");
}

// ---- ChangeMessageVisibility

TEST_F(ChangeMessageVisibility, ToZeroMakesTheMessageVisible) {
  send({{"MessageBody", "x"}});
  const ApiResponse response = wire.call(
      "ChangeMessageVisibility", mail({{"ReceiptHandle", wire.receive_handle()}, {"VisibilityTimeout", 0}}));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(receive({}).size(), 1u);
}

TEST_F(ChangeMessageVisibility, WithoutHandleOrTimeoutMissesIt) {
  EXPECT_EQ(refused("ChangeMessageVisibility", {}),
            "400 MissingParameter: The request must contain the parameter ReceiptHandle.");
  EXPECT_EQ(
      refused("ChangeMessageVisibility", {{"ReceiptHandle", "garbage"}}),  // before the handle is looked at
      "400 MissingParameter: The request must contain the parameter VisibilityTimeout.");
}

TEST_F(ChangeMessageVisibility, TheRangeComesBeforeTheHandle) {
  for (const int timeout : {-1, 43201}) {
    EXPECT_EQ(
        refused("ChangeMessageVisibility", {{"ReceiptHandle", "garbage"}, {"VisibilityTimeout", timeout}}),
        "400 InvalidParameterValue: Value " + std::to_string(timeout) +
            " for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200.");
  }
  EXPECT_EQ(
      refused("ChangeMessageVisibility", {{"ReceiptHandle", "garbage"}, {"VisibilityTimeout", 1}}),
      "404 ReceiptHandleIsInvalid: The input receipt handle \"garbage\" is not a valid receipt handle.");
}

TEST_F(ChangeMessageVisibility, OfADeletedMessageIsRefused) {
  send({{"MessageBody", "x"}});
  const std::string handle = wire.receive_handle();
  wire.ok("DeleteMessage", mail({{"ReceiptHandle", handle}}));
  EXPECT_EQ(
      refused("ChangeMessageVisibility", {{"ReceiptHandle", handle}, {"VisibilityTimeout", 5}}),
      "400 InvalidParameterValue: Value " + handle +
          " for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for "
          "visibility timeout change.");
}

TEST_F(ChangeMessageVisibility, BeyondTwelveHoursSinceTheReceiveIsRefused) {
  send({{"MessageBody", "x"}});
  const std::string handle = wire.receive_handle();
  wire.pass(Seconds{1});
  EXPECT_EQ(
      refused("ChangeMessageVisibility", {{"ReceiptHandle", handle}, {"VisibilityTimeout", 43200}}),
      "400 InvalidParameterValue: Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total "
      "VisibilityTimeout for the message is beyond the limit [43200 seconds]");
}

}  // namespace
}  // namespace penstock
