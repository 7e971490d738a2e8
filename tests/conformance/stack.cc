#include "tests/conformance/stack.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "actions/notification_signing.h"
#include "base/base64.h"

namespace penstock::conformance {
namespace {

// Its signatures are what was to be signed, in base64: so cases can look at it.
class TransparentSigning final : public NotificationSigning {
 public:
  std::array<std::uint8_t, 16> key_id() override { return {1, 2, 3}; }
  Signed sign(const Notification&, const std::string& string_to_sign) override {
    return {base64_encode(string_to_sign), "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"};
  }
};

const DispatchSettings& settings() {
  static TransparentSigning signing;
  static const DispatchSettings kSettings{.default_account = AccountId{0},
                                          .default_region = *Region::parse("us-east-1"),
                                          .listen_authority = "127.0.0.1:4566",
                                          .queue_url_base = {},
                                          .notification_url_base = {},
                                          .signing = &signing};
  return kSettings;
}

constexpr const char* kRequestId = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

}  // namespace

Stack::Stack(const BrokerLimits& limits) : broker_(PartitionId{0}, limits) {}

std::uint64_t Stack::send(const ApiRequest& request) {
  const Ticket ticket{1, ++requests_};
  auto planned = plan(request, settings(), ticket, kRequestId);
  if (auto* response = std::get_if<ApiResponse>(&planned)) {
    answers_.emplace(ticket.request, std::move(*response));
    return ticket.request;
  }
  auto& [command, call, account] = std::get<PlannedCommand>(planned);
  waiting_.emplace(ticket.request, std::move(call));
  Outcome outcome;
  broker_.execute(std::move(command), now_, random_, outcome);
  settle(std::move(outcome));
  return ticket.request;
}

const ApiResponse* Stack::answer(std::uint64_t request) const {
  const auto found = answers_.find(request);
  return found == answers_.end() ? nullptr : &found->second;
}

bool Stack::opt_out(const std::string& number) {
  const Ticket ticket{1, ++requests_};
  Outcome outcome;
  broker_.execute({ticket,
                   {settings().default_account, settings().default_region},
                   {},
                   Operation(AboutTopic{TopicOperation(MobileOperation{number, OptOut{}})}),
                   nullptr,
                   true},
                  now_, random_, outcome);
  const bool done = outcome.replies.size() == 1 && !std::holds_alternative<Error>(outcome.replies[0].answer);
  outcome.replies.clear();
  settle(std::move(outcome));
  return done;
}

std::string Stack::last_text_to(const std::string& number) const {
  const auto found = texts_.find(number);
  return found == texts_.end() ? "" : found->second;
}

void Stack::pass(Milliseconds time) {
  const Time until = now_ + time;
  while (broker_.next_deadline() <= until) {
    now_ = std::max(now_, broker_.next_deadline());
    Outcome outcome;
    broker_.tick(now_, random_, outcome);
    settle(std::move(outcome));
  }
  now_ = until;
}

void Stack::settle(Outcome&& outcome) {
  while (true) {
    Commit commit{.position = table_.recovered().position, .time = now_, .changes = {}, .body_reads = {}};
    ++commit.position.value;
    commit.changes = std::move(outcome.changes);
    fill_in_cold_contents(outcome, std::move(commit));
    for (const Reply& reply : outcome.replies) {
      if (reply.ticket.session == kOutgoingSession) {  // nobody but telephones is there to hear it
        const auto* direct = std::get_if<DirectDelivery>(&reply.answer);
        if (direct != nullptr && direct->protocol == SubscriptionProtocol::kSms) {
          texts_[direct->endpoint] = direct->content->body;
        }
        continue;
      }
      const auto call = waiting_.extract(reply.ticket.request);
      answers_.emplace(reply.ticket.request, render(*call.mapped(), reply.answer));
    }
    if (outcome.wants.empty() && outcome.look_ups.empty()) return;
    Outcome next;
    for (const LookUp& look_up : outcome.look_ups) broker_.recall(table_.read(look_up), now_, random_, next);
    for (const PageWant& want : outcome.wants) broker_.supply(table_.read(want), now_, random_, next);
    outcome = std::move(next);
  }
}

void Stack::fill_in_cold_contents(Outcome& outcome, Commit&& commit) {
  std::vector<Delivery*> cold;
  for (Reply& reply : outcome.replies) {
    auto* received = std::get_if<Received>(&reply.answer);
    if (received == nullptr) continue;
    for (Delivery& delivery : received->deliveries) {
      if (delivery.content != nullptr) continue;
      cold.push_back(&delivery);
      commit.body_reads.push_back({.token = 0, .keys = {delivery.body}});
    }
  }
  std::vector<std::vector<BodyRecord>> read = table_.bodies_for(commit);
  for (std::size_t at = 0; at < cold.size(); ++at) {
    cold[at]->head = read[at].front().head;
    cold[at]->content = std::move(read[at].front().content);
  }
  table_.apply(commit);
}

}  // namespace penstock::conformance
