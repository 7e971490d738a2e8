#include "tests/protocol/wire.h"

#include "protocol/errors.h"
#include "protocol/sqs_table.h"

namespace penstock {
namespace {

// What the table says of the action; an action that is in no row may only be unknown.
bool may_answer(std::string_view action, std::string_view query_code) {
  ErrorSet errors = kSqsCommonErrors;
  bool allowed = false;
  each_sqs_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
    if (kRow.name == action) errors = kRow.errors;
  });
  for (int code = 0; code <= static_cast<int>(ErrorCode::kEmptyValue); ++code) {
    const WireError& row = wire_error(static_cast<ErrorCode>(code));
    if (row.query_code == query_code) {
      allowed = allowed || errors.contains(row.code) || kSqsCommonErrors.contains(row.code);
    }
  }
  return allowed;
}

}  // namespace

// Purges and re-creates as it likes.
Wire::Wire() : broker_(PartitionId{0}, {.purge_interval = Seconds{0}, .recreate_wait = Seconds{0}}) {}

const DispatchSettings& Wire::settings() {
  static const DispatchSettings kSettings{.default_account = AccountId{0},
                                          .default_region = *Region::parse("us-east-1"),
                                          .listen_authority = "127.0.0.1:4566"};
  return kSettings;
}

ApiRequest Wire::request(std::string_view target, std::string_view body) {
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:4566"},
                      {"Content-Type", "application/x-amz-json-1.0"},
                      {"X-Amz-Target", target}},
          .body = body};
}

ApiResponse Wire::call(std::string_view action, const nlohmann::json& input) {
  return call_raw(action, input.dump());
}

ApiResponse Wire::call_raw(std::string_view action, std::string_view body) {
  const std::string target = std::string("AmazonSQS.").append(action);
  return exchange(request(target, body));
}

ApiResponse Wire::exchange(const ApiRequest& request, const DispatchSettings& settings) {
  auto planned = plan(request, settings, Ticket{1, ++requests_}, "1b4e28ba-2fa1-41d2-883f-0016d3cca427");
  if (auto* response = std::get_if<ApiResponse>(&planned)) return std::move(*response);
  auto& [command, call, account] = std::get<PlannedCommand>(planned);
  return render(*call, decide(std::move(command)));
}

Answer Wire::decide(Command&& command) {
  const Ticket ticket = command.ticket;
  Outcome outcome;
  broker_.execute(std::move(command), now_, random_, outcome);
  for (const Change& change : outcome.changes) {
    const auto* put = std::get_if<Put>(&change);
    if (put == nullptr) continue;
    if (const auto* fresh = std::get_if<FreshRecord>(&put->record)) {
      bodies_[{fresh->key.lane.value, fresh->key.sequence.value}] = {fresh->head, fresh->content};
    } else if (const auto* later = std::get_if<LaterRecord>(&put->record)) {
      bodies_[{kLaterLane.value, later->key.sequence.value}] = {later->head, later->content};
    } else if (const auto* fifo = std::get_if<FifoRecord>(&put->record)) {
      bodies_[{kFirstLane.value, fifo->key.sequence.value}] = {fifo->head, fifo->content};
    }
  }
  for (Reply& reply : outcome.replies) {
    if (reply.ticket != ticket) continue;
    fill_in_cold_contents(reply.answer);
    return std::move(reply.answer);
  }
  ADD_FAILURE() << "the core did not answer at once";
  return Done{};
}

void Wire::fill_in_cold_contents(Answer& answer) const {
  auto* received = std::get_if<Received>(&answer);
  if (received == nullptr) return;
  for (Delivery& delivery : received->deliveries) {
    const auto& [head, content] = bodies_.at({delivery.handle.lane.value, delivery.handle.sequence.value});
    delivery.head = head;
    delivery.content = content;
  }
}

nlohmann::json Wire::ok(std::string_view action, const nlohmann::json& input) {
  const ApiResponse response = call(action, input);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.content_type, "application/x-amz-json-1.0");
  return response.body.empty() ? nlohmann::json() : nlohmann::json::parse(response.body, nullptr, false);
}

std::string Wire::refusal(std::string_view action, const nlohmann::json& input) {
  const ApiResponse response = call(action, input);
  const std::string text = described(response);
  const std::size_t colon = text.find(": ");
  const std::string code = text.substr(4, colon == std::string::npos ? colon : colon - 4);
  EXPECT_TRUE(may_answer(action, code)) << action << " answers " << code << " against its row of the table";
  return text;
}

std::string Wire::described(const ApiResponse& response) {
  const nlohmann::json document = nlohmann::json::parse(response.body, nullptr, false);
  std::string query_error;
  for (const auto& [name, value] : response.headers) {
    if (name == "x-amzn-query-error") query_error = value;
  }
  if (!document.is_object() || document.size() != 2 || !document.contains("message") ||
      !document.contains("__type")) {
    return "no error document: " + response.body;
  }
  const std::string code = query_error.substr(0, query_error.find(';'));
  return std::to_string(response.status) + " " + code + ": " + document["message"].get<std::string>();
}

std::string Wire::receive_handle() {
  const nlohmann::json received = ok("ReceiveMessage", {{"QueueUrl", kMailUrl}});
  if (!received.contains("Messages")) {
    ADD_FAILURE() << "nothing received";
    return {};
  }
  return received["Messages"][0]["ReceiptHandle"];
}

}  // namespace penstock
