// FaultPlan: what is to go wrong with requests of the API, because a test has asked for it.
//
// A rule says of which requests (action, queue or topic), what befalls them, and which share or how many of
// them. The first rule that befalls a request is the one. Chance is a function of the rule's seed and of how
// many requests it has met, so that the same requests in the same order meet the same fate.
//
// Read by all I/O threads and altered by any: the rules are a list that is replaced whole.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_slot.h"

namespace penstock {

enum class FaultKind : std::uint8_t {
  kNone,         // only later
  kThrottling,   // refused, as AWS does when there are too many requests
  kInternal,     // 500
  kUnavailable,  // 503
  kDropBefore,   // the connection is closed, and nothing was done
  kDropAfter,    // it is done, and the connection is closed instead of the answer
};

inline constexpr std::array kFaultKinds{FaultKind::kNone,       FaultKind::kThrottling,
                                        FaultKind::kInternal,   FaultKind::kUnavailable,
                                        FaultKind::kDropBefore, FaultKind::kDropAfter};
// As a label: "drop_before"; "latency" for what is only later.
std::string_view fault_name(FaultKind kind);

struct FaultRule {
  std::string action;  // empty: any
  std::string queue;   // a name; empty: any
  std::string topic;   // likewise; at most one of the two is given
  FaultKind kind = FaultKind::kNone;
  std::chrono::milliseconds latency{0};
  double share = 1;                    // of the requests it is about
  std::optional<std::uint64_t> count;  // how often; nothing: without end
  std::uint64_t seed = 1;
};

struct Fault {
  FaultKind kind = FaultKind::kNone;
  std::chrono::milliseconds latency{0};
};

class FaultPlan {
 public:
  static constexpr std::size_t kRulesMax = 100;

  struct Told {
    std::uint64_t id = 0;
    FaultRule rule;
    std::uint64_t met = 0;    // requests it is about
    std::uint64_t fired = 0;  // those that it has befallen
  };

  // The rule's id; nothing: there are too many.
  std::optional<std::uint64_t> add(FaultRule rule);
  bool remove(std::uint64_t id);
  std::size_t clear();
  std::vector<Told> told() const;
  std::size_t rules() const { return rules_.load()->size(); }
  // Requests that this has befallen, by whatever rule, also one that is gone.
  std::uint64_t befallen(FaultKind kind) const {
    return befallen_[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed);
  }

  // What befalls this request; nothing: nothing does.
  std::optional<Fault> meet(std::string_view action, std::string_view resource, bool of_topic);

 private:
  struct Standing {
    Standing(std::uint64_t number, FaultRule&& given) : id(number), rule(std::move(given)) {}
    const std::uint64_t id;
    const FaultRule rule;
    std::atomic<std::uint64_t> met{0};
    std::atomic<std::uint64_t> fired{0};
  };
  using Rules = std::vector<std::shared_ptr<Standing>>;

  static bool fires(Standing& standing);

  SharedSlot<const Rules> rules_{std::make_shared<const Rules>()};
  std::atomic<std::uint64_t> last_id_{0};
  std::array<std::atomic<std::uint64_t>, kFaultKinds.size()> befallen_{};
};

}  // namespace penstock
