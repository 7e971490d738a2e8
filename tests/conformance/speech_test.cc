#include "tests/conformance/speech.h"

#include <gtest/gtest.h>

namespace penstock::conformance {
namespace {

constexpr std::string_view kHead =
    "<?xml version=\"1.0\"?><ReceiveMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">";
constexpr std::string_view kTail =
    "<ResponseMetadata><RequestId>1b4e28ba-2fa1-41d2-883f-0016d3cca427</RequestId></ResponseMetadata>"
    "</ReceiveMessageResponse>";

ApiResponse xml(std::string_view middle, int status = 200) {
  return {.status = status,
          .content_type = "text/xml",
          .headers = {},
          .body = std::string(kHead).append(middle).append(kTail)};
}

ApiResponse json(std::string_view body, int status, std::string_view query_error = {}) {
  ApiResponse response{.status = status,
                       .content_type = "application/x-amz-json-1.0",
                       .headers = {{"x-amzn-RequestId", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"}},
                       .body = std::string(body)};
  if (!query_error.empty()) response.headers.emplace_back("x-amzn-query-error", query_error);
  return response;
}

TEST(QuerySpeech, ListsMapsAndEntriesAreFlattened) {
  EXPECT_EQ(spoken_in_query("SendMessageBatch",
                            Json::parse(R"({"QueueUrl":"http://a/b","Entries":[{"Id":"x","DelaySeconds":5,
                                "MessageAttributes":{"k":{"DataType":"String","StringValue":"a b"}}},{"Id":"y"}]})"))
                .body,
            "Action=SendMessageBatch&QueueUrl=http%3A%2F%2Fa%2Fb&SendMessageBatchRequestEntry.1.Id=x"
            "&SendMessageBatchRequestEntry.1.DelaySeconds=5"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=k"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=a%20b"
            "&SendMessageBatchRequestEntry.2.Id=y");
  EXPECT_EQ(spoken_in_query("ReceiveMessage",
                            Json::parse(R"({"AttributeNames":["a"],"MessageSystemAttributeNames":["b"],
                                "MessageAttributeNames":["c"],"Tags":{"k":"v"},"TagKeys":["k"]})"))
                .body,
            "Action=ReceiveMessage&AttributeName.1=a&AttributeName.2=b&MessageAttributeName.1=c&Tag.1.Key=k"
            "&Tag.1.Value=v&TagKey.1=k");
}

TEST(QuerySpeech, RepeatedElementsAreListsAndMaps) {
  const HeardAnswer answer = heard_in_query(
      "ReceiveMessage", xml("<ReceiveMessageResult><Message><Body> a &amp;&#xD;\n</Body>"
                            "<Attribute><Name>SenderId</Name><Value>x</Value></Attribute>"
                            "<MessageAttribute><Name>k</Name><Value><StringValue>v</StringValue>"
                            "<DataType>String</DataType></Value></MessageAttribute></Message>"
                            "<Message><Body>b</Body></Message></ReceiveMessageResult>"));
  EXPECT_EQ(answer.complaint, "");
  EXPECT_EQ(answer.members, Json::parse(R"({"Messages":[{"Body":" a &\r\n","Attributes":{"SenderId":"x"},
                "MessageAttributes":{"k":{"StringValue":"v","DataType":"String"}}},{"Body":"b"}]})"));
}

TEST(QuerySpeech, ADocumentOfAnotherFormIsComplainedOf) {
  EXPECT_EQ(heard_in_query("ReceiveMessage", xml("<ReceiveMessageResult/>")).complaint, "");
  EXPECT_NE(heard_in_query("ReceiveMessage", xml("")).complaint, "");
  EXPECT_NE(heard_in_query("DeleteMessage", xml("<ReceiveMessageResult/>")).complaint, "");
  EXPECT_NE(heard_in_query("ReceiveMessage", xml("<ReceiveMessageResult/>", 400)).complaint, "");
  ApiResponse other = xml("<ReceiveMessageResult/>");
  other.content_type = "application/json";
  EXPECT_NE(heard_in_query("ReceiveMessage", other).complaint, "");
  other = xml("<ReceiveMessageResult/>");
  other.body.replace(other.body.find("2012"), 4, "2011");
  EXPECT_NE(heard_in_query("ReceiveMessage", other).complaint, "");
}

TEST(JsonSpeech, ADocumentOfAnotherFormIsComplainedOf) {
  EXPECT_EQ(heard_in_json("ReceiveMessage", json("{}", 200)).complaint, "");
  EXPECT_NE(heard_in_json("ReceiveMessage", json("", 200)).complaint, "");
  EXPECT_NE(heard_in_json("ReceiveMessage", json(R"({"Messages":null})", 200)).complaint, "");
  EXPECT_NE(heard_in_json("DeleteMessage", json("{}", 200)).complaint, "");
  EXPECT_EQ(heard_in_json("DeleteMessage", json("", 200)).complaint, "");
  EXPECT_NE(heard_in_json("ReceiveMessage", xml("<ReceiveMessageResult/>")).complaint, "");
}

TEST(JsonSpeech, ARefusalAgreesWithItselfInEveryPart) {
  constexpr std::string_view kOverLimit = R"({"__type":"com.amazonaws.sqs#OverLimit","message":"x"})";
  EXPECT_EQ(heard(Protocol::kJson, "ReceiveMessage", json(kOverLimit, 403, "OverLimit;Sender")).complaint,
            "");
  EXPECT_NE(heard(Protocol::kJson, "ReceiveMessage", json(kOverLimit, 400, "OverLimit;Sender")).complaint,
            "");
  EXPECT_NE(heard(Protocol::kJson, "ReceiveMessage", json(kOverLimit, 403, "OverLimit;Receiver")).complaint,
            "");
  EXPECT_NE(heard(Protocol::kJson, "ReceiveMessage", json(kOverLimit, 403, "Other;Sender")).complaint, "");
  EXPECT_NE(heard(Protocol::kJson, "ReceiveMessage", json(kOverLimit, 403)).complaint, "");
}

}  // namespace
}  // namespace penstock::conformance
