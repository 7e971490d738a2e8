// Peers that take their time: each is dropped when its time is up, not before, and nobody waits for it.
// The time is handed in; what a peer sends in one second is read before the next one begins.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/http_bounds.h"
#include "tests/hostile/aws_error.h"
#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using nlohmann::json;

class SlowPeers : public HostileSuite {
 protected:
  static void SetUpTestSuite() {
    HostileSuite::SetUpTestSuite();
    now_ = 0;
  }
  static void pass(std::int64_t seconds) {
    for (std::int64_t passed = 0; passed < seconds; ++passed) {
      stage().let_read();
      stage().sweep_at(++now_);
    }
  }
  // One more answer, which is 408, and the connection is closed.
  static void expect_dropped(HttpClient& client, std::string_view what) {
    const HttpAnswer answer = client.answer();
    EXPECT_EQ(answer.status, 408) << shown(what);
    EXPECT_EQ(read_aws_error(answer).complaint, "") << shown(what);
    EXPECT_TRUE(client.ended()) << shown(what);
    client.close();
    stage().expect_intact(what);
  }
  static void expect_waiting(std::size_t connections) {
    stage().let_read();
    EXPECT_EQ(stage().open_connections(), connections + 1) << "and the watcher's";
  }
  static std::string purge() {
    return json_request("PurgeQueue", json{{"QueueUrl", stage().queue_url()}}.dump());
  }

 private:
  static inline std::int64_t now_ = 0;
};

TEST_F(SlowPeers, WhereverARequestStopsItIsDroppedInTime) {
  const std::string request = purge();
  std::vector<HttpClient> peers;
  for (std::size_t size = 1; size < request.size(); ++size) {
    peers.push_back(stage().connect());
    peers.back().send(std::string_view(request).substr(0, size));
  }
  pass(9);
  expect_waiting(peers.size());
  pass(2);
  for (std::size_t size = 1; size < request.size(); ++size) {
    expect_dropped(peers[size - 1], std::string_view(request).substr(0, size));
  }
  expect_waiting(0);
}

TEST_F(SlowPeers, AHeadThatDripsGainsNothingByIt) {
  // A byte a second, a line a second, and many lines a second.
  for (const std::string& drop :
       {std::string("x"), std::string("X: y\r\n"), std::string("X:\r\nY:\r\nZ:\r\n")}) {
    HttpClient peer = stage().connect();
    peer.send("POST / HTTP/1.1\r\n" + drop);
    for (int second = 0; second < 10; ++second) {
      pass(1);
      peer.send(drop);
    }
    expect_waiting(1);
    pass(1);
    expect_dropped(peer, drop);
  }
}

TEST_F(SlowPeers, ABodyThatDripsIsDropped) {
  const std::string sized = post_with("Content-Length: 8388608\r\n");
  const std::string chunked = post_with("Transfer-Encoding: chunked\r\n");
  const std::string extension = "1;" + std::string(100, 'x') + "\r\nx\r\n";
  for (const auto& [head, drop] : std::vector<std::pair<std::string, std::string>>{
           {sized, "x"},
           {sized, std::string(1'000, 'x')},
           {chunked, "1\r\nx\r\n"},
           {chunked, extension},
           {chunked + "3e8\r\n", "x"},
           {chunked + "0\r\n", "X: y\r\n"},
           {post_with("Expect: 100-continue\r\nContent-Length: 100\r\n"), ""},
       }) {
    HttpClient peer = stage().connect();
    peer.send(head);
    stage().let_read();
    for (int second = 0; second < 9; ++second) {
      peer.send(drop);
      pass(1);
    }
    expect_waiting(1);
    pass(1);
    if (drop.empty()) {
      EXPECT_EQ(peer.answer().status, 100);
    }
    expect_dropped(peer, head + drop);
  }
}

TEST_F(SlowPeers, ABodyAtTheLeastAllowedPaceIsReadToItsEnd) {
  const std::string body = R"({"QueueUrl":"none","x":")" + std::string(10 * kBodyWindowBytesMin, 'x') + "\"}";
  const std::string request = json_request("PurgeQueue", body);
  HttpClient peer = stage().connect();
  std::size_t at = request.size() - body.size();
  peer.send(request.substr(0, at));
  while (at < request.size()) {
    peer.send(request.substr(at, kBodyWindowBytesMin / 10));
    at += kBodyWindowBytesMin / 10;
    pass(1);
  }
  EXPECT_EQ(peer.answer().status, 400) << "the queue does not exist";
  stage().expect_intact("a slow body");
}

TEST_F(SlowPeers, APeerThatBeginsANextRequestIsHeldToTheSameTime) {
  HttpClient peer = stage().connect();
  const std::string asks = json_request("GetQueueUrl", R"({"QueueName":"kept"})");
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(peer.exchange(asks).status, 200);
    pass(60);
  }
  peer.send(asks + "POST");
  EXPECT_EQ(peer.answer().status, 200);
  pass(11);
  expect_dropped(peer, "POST");
}

