// Rehearsal: a broker of its own, with the same queues, topics and subscriptions as another one and without
// their messages, in which calls are tried before they are made.
//
// So what a declaration would do, and what would refuse it, is found out by the very core and the very
// actions that are to do it; and nothing has happened yet when it is refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actions/dispatch.h"
#include "base/random.h"
#include "base/result.h"
#include "broker/broker.h"
#include "resources/api_call.h"
#include "resources/resource_facts.h"

namespace penstock {

class Rehearsal {
 public:
  // `random` is to outlive it.
  Rehearsal(const ResourceFacts& facts, DispatchSettings settings, const BrokerLimits& limits,
            Random& random);

  // Whether the call alters anything, or what AWS would refuse it with.
  tl::expected<bool, std::string> perform(const ApiCall& call);

  // What there is now, with what was performed.
  ResourceFacts facts() const;

  bool has_queue(const World& world, const std::string& name) const {
    return queues_.contains({world, name});
  }
  bool has_topic(const World& world, const std::string& name) const {
    return topic_ids_.contains({world, name});
  }
  // Its ARN; nothing: there is none.
  std::optional<std::string> subscription(const World& world, const std::string& topic,
                                          const DeclaredSubscription& like) const;

 private:
  // Takes note; false if it is known already.
  bool note(const Record& record);

  const DispatchSettings settings_;
  Random& random_;
  const Time now_;
  Broker broker_;
  std::map<std::pair<World, std::string>, QueueRecord> queues_;
  std::map<std::pair<World, std::string>, QueueId> topic_ids_;
  std::map<TopicKey, TopicRecord> topics_;
  std::map<SubscriptionKey, SubscriptionRecord> subscriptions_;
};

}  // namespace penstock
