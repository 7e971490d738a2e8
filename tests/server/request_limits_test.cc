// Requests that come too fast: who is counted together, what they are told, and what goes on all the same.
#include "server/request_limits.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/server.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

constexpr RateLimiter::Moment kStart{std::chrono::hours(1)};

Settings with_rates(RequestRate account, RequestRate address) {
  Settings settings;
  settings.account_rate = account;
  settings.address_rate = address;
  return settings;
}

TEST(RequestLimits, AreOffUnlessTheyAreChosen) {
  RequestLimits limits({}, 1);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_TRUE(limits.admit_address("192.0.2.1", kStart));
    EXPECT_TRUE(limits.admit_account(AccountId{0}, kStart));
  }
}

TEST(RequestLimits, OfASecondAreAdmittedAtOnceIfNothingElseIsSaid) {
  RequestLimits limits(with_rates({.per_second = 7}, {}), 1);
  int admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += limits.admit_account(AccountId{0}, kStart) ? 1 : 0;
  EXPECT_EQ(admitted, 7);
  EXPECT_EQ(limits.refused_accounts(), 93U);
  EXPECT_EQ(limits.refused_addresses(), 0U);
}

TEST(RequestLimits, AnIpv4AddressCountsByItselfAndOfIpv6ANetworkOf64Bits) {
  RequestLimits limits(with_rates({}, {.per_second = 1, .burst = 1}), 1);
  EXPECT_TRUE(limits.admit_address("192.0.2.1", kStart));
  EXPECT_TRUE(limits.admit_address("192.0.2.2", kStart));
  EXPECT_FALSE(limits.admit_address("192.0.2.1", kStart));
  EXPECT_TRUE(limits.admit_address("2001:db8:1:2::1", kStart));
  for (int host = 2; host < 1'000; ++host) {
    EXPECT_FALSE(limits.admit_address("2001:db8:1:2::" + std::to_string(host), kStart)) << host;
  }
  EXPECT_TRUE(limits.admit_address("2001:db8:1:3::1", kStart));
  EXPECT_EQ(limits.refused_addresses(), 999U);
}

// A daemon without verification, where twelve digits are an account.
class Hurried : public testing::Test {
 protected:
  void start(const GivenFlags& rates) {
    GivenFlags flags{{"listen", {"127.0.0.1:0"}},
                     {"admin-listen", {"127.0.0.1:0"}},
                     {"durability", {"memory"}},
                     {"io-threads", {"2"}},
                     {"disk-reserve", {"0"}}};
    flags.insert(rates.begin(), rates.end());
    const auto settings = read_settings(flags, {});
    ASSERT_TRUE(settings) << settings.error().text;
    auto server = Server::start(*settings, {});
    ASSERT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
  }
  HttpClient connect() { return HttpClient(server_->api()[0].port); }
  static std::string as(const std::string& account) {
    return "Authorization: AWS4-HMAC-SHA256 Credential=" + account +
           "/20261125/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00\r\n";
  }
  static std::string json(const std::string& account) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: "
           "AmazonSQS.ListQueues\r\n" + as(account) + "Content-Length: 2\r\n\r\n{}";
  }
  static std::string form(const std::string& account, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n" + as(account) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  // The first answer that is not 200; the rate is one a second, so there is one soon.
  static HttpAnswer refusal(HttpClient& client, const std::string& request) {
    for (int i = 0; i < 1'000; ++i) {
      HttpAnswer answer = client.exchange(request);
      if (answer.status != 200) return answer;
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
  }
  std::uint64_t throttled(const std::string& by) {
    HttpClient admin(server_->admin()[0].port);
    const std::string text = admin.exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
    const std::string sample = "penstock_requests_throttled_total{by=\"" + by + "\"} ";
    const std::size_t at = text.find(sample);
    EXPECT_NE(at, std::string::npos) << text;
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + sample.size()));
  }
  void expect_throttled_as_aws_does(const std::string& account) {
    HttpClient client = connect();
    const HttpAnswer in_json = refusal(client, json(account));
    EXPECT_EQ(in_json.status, 403);
    EXPECT_EQ(in_json.header("x-amzn-query-error"), "RequestThrottled;Sender");
    EXPECT_EQ(Json::parse(in_json.body)["__type"], "com.amazonaws.sqs#RequestThrottled");
    const HttpAnswer in_query = refusal(client, form(account, "Action=ListQueues&Version=2012-11-05"));
    EXPECT_EQ(in_query.status, 403);
    EXPECT_NE(in_query.body.find("<Code>RequestThrottled</Code>"), std::string::npos) << in_query.body;
    const HttpAnswer of_sns = refusal(client, form(account, "Action=ListTopics&Version=2010-03-31"));
    EXPECT_EQ(of_sns.status, 429);
    EXPECT_NE(of_sns.body.find("<Code>Throttled</Code><Message>Rate exceeded</Message>"), std::string::npos)
        << of_sns.body;
    EXPECT_EQ(client.exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status, 200) << "on the same connection";
  }

  std::unique_ptr<Server> server_;
};

TEST_F(Hurried, AnAccountIsThrottledAsAwsDoesAndTheOthersAreNot) {
  start({{"request-rate-account", {"1"}}, {"request-burst-account", {"5"}}});
  expect_throttled_as_aws_does("111111111111");
  EXPECT_EQ(connect().exchange(json("222222222222")).status, 200);
  EXPECT_GE(throttled("account"), 3U);
  EXPECT_EQ(throttled("address"), 0U);
}

TEST_F(Hurried, AnAddressIsThrottledWhoeverAsksFromThere) {
  start({{"request-rate-address", {"1"}}, {"request-burst-address", {"5"}}});
  expect_throttled_as_aws_does("111111111111");
  HttpClient client = connect();
  EXPECT_EQ(refusal(client, json("222222222222")).status, 403);
  EXPECT_EQ(throttled("account"), 0U);
  EXPECT_GE(throttled("address"), 4U);
  // Of the admin side nobody is kept out.
  HttpClient admin(server_->admin()[0].port);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(admin.exchange("GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  }
}

TEST_F(Hurried, WhatIsThrottledIsNotDone) {
  start({{"request-rate-account", {"1"}}, {"request-burst-account", {"3"}}});
  HttpClient client = connect();
  const std::string url = Json::parse(client.call("CreateQueue", R"({"QueueName":"mail"})").body)["QueueUrl"];
  std::uint64_t sent = 0;
  for (int i = 0; i < 50; ++i) {
    sent += client.call("SendMessage", Json{{"QueueUrl", url}, {"MessageBody", "x"}}.dump()).status == 200 ? 1U : 0U;
  }
  EXPECT_LT(sent, 50U);
  EXPECT_EQ(50 - sent, throttled("account"));
  HttpClient admin(server_->admin()[0].port);
  const std::string metrics = admin.exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
  EXPECT_NE(metrics.find("penstock_requests_total{action=\"SendMessage\",code=\"OK\"} " + std::to_string(sent) + "\n"),
            std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find("{action=\"SendMessage\",code=\"RequestThrottled\"} " + std::to_string(50 - sent) + "\n"),
            std::string::npos)
      << metrics;
}

}  // namespace
}  // namespace penstock
