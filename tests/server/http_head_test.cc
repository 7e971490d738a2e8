// Heads: those that are read without Beast, and what they say to Beast.
#include "server/http_head.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/plain_head.h"

namespace penstock {
namespace {

const std::string kPost = "POST / HTTP/1.1\r\nHost: queue.example:4566\r\n";

std::string with(const std::string& header) { return kPost + header + "\r\nContent-Length: 17\r\n\r\n"; }

TEST(PlainHead, TheHeadsOfSdksAreReadAndSayTheSameToBeast) {
  const std::vector<std::string> heads{
      kPost + "\r\n",
      with("X-Amz-Target: AmazonSQS.SendMessage"),
      with("Connection: keep-alive"),
      with("authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sqs/aws4_request, "
           "SignedHeaders=host;x-amz-date, Signature=0123"),
      "GET /000000000000/orders?Action=ReceiveMessage&Version=2012-11-05&X=%2F~a+b HTTP/1.1\r\nhOsT: "
      "a\r\n\r\n",
      "GET /_localstack/health HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"};
  for (const std::string& bytes : heads) {
    HttpHead plain;
    HttpHead any;
    EXPECT_TRUE(read_plain_head(bytes, plain)) << bytes;
    EXPECT_FALSE(parse_any_head(bytes, any)) << bytes;
    EXPECT_EQ(plain, any) << bytes;
  }
}

TEST(PlainHead, WhatCouldMeanSomethingElseIsLeftToBeast) {
  const std::vector<std::string> heads{with("Transfer-Encoding: chunked"),
                                       with("transfer-ENCODING: identity"),
                                       with("Expect: 100-continue"),
                                       with("Connection: close"),
                                       with("Connection: keep-alive, Upgrade"),
                                       with("Proxy-Connection: close"),
                                       with("Upgrade: h2c"),
                                       with("Host: another"),
                                       with("Content-Length: 17"),
                                       with("X:y"),
                                       with("X:  y"),
                                       with("X: y "),
                                       with("X:\ty"),
                                       with("X: "),
                                       with("X : y"),
                                       with(" X: y"),
                                       with("X: y\r\n folded"),
                                       with("X: caf\xc3\xa9"),
                                       with("X: \x7f"),
                                       with(std::string("X: a\0b", 6)),
                                       with("X: a\rb"),
                                       with("X!: y"),
                                       with(": y"),
                                       kPost + "Content-Length: 1x\r\n\r\n",
                                       kPost + "Content-Length: -1\r\n\r\n",
                                       kPost + "Content-Length: +1\r\n\r\n",
                                       kPost + "Content-Length: 9999999999999999999999\r\n\r\n",
                                       "POST / HTTP/1.0\r\nHost: a\r\n\r\n",
                                       "POST / HTTP/1.1\r\nX: y\r\n\r\n",
                                       "POST http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                                       "POST * HTTP/1.1\r\nHost: a\r\n\r\n",
                                       "POST  / HTTP/1.1\r\nHost: a\r\n\r\n",
                                       "POST / HTTP/1.1 \r\nHost: a\r\n\r\n",
                                       "P\tOST / HTTP/1.1\r\nHost: a\r\n\r\n",
                                       "/ HTTP/1.1\r\nHost: a\r\n\r\n",
                                       kPost + "\r\nX",
                                       kPost};
  for (const std::string& bytes : heads) {
    HttpHead head;
    HttpHead any;
    EXPECT_FALSE(read_plain_head(bytes, head)) << bytes;
    const auto refusal = parse_head(bytes, head);
    const auto by_beast = parse_any_head(bytes, any);
    ASSERT_EQ(refusal.has_value(), by_beast.has_value()) << bytes;
    if (refusal) {
      EXPECT_EQ(refusal->status, by_beast->status) << bytes;
    } else {
      EXPECT_EQ(head, any) << bytes;
    }
  }
}

TEST(PlainHead, AsManyHeadersAsAreAllowed) {
  std::string bytes = kPost;
  for (std::size_t at = 1; at < kHeadFieldsMax; ++at) bytes += "X: y\r\n";
  HttpHead head;
  EXPECT_TRUE(read_plain_head(bytes + "\r\n", head));
  EXPECT_EQ(head.fields.size(), kHeadFieldsMax);
  EXPECT_FALSE(read_plain_head(bytes + "X: y\r\n\r\n", head));
  EXPECT_TRUE(parse_head(bytes + "X: y\r\n\r\n", head));
}

TEST(PlainHead, WithinItsBoundsAndNotBeyondThem) {
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n";
  const auto method = [&](std::size_t size) { return std::string(size, 'M') + " /" + rest + "\r\n"; };
  const auto target = [&](std::size_t size) { return "GET /" + std::string(size - 1, 't') + rest + "\r\n"; };
  const auto length = [&](std::size_t digits) {
    return "GET /" + rest + "Content-Length: " + std::string(digits, '1') + "\r\n\r\n";
  };
  HttpHead head;
  EXPECT_TRUE(read_plain_head(method(kMethodBytesMax), head));
  EXPECT_FALSE(read_plain_head(method(kMethodBytesMax + 1), head));
  EXPECT_TRUE(read_plain_head(target(kTargetBytesMax), head));
  EXPECT_FALSE(read_plain_head(target(kTargetBytesMax + 1), head));
  EXPECT_TRUE(read_plain_head(length(15), head));
  EXPECT_EQ(head.content_length, 111'111'111'111'111U);
  EXPECT_FALSE(read_plain_head(length(16), head));
}

TEST(PlainHead, WithAnyByteChangedItSaysTheSameToBeastOrIsNotPlain) {
  const std::string good = with("Connection: keep-alive\r\nX-Amz-Target: AmazonSQS.SendMessage");
  std::size_t plain_still = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(byte);
      HttpHead plain;
      if (!read_plain_head(bytes, plain)) continue;
      HttpHead any;
      ASSERT_FALSE(parse_any_head(bytes, any)) << at << " " << byte;
      ASSERT_EQ(plain, any) << at << " " << byte;
      ++plain_still;
    }
  }
  EXPECT_GT(plain_still, good.size());
}

}  // namespace
}  // namespace penstock
