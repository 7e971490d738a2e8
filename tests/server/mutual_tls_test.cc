// Certificates of clients, and the admin side by TLS.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "auth/wall_time.h"
#include "server/server.h"
#include "server/wall_clock.h"
#include "tests/server/authority.h"
#include "tests/server/http_client.h"
#include "tests/server/tls_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kReady = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n";

class MutualTls : public testing::Test {
 protected:
  MutualTls() {
    char name[] = "/tmp/penstock-mutual-XXXXXX";
    EXPECT_NE(mkdtemp(name), nullptr);
    directory_ = name;
    const auto own = TlsIdentity::self_signed({"localhost"});
    pem_ = own->certificate;
    write("certificate.pem", own->certificate);
    write("key.pem", own->key);
    write("clients.pem", ours_.pem());
  }
  ~MutualTls() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name, std::ios::trunc) << text;
    std::filesystem::permissions(directory_ + "/" + name,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  // With these flags beside those that all of them need.
  void start(const GivenFlags& more = {}) {
    GivenFlags flags{{"listen", {"127.0.0.1:0"}},
                     {"tls-listen", {"127.0.0.1:0"}},
                     {"admin-listen", {"127.0.0.1:0"}},
                     {"admin-tls-listen", {"127.0.0.1:0"}},
                     {"durability", {"memory"}},
                     {"io-threads", {"2"}},
                     {"disk-reserve", {"0"}},
                     {"tls-certificate", {directory_ + "/certificate.pem"}},
                     {"tls-key", {directory_ + "/key.pem"}},
                     {"tls-client-ca", {directory_ + "/clients.pem"}}};
    for (const auto& [flag, texts] : more) flags[flag] = texts;
    const auto settings = read_settings(flags, {});
    ASSERT_TRUE(settings) << settings.error().text;
    auto server = Server::start(*settings, {});
    ASSERT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
  }
  std::uint16_t api() const { return server_->tls()[0].port; }
  std::uint16_t admin() const { return server_->admin_tls()[0].port; }

  // What becomes of a request: its status, or the alert that stands in its place.
  std::string asked(std::uint16_t port, const TlsIdentity::Pem& shown = {}, int version_max = TLS1_3_VERSION) {
    TlsClient client(port, pem_, "localhost", shown, version_max);
    if (!client.shaken()) return client.alert();
    client.send(kReady);
    const int status = client.answer().status;
    return status == 0 ? client.alert() : std::to_string(status);
  }
  std::string handshakes_failed() {
    HttpClient plain(server_->admin()[0].port);
    const std::string text = plain.exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
    const std::string_view name = "\npenstock_tls_handshakes_failed_total ";
    const std::size_t at = text.find(name);
    if (at == std::string::npos) return "none";
    return text.substr(at + name.size(), text.find('\n', at + 1) - at - name.size());
  }

  Authority ours_{"our clients"};
  std::string directory_;
  std::string pem_;
  std::unique_ptr<Server> server_;
};

TEST_F(MutualTls, AClientThatIsVouchedForIsServedByTheApiAndTheAdminSide) {
  start();
  const TlsIdentity::Pem orders = ours_.issue("orders");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(asked(api(), orders, version), "200");
    EXPECT_EQ(asked(admin(), orders, version), "200");
  }
  TlsClient client(api(), pem_, "localhost", orders);
  EXPECT_EQ(client.call("CreateQueue", {{"QueueName", "mail"}}).status, 200);
  EXPECT_EQ(handshakes_failed(), "0");
}

TEST_F(MutualTls, EveryOtherIsRefusedByAnAlertThatSaysWhy) {
  start();
  Authority strangers("strangers");
  for (const std::uint16_t port : {api(), admin()}) {
    EXPECT_EQ(asked(port), "tlsv13 alert certificate required");
    EXPECT_EQ(asked(port, strangers.issue("orders")), "tlsv1 alert unknown ca");
    EXPECT_EQ(asked(port, ours_.issue("orders", "serverAuth")), "sslv3 alert unsupported certificate");
    EXPECT_EQ(asked(port, ours_.issue("orders", "clientAuth", true)), "sslv3 alert certificate expired");
    EXPECT_EQ(asked(port, {}, TLS1_2_VERSION), "sslv3 alert handshake failure");
    EXPECT_EQ(asked(port, strangers.issue("orders"), TLS1_2_VERSION), "tlsv1 alert unknown ca");
  }
  // A client hears of it a moment before it is counted.
  for (int tries = 0; tries < 10'000 && handshakes_failed() != "12"; ++tries) usleep(1'000);
  EXPECT_EQ(handshakes_failed(), "12");
  // Who comes in plain is not concerned.
  EXPECT_EQ(HttpClient(server_->api()[0].port).exchange(kReady).status, 200);
}

