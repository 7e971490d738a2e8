// Floods: one address asks and connects without end. It is held to its rate and its connections, the others are served
// as before, and the queue is what it was.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "server/server.h"
#include "tests/hostile/aws_error.h"
#include "tests/hostile/hostile_stage.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

using nlohmann::json;

constexpr std::size_t kBurst = 50;
constexpr std::size_t kConnections = 20;

class Floods : public testing::Test {
 protected:
  Floods() {
    const auto settings = read_settings({{"listen", {"127.0.0.1:0"}},
                                         {"admin-listen", {"off"}},
                                         {"durability", {"memory"}},
                                         {"io-threads", {"1"}},
                                         {"disk-reserve", {"0"}},
                                         {"request-rate-address", {"1"}},
                                         {"request-burst-address", {std::to_string(kBurst)}},
                                         {"connections-address-max", {std::to_string(kConnections)}}},
                                        {});
    EXPECT_TRUE(settings) << settings.error().text;
    auto server = Server::start(*settings, {.sweeps_itself = false});
    EXPECT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
    HttpClient owner = from("127.0.0.2");
    url_ = json::parse(owner.call("CreateQueue", R"({"QueueName":"mail"})").body)["QueueUrl"];
    EXPECT_EQ(owner.call("SendMessage", json{{"QueueUrl", url_}, {"MessageBody", "kept"}}.dump()).status, 200);
  }

  // The whole of 127.0.0.0/8 is this machine, so that there are as many addresses as one likes.
  HttpClient from(const std::string& address) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{10, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, address.c_str(), &here.sin_addr), 1);
    EXPECT_EQ(bind(socket, reinterpret_cast<const sockaddr*>(&here), sizeof here), 0) << address;
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(server_->api()[0].port);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there), 0);
    return HttpClient::over(socket);
  }
  // What another address sees of the queue.
  void expect_served(const std::string& address) {
    const HttpAnswer answer = from(address).call(
        "GetQueueAttributes", json{{"QueueUrl", url_}, {"AttributeNames", {"ApproximateNumberOfMessages"}}}.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["Attributes"]["ApproximateNumberOfMessages"], "1");
  }

  std::unique_ptr<Server> server_;
  std::string url_;
};

TEST_F(Floods, OfRequestsAreHeldToTheRateAndOthersAreServed) {
  const std::vector<std::string> requests{
      json_request("PurgeQueue", json{{"QueueUrl", url_ + "x"}}.dump()),
      json_request("PurgeQueue", "{"),
      json_request("Nothing", "{}"),
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\n"
      "Action=Publish&Version=2010-03-31&%zz=%z",
      "GET /_aws/sqs/messages?QueueUrl=x HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /SimpleNotificationService-0.pem HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  HttpClient flood = from("127.0.0.3");
  std::size_t throttled = 0;
  for (std::size_t i = 0; i < 600; ++i) {
    const HttpAnswer answer = flood.exchange(requests[i % requests.size()]);
    ASSERT_NE(answer.status, 0) << i;
    if (answer.body.find("Throttl") == std::string::npos) continue;
    ++throttled;
    EXPECT_EQ(read_aws_error(answer).complaint, "") << answer.body;
    if (i % 100 == 99) expect_served("127.0.1." + std::to_string(i / 100 + 1));
  }
  // As long as 600 requests do not take minutes.
  EXPECT_GE(throttled, 600 - kBurst - 300);
  EXPECT_LE(throttled, 600 - kBurst);
  expect_served("127.0.0.4");
}

TEST_F(Floods, OfConnectionsAreHeldToTheirNumberAndOthersAreServed) {
  std::vector<HttpClient> flood;
  std::size_t closed = 0;
  for (std::size_t i = 0; i < 10 * kConnections; ++i) {
    HttpClient one = from("127.0.0.3");
    one.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
    if (one.answer().status == 200) {
      flood.push_back(std::move(one));
    } else {
      ++closed;
    }
  }
  EXPECT_EQ(flood.size(), kConnections);
  EXPECT_EQ(closed, 9 * kConnections);
  expect_served("127.0.0.4");
}

TEST_F(Floods, FromManyAddressesFindEachAtItsOwnRate) {
  for (int i = 0; i < 2'000; ++i) {
    HttpClient one = from("127.7." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
    EXPECT_EQ(one.call("ListQueues", "{}").status, 200) << i;
  }
  expect_served("127.0.0.4");
}

}  // namespace
}  // namespace penstock
