// Signatures and policies in front of a whole daemon: who is let in, as whom, and what the others are told.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "auth/wall_time.h"
#include "server/server.h"
#include "tests/auth/signer.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

constexpr const char* kAliceSecret = "alice-alice-alice-alice-alice-alice-0001";
constexpr const char* kBobSecret = "bob-bob-bob-bob-bob-bob-bob-bob-bob-0002";
constexpr const char* kCarolSecret = "carol-carol-carol-carol-carol-carol-0003";

std::string entry(const std::string& id, const std::string& secret, const std::string& account,
                  const std::string& user, const std::string& policy = {}) {
  std::string text = "  - access_key_id: " + id + "\n    secret_access_key: \"" + secret +
                     "\"\n    account: \"" + account + "\"\n    user: " + user + "\n";
  if (!policy.empty()) text += "    policies:\n      - '" + policy + "'\n";
  return text;
}

std::string statement(const std::string& effect, const std::string& action, const std::string& more = {}) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":")" + effect + R"(","Action":")" + action +
         R"(","Resource":"*")" + more + "}]}";
}

class Verified : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/penstock-verification-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
    write_credentials(alice() + bob() + carol());
    auto settings = read_settings({{"listen", {"127.0.0.1:0"}},
                                   {"admin-listen", {"127.0.0.1:0"}},
                                   {"durability", {"memory"}},
                                   {"io-threads", {"2"}},
                                   {"disk-reserve", {"0"}},
                                   {"audit-log", {directory_ + "/audit.jsonl"}},
                                   {"test-controls", {test_controls_ ? "on" : "off"}},
                                   {"credentials", {file()}}},
                                  {});
    ASSERT_TRUE(settings) << settings.error().text;
    auto server = Server::start(*settings, {});
    ASSERT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  static std::string alice() { return entry("AKIDALICE", kAliceSecret, "111111111111", "alice"); }
  static std::string bob() { return entry("AKIDBOB", kBobSecret, "222222222222", "bob"); }
  // May send and nothing else.
  static std::string carol() {
    return entry("AKIDCAROL", kCarolSecret, "111111111111", "carol", statement("Allow", "sqs:SendMessage"));
  }
  std::string file() const { return directory_ + "/credentials.yaml"; }
  void write_credentials(const std::string& entries) {
    std::ofstream(file(), std::ios::trunc) << "credentials:\n" << entries;
    std::filesystem::permissions(file(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  static SignedLetter letter(const std::string& id, const std::string& secret, std::string_view action,
                             const Json& json, std::chrono::seconds off = {}) {
    SignedLetter letter;
    letter.headers = {{"Host", "queues.example"},
                      {"Content-Type", "application/x-amz-json-1.0"},
                      {"X-Amz-Target", "AmazonSQS." + std::string(action)}};
    letter.body = json.dump();
    letter.access_key_id = id;
    letter.secret = secret;
    letter.date =
        basic_time(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + off);
    letter.scope_date = letter.date.substr(0, 8);
    return letter;
  }
  static std::string bytes_of(SignedLetter& letter) {
    const SignedRequest request = letter.request();
    std::string text = std::string(request.method) + " " + std::string(request.target) + " HTTP/1.1\r\n";
    for (const auto& [name, value] : request.headers)
      text += std::string(name) + ": " + std::string(value) + "\r\n";
    return text + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" +
           std::string(request.body);
  }
  HttpClient connect() { return HttpClient(server_->api()[0].port); }
  HttpAnswer send(SignedLetter letter) {
    letter.sign();
    return connect().exchange(bytes_of(letter));
  }
  HttpAnswer as_alice(std::string_view action, const Json& json) {
    return send(letter("AKIDALICE", kAliceSecret, action, json));
  }
  HttpAnswer as_bob(std::string_view action, const Json& json) {
    return send(letter("AKIDBOB", kBobSecret, action, json));
  }
  HttpAnswer as_carol(std::string_view action, const Json& json) {
    return send(letter("AKIDCAROL", kCarolSecret, action, json));
  }
  HttpAnswer as_nobody(std::string_view action, const Json& json) {
    return connect().call(action, json.dump());
  }
  std::string create(const std::string& name, const std::string& policy = {}) {
    Json asked{{"QueueName", name}};
    if (!policy.empty()) asked["Attributes"] = {{"Policy", policy}};
    const HttpAnswer answer = as_alice("CreateQueue", asked);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body).value("QueueUrl", "");
  }

  static void expect_refused(const HttpAnswer& answer, int status, const std::string& query_code,
                             const std::string& type, const std::string& text) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("x-amzn-query-error"), query_code + ";Sender");
    const Json body = Json::parse(answer.body, nullptr, false);
    EXPECT_EQ(body.value("__type", ""), "com.amazon.coral.service#" + type);
    EXPECT_NE(body.value("message", "").find(text), std::string::npos) << answer.body;
  }
  static void expect_denied(const HttpAnswer& answer, const std::string& text) {
    expect_refused(answer, 403, "AccessDenied", "AccessDeniedException", text);
  }

  bool test_controls_ = false;
  std::string directory_;
  std::unique_ptr<Server> server_;
};

