// AWS JSON bodies that are no request: well-formed HTTP around documents that no client would send.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "protocol/sqs_table.h"
#include "tests/hostile/aws_error.h"
#include "tests/hostile/hostile_suite.h"

namespace penstock {
namespace {

using nlohmann::json;
using namespace std::string_literals;

// Calls visit(row) for each action that is offered, in the order of the table.
template <class Visit>
void each_offered_action(Visit&& visit) {
  each_sqs_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
    if (kRow.standing == Standing::kOffered) visit(kRow);
  });
}

// Values that are no value of a member of that type, whatever the member means.
std::vector<std::string> values_of_another_type(const Text*) {
  return {"1", "0.5", "true", "[]", "[\"x\"]", "{}", "{\"a\":\"x\"}"};
}
std::vector<std::string> values_of_another_type(const Integer*) {
  return {"\"x\"",
          "\"1\"",
          "\"\"",
          "1.5",
          "1e1",
          "1e400",
          "-0.0",
          "true",
          "[]",
          "[1]",
          "{}",
          "2147483648",
          "-2147483649",
          "9223372036854775808",
          "99999999999999999999",
          repeated("9", 10'000)};
}
template <class Element>
std::vector<std::string> values_of_another_type(const std::vector<Element>*) {
  return {"1", "\"x\"", "true", "{}", "{\"0\":\"x\"}", "[[]]", "[1]", "[true]", "[[\"x\"]]"};
}
template <class Value>
std::vector<std::string> values_of_another_type(const MapOf<Value>*) {
  return {"1", "\"x\"", "true", "[]", "[{}]", "{\"a\":[]}", "{\"a\":[\"x\"]}", "{\"a\":{\"b\":[]},\"c\":[]}"};
}

class Bodies : public HostileSuite {
 protected:
  // A request that any action would take, but for one member.
  static std::string with_member(std::string_view name, std::string_view value) {
    std::string body = R"({"QueueUrl":)" + json(stage().queue_url()).dump();
    for (const char* const other :
         {R"("QueueName":"kept")", R"("MessageBody":"x")", R"("ReceiptHandle":"x")",
          R"("VisibilityTimeout":1)", R"("TagKeys":["x"])", R"("Tags":{"x":"y"})", R"("Entries":[])"}) {
      if (!std::string_view(other).substr(1).starts_with(std::string(name) + "\"")) {
        body.append(",").append(other);
      }
    }
    body.append(",").append(json(name).dump()).append(":");
    // A name that stands twice counts the second time.
    return body.append(value).append("}");
  }
};

TEST_F(Bodies, DocumentsThatAreNoObject) {
  const std::vector<std::string> documents = {"[]",
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
                                              ",{}",
                                              "{,}",
                                              "{\"a\"}",
                                              "{\"a\":}",
                                              "{:1}",
                                              "{\"a\":1,}",
                                              "{'a':1}",
                                              "{a:1}",
                                              "{\"a\":1 \"b\":2}",
                                              "// {}",
                                              "{}//",
                                              "/**/{}",
                                              "\0"s,
                                              "{}\0"s,
                                              "{\"a\0\":1}"s,
                                              "\xff\xfe{\0}\0"s,
                                              "\xef\xbb\xbf",
                                              "{\"a\":\"\xff\"}",
                                              "{\"a\":\"\xc0\xaf\"}",
                                              "{\"a\":\"\xed\xa0\x80\"}",
                                              "{\"a\":\"\xf4\x90\x80\x80\"}",
                                              "{\"a\":\"\xe2\x82\"}",
                                              "{\"\xc3\":1}",
                                              "{\"a\":\"\\ud800\"}",
                                              "{\"a\":\"\\udc00\\ud800\"}",
                                              "{\"a\":\"\\ud800\\u0041\"}",
                                              "{\"a\":\"\\u12\"}",
                                              "{\"a\":\"\\uzzzz\"}",
                                              "{\"a\":\"\\x41\"}",
                                              "{\"a\":\"\\\"}",
                                              "{\"a\":\"\n\"}",
                                              "{\"a\":\"\t\"}",
                                              "{\"a\":\"\0\"}"s,
                                              "{\"a\":1e400}",
                                              "{\"a\":-}",
                                              "{\"a\":+1}",
                                              "{\"a\":00}",
                                              "{\"a\":01}",
                                              "{\"a\":1.}",
                                              "{\"a\":.1}",
                                              "{\"a\":1e}",
                                              "{\"a\":0x1}",
                                              "{\"a\":NaN}",
                                              "{\"a\":Infinity}",
                                              "{\"a\":-Infinity}",
                                              "{\"a\":nul}",
                                              "{\"a\":True}",
                                              "<xml/>",
                                              "Action=PurgeQueue",
                                              "\x1f\x8b\x08\x00"s,
                                              "\x80\x04\x95"s};
  each_offered_action([&](const auto& row) {
    for (const std::string& document : documents) {
      stage().expect_refused(json_request(row.name, document), std::string(row.name) + " " + document);
    }
  });
}

TEST_F(Bodies, DocumentsThatAreTooMuch) {
  // Each a bomb for some parser: of stack, of memory, of time.
  const std::vector<std::string> bombs = {
      repeated("[", 100'000),
      repeated("[", 4 << 20),
      repeated("{\"a\":", 100'000),
      repeated("[", 100'000) + repeated("]", 100'000),
      repeated("{\"a\":", 65) + "1" + repeated("}", 65),
      repeated("[{\"a\":", 100'000),
      "[" + repeated("0,", 1'000'000) + "0]",
      "{\"a\":[" + repeated("[],", 500'000) + "[]]}",
      "{" + repeated("\"a\":0,", 1'000'000) + "\"a\":0}",
      "{\"a\":[" + repeated("{},", 500'000) + "{}]}",
      repeated(" ", 8 << 20),
      "{\"a\":" + repeated("9", 1'000'000) + "}",
      "{\"a\":1e" + repeated("9", 1'000'000) + "}",
      "{\"a\":0." + repeated("0", 1'000'000) + "1}",
      "\"" + repeated("\\u0000", 1'000'000),
      repeated("\\", 1'000'000),
      "{\"" + repeated("k", 4 << 20) + "\":",
      "{\"QueueUrl\":\"" + repeated("\xf0\x9f\x9a\xb0", 1 << 20) + "\"}",
      "{\"QueueUrl\":\"" + repeated("/", 4 << 20) + "\"}",
  };
  for (const char* const action : {"GetQueueUrl", "SendMessage", "ReceiveMessage"}) {
    for (const std::string& bomb : bombs) stage().expect_refused(json_request(action, bomb), action);
  }
}

TEST_F(Bodies, EveryMemberWithEveryTypeThatItIsNot) {
  each_offered_action([&](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    EXPECT_TRUE(each_field<Request>([&](const auto& field) -> Result<void> {
      using Member = typename std::decay_t<decltype(field)>::member_type;
      for (const std::string& value : values_of_another_type(static_cast<const Member*>(nullptr))) {
        stage().expect_refused(
            json_request(row.name, with_member(field.name, value)),
            std::string(row.name) + "." + std::string(field.name) + " " + value.substr(0, 40));
      }
      return {};
    }));
  });
}

TEST_F(Bodies, NumbersOutOfEveryRange) {
  const std::vector<std::string> numbers = {"-1", "-2147483648", "2147483647", "1000000"};
  each_offered_action([&](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    EXPECT_TRUE(each_field<Request>([&](const auto& field) -> Result<void> {
      using Member = typename std::decay_t<decltype(field)>::member_type;
      if constexpr (std::is_same_v<Member, Integer>) {
        for (const std::string& number : numbers) {
          stage().expect_refused(json_request(row.name, with_member(field.name, number)),
                                 std::string(row.name) + "." + std::string(field.name) + " " + number);
        }
      }
      return {};
    }));
  });
}

TEST_F(Bodies, MessagesThatNoQueueTakes) {
  const auto attribute = [](std::string_view name, std::string_view value) {
    return R"({"MessageBody":"x","MessageAttributes":{)" + json(name).dump() + ":" + std::string(value) +
           "}}";
  };
  const std::string text = R"({"DataType":"String","StringValue":"x"})";
  std::vector<std::string> requests = {
      "{}",
      R"({"MessageBody":""})",
      R"({"MessageBody":null})",
      R"({"MessageBody":"\u0000"})",
      R"({"MessageBody":"a\u0001"})",
      R"({"MessageBody":"a\u000b"})",
      R"({"MessageBody":"a\u001f"})",
      R"({"MessageBody":"\ufffe"})",
      R"({"MessageBody":"\uffff"})",
      R"({"MessageBody":")" + std::string((1 << 20) + 1, 'x') + "\"}",
      R"({"MessageBody":")" + repeated("\xc3\xa9", (1 << 19) + 1) + "\"}",
      R"({"MessageBody":")" + repeated("\\u00e9", (1 << 19) + 1) + "\"}",
      R"({"MessageBody":"x","MessageGroupId":"a b"})",
      R"({"MessageBody":"x","MessageGroupId":")" + std::string(129, 'x') + "\"}",
      R"({"MessageBody":"x","MessageDeduplicationId":"\u0000"})",
      R"({"MessageBody":"x","MessageSystemAttributes":{"Other":)" + text + "}}",
      R"({"MessageBody":"x","MessageSystemAttributes":{"AWSTraceHeader":{"DataType":"Number","StringValue":"1"}}})",
      attribute("", text),
      attribute("a b", text),
      attribute(".a", text),
      attribute("a.", text),
      attribute("a..b", text),
      attribute("AWS.x", text),
      attribute("Amazon.x", text),
      attribute("\xf0\x9f\x9a\xb0", text),
      attribute(std::string(257, 'x'), text),
      attribute(std::string("a\0b", 3), text),
      attribute("a", "{}"),
      attribute("a", R"({"DataType":""})"),
      attribute("a", R"({"DataType":"String"})"),
      attribute("a", R"({"DataType":"String","StringValue":""})"),
      attribute("a", R"({"DataType":"String","StringValue":"\u0000"})"),
      attribute("a", R"({"DataType":"String","BinaryValue":"AQID"})"),
      attribute("a", R"({"DataType":"Binary","StringValue":"x"})"),
      attribute("a", R"({"DataType":"Binary","BinaryValue":""})"),
      attribute("a", R"({"DataType":"Binary","BinaryValue":"?"})"),
      attribute("a", R"({"DataType":"Binary","BinaryValue":"A"})"),
      attribute("a", R"({"DataType":"Binary","BinaryValue":"AQID","StringValue":"x"})"),
      attribute("a", R"({"DataType":"string","StringValue":"x"})"),
      attribute("a", R"({"DataType":"Strings","StringValue":"x"})"),
      attribute("a", R"({"DataType":".x","StringValue":"x"})"),
      attribute("a", R"({"DataType":"String.)" + std::string(256, 'x') + R"(","StringValue":"x"})"),
      attribute("a", R"({"DataType":"Number","StringValue":"x"})"),
      attribute("a", R"({"DataType":"Number","StringValue":"1e"})"),
      attribute("a", R"({"DataType":"Number","StringValue":"1e999"})"),
      attribute("a", R"({"DataType":"Number","StringValue":"0x10"})"),
      attribute("a", R"({"DataType":"Number","StringValue":" 1"})"),
      attribute("a", R"({"DataType":"Number","StringValue":")" + repeated("9", 1000) + R"("})"),
      attribute("a", R"({"DataType":"String","StringListValues":["x"]})"),
      attribute("a", R"({"DataType":"String","StringValue":"x","BinaryListValues":["AQID"]})"),
  };
  std::string eleven;
  for (int i = 0; i < 11; ++i) eleven += (i ? ",\"" : "\"") + std::to_string(i) + "\":" + text;
  requests.push_back(R"({"MessageBody":"x","MessageAttributes":{)" + eleven + "}}");
  for (std::string request : requests) {
    request.insert(1, R"("QueueUrl":)" + json(stage().queue_url()).dump() + (request.size() > 2 ? "," : ""));
    stage().expect_refused(json_request("SendMessage", request), request);
  }
}

TEST_F(Bodies, QueuesThatNobodyMay) {
  for (const std::string& name : {""s, " "s, "a b"s, "a/b"s, "a\0b"s, "\xc3\xa9"s, "../kept"s, "kept\n"s,
                                  "a.b"s, ".fifo"s, std::string(81, 'x'), std::string(1 << 20, 'x')}) {
    stage().expect_refused(json_request("CreateQueue", json{{"QueueName", name}}.dump()));
    stage().expect_refused(json_request("GetQueueUrl", json{{"QueueName", name}}.dump()));
    if (!name.ends_with("kept")) {
      stage().expect_refused(json_request("PurgeQueue", json{{"QueueUrl", name}}.dump()));
    }
    stage().expect_refused(
        json_request("PurgeQueue", json{{"QueueUrl", stage().queue_url() + "/" + name}}.dump()));
  }
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"VisibilityTimeout", "-1"},
           {"VisibilityTimeout", "43201"},
           {"VisibilityTimeout", "1e1"},
           {"VisibilityTimeout", " 1"},
           {"VisibilityTimeout", "+1"},
           {"VisibilityTimeout", "0x1"},
           {"VisibilityTimeout", "99999999999999999999"},
           {"VisibilityTimeout", "1\0"s},
           {"DelaySeconds", "901"},
           {"DelaySeconds", repeated("0", 10'000) + "901"},
           {"MessageRetentionPeriod", "59"},
           {"MessageRetentionPeriod", "1209601"},
           {"MaximumMessageSize", "1023"},
           {"MaximumMessageSize", "1048577"},
           {"ReceiveMessageWaitTimeSeconds", "21"},
           {"QueueArn", "arn:aws:sqs:us-east-1:000000000000:kept"},
           {"ApproximateNumberOfMessages", "0"},
           {"CreatedTimestamp", "0"},
           {"All", "1"},
           {"", "1"},
           {"\0"s, "1"},
           {"visibilitytimeout", "1"},
           {std::string(100'000, 'x'), "1"},
       }) {
    for (const char* const queue : {"kept", "other"}) {
      stage().expect_refused(
          json_request("CreateQueue", json{{"QueueName", queue}, {"Attributes", {{name, value}}}}.dump()));
    }
  }
}

TEST_F(Bodies, ReceiptHandlesThatWereNeverGiven) {
  const std::string& handle = stage().receipt_handle();
  std::vector<std::string> handles = {"",
                                      "x",
                                      " ",
                                      "\0"s,
                                      "\xc3\xa9",
                                      std::string(64, 'A'),
                                      std::string(64, '/'),
                                      std::string(1'025, 'A'),
                                      std::string(1 << 20, 'A'),
                                      handle + "A",
                                      handle + "=",
                                      handle + " ",
                                      " " + handle,
                                      handle + handle,
                                      handle.substr(1),
                                      handle.substr(0, handle.size() - 1)};
  for (std::size_t at = 0; at < handle.size(); ++at) {
    std::string changed = handle;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    handles.push_back(changed);
  }
  for (const std::string& one : handles) {
    // A handle with another nonce, sequence or attempt means a message that is gone, whose deletion is no
    // mistake; what matters is that the message in flight stays.
    for (const char* const action : {"DeleteMessage", "ChangeMessageVisibility"}) {
      const json request{{"QueueUrl", stage().queue_url()}, {"ReceiptHandle", one}, {"VisibilityTimeout", 0}};
      const std::vector<HttpAnswer> answers = stage().answers_to(json_request(action, request.dump()));
      ASSERT_EQ(answers.size(), 1U) << shown(one);
      EXPECT_LT(answers[0].status, 500) << shown(one);
      if (answers[0].status >= 400) {
        EXPECT_EQ(read_aws_error(answers[0]).complaint, "") << shown(one);
      } else {
        EXPECT_EQ(answers[0].status, 200) << shown(one);
      }
      stage().expect_intact(one);
    }
  }
}

TEST_F(Bodies, BatchesThatAreNone) {
  const std::string good = R"({"Id":"a","MessageBody":"x","ReceiptHandle":"x","VisibilityTimeout":1})";
  std::vector<std::string> lists = {"[]",
                                    "[null]",
                                    "[{}]",
                                    "[{\"Id\":\"\"}]",
                                    "[{\"Id\":\"a b\"}]",
                                    "[{\"Id\":\"\\u0000\"}]",
                                    "[{\"Id\":\"" + std::string(81, 'x') + "\"}]",
                                    "[{\"Id\":1}]",
                                    "[{\"Id\":\"a\",\"MessageBody\":1,"
                                    "\"ReceiptHandle\":1}]",
                                    "[" + good + "," + good + "]",
                                    "[[" + good + "]]",
                                    "{\"0\":" + good + "}",
                                    "[" + repeated("null,", 1000) + "null]",
                                    "[" + repeated("{},", 5000) + "{}]"};
  std::string eleven;
  for (int i = 0; i < 11; ++i) {
    std::string entry = good;
    entry[7] = static_cast<char>('a' + i);
    eleven += (i ? "," : "") + entry;
  }
  lists.push_back("[" + eleven + "]");
  for (const char* const action :
       {"SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"}) {
    for (const std::string& list : lists) {
      stage().expect_refused(json_request(action, R"({"QueueUrl":)" + json(stage().queue_url()).dump() +
                                                      R"(,"Entries":)" + list + "}"),
                             std::string(action) + " " + list);
    }
  }
}

}  // namespace
}  // namespace penstock
