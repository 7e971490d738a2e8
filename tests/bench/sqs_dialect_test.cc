#include "bench/sqs_dialect.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using Protocol = SqsDialect::Protocol;

std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

TEST(SqsDialect, ACallIsSaidInEitherProtocol) {
  const SqsDialect json(Protocol::kJson, {"queues.example:4566"});
  const std::string one = json.send("http://q/1", "a \"b\" \\c");
  EXPECT_NE(one.find("\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n"), std::string::npos);
  EXPECT_NE(one.find("\r\nHost: queues.example:4566\r\n"), std::string::npos);
  EXPECT_EQ(body_of(one), R"({"QueueUrl":"http://q/1","MessageBody":"a \"b\" \\c"})");

  const SqsDialect query(Protocol::kQuery, {"queues.example:4566"});
  EXPECT_EQ(body_of(query.send("http://q/1", "a&b=c")),
            "Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fq%2F1&MessageBody=a%26b%3Dc");
  const std::string batch = body_of(query.send_batch("u", "m", 2));
  EXPECT_NE(batch.find("&SendMessageBatchRequestEntry.2.Id=m2&SendMessageBatchRequestEntry.2.MessageBody=m"),
            std::string::npos);
}

TEST(SqsDialect, HandlesAreFoundAndUnescaped) {
  const SqsDialect json(Protocol::kJson, {});
  EXPECT_EQ(
      json.receipt_handles(R"({"Messages":[{"Body":"x","ReceiptHandle":"a\/b+="},{"ReceiptHandle":"c"}]})"),
      (std::vector<std::string>{"a/b+=", "c"}));
  const SqsDialect query(Protocol::kQuery, {});
  EXPECT_EQ(query.receipt_handles("<Message><ReceiptHandle>a&amp;b</ReceiptHandle></Message>"
                                  "<Message><ReceiptHandle>c</ReceiptHandle></Message>"),
            (std::vector<std::string>{"a&b", "c"}));
}

TEST(SqsDialect, WhatMerelyStandsInAMessageIsNoHandle) {
  const SqsDialect json(Protocol::kJson, {});
  EXPECT_TRUE(json.receipt_handles(R"({"Messages":[{"Body":"\"ReceiptHandle\":\"no\""}]})").empty());
  EXPECT_TRUE(json.receipt_handles(R"({"Messages":[{"Body":"ReceiptHandle","MessageId":"no"}]})").empty());
  EXPECT_TRUE(json.receipt_handles("{}").empty());
}

TEST(SqsDialect, ABatchThatIsAnswered200MayHoldRefusals) {
  const SqsDialect json(Protocol::kJson, {});
  EXPECT_TRUE(json.refuses_entries(R"({"Failed":[{"Id":"m1","SenderFault":true,"Code":"x"}]})"));
  EXPECT_FALSE(json.refuses_entries(R"({"Failed":[],"Successful":[{"Id":"m1"}]})"));
  const SqsDialect query(Protocol::kQuery, {});
  EXPECT_TRUE(query.refuses_entries("<BatchResultErrorEntry><Id>m1</Id></BatchResultErrorEntry>"));
  EXPECT_FALSE(query.refuses_entries("<SendMessageBatchResultEntry></SendMessageBatchResultEntry>"));
}

}  // namespace
}  // namespace penstock
