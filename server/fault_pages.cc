#include "server/fault_pages.h"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "protocol/json_writer.h"
#include "server/admin_guard.h"
#include "server/admin_input.h"
#include "server/fault_plan.h"
#include "server/request_counts.h"

namespace penstock {
namespace {

constexpr std::int64_t kLatencyMax = 60'000;  // milliseconds
constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max();

struct KindName {
  FaultKind kind;
  std::string_view member;
  std::string_view value;
};
constexpr std::array kKindNames{KindName{FaultKind::kThrottling, "Error", "throttling"},
                                KindName{FaultKind::kInternal, "Error", "internal"},
                                KindName{FaultKind::kUnavailable, "Error", "unavailable"},
                                KindName{FaultKind::kDropBefore, "Drop", "before"},
                                KindName{FaultKind::kDropAfter, "Drop", "after"}};

bool is_action(std::string_view name) {
  for (ActionIndex action = 0; action < kActionsKnown; ++action) {
    if (action_name(action) == name) return true;
  }
  return false;
}

FaultKind read_kind(AdminInput& input) {
  const auto error = input.text("Error");
  const auto drop = input.text("Drop");
  if (error && drop) input.complain("Error and Drop exclude each other: make two rules.");
  if (!error && !drop) return FaultKind::kNone;
  for (const KindName& name : kKindNames) {
    const auto& given = name.member == "Error" ? error : drop;
    if (given == name.value) return name.kind;
  }
  input.complain(error ? "Error must be throttling, internal or unavailable."
                       : "Drop must be before or after.");
  return FaultKind::kNone;
}

std::string share_text(double share) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), share);
  return {text.data(), end};
}

void write(const FaultPlan::Told& told, JsonWriter& writer, std::string& text) {
  const FaultRule& rule = told.rule;
  const auto number = [&writer](std::string_view name, std::uint64_t value) {
    writer.key(name);
    writer.number(static_cast<std::int64_t>(value));
  };
  writer.begin_object();
  number("Id", told.id);
  if (!rule.action.empty()) writer.member("Action", rule.action);
  if (!rule.queue.empty()) writer.member("Queue", rule.queue);
  if (!rule.topic.empty()) writer.member("Topic", rule.topic);
  for (const KindName& name : kKindNames) {
    if (name.kind == rule.kind) writer.member(name.member, name.value);
  }
  if (rule.latency.count() > 0)
    number("LatencyMilliseconds", static_cast<std::uint64_t>(rule.latency.count()));
  if (rule.share < 1) {
    writer.key("Share");
    text += share_text(rule.share);
  }
  if (rule.count) number("Count", *rule.count);
  number("Seed", rule.seed);
  number("Met", told.met);
  number("Fired", told.fired);
  writer.end_object();
}

}  // namespace

AdminAnswer answer_faults(const AdminCall& call) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Faults");
  writer.begin_array();
  for (const FaultPlan::Told& told : call.ground.faults->told()) write(told, writer, text);
  writer.end_array();
  writer.end_object();
  return admin_json(200, std::move(text));
}

AdminAnswer answer_add_fault(const AdminCall& call) {
  AdminInput input = AdminInput::of_body(call.request, {"Action", "Queue", "Topic", "Error", "Drop",
                                                        "LatencyMilliseconds", "Share", "Count", "Seed"});
  FaultRule rule;
  rule.action = input.text("Action").value_or(std::string());
  rule.queue = input.text("Queue").value_or(std::string());
  rule.topic = input.text("Topic").value_or(std::string());
  rule.kind = read_kind(input);
  rule.latency = std::chrono::milliseconds(input.number("LatencyMilliseconds", 0, kLatencyMax).value_or(0));
  rule.share = input.share("Share").value_or(1);
  if (const auto count = input.number("Count", 1, kCountMax)) rule.count = static_cast<std::uint64_t>(*count);
  rule.seed = static_cast<std::uint64_t>(input.number("Seed", 0, kCountMax).value_or(1));
  if (!rule.action.empty() && !is_action(rule.action))
    input.complain("Action must be one of the API, like SendMessage.");
  if (!rule.queue.empty() && !rule.topic.empty())
    input.complain("Queue and Topic exclude each other: make two rules.");
  if (rule.kind == FaultKind::kNone && rule.latency.count() == 0) {
    input.complain("Say what is to go wrong: Error, Drop or LatencyMilliseconds.");
  }
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  const auto id = call.ground.faults->add(std::move(rule));
  if (!id) return admin_refusal(409, "There are 100 rules already: DELETE /faults ends them.");
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Id");
  writer.number(static_cast<std::int64_t>(*id));
  writer.end_object();
  return admin_json(200, std::move(text));
}

AdminAnswer answer_clear_faults(const AdminCall& call) {
  AdminInput input = AdminInput::of_query(call.request, {"Id"});
  const auto id = input.number("Id", 1, kCountMax);
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  if (id && !call.ground.faults->remove(static_cast<std::uint64_t>(*id))) {
    return admin_refusal(404, "There is no rule with that Id.");
  }
  const std::size_t ended = id ? 1 : call.ground.faults->clear();
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Ended");
  writer.number(static_cast<std::int64_t>(ended));
  writer.end_object();
  return admin_json(200, std::move(text));
}

}  // namespace penstock
