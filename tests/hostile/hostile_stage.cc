#include "tests/hostile/hostile_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/hostile/aws_error.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kPlain = "what must stay";
constexpr std::string_view kUnicode =
    "Gr\xc3\xbc\xc3\x9f"
    "e \xf0\x9f\x9a\xb0 <&\">\r\n\t";

Settings settings() {
  const auto given = read_settings({{"listen", {"127.0.0.1:0"}},
                                    {"admin-listen", {"off"}},
                                    {"durability", {"memory"}},
                                    {"io-threads", {"1"}},
                                    {"disk-reserve", {"0"}},
                                    {"log-level", {"error"}}},
                                   {});
  EXPECT_TRUE(given);
  return *given;
}

std::unique_ptr<Server> start() {
  Server::Options options;
  options.sweeps_itself = false;
  auto server = Server::start(settings(), options);
  EXPECT_TRUE(server) << server.error().text;
  return server ? *std::move(server) : nullptr;
}

Json attributes() {
  return {{"text", {{"DataType", "String"}, {"StringValue", "a <b> & \"c\""}}},
          {"number", {{"DataType", "Number.cents"}, {"StringValue", "-12.50"}}},
          {"bytes", {{"DataType", "Binary"}, {"BinaryValue", "AP8BgA=="}}}};
}

}  // namespace

