// The two decoders of AWS JSON held against each other.
#include "protocol/hot_json_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "protocol/json_decoder.h"

namespace penstock {
namespace {

// ---- a request as text, so that two of them can be compared

void tell(const std::string& text, std::string& out) {
  out += std::to_string(text.size()) + ':' + text + ' ';
}
void tell(std::int64_t number, std::string& out) { out += '#' + std::to_string(number) + ' '; }
void tell(const Blob& blob, std::string& out) {
  out += 'b';
  tell(blob.bytes, out);
}
template <HasFields Structure>
void tell(const Structure& structure, std::string& out);
template <class Element>
void tell(const std::vector<Element>& list, std::string& out);
template <class Value>
void tell(const MapOf<Value>& map, std::string& out);
template <class Value>
void tell(const std::optional<Value>& value, std::string& out) {
  value ? tell(*value, out) : void(out += "- ");
}
template <class Element>
void tell(const std::vector<Element>& list, std::string& out) {
  out += '[';
  for (const Element& element : list) tell(element, out);
  out += ']';
}
template <class Value>
void tell(const MapOf<Value>& map, std::string& out) {
  out += '{';
  for (const auto& [key, value] : map.entries) {
    tell(key, out);
    tell(value, out);
  }
  out += '}';
}
template <HasFields Structure>
void tell(const Structure& structure, std::string& out) {
  out += '(';
  std::apply([&](const auto&... row) { (tell(structure.*(row.member), out), ...); }, Structure::fields());
  out += ')';
}

template <class Request>
std::string told(const Request& request) {
  std::string text;
  tell(request, text);
  return text;
}

// How often the hot decoder took a body, and whether the other one agreed each time.
template <class Request>
bool takes(const std::string& body) {
  const std::optional<Request> hot = decode_hot_json<Request>(body);
  if (!hot) return false;
  const Result<Request> reference = decode_json<Request>(body);
  EXPECT_TRUE(reference.has_value()) << "the other refuses: " << body.substr(0, 500);
  if (reference) {
    EXPECT_EQ(told(*hot), told(*reference)) << body.substr(0, 500);
  }
  return true;
}

const std::vector<std::string> kPlain{
    R"({"QueueUrl":"http://localhost:4566/000000000000/mail","MessageBody":"hello"})",
    R"( { "MessageBody" : "a\"b\\c\n\t\u00e9" , "QueueUrl" : "mail" , "DelaySeconds" : 5 } )",
    R"({"QueueUrl":"mail","MessageBody":"x","MessageAttributes":{"b":{"DataType":"String","StringValue":"1"},)"
    R"("a":{"BinaryValue":"AAEC","DataType":"Binary"}},"MessageGroupId":"g","MessageDeduplicationId":"d"})",
    "{\"QueueUrl\":\"mail\",\"MessageBody\":\"gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac \xf0\x9f\x98\x80\"}",
    R"({"QueueUrl":"mail","Entries":[{"Id":"1","MessageBody":"a"},{"Id":"2","MessageBody":"b","DelaySeconds":0}]})",
    R"({"QueueUrl":"mail","Entries":[{"Id":"1","ReceiptHandle":"h"}]})",
    R"({"QueueUrl":"mail","MaxNumberOfMessages":10,"WaitTimeSeconds":20,"VisibilityTimeout":30,)"
    R"("MessageSystemAttributeNames":["All"],"MessageAttributeNames":["a","b.*"]})",
    R"({"QueueUrl":"mail","ReceiptHandle":"h","VisibilityTimeout":0})",
    R"({"QueueName":"mail","QueueOwnerAWSAccountId":"123456789012"})",
    R"({"QueueName":"mail"})",
    R"({})",
};