TEST_F(SlowPeers, APeerThatSaysNothingIsClosedWithoutAWord) {
  std::vector<HttpClient> peers;
  for (int i = 0; i < 100; ++i) peers.push_back(stage().connect());
  pass(75);
  expect_waiting(peers.size());
  pass(1);
  expect_waiting(0);
  for (HttpClient& peer : peers) EXPECT_TRUE(peer.ended());
  stage().expect_intact("silence");
}

TEST_F(SlowPeers, APeerThatReadsNothingIsClosedAndItsMessagesAreNotLost) {
  HttpClient owner = stage().connect();
  const std::string url =
      json::parse(owner.call("CreateQueue", R"({"QueueName":"large"})").body)["QueueUrl"].get<std::string>();
  for (int i = 0; i < 10; ++i) {
    const json message{{"QueueUrl", url}, {"MessageBody", std::string(1'000'000, 'x')}};
    ASSERT_EQ(owner.call("SendMessage", message.dump()).status, 200);
  }
  const std::string receive =
      json_request("ReceiveMessage",
                   json{{"QueueUrl", url}, {"MaxNumberOfMessages", 10}, {"VisibilityTimeout", 0}}.dump());
  HttpClient peer = stage().connect();
  peer.send(repeated(receive, 20));
  stage().let_read();
  // Answers leave in the order of their decisions: when this one is here, the peer's has begun.
  const std::string counts =
      json{{"QueueUrl", url}, {"AttributeNames", {"ApproximateNumberOfMessages"}}}.dump();
  EXPECT_EQ(owner.call("GetQueueAttributes", counts).status, 200);
  pass(30);
  expect_waiting(2);
  // The kernel may have taken some more meanwhile, and that began the time anew; but its room has an end.
  for (int round = 0; round < 20 && stage().open_connections() > 2; ++round) {
    pass(31);
    EXPECT_EQ(owner.call("GetQueueAttributes", counts).status, 200);
  }
  expect_waiting(1);
  const json attributes = json::parse(owner.call("GetQueueAttributes", counts).body)["Attributes"];
  EXPECT_EQ(attributes["ApproximateNumberOfMessages"], "10") << "what it did not read is there for others";
  EXPECT_EQ(owner.call("DeleteQueue", json{{"QueueUrl", url}}.dump()).status, 200);
  stage().expect_intact("a peer that reads nothing");
}

TEST_F(SlowPeers, ARefusedPeerThatGoesOnSendingIsClosed) {
  HttpClient peer = stage().connect();
  peer.send("BAD\n");
  EXPECT_EQ(peer.answer().status, 400);
  for (int second = 0; second < 2; ++second) {
    peer.send(std::string(1'000, 'x'));
    pass(1);
  }
  expect_waiting(1);
  pass(1);
  expect_waiting(0);
  stage().expect_intact("more after a refusal");
}

}  // namespace
}  // namespace penstock