HostileStage::HostileStage(std::string_view family)
    : family_(family), server_(start()), watcher_(std::make_unique<HttpClient>(server_->api()[0].port)) {
  const auto call = [this](std::string_view action, const Json& request) {
    const HttpAnswer answer = watcher_->call(action, request.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body, nullptr, false);
  };
  queue_url_ = call("CreateQueue", {{"QueueName", "kept"}})["QueueUrl"];
  call("SendMessage", {{"QueueUrl", queue_url_}, {"MessageBody", "in flight"}});
  const Json received = call("ReceiveMessage", {{"QueueUrl", queue_url_}, {"VisibilityTimeout", 43'200}});
  receipt_handle_ = received["Messages"][0]["ReceiptHandle"];
  call("SendMessage", {{"QueueUrl", queue_url_}, {"MessageBody", kPlain}});
  call("SendMessage",
       {{"QueueUrl", queue_url_}, {"MessageBody", kUnicode}, {"MessageAttributes", attributes()}});
  call("SendMessage", {{"QueueUrl", queue_url_}, {"MessageBody", "delayed"}, {"DelaySeconds", 900}});
  state_ = state();
}

HostileStage::~HostileStage() {
  EXPECT_EQ(state(), state_);
  expect_messages();
  std::cout << family_ << ": " << cases_ << " hostile cases\n";
}

std::string HostileStage::state() {
  const Json request{{"QueueUrl", queue_url_}, {"AttributeNames", {"All"}}};
  const HttpAnswer answer = watcher_->call("GetQueueAttributes", request.dump());
  return std::to_string(answer.status) + " " + answer.body;
}

// Everything that was in the queue is there, nothing else is, and nobody has received any of it since.
void HostileStage::expect_messages() {
  const Json request{{"QueueUrl", queue_url_},
                     {"MaxNumberOfMessages", 10},
                     {"MessageSystemAttributeNames", {"All"}},
                     {"MessageAttributeNames", {"All"}}};
  std::map<std::string, Json> messages;
  for (;;) {
    const HttpAnswer answer = watcher_->call("ReceiveMessage", request.dump());
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json received = Json::parse(answer.body);
    if (!received.contains("Messages")) break;
    for (const Json& message : received["Messages"]) messages[message["Body"]] = message;
  }
  ASSERT_EQ(messages.size(), 2U);
  for (const std::string_view body : {kPlain, kUnicode}) {
    ASSERT_EQ(messages.count(std::string(body)), 1U) << body;
    EXPECT_EQ(messages[std::string(body)]["Attributes"]["ApproximateReceiveCount"], "1") << body;
  }
  EXPECT_EQ(messages[std::string(kUnicode)]["MessageAttributes"], attributes());
  const Json in_flight{
      {"QueueUrl", queue_url_}, {"ReceiptHandle", receipt_handle_}, {"VisibilityTimeout", 60}};
  EXPECT_EQ(watcher_->call("ChangeMessageVisibility", in_flight.dump()).status, 200);
}

std::vector<HttpAnswer> HostileStage::answers_to(std::string_view bytes) {
  HttpClient client = connect();
  client.send(bytes);
  client.shut_sending();
  std::vector<HttpAnswer> answers;
  for (;;) {
    HttpAnswer answer = client.answer();
    if (answer.status == 0) return answers;
    if (answer.status != 100) answers.push_back(std::move(answer));
  }
}

void HostileStage::expect(const HostileCase& one, std::string_view what) {
  const std::vector<HttpAnswer> answers = answers_to(one.bytes);
  std::string statuses;
  for (const int status : one.statuses) statuses += std::to_string(status) + " ";
  EXPECT_EQ(described(answers), statuses + "closed") << what << ' ' << shown(one.bytes);
  for (const HttpAnswer& answer : answers) {
    if (answer.status < 400) continue;
    EXPECT_EQ(read_aws_error(answer).complaint, "") << what << ' ' << shown(one.bytes) << '\n' << answer.body;
  }
  expect_intact(what.empty() ? std::string_view(one.bytes) : what);
}

void HostileStage::expect_refused(std::string_view bytes, std::string_view what) {
  const std::vector<HttpAnswer> answers = answers_to(bytes);
  ASSERT_EQ(answers.size(), 1U) << what << ' ' << shown(bytes);
  EXPECT_TRUE(answers[0].status >= 400 && answers[0].status < 500)
      << answers[0].status << ' ' << what << ' ' << shown(bytes);
  EXPECT_EQ(read_aws_error(answers[0]).complaint, "") << what << ' ' << shown(bytes) << '\n'
                                                      << shown(answers[0].body);
  expect_intact(what.empty() ? bytes : what);
}

void HostileStage::expect_intact(std::string_view what) {
  ++cases_;
  EXPECT_EQ(state(), state_) << shown(what);
}

void HostileStage::let_read() {
  // Connections are accepted in the order in which they came, and the one I/O thread is told of readable
  // sockets in the order in which they became so: what was there before the marker has had its turn.
  constexpr std::string_view kLive = "GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  HttpClient marker = connect();
  EXPECT_EQ(marker.exchange(kLive).status, 200);
  EXPECT_TRUE(marker.ended());
  EXPECT_EQ(watcher_->exchange("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

void HostileStage::sweep_at(std::int64_t second) {
  server_->io_thread(0).sweep_at(Seconds{second});
  server_->io_thread(0).flush();
}

std::string described(const std::vector<HttpAnswer>& answers) {
  std::string text;
  for (const HttpAnswer& answer : answers) {
    // The cases say 400 of every mistake in what is asked for. That nothing is asked for AWS answers with
    // 404, in a document of its own.
    const bool no_action = answer.status == 404 && answer.body == kUnknownOperation;
    text += std::to_string(no_action ? 400 : answer.status) + " ";
  }
  return text + "closed";
}

std::string shown(std::string_view bytes) {
  constexpr std::size_t kBytesMax = 400;
  std::string text;
  for (const char byte : bytes.substr(0, kBytesMax)) {
    if (byte >= 0x20 && byte < 0x7f) {
      text += byte;
    } else {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02x",
                    static_cast<unsigned>(static_cast<unsigned char>(byte)));
      text += escape;
    }
  }
  return bytes.size() > kBytesMax ? text + "... " + std::to_string(bytes.size()) + " bytes" : text;
}

std::string post_with(std::string_view header_lines, std::string_view behind) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(header_lines) + "\r\n" + std::string(behind);
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t count = 0; count < times; ++count) text += piece;
  return text;
}

}  // namespace penstock