// What may stand where something else stood.
const std::vector<std::string> kPieces{"null",
                                       "true",
                                       "1.5",
                                       "1e3",
                                       "-0",
                                       "-",
                                       "00",
                                       "9223372036854775808",
                                       "4294967296",
                                       "\"",
                                       "\\",
                                       "\\u",
                                       "\\ud83d",
                                       "\\udc00\\ud800",
                                       "\\u0000",
                                       "\\x",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       ",",
                                       ":",
                                       " ",
                                       "\n",
                                       "\0",
                                       "\x01",
                                       "\xff",
                                       "\xc3",
                                       "\xed\xa0\x80",
                                       "\xef\xbb\xbf",
                                       "{}",
                                       "[]",
                                       "\"\"",
                                       "{\"a\":1}",
                                       "[[[]]]",
                                       "/**/",
                                       "NaN",
                                       "\"QueueUrl\":\"twice\",",
                                       "\"Unknown\":1,",
                                       "\"Queue\\u0055rl\":\"mail\",",
                                       "''"};

template <class... Requests>
std::size_t count_taken(const std::string& body) {
  return (std::size_t{0} + ... + static_cast<std::size_t>(takes<Requests>(body)));
}

std::size_t taken_by_any(const std::string& body) {
  return count_taken<sqs::SendMessageRequest, sqs::SendMessageBatchRequest, sqs::ReceiveMessageRequest,
                     sqs::DeleteMessageRequest, sqs::DeleteMessageBatchRequest,
                     sqs::ChangeMessageVisibilityRequest, sqs::GetQueueUrlRequest>(body);
}

TEST(HotJson, ThePlainCaseIsTakenAndDecodedAlike) {
  for (const std::string& body : kPlain) EXPECT_GT(taken_by_any(body), 0u) << body;
}

TEST(HotJson, EveryEndThatIsCutOffIsDecodedAlikeOrLeft) {
  for (const std::string& body : kPlain) {
    for (std::size_t size = 0; size < body.size(); ++size) taken_by_any(body.substr(0, size));
  }
}

TEST(HotJson, EveryPieceInEveryPlaceIsDecodedAlikeOrLeft) {
  std::size_t taken = 0;
  for (const std::string& body : kPlain) {
    for (const std::string& piece : kPieces) {
      for (std::size_t at = 0; at <= body.size(); ++at) {
        taken += taken_by_any(std::string(body).insert(at, piece));
        if (at < body.size()) taken += taken_by_any(std::string(body).replace(at, 1, piece));
      }
    }
  }
  EXPECT_GT(taken, 1000u);
}

TEST(HotJson, RandomChangesAreDecodedAlikeOrLeft) {
  SeededRandom random(4711);
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string body = kPlain[random.below(kPlain.size())];
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(body.size() + 1);
      switch (random.below(4)) {
        case 0:
          body.insert(at, kPieces[random.below(kPieces.size())]);
          break;
        case 1:
          body.erase(at, 1 + random.below(8));
          break;
        case 2:
          body.insert(at, body.substr(random.below(body.size() + 1), random.below(40)));
          break;
        default:
          if (at < body.size()) body[at] = static_cast<char>(random.next());
      }
    }
    taken += taken_by_any(body);
  }
  EXPECT_GT(taken, 500u);
}

TEST(HotJson, ListsBeyondItsBoundAreLeft) {
  std::string names;
  for (int at = 0; at < 1001; ++at) names += (at == 0 ? "\"" : ",\"") + std::to_string(at) + "\"";
  EXPECT_FALSE(takes<sqs::ReceiveMessageRequest>(R"({"QueueUrl":"mail","AttributeNames":[)" + names + "]}"));
  EXPECT_TRUE(
      decode_json<sqs::ReceiveMessageRequest>(R"({"QueueUrl":"mail","AttributeNames":[)" + names + "]}"));
}

TEST(HotJson, ALargeBodyIsTakenAndOneBeyondTheBoundIsLeft) {
  const auto body = [](std::size_t size) {
    return R"({"QueueUrl":"mail","MessageBody":")" + std::string(size, 'x') + "\"}";
  };
  EXPECT_TRUE(takes<sqs::SendMessageRequest>(body(1 << 20)));
  EXPECT_FALSE(takes<sqs::SendMessageRequest>(body(kHotJsonBytesMax)));
}

}  // namespace
}  // namespace penstock
