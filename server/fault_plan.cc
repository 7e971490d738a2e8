#include "server/fault_plan.h"

#include <algorithm>

namespace penstock {
namespace {

// A number in [0, 1) that follows from the two (splitmix64).
double chance(std::uint64_t seed, std::uint64_t turn) {
  std::uint64_t bits = seed + (turn + 1) * 0x9e3779b97f4a7c15ULL;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  bits ^= bits >> 31;
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

bool is_about(const FaultRule& rule, std::string_view action, std::string_view resource, bool of_topic) {
  if (!rule.action.empty() && rule.action != action) return false;
  if (!rule.queue.empty() && (of_topic || rule.queue != resource)) return false;
  return rule.topic.empty() || (of_topic && rule.topic == resource);
}

}  // namespace

std::string_view fault_name(FaultKind kind) {
  switch (kind) {
    case FaultKind::kNone:
      return "latency";
    case FaultKind::kThrottling:
      return "throttling";
    case FaultKind::kInternal:
      return "internal";
    case FaultKind::kUnavailable:
      return "unavailable";
    case FaultKind::kDropBefore:
      return "drop_before";
    case FaultKind::kDropAfter:
      break;
  }
  return "drop_after";
}

std::optional<std::uint64_t> FaultPlan::add(FaultRule rule) {
  const auto standing = std::make_shared<Standing>(last_id_.fetch_add(1) + 1, std::move(rule));
  auto present = rules_.load();
  for (;;) {
    if (present->size() >= kRulesMax) return std::nullopt;
    auto next = std::make_shared<Rules>(*present);
    next->push_back(standing);
    if (rules_.compare_exchange(present, next)) return standing->id;
  }
}

bool FaultPlan::remove(std::uint64_t id) {
  auto present = rules_.load();
  for (;;) {
    auto next = std::make_shared<Rules>(*present);
    if (std::erase_if(*next, [id](const auto& standing) { return standing->id == id; }) == 0) return false;
    if (rules_.compare_exchange(present, next)) return true;
  }
}

std::size_t FaultPlan::clear() { return rules_.exchange(std::make_shared<const Rules>())->size(); }

std::vector<FaultPlan::Told> FaultPlan::told() const {
  std::vector<Told> told;
  for (const auto& standing : *rules_.load()) {
    told.push_back({standing->id, standing->rule, standing->met.load(), standing->fired.load()});
  }
  return told;
}

bool FaultPlan::fires(Standing& standing) {
  const std::uint64_t turn = standing.met.fetch_add(1);
  if (standing.rule.share < 1 && chance(standing.rule.seed, turn) >= standing.rule.share) return false;
  std::uint64_t fired = standing.fired.load();
  do {
    if (standing.rule.count && fired >= *standing.rule.count) return false;
  } while (!standing.fired.compare_exchange_weak(fired, fired + 1));
  return true;
}

std::optional<Fault> FaultPlan::meet(std::string_view action, std::string_view resource, bool of_topic) {
  const auto rules = rules_.load();
  for (const auto& standing : *rules) {
    if (is_about(standing->rule, action, resource, of_topic) && fires(*standing)) {
      befallen_[static_cast<std::size_t>(standing->rule.kind)].fetch_add(1, std::memory_order_relaxed);
      return Fault{standing->rule.kind, standing->rule.latency};
    }
  }
  return std::nullopt;
}

}  // namespace penstock
