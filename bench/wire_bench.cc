// What an I/O thread thinks of one request: decode and plan, and render the answer. Without sockets, core
// and disk. The argument is the size of the body in bytes.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "actions/dispatch.h"
#include "base/digest.h"
#include "base/md5_lanes.h"
#include "protocol/hot_json_decoder.h"
#include "protocol/json_decoder.h"

namespace penstock {
namespace {

constexpr std::string_view kRequestId = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
constexpr std::string_view kQueueUrl = "http://localhost:4566/000000000000/bench";

const DispatchSettings& settings() {
  static const DispatchSettings kSettings{.default_account = AccountId{0},
                                          .default_region = *Region::parse("us-east-1"),
                                          .listen_authority = "127.0.0.1:4566"};
  return kSettings;
}

// Letters and digits, as JSON in a body would have them escaped where `quotes` says so.
std::string body_of(std::int64_t size, bool quotes) {
  std::string body;
  while (static_cast<std::int64_t>(body.size()) < size) body += quotes && body.size() % 16 < 2 ? "\\\"" : "x";
  return body;
}

std::string send_of(std::int64_t size, bool quotes) {
  return std::string(R"({"QueueUrl":")").append(kQueueUrl).append(R"(","MessageBody":")") +
         body_of(size, quotes) + "\"}";
}

ApiRequest json_request(std::string_view target, std::string_view body) {
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:4566"},
                      {"Content-Type", "application/x-amz-json-1.0"},
                      {"X-Amz-Target", target},
                      {"User-Agent", "bench"},
                      {"Content-Length", "1100"}},
          .body = body};
}

ApiRequest form_request(std::string_view form) {
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:4566"}, {"Content-Type", "application/x-www-form-urlencoded"}},
          .body = form};
}

PlannedCommand planned(const ApiRequest& request) {
  return std::get<PlannedCommand>(plan(request, settings(), Ticket{1, 1}, std::string(kRequestId)));
}

// ---- the decoders alone

void decode_send_hot(benchmark::State& state) {
  const std::string body = send_of(state.range(0), state.range(1) != 0);
  for (auto _ : state) benchmark::DoNotOptimize(decode_hot_json<sqs::SendMessageRequest>(body));
}
BENCHMARK(decode_send_hot)->ArgsProduct({{100, 1024, 65536}, {0, 1}});

void decode_send_reference(benchmark::State& state) {
  const std::string body = send_of(state.range(0), state.range(1) != 0);
  for (auto _ : state) benchmark::DoNotOptimize(decode_json<sqs::SendMessageRequest>(body));
}
BENCHMARK(decode_send_reference)->ArgsProduct({{100, 1024, 65536}, {0, 1}});

// ---- whole requests

void digest_alone(benchmark::State& state) {
  const std::string body = body_of(state.range(0), false);
  for (auto _ : state) benchmark::DoNotOptimize(md5(body));
}
BENCHMARK(digest_alone)->Arg(1024);

// One of as many as a round of requests may bring.
void digest_together(benchmark::State& state) {
  const std::string body = body_of(state.range(0), false);
  const std::vector<std::string_view> bodies(static_cast<std::size_t>(state.range(1)), body);
  std::vector<Md5> digests(bodies.size());
  while (state.KeepRunningBatch(state.range(1))) {
    md5_each(bodies, digests);
    benchmark::DoNotOptimize(digests.data());
  }
}
BENCHMARK(digest_together)->ArgsProduct({{1024}, {4, 8, 16, 32}});

void exchange_send(benchmark::State& state, const ApiRequest& request) {
  for (auto _ : state) {
    const PlannedCommand command = planned(request);
    const Sent sent{MessageId{}, std::get<Send>(*command.command.operation).content};
    benchmark::DoNotOptimize(render(*command.call, sent));
  }
}

void send_json(benchmark::State& state) {
  const std::string body = send_of(state.range(0), false);
  exchange_send(state, json_request("AmazonSQS.SendMessage", body));
}
BENCHMARK(send_json)->Arg(100)->Arg(1024)->Arg(65536);

// The same with a member that the second decoder does not know, so that the first one decides.
void send_json_by_the_reference(benchmark::State& state) {
  std::string body = send_of(state.range(0), false);
  body.insert(1, R"("Unknown":0,)");
  exchange_send(state, json_request("AmazonSQS.SendMessage", body));
}
BENCHMARK(send_json_by_the_reference)->Arg(100)->Arg(1024)->Arg(65536);

void send_query(benchmark::State& state) {
  const std::string form =
      "Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Flocalhost%3A4566%2F000000000000"
      "%2Fbench&MessageBody=" +
      body_of(state.range(0), false);
  exchange_send(state, form_request(form));
}
BENCHMARK(send_query)->Arg(1024);

Answer received(std::int64_t size, std::int64_t messages) {
  auto content = std::make_shared<MessageContent>();
  content->body = body_of(size, false);
  content->body_md5 = md5(content->body);
  content->sender_id = "AKIDEXAMPLE";
  Received answer;
  for (std::int64_t count = 0; count < messages; ++count) {
    answer.deliveries.push_back({.handle = {}, .head = {}, .content = content, .body = {}});
  }
  return answer;
}

void exchange_receive(benchmark::State& state, const ApiRequest& request) {
  const Answer answer = received(state.range(0), state.range(1));
  for (auto _ : state) {
    const PlannedCommand command = planned(request);
    benchmark::DoNotOptimize(render(*command.call, answer));
  }
}

void receive_json(benchmark::State& state) {
  const std::string body =
      std::string(R"({"QueueUrl":")")
          .append(kQueueUrl)
          .append(R"(","MaxNumberOfMessages":10,"WaitTimeSeconds":20,"AttributeNames":["All"]})");
  exchange_receive(state, json_request("AmazonSQS.ReceiveMessage", body));
}
BENCHMARK(receive_json)->Args({1024, 1})->Args({1024, 10});

void receive_query(benchmark::State& state) {
  exchange_receive(
      state, form_request("Action=ReceiveMessage&QueueUrl=bench&MaxNumberOfMessages=10&AttributeName.1=All"));
}
BENCHMARK(receive_query)->Args({1024, 1})->Args({1024, 10});

void delete_json(benchmark::State& state) {
  const std::string body = std::string(R"({"QueueUrl":")")
                               .append(kQueueUrl)
                               .append(R"(","ReceiptHandle":")")
                               .append(ReceiptHandle{}.text())
                               .append("\"}");
  const ApiRequest request = json_request("AmazonSQS.DeleteMessage", body);
  for (auto _ : state) {
    const PlannedCommand command = planned(request);
    benchmark::DoNotOptimize(render(*command.call, Done{}));
  }
}
BENCHMARK(delete_json);

}  // namespace
}  // namespace penstock

BENCHMARK_MAIN();