TEST_F(MutualTls, WhatIsOlderThanTls12IsNotSpoken) {
  start({{"tls-client-auth", {"off"}}});
  EXPECT_EQ(asked(api(), {}, TLS1_1_VERSION), "tlsv1 alert protocol version");
  EXPECT_EQ(asked(api(), {}, TLS1_2_VERSION), "200");
}

TEST_F(MutualTls, OptionalAsksForNoneAndStillJudgesOneThatIsShown) {
  start({{"tls-client-auth", {"optional"}}});
  EXPECT_EQ(asked(api()), "200");
  EXPECT_EQ(asked(api(), ours_.issue("orders")), "200");
  EXPECT_EQ(asked(api(), Authority("strangers").issue("orders")), "tlsv1 alert unknown ca");
}

TEST_F(MutualTls, TheAdminSideMayAskForLessOrMoreThanTheApi) {
  start({{"admin-tls-client-auth", {"off"}}});
  EXPECT_EQ(asked(admin()), "200");
  EXPECT_EQ(asked(api()), "tlsv13 alert certificate required");
  server_.reset();
  start({{"tls-client-auth", {"off"}}, {"admin-tls-client-auth", {"required"}}});
  EXPECT_EQ(asked(api()), "200");
  EXPECT_EQ(asked(admin()), "tlsv13 alert certificate required");
}

TEST_F(MutualTls, WhoVouchesForClientsIsReadAnewAndOpenConnectionsStay) {
  start();
  Authority next("our next clients");
  const TlsIdentity::Pem old_one = ours_.issue("orders"), new_one = next.issue("orders");
  TlsClient open(api(), pem_, "localhost", old_one);
  EXPECT_EQ(open.call("ListQueues", Json::object()).status, 200);
  write("clients.pem", next.pem());
  EXPECT_EQ(server_->reload(), std::nullopt);
  EXPECT_EQ(open.call("ListQueues", Json::object()).status, 200);
  for (const std::uint16_t port : {api(), admin()}) {
    EXPECT_EQ(asked(port, old_one), "tlsv1 alert unknown ca");
    EXPECT_EQ(asked(port, new_one), "200");
  }
  write("clients.pem", "nobody");
  const auto wrong = server_->reload();
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("clients.pem: there is no certificate"), std::string::npos) << *wrong;
  EXPECT_EQ(asked(api(), new_one), "200") << "all stays as it was";
}

