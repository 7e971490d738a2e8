// The admin side of a whole daemon over the store in memory: peeking, and what tests ask; with the threads
// that meet there. What it refuses, and in which words, is in tests/sdk/admin.test.js.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "server/fault_plan.h"
#include "server/server.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

class AdminPlay : public testing::Test {
 protected:
  void SetUp() override {
    const auto given = read_settings({{"listen", {"127.0.0.1:0"}},
                                      {"admin-listen", {"127.0.0.1:0"}},
                                      {"durability", {"memory"}},
                                      {"io-threads", {"2"}},
                                      {"test-controls", {"on"}},
                                      {"disk-reserve", {"0"}}},
                                     {});
    ASSERT_TRUE(given);
    auto server = Server::start(*given, {});
    ASSERT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
    HttpClient client = api();
    url_ = Json::parse(client.call("CreateQueue", Json{{"QueueName", "mail"}}.dump()).body)["QueueUrl"];
  }

  HttpClient api() { return HttpClient(server_->api()[0].port); }
  HttpClient admin() { return HttpClient(server_->admin()[0].port); }
  static std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }
  static std::string post(const std::string& path, const Json& body) {
    const std::string text = body.dump();
    return "POST " + path +
           " HTTP/1.1\r\nHost: localhost\r\nX-Penstock-Admin: 1\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(text.size()) + "\r\n\r\n" + text;
  }
  Json asked(const std::string& request) {
    HttpClient client = admin();
    const HttpAnswer answer = client.exchange(request);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body, nullptr, false);
  }
  int send(HttpClient& client, const std::string& body) {
    return client.call("SendMessage", Json{{"QueueUrl", url_}, {"MessageBody", body}}.dump()).status;
  }
  std::string receive_request(int wait, int visibility) const {
    return json_request(
        "ReceiveMessage",
        Json{{"QueueUrl", url_}, {"WaitTimeSeconds", wait}, {"VisibilityTimeout", visibility}}.dump());
  }

  std::unique_ptr<Server> server_;
  std::string url_;
};

TEST_F(AdminPlay, APeekShowsMessagesAndReceivesNone) {
  HttpClient client = api();
  EXPECT_EQ(send(client, "one"), 200);
  for (int round = 0; round < 2; ++round) {
    const Json seen = asked(get("/messages?Queue=mail"));
    ASSERT_EQ(seen["Messages"].size(), 1U);
    EXPECT_EQ(seen["Messages"][0]["Body"], "one");
    EXPECT_EQ(seen["Messages"][0]["Attributes"]["ApproximateReceiveCount"], "0");
  }
}

TEST_F(AdminPlay, AnExpectationIsAnsweredByWhatAnotherConnectionDoes) {
  HttpClient waiting = admin();
  waiting.send(post("/expect", {{"Queue", "mail"}, {"Sent", 1}, {"TimeoutSeconds", 60}}));
  HttpClient client = api();
  EXPECT_EQ(send(client, "one"), 200);
  EXPECT_TRUE(Json::parse(waiting.answer().body)["Held"]);
}

TEST_F(AdminPlay, ALeapIsSeenByAWaitingReceiver) {
  HttpClient client = api();
  EXPECT_EQ(send(client, "one"), 200);
  EXPECT_EQ(client.exchange(receive_request(0, 43'200)).status, 200);
  HttpClient waiting = api();
  waiting.send(receive_request(20, 30));
  const Json time = asked(post("/clock/advance", {{"Seconds", 43'200}}));
  EXPECT_EQ(time["AheadMilliseconds"], 43'200'000);
  const Json received = Json::parse(waiting.answer().body);
  ASSERT_TRUE(received.contains("Messages")) << received;
  EXPECT_EQ(received["Messages"][0]["Body"], "one");
}

TEST_F(AdminPlay, AFaultIsMetByItsRequestsAlone) {
  asked(post("/faults", {{"Action", "SendMessage"}, {"Error", "unavailable"}, {"Count", 1}}));
  HttpClient client = api();
  EXPECT_EQ(client.exchange(receive_request(0, 30)).status, 200);
  EXPECT_EQ(send(client, "one"), 503);
  EXPECT_EQ(send(client, "two"), 200);
  asked(post("/faults",
             {{"Action", "SendMessage"}, {"Drop", "after"}, {"LatencyMilliseconds", 1}, {"Count", 1}}));
  client.send(json_request("SendMessage", Json{{"QueueUrl", url_}, {"MessageBody", "three"}}.dump()));
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(asked(post("/expect", {{"Queue", "mail"}, {"Visible", 2}}))["Held"]);
}

TEST_F(AdminPlay, AStopDoesNotWaitForWhatIsHeldBack) {
  asked(post("/faults", {{"Action", "SendMessage"}, {"LatencyMilliseconds", 60'000}}));
  HttpClient client = api();
  client.send(json_request("SendMessage", Json{{"QueueUrl", url_}, {"MessageBody", "late"}}.dump()));
  while (server_->requests() < 3) std::this_thread::yield();
  server_->stop();
  EXPECT_EQ(client.answer().status, 200);
}

TEST_F(AdminPlay, AResetTakesEverything) {
  HttpClient waiting = api();
  waiting.send(receive_request(20, 30));
  EXPECT_EQ(asked(post("/reset", Json::object()))["Queues"], 1);
  EXPECT_NE(waiting.answer().status, 503);
  HttpClient client = api();
  EXPECT_EQ(send(client, "one"), 400) << "the queue is gone";
}

TEST(FaultPlan, TheSameRequestsMeetTheSameFate) {
  const auto fates = [](std::uint64_t seed) {
    FaultPlan plan;
    plan.add({.kind = FaultKind::kInternal, .share = 0.5, .seed = seed});
    std::string text;
    for (int at = 0; at < 64; ++at) text += plan.meet("SendMessage", "mail", false) ? 'x' : '.';
    return text;
  };
  EXPECT_EQ(fates(1), fates(1));
  EXPECT_NE(fates(1), fates(2));
}

TEST(FaultPlan, TheFirstRuleThatBefallsARequestIsTheOneAndCountsEnd) {
  FaultPlan plan;
  plan.add({.action = "SendMessage", .kind = FaultKind::kThrottling, .count = 1});
  plan.add({.queue = "mail", .kind = FaultKind::kInternal});
  plan.add({.topic = "mail", .kind = FaultKind::kDropAfter});
  EXPECT_EQ(plan.meet("SendMessage", "mail", false)->kind, FaultKind::kThrottling);
  EXPECT_EQ(plan.meet("SendMessage", "mail", false)->kind, FaultKind::kInternal);
  EXPECT_EQ(plan.meet("Publish", "mail", true)->kind, FaultKind::kDropAfter);
  EXPECT_FALSE(plan.meet("SendMessage", "other", false));
  EXPECT_EQ(plan.told()[0].met, 3U);
  EXPECT_EQ(plan.told()[0].fired, 1U);
}

TEST(FaultPlan, ThereAreOnlySoManyRules) {
  FaultPlan plan;
  for (std::size_t at = 0; at < FaultPlan::kRulesMax; ++at) EXPECT_TRUE(plan.add({}));
  EXPECT_FALSE(plan.add({}));
  EXPECT_EQ(plan.clear(), FaultPlan::kRulesMax);
  EXPECT_TRUE(plan.add({}));
}

}  // namespace
}  // namespace penstock
