// Whatever bytes come, the answer is a 4xx that says so in a well-formed document, the daemon lives, and
// what is stored stays as it was.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/sqs_table.h"
#include "tests/protocol/wire.h"

namespace penstock {
namespace {

using nlohmann::json;

const std::vector<std::string>& offered_actions() {
  static const std::vector<std::string> kActions = [] {
    std::vector<std::string> names;
    each_sqs_action([&](auto at) {
      constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
      if (kRow.standing == Standing::kOffered) names.emplace_back(kRow.name);
    });
    return names;
  }();
  return kActions;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t count = 0; count < times; ++count) text += piece;
  return text;
}

// A request that any of the actions would take, but for the member that is put in.
std::string with_member(std::string_view name, std::string_view value) {
  return std::string(R"({"QueueUrl":"mail","QueueName":"mail","MessageBody":"x","ReceiptHandle":"x",)"
                     R"("VisibilityTimeout":1,")")
      .append(name)
      .append("\":")
      .append(value)
      .append("}");
}

void expect_client_error(const ApiResponse& response, std::string_view what) {
  EXPECT_GE(response.status, 400) << what;
  EXPECT_LT(response.status, 500) << what;
  EXPECT_TRUE(json::accept(response.body)) << what << ": " << response.body;
  EXPECT_LT(response.body.size(), 16'384u) << what;
  EXPECT_TRUE(Wire::described(response).starts_with(std::to_string(response.status))) << response.body;
}

class HostileInput : public testing::Test {
 protected:
  HostileInput() {
    wire.ok("CreateQueue", {{"QueueName", "mail"}});
    wire.ok("SendMessage", {{"QueueUrl", "mail"}, {"MessageBody", "kept"}});
  }
  void TearDown() override {
    const json received = wire.ok("ReceiveMessage", {{"QueueUrl", "mail"}, {"MaxNumberOfMessages", 10}});
    ASSERT_EQ(received["Messages"].size(), 1u);
    EXPECT_EQ(received["Messages"][0]["Body"], "kept");
  }

  Wire wire;
};

TEST_F(HostileInput, BodiesThatAreNoRequest) {
  const std::vector<std::string> bodies = {"[]",
                                           "\"\"",
                                           "1",
                                           "null",
                                           "true",
                                           "{",
                                           "}",
                                           "[",
                                           "\"",
                                           "{\"",
                                           "{\"QueueUrl",
                                           "{\"QueueUrl\":",
                                           "{}{}",
                                           "{},",
                                           std::string("\0", 1),
                                           std::string("{}\0", 3),
                                           "\xff\xfe{\0}\0",
                                           "\xef\xbb\xbf",
                                           "{\"a\":\"\xff\"}",
                                           "{\"\xc0\xaf\":1}",
                                           "{\"a\":\"\\ud800\"}",
                                           "{\"a\":\"\\u12\"}",
                                           "{\"a\":1e400}",
                                           "{\"a\":-}",
                                           "{\"a\":00}",
                                           "<xml/>",
                                           "Action=SendMessage&MessageBody=x",
                                           repeated("[", 100'000),
                                           repeated("{\"a\":", 100'000),
                                           repeated("[", 100'000) + repeated("]", 100'000),
                                           "[" + repeated("0,", 1'000'000) + "0]",
                                           "{" + repeated("\"a\":0,", 1'000'000) + "\"a\":0}",
                                           repeated(" ", 1'000'000),
                                           repeated("\\", 100'000),
                                           "\"" + repeated("\\u0000", 100'000),
                                           repeated("9", 100'000)};
  for (const std::string& action : offered_actions()) {
    for (const std::string& body : bodies)
      expect_client_error(wire.call_raw(action, body), action + " " + body.substr(0, 40));
  }
}

TEST_F(HostileInput, MembersOfTheWrongType) {
  // Every field of every offered action, with every kind of value that its type cannot take.
  const std::vector<std::string> values = {
      "{}",    "[]",  "\"x\"",      "1",         "1.5", "true",   "false",       "[[]]",
      "[{}]",  "[1]", "{\"a\":[]}", "{\"a\":1}", "1e9", "[\"\"]", "99999999999", "-99999999999999999999",
      "[true]"};
  int refused = 0;
  each_sqs_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
    if (kRow.standing != Standing::kOffered || kRow.name == "DeleteQueue" || kRow.name == "PurgeQueue")
      return;
    using Request = typename std::decay_t<decltype(kRow)>::Request;
    EXPECT_TRUE(each_field<Request>([&](const auto& field) -> Result<void> {
      for (const std::string& value : values) {
        if (field.name == "WaitTimeSeconds" && value == "1") continue;  // it would wait
        ApiResponse response = wire.call_raw(kRow.name, with_member(field.name, value));
        // Some of them do fit: an empty list is none. What was sent that way is taken out again.
        EXPECT_LT(response.status, 500);
        EXPECT_TRUE(response.body.empty() || json::accept(response.body));
        if (response.status >= 400) ++refused;
      }
      return {};
    }));
    wire.ok("PurgeQueue", {{"QueueUrl", "mail"}});
  });
  EXPECT_GT(refused, 200);
  wire.ok("SendMessage", {{"QueueUrl", "mail"}, {"MessageBody", "kept"}});
}

TEST_F(HostileInput, EveryTruncationOfARequest) {
  const std::string body =
      R"({"QueueUrl":"http://localhost:4566/000000000000/mail","MessageBody":"h\u00e9llo \ud83d\ude00",)"
      R"("DelaySeconds":9,"MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"AQID"},)"
      R"("b":{"DataType":"Number","StringValue":"1"}}})";
  for (std::size_t size = 1; size < body.size(); ++size) {
    expect_client_error(wire.call_raw("SendMessage", std::string_view(body).substr(0, size)),
                        body.substr(0, size));
  }
}

TEST_F(HostileInput, EveryByteOfARequestChanged) {
  const std::string body = R"({"QueueUrl":"none","MessageBody":"hi","DelaySeconds":9,"MessageAttributes":)"
                           R"({"a":{"DataType":"Binary","BinaryValue":"AQID"}}})";
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const int byte : {0x00, 0x0a, 0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc3, 0xff}) {
      std::string changed = body;
      changed[at] = static_cast<char>(byte);
      // The queue is called otherwise than the one that there is, so nothing can be sent.
      expect_client_error(wire.call_raw("SendMessage", changed), changed);
    }
  }
}

TEST_F(HostileInput, RequestsWithSeveralRandomChanges) {
  // Pieces that matter to the parser, the decoder and the rules, thrown into requests about no queue.
  const std::vector<std::string> pieces = {"{",
                                           "}",
                                           "[",
                                           "]",
                                           "\"",
                                           ":",
                                           ",",
                                           "\\",
                                           "\\u",
                                           "\\ud83d",
                                           "null",
                                           "true",
                                           "-",
                                           "1e9",
                                           "\xc3",
                                           "\xff",
                                           std::string(1, 0),
                                           "DataType",
                                           "\"Binary\"",
                                           "99999999999999999999",
                                           "All",
                                           ".*",
                                           "..",
                                           "AWS."};
  const std::string body =
      R"({"QueueUrl":"none","QueueName":"!","MessageBody":"hi","ReceiptHandle":"x","VisibilityTimeout":1,)"
      R"("AttributeNames":["All"],"MessageAttributeNames":["a.*"],"Attributes":{"DelaySeconds":"1"},)"
      R"("MessageAttributes":{"a":{"DataType":"Binary.x","BinaryValue":"AQID"}}})";
  SeededRandom random(20'261'122);
  for (int round = 0; round < 5'000; ++round) {
    std::string changed = body;
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(changed.size());
      changed.replace(at, random.below(4), pieces[random.below(pieces.size())]);
    }
    const std::string& action = offered_actions()[random.below(offered_actions().size())];
    // The one could create a queue, the other needs none.
    if (action == "CreateQueue" || action == "ListQueues") continue;
    expect_client_error(wire.call_raw(action, changed), action + " " + changed);
  }
}

TEST_F(HostileInput, LongTextsAreNotRepeatedInFull) {
  const std::string endless = json(repeated("\xc3\xa9", 500'000)).dump();
  for (const auto& [action, name] :
       std::vector<std::pair<std::string, std::string>>{{"DeleteMessage", "ReceiptHandle"},
                                                        {"ChangeMessageVisibility", "ReceiptHandle"},
                                                        {"SendMessage", "MessageGroupId"},
                                                        {"SendMessage", "MessageDeduplicationId"},
                                                        {"ReceiveMessage", "ReceiveRequestAttemptId"},
                                                        {"CreateQueue", "QueueName"},
                                                        {"GetQueueUrl", "QueueName"},
                                                        {"DeleteQueue", "QueueUrl"}}) {
    expect_client_error(wire.call_raw(action, with_member(name, endless)), action + "." + name);
  }
  for (const auto& [action, name] : std::vector<std::pair<std::string, std::string>>{
           {"GetQueueAttributes", "AttributeNames"}, {"ReceiveMessage", "AttributeNames"}}) {
    expect_client_error(wire.call_raw(action, with_member(name, "[" + endless + "]")), action + "." + name);
  }
  expect_client_error(wire.call_raw("CreateQueue", with_member("Attributes", "{" + endless + ":\"1\"}")),
                      "Attributes");
  const std::string value = R"(:{"DataType":"String","StringValue":"x"}})";
  expect_client_error(wire.call_raw("SendMessage", with_member("MessageAttributes", "{" + endless + value)),
                      "name");
  expect_client_error(
      wire.call_raw("SendMessage", with_member("MessageSystemAttributes", "{" + endless + value)), "name");
  expect_client_error(
      wire.call_raw("SendMessage", with_member("MessageAttributes", R"({"n":{"DataType":)" + endless + "}}")),
      "type");
}

TEST_F(HostileInput, HeadsThatMakeNoSense) {
  const std::string endless(100'000, 'x');
  for (const std::string& target :
       {std::string(), std::string("."), std::string("AmazonSQS."), std::string("AmazonSQS.\xff\x00"),
        "AmazonSQS." + endless, std::string("AmazonSQS.SendMessage "),
        std::string("AmazonSQS.SendMessage\r\nX: y"), endless}) {
    expect_client_error(wire.exchange(Wire::request(target, "{}")), target.substr(0, 40));
  }
  for (const std::string_view method : {"GET", "PUT", "", "\xff"}) {
    ApiRequest request = Wire::request("AmazonSQS.SendMessage", "{}");
    request.method = method;
    EXPECT_EQ(wire.exchange(request).status, 404);  // names no action
  }
  const std::string body = R"({"QueueName":"mail"})";
  for (const std::string& value :
       {std::string("\xff\xff"), endless, std::string("\"><script>"), std::string("a\0b", 3)}) {
    ApiRequest request = Wire::request("AmazonSQS.GetQueueUrl", body);
    request.headers[0].second = value;
    request.headers.emplace_back("Authorization", value);
    request.headers.emplace_back("X-Amzn-Trace-Id", value);
    EXPECT_EQ(wire.exchange(request).body, R"({"QueueUrl":"http://127.0.0.1:4566/000000000000/mail"})");
  }
}

}  // namespace
}  // namespace penstock
