// The API by TLS: the same sessions behind a certificate, beside the plain ones.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "server/server.h"
#include "tests/server/http_client.h"
#include "tests/server/tls_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

// As the process does: OpenSSL writes to sockets whose peer is gone.
[[maybe_unused]] const auto kPipesAreIgnored = std::signal(SIGPIPE, SIG_IGN);

class ByTls : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/penstock-tls-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
    pem_ = renew();
    GivenFlags flags{{"listen", {"127.0.0.1:0"}},
                     {"tls-listen", {"127.0.0.1:0"}},
                     {"admin-listen", {"off"}},
                     {"durability", {"memory"}},
                     {"io-threads", {"2"}},
                     {"disk-reserve", {"0"}},
                     {"tls-certificate", {directory_ + "/certificate.pem"}},
                     {"tls-key", {directory_ + "/key.pem"}}};
    const auto settings = read_settings(flags, {});
    ASSERT_TRUE(settings) << settings.error().text;
    auto server = Server::start(*settings, {});
    ASSERT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  // A new certificate in the files; what clients are to trust.
  std::string renew() {
    const auto pem = TlsIdentity::self_signed({"localhost", "127.0.0.1", "::1"});
    EXPECT_TRUE(pem);
    std::ofstream(directory_ + "/certificate.pem", std::ios::trunc) << pem->certificate;
    std::ofstream(directory_ + "/key.pem", std::ios::trunc) << pem->key;
    std::filesystem::permissions(directory_ + "/key.pem",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return pem->certificate;
  }
  std::uint16_t port() const { return server_->tls()[0].port; }

  std::string directory_;
  std::string pem_;
  std::unique_ptr<Server> server_;
};

TEST_F(ByTls, ARequestIsAnsweredAndTheQueueUrlIsHttps) {
  TlsClient client(port(), pem_);
  ASSERT_TRUE(client.shaken());
  EXPECT_EQ(client.version(), "TLSv1.3");
  const HttpAnswer answer = client.call("CreateQueue", {{"QueueName", "mail"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body).value("QueueUrl", "").substr(0, 8), "https://");
}

TEST_F(ByTls, PlainAndTlsServeTheSameQueuesSideBySide) {
  HttpClient plain(server_->api()[0].port);
  const std::string url = Json::parse(plain.call("CreateQueue", R"({"QueueName":"mail"})").body)["QueueUrl"];
  EXPECT_EQ(url.substr(0, 7), "http://");
  TlsClient client(port(), pem_);
  EXPECT_EQ(client.call("SendMessage", {{"QueueUrl", url}, {"MessageBody", "hello"}}).status, 200);
  const HttpAnswer answer = plain.call("ReceiveMessage", Json{{"QueueUrl", url}}.dump());
  EXPECT_EQ(Json::parse(answer.body)["Messages"][0]["Body"], "hello");
}

TEST_F(ByTls, LargeBodiesGoBothWaysWhole) {
  TlsClient client(port(), pem_);
  const std::string url = Json::parse(client.call("CreateQueue", {{"QueueName", "big"}}).body)["QueueUrl"];
  std::string body;
  for (int i = 0; body.size() < 900'000; ++i) body += std::to_string(i) + ",";
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(client.call("SendMessage", {{"QueueUrl", url}, {"MessageBody", body}}).status, 200);
  }
  const HttpAnswer answer = client.call("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});
  ASSERT_EQ(answer.status, 200);
  const Json messages = Json::parse(answer.body)["Messages"];
  ASSERT_EQ(messages.size(), 3U);
  for (const Json& message : messages) EXPECT_TRUE(message["Body"] == body);
}

TEST_F(ByTls, RequestsThatComeTogetherAreAnsweredInTheirOrder) {
  TlsClient client(port(), pem_);
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += json_request("CreateQueue", Json{{"QueueName", "q" + std::to_string(i)}}.dump());
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const HttpAnswer answer = client.answer();
    ASSERT_EQ(answer.status, 200);
    EXPECT_TRUE(Json::parse(answer.body).value("QueueUrl", "").ends_with("/q" + std::to_string(i)));
  }
}

TEST_F(ByTls, AWaitingReceiveEndsWithItsClientAndTakesNoMessage) {
  TlsClient other(port(), pem_);
  const std::string url = Json::parse(other.call("CreateQueue", {{"QueueName", "mail"}}).body)["QueueUrl"];
  {
    TlsClient client(port(), pem_);
    client.send(json_request("ReceiveMessage", Json{{"QueueUrl", url}, {"WaitTimeSeconds", 20}}.dump()));
    // Waits until it is known to wait.
    while (server_->broker().gauges().waiting_receivers.load() == 0) usleep(1000);
    client.close();
    while (server_->broker().gauges().waiting_receivers.load() != 0) usleep(1000);
  }
  EXPECT_EQ(other.call("SendMessage", {{"QueueUrl", url}, {"MessageBody", "hello"}}).status, 200);
  const HttpAnswer answer = other.call(
      "ReceiveMessage", {{"QueueUrl", url}, {"MessageSystemAttributeNames", {"ApproximateReceiveCount"}}});
  EXPECT_EQ(Json::parse(answer.body)["Messages"][0]["Attributes"]["ApproximateReceiveCount"], "1");
}

TEST_F(ByTls, ANewCertificateIsTakenUpWhileConnectionsStay) {
  TlsClient old(port(), pem_);
  EXPECT_EQ(old.call("ListQueues", Json::object()).status, 200);
  const std::string renewed = renew();
  EXPECT_FALSE(server_->reload());
  EXPECT_EQ(old.call("ListQueues", Json::object()).status, 200);
  EXPECT_FALSE(TlsClient(port(), pem_).shaken());
  TlsClient fresh(port(), renewed);
  ASSERT_TRUE(fresh.shaken());
  EXPECT_EQ(fresh.call("ListQueues", Json::object()).status, 200);

  std::ofstream(directory_ + "/certificate.pem", std::ios::trunc) << "no certificate";
  const auto wrong = server_->reload();
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("certificate.pem"), std::string::npos) << *wrong;
  EXPECT_TRUE(TlsClient(port(), renewed).shaken()) << "all stays as it was";
}

