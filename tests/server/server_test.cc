// The daemon put together, over the store in memory, or over RocksDB where something must be kept.
#include "server/server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/server/http_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

class ServerPlay : public testing::Test {
 protected:
  static Settings settings() {
    auto given = read_settings({{"listen", {"127.0.0.1:0"}},
                                {"admin-listen", {"127.0.0.1:0"}},
                                {"durability", {"memory"}},
                                {"io-threads", {"2"}},
                                {"disk-reserve", {"0"}}},
                               {});
    EXPECT_TRUE(given);
    return *given;
  }
  static std::unique_ptr<Server> start(const Settings& settings) {
    auto server = Server::start(settings, {});
    EXPECT_TRUE(server) << server.error().text;
    return server ? *std::move(server) : nullptr;
  }
  void SetUp() override {
    server_ = start(settings());
    ASSERT_TRUE(server_);
  }
  void TearDown() override { server_.reset(); }

  HttpClient connect() { return HttpClient(server_->api()[0].port); }
  std::string create(HttpClient& client, const std::string& name) {
    const HttpAnswer answer = client.call("CreateQueue", Json{{"QueueName", name}}.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body)["QueueUrl"];
  }
  static std::string send_request(const std::string& url, const std::string& body) {
    return json_request("SendMessage", Json{{"QueueUrl", url}, {"MessageBody", body}}.dump());
  }
  static std::string receive_request(const std::string& url, int wait, int visibility = 30) {
    return json_request("ReceiveMessage", Json{{"QueueUrl", url},
                                               {"WaitTimeSeconds", wait},
                                               {"MaxNumberOfMessages", 10},
                                               {"VisibilityTimeout", visibility},
                                               {"MessageSystemAttributeNames", {"All"}}}
                                              .dump());
  }
  static Json messages(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    const Json parsed = Json::parse(answer.body, nullptr, false);
    return parsed.contains("Messages") ? parsed["Messages"] : Json::array();
  }
  // A gauge or counter of the admin pages.
  std::uint64_t metric(const std::string& name) {
    HttpClient admin(server_->admin()[0].port);
    const std::string text = admin.exchange("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").body;
    const std::size_t at = text.find("\n" + name + " ");
    if (at == std::string::npos) {
      ADD_FAILURE() << name << " is not in " << text;
      return 0;
    }
    return std::stoull(text.substr(at + name.size() + 2));
  }

