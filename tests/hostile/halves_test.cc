// Requests that arrive in pieces, and requests of which the rest never comes.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using nlohmann::json;

class Halves : public HostileSuite {
 protected:
  static std::string purge() {
    return json_request("PurgeQueue", json{{"QueueUrl", stage().queue_url()}}.dump());
  }
  static std::string chunked_purge() {
    const std::string body = json{{"QueueUrl", stage().queue_url()}}.dump();
    std::string coded;
    for (const char byte : body) coded += std::string("1\r\n") + byte + "\r\n";
    return post_with(
        "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.PurgeQueue\r\n"
        "Transfer-Encoding: chunked\r\n",
        coded + "0\r\n\r\n");
  }

  // The answers without what differs from one answer to the next: its id and its time.
  static std::string essence(const std::vector<HttpAnswer>& answers) {
    std::string text;
    for (const HttpAnswer& answer : answers) {
      text += std::to_string(answer.status) + " " + answer.header("Connection") + " " +
              answer.header("Content-Type") + " " + answer.header("x-amzn-query-error") + "\n";
      const std::string& body = answer.body;
      const std::size_t id = body.find("<RequestId>");
      text += id == std::string::npos ? body : body.substr(0, id) + body.substr(body.find("</RequestId>"));
      text += "\n";
    }
    return text;
  }
  // What these pieces are answered, each read by the daemon before the next is sent.
  static std::string answered(const std::vector<std::string_view>& pieces) {
    HttpClient client = stage().connect();
    for (const std::string_view piece : pieces) {
      client.send(piece);
      stage().let_read();
    }
    client.shut_sending();
    std::vector<HttpAnswer> answers;
    for (HttpAnswer answer = client.answer(); answer.status != 0; answer = client.answer()) {
      answers.push_back(std::move(answer));
    }
    return essence(answers);
  }
};

TEST_F(Halves, ARequestWithoutItsEndDoesNothing) {
  for (const std::string& request : {purge(), chunked_purge()}) {
    for (std::size_t size = 0; size < request.size(); ++size) {
      stage().expect({request.substr(0, size), {}}, "a half");
    }
  }
}

TEST_F(Halves, ARequestWhoseConnectionBreaksDoesNothing) {
  const std::string request = purge();
  for (std::size_t size = 0; size < request.size(); ++size) {
    HttpClient client = stage().connect();
    client.send(request.substr(0, size));
    stage().let_read();
    client.reset();
    stage().expect_intact("a half");
  }
}

TEST_F(Halves, SplitAtEveryByteEqualsWhole) {
  const std::string attributes = json{{"QueueUrl", stage().queue_url()}, {"AttributeNames", {"All"}}}.dump();
  const std::string asks = json_request("GetQueueAttributes", attributes);
  const std::vector<std::string> streams = {
      asks,
      asks + asks,
      "GET /health HTTP/1.1\r\nHost: a\r\n\r\n" + asks,
      json_request("GetQueueUrl", "{\"QueueName\":\"\xff\"}"),
      json_request("GetQueueUrl", R"({"QueueName":"none"})") + asks,
      json_request("Nothing", "{}") + asks + "BAD\n",
      post_with("Transfer-Encoding: chunked\r\nContent-Type: application/x-amz-json-1.0\r\n"
                "X-Amz-Target: AmazonSQS.GetQueueUrl\r\n",
                "4;x=y\r\n{\"Qu\r\n11\r\neueName\":\"kept\" }\r\n0\r\nX: y\r\n\r\n") +
          asks,
      post_with("Transfer-Encoding: chunked\r\n", "5\r\nhello\rX"),
      post_with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post_with("X: y\r\n z\r\n"),
      "POST / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
      "DELETE /000000000000/kept HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + asks,
  };
  for (const std::string& stream : streams) {
    const std::string whole = answered({stream});
    EXPECT_NE(whole, "");
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < stream.size(); ++at) {
      bytes.push_back(std::string_view(stream).substr(at, 1));
      if (at == 0) continue;
      ASSERT_EQ(answered({std::string_view(stream).substr(0, at), std::string_view(stream).substr(at)}),
                whole)
          << at << " of " << shown(stream);
      stage().expect_intact("a split");
    }
    ASSERT_EQ(answered(bytes), whole) << "byte by byte: " << shown(stream);
  }
}

}  // namespace
}  // namespace penstock