TEST_F(ByTls, AKeyOfAnotherCertificateIsRefused) {
  const auto one = TlsIdentity::self_signed({"localhost"}), other = TlsIdentity::self_signed({"localhost"});
  const auto prepared = TlsIdentity::prepare({one->certificate, other->key}, std::nullopt);
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error(), "the key is not the certificate's");
  EXPECT_EQ(TlsIdentity().begin(), nullptr);
}

TEST_F(ByTls, WhatIsNoTlsIsTurnedAway) {
  HttpClient client(port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.answer().status, 0);
  TlsClient other(port(), pem_);
  EXPECT_TRUE(other.shaken());
}

TEST_F(ByTls, TheServerEndsWhileClientsAreConnected) {
  TlsClient client(port(), pem_);
  EXPECT_EQ(client.call("ListQueues", Json::object()).status, 200);
  server_->stop();
  EXPECT_TRUE(client.ended());
}

TEST(SelfSigned, ACertificateIsMadeOnceAndKept) {
  char name[] = "/tmp/penstock-tls-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::string data = std::string(name) + "/data";
  const auto pem_of = [&] {
    const auto settings = read_settings({{"listen", {"127.0.0.1:0"}},
                                         {"tls-listen", {"127.0.0.1:0"}},
                                         {"tls-self-signed", {"on"}},
                                         {"admin-listen", {"off"}},
                                         {"data", {data}},
                                         {"disk-reserve", {"0"}}},
                                        {});
    EXPECT_TRUE(settings);
    auto server = Server::start(*settings, {});
    EXPECT_TRUE(server) << server.error().text;
    std::ifstream file(data + "/tls-certificate.pem");
    std::string pem{std::istreambuf_iterator<char>(file), {}};
    TlsClient client((*server)->tls()[0].port, pem, "127.0.0.1");
    EXPECT_TRUE(client.shaken());
    return pem;
  };
  const std::string first = pem_of();
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(pem_of(), first);
  const auto mode = std::filesystem::status(data + "/tls-key.pem").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace penstock