  // Sends more than fits into memory, receives each message twice, and looks whether it is whole.
  void expect_messages_from_disk() {
    HttpClient client = connect();
    const std::string url = create(client, "orders");
    constexpr std::size_t kMessages = 40;
    for (std::size_t i = 0; i < kMessages; ++i) {
      EXPECT_EQ(client.exchange(send_request(url, std::to_string(i) + std::string(200'000, 'x'))).status,
                200);
    }
    EXPECT_LE(metric("penstock_window_bytes"), std::uint64_t{2} << 20);
    for (int round = 1; round <= 2; ++round) {
      std::map<std::size_t, Json> received;
      while (received.size() < kMessages) {
        const Json some = messages(client.exchange(receive_request(url, 1, 600)));
        ASSERT_FALSE(some.empty()) << received.size() << " in round " << round;
        for (const Json& message : some) {
          const std::string body = message["Body"];
          EXPECT_EQ(body.substr(body.find('x')), std::string(200'000, 'x'));
          EXPECT_EQ(message["Attributes"]["ApproximateReceiveCount"], std::to_string(round));
          received[std::stoul(body)] = message;
        }
      }
      for (const auto& [number, message] : received) {
        client.call(
            "ChangeMessageVisibility",
            Json{{"QueueUrl", url}, {"ReceiptHandle", message["ReceiptHandle"]}, {"VisibilityTimeout", 0}}
                .dump());
      }
    }
  }

  std::unique_ptr<Server> server_;
};

TEST_F(ServerPlay, AMessageIsSentReceivedAndDeleted) {
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  const HttpAnswer sent = client.exchange(send_request(url, "hello"));
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(Json::parse(sent.body)["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");

  const Json received = messages(client.exchange(receive_request(url, 0)));
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0]["Body"], "hello");
  EXPECT_EQ(received[0]["Attributes"]["ApproximateReceiveCount"], "1");
  EXPECT_TRUE(messages(client.exchange(receive_request(url, 0))).empty()) << "it is hidden";

  const HttpAnswer deleted = client.call(
      "DeleteMessage", Json{{"QueueUrl", url}, {"ReceiptHandle", received[0]["ReceiptHandle"]}}.dump());
  EXPECT_EQ(deleted.status, 200) << deleted.body;
  EXPECT_EQ(deleted.body, "");
  EXPECT_EQ(metric("penstock_messages_touched"), 0U);
}

TEST_F(ServerPlay, ASendAnswersALongPollOfAnotherConnection) {
  HttpClient sender = connect();
  const std::string url = create(sender, "orders");
  HttpClient receiver = connect();
  receiver.send(receive_request(url, 20));
  EXPECT_EQ(sender.exchange(send_request(url, "hello")).status, 200);
  const Json received = messages(receiver.answer());
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0]["Body"], "hello");
}

TEST_F(ServerPlay, AMessageDoesNotGetLostInALongPollWhoseClientIsGone) {
  HttpClient sender = connect();
  const std::string url = create(sender, "orders");
  for (int round = 0; round < 20; ++round) {
    HttpClient gone = connect();
    gone.send(receive_request(url, 20));
    if (round % 2 == 0) {
      gone.close();
    } else {
      gone.reset();
    }
    EXPECT_EQ(sender.exchange(send_request(url, "hello")).status, 200);
    HttpClient receiver = connect();
    const Json received = messages(receiver.exchange(receive_request(url, 20)));
    ASSERT_EQ(received.size(), 1U) << round;
    EXPECT_EQ(received[0]["Attributes"]["ApproximateReceiveCount"], "1");
    receiver.call("DeleteMessage",
                  Json{{"QueueUrl", url}, {"ReceiptHandle", received[0]["ReceiptHandle"]}}.dump());
  }
}

TEST_F(ServerPlay, MessagesThatDoNotFitIntoMemoryComeFromTheStore) {
  Settings narrow = settings();
  narrow.limits.window_bytes_max = 1 << 20;
  server_ = start(narrow);
  expect_messages_from_disk();
}

TEST_F(ServerPlay, PipelinedCallsAreAnsweredInOrder) {
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  client.send(send_request(url, "one") + receive_request(url, 0) + send_request(url, "two") +
              receive_request(url, 0));
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(messages(client.answer())[0]["Body"], "one");
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(messages(client.answer())[0]["Body"], "two");
}

TEST_F(ServerPlay, ManyConnectionsEachGetTheirOwnAnswers) {
  std::vector<HttpClient> clients;
  std::vector<std::string> urls;
  for (std::size_t i = 0; i < 50; ++i) {
    clients.push_back(connect());
    urls.push_back(create(clients.back(), "queue-" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < 50; ++i) clients[i].send(send_request(urls[i], std::to_string(i)));
  for (HttpClient& client : clients) EXPECT_EQ(client.answer().status, 200);
  for (std::size_t i = 0; i < 50; ++i) clients[i].send(receive_request(urls[i], 5));
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(messages(clients[i].answer())[0]["Body"], std::to_string(i));
}

TEST_F(ServerPlay, HealthIsAnsweredByBothPorts) {
  for (const std::uint16_t port : {server_->api()[0].port, server_->admin()[0].port}) {
    HttpClient client(port);
    for (const char* path :
         {"/health", "/health/live", "/health/ready", "/_localstack/health", "/health?x=y"}) {
      const HttpAnswer answer = client.exchange("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      EXPECT_EQ(answer.status, 200) << path;
      EXPECT_TRUE(Json::parse(answer.body).is_object()) << path;
      EXPECT_EQ(answer.header("Content-Type"), "application/json");
    }
    client.send("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.answer(true).status, 200);
  }
  HttpClient client = connect();
  const HttpAnswer answer = client.exchange("GET /_localstack/health HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(Json::parse(answer.body)["services"]["sqs"], "running");
}

TEST_F(ServerPlay, TheAdminPortAnswersNothingElse) {
  HttpClient admin(server_->admin()[0].port);
  EXPECT_EQ(admin.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
  EXPECT_EQ(admin.call("ListQueues", "{}").status, 404);
}

TEST_F(ServerPlay, MetricsCountWhatIsThere) {
  HttpClient client = connect();
  create(client, "one");
  create(client, "two");
  EXPECT_EQ(metric("penstock_queues"), 2U);
  EXPECT_GE(metric("penstock_http_requests_total"), 2U);
  EXPECT_GE(metric("penstock_commits_total"), 1U);
  EXPECT_EQ(metric("penstock_ready"), 1U);
}

TEST_F(ServerPlay, MetricsTellRequestsByActionAndErrorCode) {
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  EXPECT_EQ(client.exchange(send_request(url, "hello")).status, 200);
  EXPECT_EQ(client.call("GetQueueUrl", R"({"QueueName":"none"})").status, 400);
  EXPECT_EQ(client.call("SendMessage", "{").status, 400);
  EXPECT_EQ(client.call("Invented\"Action", "{}").status, 400);
  EXPECT_EQ(metric(R"(penstock_requests_total{action="SendMessage",code="OK"})"), 1U);
  EXPECT_EQ(metric(R"(penstock_requests_total{action="SendMessage",code="MalformedInput"})"), 1U);
  EXPECT_EQ(
      metric(
          R"(penstock_requests_total{action="GetQueueUrl",code="AWS.SimpleQueueService.NonExistentQueue"})"),
      1U);
  EXPECT_EQ(metric(R"(penstock_requests_total{action="Unknown",code="InvalidAction"})"), 1U);
  EXPECT_EQ(metric(R"(penstock_request_duration_seconds_count{action="SendMessage"})"), 2U);
  EXPECT_EQ(metric(R"(penstock_request_duration_seconds_bucket{action="SendMessage",le="+Inf"})"), 2U);
}

TEST_F(ServerPlay, MetricsTellHowEachQueueStandsWhenTheyAreAsked) {
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.exchange(send_request(url, "hello")).status, 200);
  const std::string labels = R"({queue="orders",account="000000000000",region="us-east-1"})";
  EXPECT_EQ(metric("penstock_messages_visible" + labels), 3U);
  EXPECT_EQ(metric("penstock_messages_not_visible" + labels), 0U);
  // The survey is at most a second old: until then it may be the one from before.
  EXPECT_EQ(messages(client.exchange(receive_request(url, 0))).size(), 3U);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (metric("penstock_messages_not_visible" + labels) != 3 &&
         std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_EQ(metric("penstock_messages_not_visible" + labels), 3U);
  EXPECT_EQ(metric("penstock_messages_visible" + labels), 0U);
}

TEST_F(ServerPlay, QueuesBeyondTheBoundShareOneSeries) {
  Settings one_named = settings();
  one_named.metrics_queues_max = 1;
  server_ = start(one_named);
  HttpClient client = connect();
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(client.exchange(send_request(create(client, name), "hello")).status, 200);
  }
  EXPECT_EQ(metric(R"(penstock_messages_visible{queue="a",account="000000000000",region="us-east-1"})"), 1U);
  EXPECT_EQ(metric(R"(penstock_messages_visible{queue="_other"})"), 2U);
}

TEST_F(ServerPlay, AnswersThatNobodyTakesHaveABound) {
  Settings narrow = settings();
  narrow.io_threads = 1;
  narrow.answer_bytes_max = 4 << 20;
  server_ = start(narrow);
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  const std::string body(900'000, 'x');
  constexpr int kGreedy = 4;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.exchange(send_request(url, body)).status, 200);
  // Each asks for all ten at once, again and again, and reads nothing.
  std::vector<HttpClient> greedy;
  for (int i = 0; i < kGreedy; ++i) {
    greedy.push_back(connect());
    for (int round = 0; round < 4; ++round) greedy.back().send(receive_request(url, 0, 0));
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (metric("penstock_http_cut_off_total") == 0 && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_GT(metric("penstock_http_cut_off_total"), 0U);
  greedy.clear();
  // What they did not get is there for who reads.
  EXPECT_FALSE(messages(client.exchange(receive_request(url, 20))).empty());
}

TEST_F(ServerPlay, AMailboxWithoutMemoryIsAnswered503ButOneMessageAlwaysFits) {
  Settings small = settings();
  small.mailbox_bytes_max = 1;
  small.io_threads = 1;
  server_ = start(small);
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  EXPECT_EQ(client.exchange(send_request(url, "hello")).status, 200);

  std::vector<HttpClient> clients;
  for (int i = 0; i < 64; ++i) clients.push_back(connect());
  int unavailable = 0;
  for (int round = 0; round < 50 && unavailable == 0; ++round) {
    for (HttpClient& sender : clients) sender.send(send_request(url, "hello"));
    for (HttpClient& sender : clients) unavailable += sender.answer().status == 503;
  }
  EXPECT_GT(unavailable, 0);
  EXPECT_EQ(client.exchange(send_request(url, "hello")).status, 200) << "room again";
}

TEST_F(ServerPlay, ALargerBodyThanIsAllowedIsAnswered413) {
  Settings narrow = settings();
  narrow.http.body_bytes_max = 64 << 10;
  server_ = start(narrow);
  HttpClient client = connect();
  const std::string url = create(client, "orders");
  EXPECT_EQ(client.exchange(send_request(url, std::string(60'000, 'x'))).status, 200);
  EXPECT_EQ(client.exchange(send_request(url, std::string(66'000, 'x'))).status, 413);
  HttpClient chunked = connect();
  EXPECT_EQ(
      chunked.exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n").status,
      413);
}

TEST_F(ServerPlay, TheReadyLineNamesTheRealPorts) {
  EXPECT_EQ(server_->ready_line(), "penstock ready: api http://" + server_->api()[0].text() +
                                       " admin http://" + server_->admin()[0].text());
  Settings off = settings();
  off.admin_listen.clear();
  off.listen.push_back(off.listen[0]);
  const std::unique_ptr<Server> other = start(off);
  EXPECT_EQ(other->ready_line(), "penstock ready: api http://" + other->api()[0].text() + ",http://" +
                                     other->api()[1].text() + " admin off");
}

TEST_F(ServerPlay, AStopAnswersWaitingReceivesEmptyAndClosesIdleConnections) {
  HttpClient waiting = connect();
  const std::string url = create(waiting, "orders");
  HttpClient idle = connect();
  create(idle, "other");
  waiting.send(receive_request(url, 20));
  server_->stop();
  const HttpAnswer answer = waiting.answer();
  // It may have been stopped before it read the request; then it closes.
  if (answer.status != 0) {
    EXPECT_TRUE(messages(answer).empty());
    EXPECT_EQ(answer.header("Connection"), "close");
  }
  EXPECT_TRUE(idle.ended());
  EXPECT_FALSE(connect().connected());
}

TEST_F(ServerPlay, AFullMailboxIsAnswered503) {
  Settings small = settings();
  small.mailbox_letters_max = 1;
  small.io_threads = 1;
  const std::unique_ptr<Server> other = start(small);
  std::vector<HttpClient> clients;
  for (int i = 0; i < 64; ++i) clients.emplace_back(other->api()[0].port);
  int unavailable = 0;
  for (int round = 0; round < 50 && unavailable == 0; ++round) {
    for (HttpClient& client : clients) client.send(json_request("GetQueueUrl", R"({"QueueName":"none"})"));
    for (HttpClient& client : clients) unavailable += client.answer().status == 503;
  }
  EXPECT_GT(unavailable, 0);
  EXPECT_EQ(HttpClient(other->api()[0].port).call("CreateQueue", R"({"QueueName":"q"})").status, 200);
}

// A store that has no room.
class FullStore final : public Store {
 public:
  explicit FullStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}
  Recovered load(const std::function<void(Record&&)>& visit) override { return store_->load(visit); }
  void append(Commit&& commit) override { store_->append(std::move(commit)); }
  void read(StoreRead&& want, Position at_least) override { store_->read(std::move(want), at_least); }
  bool admits_growth() const override { return false; }

 private:
  std::unique_ptr<Store> store_;
};

TEST_F(ServerPlay, WithoutRoomWhatGrowsTheStoreIsAnswered503AndTheRestGoesOn) {
  Server::Options options;
  options.open_store = [](const Settings& given,
                          StoreEvents& events) -> tl::expected<OpenedStore, StartRefusal> {
    auto opened = open_store(given, events);
    opened->store = std::make_unique<FullStore>(std::move(opened->store));
    return opened;
  };
  auto full = Server::start(settings(), options);
  ASSERT_TRUE(full);
  HttpClient client((*full)->api()[0].port);
  EXPECT_EQ(client.call("CreateQueue", R"({"QueueName":"q"})").status, 503);
  EXPECT_EQ(client.call("GetQueueUrl", R"({"QueueName":"q"})").status, 400) << "the queue does not exist";
}

TEST_F(ServerPlay, APortInUseEndsTheStart) {
  Settings taken = settings();
  taken.listen = server_->api();
  const auto refused = Server::start(taken, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().exit_code, kExitUnavailable);
}

class DurableServerPlay : public ServerPlay {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "penstock-server-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    begin();
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }
  Settings durable_settings() const {
    Settings durable = settings();
    durable.durability = Durability::kFsync;
    durable.data = directory_ / "data";
    return durable;
  }
  void begin() {
    server_ = start(durable_settings());
    ASSERT_TRUE(server_);
  }

  std::filesystem::path directory_;
};

TEST_F(DurableServerPlay, MessagesOutliveAStopAndDeletesStayDeleted) {
  std::string url;
  {
    HttpClient client = connect();
    url = create(client, "orders");
    EXPECT_EQ(client.exchange(send_request(url, "kept")).status, 200);
    EXPECT_EQ(client.exchange(send_request(url, "deleted")).status, 200);
    for (const Json& message : messages(client.exchange(receive_request(url, 0)))) {
      if (message["Body"] == "deleted") {
        client.call("DeleteMessage",
                    Json{{"QueueUrl", url}, {"ReceiptHandle", message["ReceiptHandle"]}}.dump());
      } else {
        client.call(
            "ChangeMessageVisibility",
            Json{{"QueueUrl", url}, {"ReceiptHandle", message["ReceiptHandle"]}, {"VisibilityTimeout", 0}}
                .dump());
      }
    }
  }
  server_.reset();
  begin();
  HttpClient client = connect();
  const Json received = messages(client.exchange(receive_request(url, 0)));
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0]["Body"], "kept");
  EXPECT_EQ(received[0]["Attributes"]["ApproximateReceiveCount"], "2");
}

TEST_F(DurableServerPlay, MessagesThatDoNotFitIntoMemoryComeFromDisk) {
  server_.reset();
  Settings narrow = durable_settings();
  narrow.limits.window_bytes_max = 1 << 20;
  server_ = start(narrow);
  expect_messages_from_disk();
}

TEST_F(DurableServerPlay, ADirectoryInUseEndsTheStart) {
  const auto refused = Server::start(durable_settings(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().exit_code, kExitStore);
  EXPECT_NE(refused.error().text.find(directory_.string()), std::string::npos) << refused.error().text;
}

}  // namespace
}  // namespace penstock
