#include "server/control_pages.h"

#include <limits>
#include <utility>

#include "actions/envelope.h"
#include "protocol/json_writer.h"
#include "server/admin_guard.h"
#include "server/admin_input.h"
#include "server/fault_plan.h"
#include "server/log.h"

namespace penstock {
namespace {

constexpr std::int64_t kTimeoutMax = 300;  // seconds
constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max();

std::string json_of(const ResetDone& done) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Queues");
  writer.number(static_cast<std::int64_t>(done.queues));
  writer.key("Topics");
  writer.number(static_cast<std::int64_t>(done.topics));
  writer.end_object();
  return text;
}

std::string json_of(const ExpectationEnded& ended) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Held");
  writer.boolean(ended.held);
  const auto count = [&writer](std::string_view name, std::uint64_t value) {
    writer.key(name);
    writer.number(static_cast<std::int64_t>(value));
  };
  count("Visible", ended.visible);
  count("InFlight", ended.in_flight);
  count("Delayed", ended.delayed);
  count("Sent", ended.sent);
  count("Received", ended.received);
  count("Deleted", ended.deleted);
  writer.end_object();
  return text;
}

std::string json_of(const TimeAdvanced& time) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member("Now", iso_time(time.now));
  writer.key("NowMilliseconds");
  writer.number(epoch_milliseconds(time.now));
  writer.key("AheadMilliseconds");
  writer.number(time.ahead.count());
  writer.end_object();
  return text;
}

// The one kind of answer that the page asks for, as JSON; or why there is none.
template <class Expected>
class PendingJson final : public PendingPage {
 public:
  ApiResponse render(const Answer& answer) const override {
    if (const auto* expected = std::get_if<Expected>(&answer)) return admin_json(200, json_of(*expected));
    if (const auto* error = std::get_if<Error>(&answer)) return admin_error(*error);
    return admin_refusal(503, "The daemon is stopping.");
  }
};

template <class Expected>
UnderWay ask(const AdminCall& call, const World& world, std::string queue, Operation&& operation) {
  return ask_core(call, world, std::move(queue), std::move(operation),
                  std::make_unique<const PendingJson<Expected>>());
}

std::optional<std::uint64_t> count_of(AdminInput& input, std::string_view name) {
  const auto count = input.number(name, 0, kCountMax);
  return count ? std::optional(static_cast<std::uint64_t>(*count)) : std::nullopt;
}

}  // namespace

AdminAnswer answer_reset(const AdminCall& call) {
  AdminInput input = AdminInput::of_body(call.request, {"Account", "Region"});
  Reset reset;
  reset.account = input.account();
  reset.region = input.region();
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  if (!reset.account && !reset.region) call.ground.faults->clear();
  log_info("a reset was asked for", {{"account", reset.account ? reset.account->text() : "all"},
                                     {"region", reset.region ? reset.region->text() : "all"}});
  return ask<ResetDone>(call, call.ground.world, {}, reset);
}

AdminAnswer answer_expect(const AdminCall& call) {
  AdminInput input = AdminInput::of_body(
      call.request, {"QueueUrl", "Queue", "Account", "Region", "Empty", "Visible", "InFlight", "Delayed",
                     "Sent", "Received", "Deleted", "TimeoutSeconds"});
  AdminQueue queue = input.queue(call.ground.world);
  Expect expect;
  expect.visible = count_of(input, "Visible");
  expect.in_flight = count_of(input, "InFlight");
  expect.delayed = count_of(input, "Delayed");
  expect.sent = count_of(input, "Sent");
  expect.received = count_of(input, "Received");
  expect.deleted = count_of(input, "Deleted");
  const bool counts = expect.visible || expect.in_flight || expect.delayed;
  const bool empty = input.flag("Empty");
  if (empty && counts)
    input.complain("Empty says the same of Visible, InFlight and Delayed: leave those out.");
  if (empty) expect.visible = expect.in_flight = expect.delayed = 0;
  if (!empty && !counts && !expect.sent && !expect.received && !expect.deleted) {
    input.complain("Say what is expected: Empty, Visible, InFlight, Delayed, Sent, Received or Deleted.");
  }
  expect.timeout = Seconds{input.number("TimeoutSeconds", 0, kTimeoutMax).value_or(10)};
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  return ask<ExpectationEnded>(call, queue.world, std::move(queue.name), expect);
}

AdminAnswer answer_clock(const AdminCall& call) {
  return ask<TimeAdvanced>(call, call.ground.world, {}, AdvanceTime{});
}

AdminAnswer answer_advance(const AdminCall& call) {
  AdminInput input = AdminInput::of_body(call.request, {"Seconds", "Milliseconds"});
  const auto seconds = input.number("Seconds", 0, kTimeLeapMax / Seconds{1});
  const auto milliseconds = input.number("Milliseconds", 0, kTimeLeapMax.count());
  if (seconds.has_value() == milliseconds.has_value())
    input.complain("Say how far: Seconds or Milliseconds.");
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  return ask<TimeAdvanced>(
      call, call.ground.world, {},
      AdvanceTime{seconds ? Milliseconds(Seconds{*seconds}) : Milliseconds{*milliseconds}});
}

}  // namespace penstock
