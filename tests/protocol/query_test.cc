#include <gtest/gtest.h>

#include <string>

#include "protocol/query_decoder.h"
#include "protocol/query_form.h"
#include "protocol/sqs_requests.h"
#include "protocol/xml_writer.h"

namespace penstock {
namespace {

std::string complaint(std::string_view query) {
  const auto form = QueryForm::parse(query, {});
  return form ? "none" : form.error().text;
}

template <class Request>
Request decoded(std::string_view query) {
  const auto form = QueryForm::parse(query, {});
  EXPECT_TRUE(form);
  Result<Request> request = decode_query<Request>(*form);
  EXPECT_TRUE(request) << query;
  return request ? std::move(*request) : Request{};
}

template <class Request>
std::string refusal(std::string_view query) {
  const auto form = QueryForm::parse(query, {});
  EXPECT_TRUE(form);
  const Result<Request> request = decode_query<Request>(*form);
  return request ? "none" : request.error().text;
}

// ---- QueryForm

TEST(QueryForm, BlanksAndPercentSignsAreDecoded) {
  const auto form = QueryForm::parse("MessageBody=a+b%20c%2Bd%c3%a9&&Empty=&Bare", "Action=SendMessage");
  ASSERT_TRUE(form);
  EXPECT_EQ(*form->find("MessageBody"), "a b c+d\xc3\xa9");
  EXPECT_EQ(*form->find("Empty"), "");
  EXPECT_EQ(*form->find("Bare"), "");
  EXPECT_EQ(*form->find("Action"), "SendMessage");
  EXPECT_EQ(form->find("Absent"), nullptr);
}

TEST(QueryForm, WhatIsNotCorrectlyEncodedIsRefused) {
  for (const std::string_view query : {"a=%", "a=%2", "a=%zz", "%f=1", "a=%ff", "a=%c3", "a=%ed%a0%80"}) {
    EXPECT_EQ(complaint(query), "The query string is not correctly encoded.") << query;
  }
}

TEST(QueryForm, OfSeveralParametersWithOneNameTheLastCounts) {
  const auto form = QueryForm::parse("a=1&b=2&a=3", "a=4");
  ASSERT_TRUE(form);
  EXPECT_EQ(*form->find("a"), "4");
}

TEST(QueryForm, ASmallBodyDoesNotGrowIntoALargeForm) {
  std::string query;
  for (std::size_t count = 0; count < QueryForm::kParametersMax; ++count) query += "a&";
  EXPECT_EQ(complaint(query), "none");
  EXPECT_EQ(complaint(query + "a"), "The request has too many parameters.");
}

TEST(QueryForm, ElementsAreFoundByTheirNumbersWhateverTheirOrder) {
  const auto form =
      QueryForm::parse("L.10=x&L.2.Name=y&L.2.Value=z&L.1=w&L.x=1&L.=2&L.01=3&L.1234567890=4&LL.3=5", {});
  ASSERT_TRUE(form);
  EXPECT_EQ(form->elements("L"), (std::vector<std::uint32_t>{1, 2, 10}));
}

// ---- the decoder

TEST(QueryDecoder, ReadsTextNumbersListsMapsAndStructures) {
  const auto request = decoded<sqs::SendMessageRequest>(
      "QueueUrl=mail&MessageBody=hello&DelaySeconds=5&MessageAttribute.1.Name=b&"
      "MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=AAEC&"
      "MessageAttribute.3.Name=a&MessageAttribute.3.Value.DataType=String&"
      "MessageAttribute.3.Value.StringValue=x&Unknown=1");
  EXPECT_EQ(*request.queue_url, "mail");
  EXPECT_EQ(*request.message_body, "hello");
  EXPECT_EQ(*request.delay_seconds, 5);
  ASSERT_EQ(request.message_attributes.entries.size(), 2u);
  EXPECT_EQ(request.message_attributes.entries[0].first, "a");
  EXPECT_EQ(*request.message_attributes.entries[0].second.string_value, "x");
  EXPECT_EQ(request.message_attributes.entries[1].second.binary_value->bytes, std::string("\0\1\2", 3));
}

TEST(QueryDecoder, ReadsTheEntriesOfABatch) {
  const auto request = decoded<sqs::SendMessageBatchRequest>(
      "SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.2.MessageBody=two&"
      "SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=one&"
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n");
  ASSERT_EQ(request.entries.size(), 2u);
  EXPECT_EQ(*request.entries[0].id, "a");
  EXPECT_EQ(request.entries[0].message_attributes.entries[0].first, "n");
  EXPECT_EQ(*request.entries[1].message_body, "two");
}

TEST(QueryDecoder, AListOrMapOfOneMayComeWithoutItsNumber) {
  EXPECT_EQ(decoded<sqs::GetQueueAttributesRequest>("AttributeName=All").attribute_names,
            std::vector<std::string>{"All"});
  const auto set = decoded<sqs::SetQueueAttributesRequest>("Attribute.Name=DelaySeconds&Attribute.Value=45");
  ASSERT_EQ(set.attributes.entries.size(), 1u);
  EXPECT_EQ(set.attributes.entries[0].first, "DelaySeconds");
  EXPECT_EQ(set.attributes.entries[0].second.text, "45");
}

TEST(QueryDecoder, OfTwoEntriesWithOneKeyTheLastCounts) {
  const auto set = decoded<sqs::SetQueueAttributesRequest>(
      "Attribute.1.Name=DelaySeconds&Attribute.1.Value=1&Attribute.2.Name=DelaySeconds&Attribute.2.Value=2");
  ASSERT_EQ(set.attributes.entries.size(), 1u);
  EXPECT_EQ(set.attributes.entries[0].second.text, "2");
}

TEST(QueryDecoder, ANumberThatIsNoneIsRefused) {
  for (const std::string_view number : {"", "x", "1x", "1.0", "+1", "99999999999", "-2147483649"}) {
    EXPECT_EQ(refusal<sqs::SendMessageRequest>("DelaySeconds=" + std::string(number)),
              "STRING_VALUE can not be converted to an Integer")
        << number;
  }
}

TEST(QueryDecoder, BytesThatAreNoBase64AreRefused) {
  EXPECT_EQ(
      refusal<sqs::SendMessageRequest>("MessageAttribute.1.Name=a&MessageAttribute.1.Value.BinaryValue=%2A"),
      "A binary value is not valid base64.");
}

// ---- XML

TEST(XmlWriter, EscapesWhatWouldNotSurviveAndLeavesOutWhatCannotBeCarried) {
  std::string out;
  XmlWriter writer(out);
  writer.element("Body", std::string("a<b>&\"c\"\r\n\t\x01\xff\xef\xbf\xbf d\0e", 20));
  EXPECT_EQ(out, "<Body>a&lt;b&gt;&amp;&quot;c&quot;&#xD;\n\t de</Body>");
}

}  // namespace
}  // namespace penstock