// ---- signatures

TEST_F(Verified, ASignedRequestIsItsUsersOwn) {
  const std::string url = create("mail");
  EXPECT_NE(url.find("/111111111111/mail"), std::string::npos) << url;
  EXPECT_EQ(as_alice("SendMessage", {{"QueueUrl", url}, {"MessageBody", "hello"}}).status, 200);
  const HttpAnswer answer =
      as_alice("ReceiveMessage", {{"QueueUrl", url}, {"MessageSystemAttributeNames", {"SenderId"}}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body)["Messages"][0]["Attributes"]["SenderId"], "111111111111:alice");
}

TEST_F(Verified, ARequestWithoutASignatureIsDeniedAndLearnsNothing) {
  const std::string url = create("mail");
  const std::string named = url.substr(url.find("/111111111111"));
  expect_denied(as_nobody("ReceiveMessage", {{"QueueUrl", url}}), named + " is denied.");
  expect_denied(as_nobody("ReceiveMessage", {{"QueueUrl", "http://localhost/111111111111/none"}}),
                "/111111111111/none is denied.");
  expect_denied(as_nobody("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 99}}), " is denied.");
  expect_denied(as_nobody("CreateQueue", {{"QueueName", "?"}}), "is denied.");
  expect_denied(as_nobody("ListQueues", Json::object()), "is denied.");
}

TEST_F(Verified, AWrongSecretAndAnUnknownKeyAreToldApart) {
  expect_refused(send(letter("AKIDALICE", kBobSecret, "ListQueues", Json::object())), 403,
                 "SignatureDoesNotMatch", "InvalidSignatureException",
                 "The request signature we calculated does not match the signature you provided.");
  expect_refused(send(letter("AKIDNOBODY", kBobSecret, "ListQueues", Json::object())), 403,
                 "InvalidClientTokenId", "UnrecognizedClientException",
                 "The security token included in the request is invalid.");
}

TEST_F(Verified, AClockThatIsOffIsTold) {
  using std::chrono::minutes;
  EXPECT_EQ(send(letter("AKIDALICE", kAliceSecret, "ListQueues", Json::object(), minutes(-14))).status, 200);
  expect_refused(send(letter("AKIDALICE", kAliceSecret, "ListQueues", Json::object(), minutes(-16))), 403,
                 "SignatureDoesNotMatch", "InvalidSignatureException", "Signature expired: ");
  expect_refused(send(letter("AKIDALICE", kAliceSecret, "ListQueues", Json::object(), minutes(16))), 403,
                 "SignatureDoesNotMatch", "InvalidSignatureException", "Signature not yet current: ");
}

TEST_F(Verified, ABodyThatWasAlteredIsRefused) {
  SignedLetter altered = letter("AKIDALICE", kAliceSecret, "CreateQueue", {{"QueueName", "mail"}});
  altered.sign();
  altered.body = R"({"QueueName":"evil"})";
  EXPECT_EQ(connect().exchange(bytes_of(altered)).status, 403);
}

TEST_F(Verified, APresignedUrlIsGoodWithoutAHeader) {
  create("mail");
  SignedLetter presigned = letter("AKIDALICE", kAliceSecret, "", Json::object());
  presigned.method = "GET";
  presigned.path = "/111111111111/mail";
  presigned.headers = {{"Host", "queues.example"}};
  presigned.body.clear();
  presigned.query = {{"Action", "ReceiveMessage"}, {"Version", "2012-11-05"}};
  presigned.expires = "60";
  presigned.presign();
  const HttpAnswer good = connect().exchange(bytes_of(presigned));
  EXPECT_EQ(good.status, 200) << good.body;
  presigned.parameter("Action") = "DeleteQueue";
  const HttpAnswer altered = connect().exchange(bytes_of(presigned));
  EXPECT_EQ(altered.status, 403) << altered.body;
  EXPECT_NE(altered.body.find("<Code>SignatureDoesNotMatch</Code>"), std::string::npos) << altered.body;
  EXPECT_NE(altered.body.find("<ErrorResponse"), std::string::npos) << altered.body;
}

TEST_F(Verified, AwsQueryIsRefusedInItsOwnForm) {
  const HttpAnswer answer = connect().exchange(
      "GET /111111111111/mail?Action=ReceiveMessage HTTP/1.1\r\nHost: queues.example:8080\r\n\r\n");
  EXPECT_EQ(answer.status, 403);
  EXPECT_NE(answer.body.find("<Code>AccessDenied</Code>"), std::string::npos) << answer.body;
  EXPECT_NE(
      answer.body.find("Access to the resource http://queues.example:8080/111111111111/mail is denied."),
      std::string::npos)
      << answer.body;
}

TEST_F(Verified, HealthAndMetricsAskForNoSignature) {
  EXPECT_EQ(connect().exchange("GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  HttpClient admin(server_->admin()[0].port);
  EXPECT_EQ(admin.exchange("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST_F(Verified, CredentialsAreReadAnewWhileConnectionsStay) {
  HttpClient client = connect();
  const auto ask = [&](const char* id, const char* secret) {
    SignedLetter asked = letter(id, secret, "ListQueues", Json::object());
    asked.sign();
    return client.exchange(bytes_of(asked)).status;
  };
  EXPECT_EQ(ask("AKIDALICE", kAliceSecret), 200);
  EXPECT_EQ(ask("AKIDDAVE", kBobSecret), 403);
  write_credentials(bob() + entry("AKIDDAVE", kBobSecret, "111111111111", "dave"));
  EXPECT_FALSE(server_->reload());
  EXPECT_EQ(ask("AKIDDAVE", kBobSecret), 200);
  EXPECT_EQ(ask("AKIDALICE", kAliceSecret), 403);

  write_credentials("  - access_key_id: half\n");
  const auto wrong = server_->reload();
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find(file()), std::string::npos);
  EXPECT_EQ(ask("AKIDDAVE", kBobSecret), 200) << "all stays as it was";
}

TEST_F(Verified, APolicyThatCannotBeReadEndsTheReload) {
  write_credentials(entry("AKIDEVE", kBobSecret, "111111111111", "eve", R"({"Version":"2012-10-17"})"));
  const auto wrong = server_->reload();
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("AKIDEVE"), std::string::npos) << *wrong;
}

// ---- policies

TEST_F(Verified, AUserMayWhatItsOwnPoliciesAllowAndNoMore) {
  const std::string url = create("mail");
  EXPECT_EQ(as_carol("SendMessage", {{"QueueUrl", url}, {"MessageBody", "hello"}}).status, 200);
  const Json one{{"Id", "1"}, {"MessageBody", "b"}};
  EXPECT_EQ(as_carol("SendMessageBatch", {{"QueueUrl", url}, {"Entries", {one}}}).status, 200)
      << "whoever may send may send batches";
  expect_denied(
      as_carol("ReceiveMessage", {{"QueueUrl", url}}),
      "User: arn:aws:iam::111111111111:user/carol is not authorized to perform: sqs:receivemessage on "
      "resource: arn:aws:sqs:us-east-1:111111111111:mail because no identity-based policy allows the "
      "sqs:receivemessage action");
  expect_denied(as_carol("CreateQueue", {{"QueueName", "mine"}}),
                "sqs:createqueue on resource: "
                "arn:aws:sqs:us-east-1:111111111111:mine");
  expect_denied(as_carol("ListQueues", Json::object()), "sqs:listqueues on resource: *");
}

TEST_F(Verified, WhatIsWrongWithARequestIsToldOnlyToWhoMayMakeIt) {
  const std::string url = create("mail");
  expect_denied(as_carol("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 99}}), "carol");
  EXPECT_EQ(as_alice("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 99}}).status, 400);
}

TEST_F(Verified, AnotherAccountIsLetInByTheQueueAlone) {
  const std::string url = create("mail");
  expect_denied(as_bob("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}),
                "because no resource-based policy allows the sqs:sendmessage action");
  EXPECT_EQ(as_alice("AddPermission", {{"QueueUrl", url},
                                       {"Label", "bob"},
                                       {"AWSAccountIds", {"222222222222"}},
                                       {"Actions", {"SendMessage"}}})
                .status,
            200);
  EXPECT_EQ(as_bob("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}).status, 200);
  expect_denied(as_bob("ReceiveMessage", {{"QueueUrl", url}}), "sqs:receivemessage");
  expect_denied(
      as_bob("AddPermission",
             {{"QueueUrl", url}, {"Label", "bob2"}, {"AWSAccountIds", {"222222222222"}}, {"Actions", {"*"}}}),
      "sqs:addpermission");
  EXPECT_EQ(as_alice("RemovePermission", {{"QueueUrl", url}, {"Label", "bob"}}).status, 200);
  expect_denied(as_bob("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}), "sqs:sendmessage");

  const HttpAnswer none =
      as_bob("SendMessage", {{"QueueUrl", "http://a/111111111111/none"}, {"MessageBody", "x"}});
  EXPECT_EQ(none.status, 400);
  EXPECT_NE(none.body.find("The specified queue does not exist or you do not have access to it."),
            std::string::npos)
      << none.body;
}

TEST_F(Verified, EverybodyIsLetInWhereTheQueueSaysSo) {
  const std::string url = create("open", statement("Allow", "sqs:SendMessage", R"(,"Principal":"*")"));
  const HttpAnswer sent = as_nobody("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}});
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(as_bob("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}).status, 200);
  expect_denied(as_nobody("ReceiveMessage", {{"QueueUrl", url}}), " is denied.");
}

TEST_F(Verified, ADenyOfTheQueueHoldsForEverybody) {
  const std::string url = create("shut", statement("Deny", "sqs:SendMessage", R"(,"Principal":"*")"));
  expect_denied(as_alice("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}),
                "with an explicit deny in a resource-based policy");
  EXPECT_EQ(as_alice("ReceiveMessage", {{"QueueUrl", url}}).status, 200);
}

TEST_F(Verified, ConditionsSeeAddressTransportAndPrincipal) {
  const auto sends_to = [this](const std::string& name, const std::string& condition) {
    const std::string url =
        create(name, statement("Allow", "sqs:SendMessage", R"(,"Principal":"*","Condition":)" + condition));
    return as_bob("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}).status;
  };
  EXPECT_EQ(sends_to("near", R"({"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}})"), 200);
  EXPECT_EQ(sends_to("far", R"({"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}})"), 403);
  EXPECT_EQ(sends_to("secure", R"({"Bool":{"aws:SecureTransport":"true"}})"), 403);
  EXPECT_EQ(sends_to("plain", R"({"Bool":{"aws:SecureTransport":"false"}})"), 200);
  EXPECT_EQ(sends_to("bob", R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:user/bob"}})"),
            200);
  EXPECT_EQ(sends_to("eve", R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::222222222222:user/eve"}})"),
            403);
  EXPECT_EQ(sends_to("now", R"({"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}})"), 200);
  EXPECT_EQ(sends_to("past", R"({"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}})"), 403);
}

TEST_F(Verified, WhoDidWhatIsNotedDown) {
  const std::string url = create("mail");
  as_carol("ReceiveMessage", {{"QueueUrl", url}});
  as_nobody("ReceiveMessage", {{"QueueUrl", url}});
  send(letter("AKIDNOBODY", kBobSecret, "ListQueues", Json::object()));
  as_alice("SendMessage", {{"QueueUrl", url}, {"MessageBody", "a body"}});
  as_alice("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 99}});
  server_.reset();  // what was noted is in the file
  std::ifstream log(directory_ + "/audit.jsonl");
  const std::string arn = "arn:aws:sqs:us-east-1:111111111111:mail";
  const std::string alice = "arn:aws:iam::111111111111:user/alice";
  std::vector<std::string> seen;
  for (std::string line; std::getline(log, line);) {
    EXPECT_EQ(line.find("a body"), std::string::npos);
    const Json event = Json::parse(line);
    EXPECT_EQ(event.value("source", ""), "127.0.0.1");
    EXPECT_FALSE(event.value("request_id", "").empty());
    seen.push_back(event.value("caller", "-") + " " + event.value("action", "-") + " " +
                   event.value("resource", "-") + " " + event.value("outcome", "-") + " " +
                   event.value("error", "-"));
  }
  EXPECT_EQ(
      seen,
      (std::vector<std::string>{
          alice + " sqs:CreateQueue " + arn + " allowed -",
          "arn:aws:iam::111111111111:user/carol sqs:ReceiveMessage " + arn + " denied AccessDenied",
          "anonymous sqs:ReceiveMessage " + arn + " denied AccessDenied",
          "- ListQueues - denied InvalidClientTokenId", alice + " sqs:SendMessage " + arn + " allowed -",
          alice + " sqs:ReceiveMessage " + arn + " failed InvalidParameterValue"}));
}

TEST_F(Verified, WhatIsAskedOfTheAdminSideIsNotedDownWithWhatCameOfIt) {
  create("mail");
  HttpClient admin(server_->admin()[0].port);
  const auto look = [&](const std::string& query) {
    return admin.exchange("GET /messages?Queue=" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n").status;
  };
  const std::string mail = "mail&Account=111111111111";
  EXPECT_EQ(look(mail + "&Text=secret"), 200);
  EXPECT_EQ(look("nobody"), 404) << "the core refuses it";
  EXPECT_EQ(look(mail + "&Unheard=secret"), 400) << "the page refuses it";
  EXPECT_EQ(admin.exchange("GET /resources HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_EQ(admin.exchange("GET /resources HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
  EXPECT_EQ(admin.exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  server_.reset();
  std::ifstream log(directory_ + "/audit.jsonl");
  std::vector<std::string> seen;
  for (std::string line; std::getline(log, line);) {
    EXPECT_EQ(line.find("secret"), std::string::npos);
    const Json event = Json::parse(line);
    const std::string action = event.value("action", "");
    if (!action.starts_with("admin:")) continue;
    EXPECT_EQ(event.value("source", ""), "127.0.0.1");
    seen.push_back(event.value("caller", "-") + " " + action + " " + event.value("outcome", "-") + " " +
                   event.value("error", "-"));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{
                      "admin admin:GET /messages allowed -", "admin admin:GET /messages failed Http404",
                      "admin admin:GET /messages failed Http400", "admin admin:GET /resources allowed -",
                      "- admin:GET /resources denied Http403"}));
}

class VerifiedForTests : public Verified {
 protected:
  VerifiedForTests() { test_controls_ = true; }
};

// Nobody is told what came of it, and it may have been done all the same.
TEST_F(VerifiedForTests, ARequestOfTheAdminSideWhoseConnectionEndsIsNotedDownAsUnanswered) {
  create("mail");
  {
    HttpClient admin(server_->admin()[0].port);
    const std::string body = R"({"Queue":"mail","Account":"111111111111","Sent":1,"TimeoutSeconds":300})";
    admin.send(
        "POST /expect HTTP/1.1\r\nHost: localhost\r\nX-Penstock-Admin: 1\r\nContent-Type: "
        "application/json\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string noted;
  for (int looks = 0; looks < 3000 && noted.find("Unanswered") == std::string::npos; ++looks) {
    usleep(10'000);
    std::ifstream log(directory_ + "/audit.jsonl");
    noted.assign(std::istreambuf_iterator<char>(log), {});
  }
  EXPECT_NE(noted.find(R"("action":"admin:POST /expect","outcome":"failed","error":"Unanswered")"),
            std::string::npos)
      << noted;
}

// Two accounts with queues and topics of the same names: nothing of the one can be seen, named, read or changed by the
// other, by whatever handle, URL or ARN.
TEST_F(Verified, AccountsShareNothing) {
  const std::string alices = create("mail");
  EXPECT_EQ(as_alice("SendMessage", {{"QueueUrl", alices}, {"MessageBody", "for alice"}}).status, 200);
  EXPECT_EQ(Json::parse(as_bob("ListQueues", Json::object()).body).count("QueueUrls"), 0U);
  EXPECT_EQ(as_bob("GetQueueUrl", {{"QueueName", "mail"}}).status, 400);

  const std::string bobs = Json::parse(as_bob("CreateQueue", {{"QueueName", "mail"}}).body)["QueueUrl"];
  EXPECT_NE(alices, bobs);
  EXPECT_EQ(Json::parse(as_bob("ReceiveMessage", {{"QueueUrl", bobs}}).body).count("Messages"), 0U);
  const Json received = Json::parse(as_alice("ReceiveMessage", {{"QueueUrl", alices}}).body)["Messages"][0];
  EXPECT_EQ(received["Body"], "for alice");
  const std::string handle = received["ReceiptHandle"];
  const std::string policy = statement("Allow", "sqs:*", R"(,"Principal":"*")");

  // By its URL.
  for (const auto& [action, more] : std::vector<std::pair<const char*, Json>>{
           {"SendMessage", {{"MessageBody", "x"}}},
           {"ReceiveMessage", Json::object()},
           {"DeleteMessage", {{"ReceiptHandle", handle}}},
           {"ChangeMessageVisibility", {{"ReceiptHandle", handle}, {"VisibilityTimeout", 0}}},
           {"PurgeQueue", Json::object()},
           {"DeleteQueue", Json::object()},
           {"GetQueueAttributes", {{"AttributeNames", {"All"}}}},
           {"SetQueueAttributes", {{"Attributes", {{"Policy", policy}}}}},
           {"AddPermission", {{"Label", "b"}, {"AWSAccountIds", {"222222222222"}}, {"Actions", {"*"}}}},
           {"TagQueue", {{"Tags", {{"a", "b"}}}}},
           {"ListQueueTags", Json::object()},
           {"ListDeadLetterSourceQueues", Json::object()}}) {
    Json asked = more;
    asked["QueueUrl"] = alices;
    EXPECT_EQ(as_bob(action, asked).status, 403) << action;
  }
  // By its ARN, and by its handle at a queue of one's own.
  const std::string arn = "arn:aws:sqs:us-east-1:111111111111:mail";
  EXPECT_EQ(as_bob("StartMessageMoveTask", {{"SourceArn", arn}}).status / 100, 4);
  EXPECT_EQ(as_bob("ListMessageMoveTasks", {{"SourceArn", arn}}).status / 100, 4);
  EXPECT_EQ(as_bob("DeleteMessage", {{"QueueUrl", bobs}, {"ReceiptHandle", handle}}).status / 100, 4);
  EXPECT_EQ(as_bob("ChangeMessageVisibility",
                   {{"QueueUrl", bobs}, {"ReceiptHandle", handle}, {"VisibilityTimeout", 0}}).status / 100, 4);

  // It is as it was: one message, in flight, and its handle is good.
  const Json attributes = Json::parse(
      as_alice("GetQueueAttributes", {{"QueueUrl", alices}, {"AttributeNames", {"All"}}}).body)["Attributes"];
  EXPECT_EQ(attributes["ApproximateNumberOfMessages"], "0");
  EXPECT_EQ(attributes["ApproximateNumberOfMessagesNotVisible"], "1");
  EXPECT_EQ(attributes.count("Policy"), 0U);
  EXPECT_EQ(as_alice("DeleteMessage", {{"QueueUrl", alices}, {"ReceiptHandle", handle}}).status, 200);
  EXPECT_EQ(Json::parse(as_alice("ListQueues", Json::object()).body)["QueueUrls"].size(), 1U);
}

}  // namespace
}  // namespace penstock