// Each file in turn is bad while all the others are good and new.
TEST_F(MutualTls, OfTheFilesThatAreReadAnewOneThatIsBadLeavesAllAsTheyWere) {
  const auto credentials = [](const std::string& id) {
    return "credentials:\n  - access_key_id: " + id +
           "\n    secret_access_key: \"0123456789abcdef\"\n    account: \"000000000000\"\n    user: a\n";
  };
  write("credentials.yaml", credentials("AKIDOLD"));
  write("resources.yaml", "queues: {old: {}}\n");
  start(
      {{"credentials", {directory_ + "/credentials.yaml"}}, {"resources", {directory_ + "/resources.yaml"}}});
  const TlsIdentity::Pem old_client = ours_.issue("orders");
  Authority next("our next clients");
  const auto renewed = TlsIdentity::self_signed({"localhost"});
  const std::map<std::string, std::string> good{{"certificate.pem", renewed->certificate},
                                                {"key.pem", renewed->key},
                                                {"clients.pem", next.pem()},
                                                {"credentials.yaml", credentials("AKIDNEW")},
                                                {"resources.yaml", "queues: {old: {}, new: {}}\n"}};
  const auto error_of = [&](const std::string& id) -> std::string {
    TlsClient client(api(), pem_, "localhost", old_client);
    client.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
        "X-Amz-Target: AmazonSQS.ListQueues\r\nX-Amz-Date: " +
        basic_time(wall_time()) + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=" + id + "/" +
        basic_time(wall_time()).substr(0, 8) +
        "/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=" +
        std::string(64, '0') + "\r\nContent-Length: 2\r\n\r\n{}");
    const std::string type = Json::parse(client.answer().body).value("__type", "");
    return type.substr(type.find('#') + 1);
  };
  for (const auto& [bad, unused] : good) {
    for (const auto& [name, text] : good) write(name, name == bad ? "nothing of that kind\n" : text);
    const auto wrong = server_->reload();
    ASSERT_TRUE(wrong) << bad;
    // Of a key without a certificate only the pair can be told.
    const std::string told = bad == "key.pem" ? "certificate.pem" : bad;
    EXPECT_NE(wrong->find(told), std::string::npos) << *wrong;
    EXPECT_EQ(asked(api(), old_client), "200") << bad << ": certificate, and who vouches for clients";
    EXPECT_EQ(error_of("AKIDOLD"), "InvalidSignatureException") << bad << ": the key is known";
    EXPECT_EQ(error_of("AKIDNEW"), "UnrecognizedClientException") << bad;
    EXPECT_EQ(server_->broker().gauges().queues.load(), 1U) << bad;
  }
  // Whatever is bad is named, not the first alone.
  for (const auto& [name, text] : good) write(name, "nothing of that kind\n");
  const auto wrong = server_->reload();
  ASSERT_TRUE(wrong);
  for (const char* const name : {"certificate.pem", "credentials.yaml", "resources.yaml"}) {
    EXPECT_NE(wrong->find(name), std::string::npos) << *wrong;
  }

  for (const auto& [name, text] : good) write(name, text);
  EXPECT_EQ(server_->reload(), std::nullopt);
  EXPECT_EQ(server_->broker().gauges().queues.load(), 2U);
  TlsClient client(api(), renewed->certificate, "localhost", next.issue("orders"));
  EXPECT_EQ(client.call("ListQueues", Json::object()).status, 403) << "it is connected, and signs nothing";
}

TEST_F(MutualTls, AListOfRevokedCertificatesIsHeeded) {
  start();
  const TlsIdentity::Pem good = ours_.issue("orders"), stolen = ours_.issue("laptop");
  EXPECT_EQ(asked(api(), stolen), "200");
  write("clients.pem", ours_.pem() + ours_.revocation_of_the_last());
  EXPECT_EQ(server_->reload(), std::nullopt);
  EXPECT_EQ(asked(api(), stolen), "sslv3 alert certificate revoked");
  EXPECT_EQ(asked(api(), good), "200");
}

TEST_F(MutualTls, TheAdminSideIsServedInPlainAndByTlsAndItsCertificateIsRenewed) {
  start({{"admin-tls-client-auth", {"off"}}});
  EXPECT_EQ(HttpClient(server_->admin()[0].port).exchange(kReady).status, 200);
  EXPECT_EQ(asked(admin()), "200");
  EXPECT_EQ(server_->ready_line(), "penstock ready: api http://" + server_->api()[0].text() + ",https://" +
                                       server_->tls()[0].text() + " admin http://" + server_->admin()[0].text() +
                                       ",https://" + server_->admin_tls()[0].text());
  const auto renewed = TlsIdentity::self_signed({"localhost"});
  write("certificate.pem", renewed->certificate);
  write("key.pem", renewed->key);
  EXPECT_EQ(server_->reload(), std::nullopt);
  EXPECT_FALSE(TlsClient(admin(), pem_).shaken());
  EXPECT_TRUE(TlsClient(admin(), renewed->certificate).shaken());
}

TEST_F(MutualTls, TheAdminSideMayBeReachedByTlsAlone) {
  start({{"admin-listen", {"off"}}, {"tls-client-auth", {"off"}}});
  EXPECT_TRUE(server_->admin().empty());
  EXPECT_EQ(asked(admin()), "200");
  EXPECT_TRUE(server_->ready_line().ends_with(" admin https://" + server_->admin_tls()[0].text()));
}

TEST_F(MutualTls, WhatIsAskedOfACallerDependsOnWhoReachesTheAddress) {
  start({{"admin-tls-listen", {"0.0.0.0:0"}}, {"admin-tls-client-auth", {"off"}}, {"auth", {"none"}}});
  const std::string pages = "GET /resources HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_EQ(HttpClient(server_->admin()[0].port).exchange(pages).status, 200);
  TlsClient beyond(admin(), pem_);
  beyond.send(pages);
  const HttpAnswer refused = beyond.answer();
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("needs a token"), std::string::npos) << refused.body;
}

}  // namespace
}  // namespace penstock
