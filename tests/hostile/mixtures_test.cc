// Many requests on one connection, sound and hostile ones, in seeded orders.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/hostile/aws_error.h"
#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using nlohmann::json;
using namespace std::string_literals;

// Bytes that stand for themselves in a stream of requests.
struct Piece {
  std::string bytes;
  std::vector<int> statuses;
  bool closes = false;
};

class Mixtures : public HostileSuite {
 protected:
  static std::vector<Piece> pieces() {
    const std::string url = json(stage().queue_url()).dump();
    const std::string asks = R"({"QueueUrl":)" + url + R"(,"AttributeNames":["All"]})";
    return {
        {json_request("GetQueueAttributes", asks), {200}},
        {json_request("GetQueueUrl", R"({"QueueName":"kept"})"), {200}},
        {"GET /health HTTP/1.1\r\nHost: a\r\n\r\n", {200}},
        {post_with("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
                   "Transfer-Encoding: chunked\r\n",
                   "14\r\n{\"QueueName\":\"kept\"}\r\n0\r\n\r\n"),
         {200}},
        {json_request("GetQueueUrl", R"({"QueueName":"none"})"), {400}},
        {json_request("GetQueueUrl", "{\"QueueName\":\"\xff\"}"), {400}},
        {json_request("SendMessage", R"({"QueueUrl":)" + url + "}"), {400}},
        {json_request("SendMessage", R"({"QueueUrl":)" + url + R"(,"MessageBody":"\u0000"})"), {400}},
        {json_request("ReceiveMessage", R"({"QueueUrl":)" + url + R"(,"MaxNumberOfMessages":11})"), {400}},
        {json_request("DeleteMessage", R"({"QueueUrl":)" + url + R"(,"ReceiptHandle":"x"})"), {404}},
        {json_request("Nothing", "{}"), {400}},
        {json_request("PurgeQueue", "[]"), {400}},
        {"DELETE /000000000000/kept HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
        {post_with("Connection: close\r\n"), {400}, true},
        {"GET / HTTP/1.0\r\n\r\n", {400}, true},
        {"BAD\n", {400}, true},
        {post_with("Content-Length: 4\r\nContent-Length: 5\r\n"), {400}, true},
        {post_with("Transfer-Encoding: chunked\r\n", "5\r\nhelloX"), {400}, true},
        {post_with("Content-Length: 8388609\r\n"), {413}, true},
        {"\0"s, {400}, true},
    };
  }
};

TEST_F(Mixtures, AreAnsweredInOrderUpToTheFirstThatCloses) {
  const std::vector<Piece> all = pieces();
  const std::string victim = json_request("DeleteQueue", json{{"QueueUrl", stage().queue_url()}}.dump());
  SeededRandom random(20'261'123);
  for (int round = 0; round < 400; ++round) {
    HostileCase one;
    bool closed = false;
    for (std::uint64_t left = 1 + random.below(30); left > 0; --left) {
      const Piece& piece = all[random.below(all.size())];
      one.bytes += piece.bytes;
      if (!closed) one.statuses.insert(one.statuses.end(), piece.statuses.begin(), piece.statuses.end());
      closed = closed || piece.closes;
    }
    if (closed) one.bytes += victim;
    stage().expect(one, "round " + std::to_string(round));
  }
}

TEST_F(Mixtures, OfRequestsWithBytesChangedAnywhereAreRefusedOrDropped) {
  // The queue that they are about does not exist, so that no change can make a request succeed; only the
  // page that tells the daemon's health may be asked for.
  const std::vector<std::string> sources = {
      json_request("SendMessage", R"({"QueueUrl":"none","MessageBody":"hi","DelaySeconds":9})"),
      json_request("DeleteQueue", R"({"QueueUrl":"http://a/000000000000/none"})"),
      post_with("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.PurgeQueue\r\n"
                "Transfer-Encoding: chunked\r\n",
                "13\r\n{\"QueueUrl\":\"none\"}\r\n0\r\n\r\n"),
      "POST /000000000000/none HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      "Content-Length: 17\r\n\r\nAction=PurgeQueue",
  };
  const std::vector<std::string> splinters = {"\r\n",
                                              "\n",
                                              "\r",
                                              "\0"s,
                                              ":",
                                              ": ",
                                              " ",
                                              "\t",
                                              "\r\n ",
                                              "\r\n\r\n",
                                              "\xff",
                                              "\xc3",
                                              "%",
                                              "&",
                                              "=",
                                              ";",
                                              "0",
                                              "ffffffff",
                                              "-1",
                                              "Content-Length: 5\r\n",
                                              "Transfer-Encoding: chunked\r\n",
                                              "Host: b\r\n",
                                              "HTTP/1.1",
                                              "GET ",
                                              "{",
                                              "[",
                                              "\"",
                                              "\\",
                                              "{\"QueueUrl\":",
                                              "AmazonSQS.",
                                              "Expect: 100-continue\r\n",
                                              "Connection: close\r\n",
                                              "0\r\n\r\n",
                                              "chunked"};
  SeededRandom random(20'261'124);
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes;
    for (std::uint64_t requests = 1 + random.below(3); requests > 0; --requests) {
      std::string request = sources[random.below(sources.size())];
      for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
        const std::size_t at = random.below(request.size());
        request.replace(at, random.below(6), splinters[random.below(splinters.size())]);
      }
      bytes += request;
    }
    for (const HttpAnswer& answer : stage().answers_to(bytes)) {
      // 501: a target that now names another service.
      ASSERT_TRUE((answer.status >= 400 && answer.status < 500) || answer.status == 501)
          << answer.status << ' ' << shown(bytes);
      ASSERT_EQ(read_aws_error(answer).complaint, "") << shown(bytes) << answer.body;
    }
    stage().expect_intact(bytes);
  }
}

}  // namespace
}  // namespace penstock
