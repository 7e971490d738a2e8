#include "resources/declaring.h"

#include <map>
#include <optional>
#include <utility>

#include "protocol/text.h"
#include "protocol/web_url.h"

namespace penstock {
namespace {

using Fault = std::optional<DeclarationFault>;

// Where the attribute was said that the refusal speaks of; AWS names it nearly always.
std::string place_of(const std::string& refusal, const DeclaredAttributes& attributes,
                     const std::string& otherwise) {
  const DeclaredAttribute* meant = nullptr;
  for (const DeclaredAttribute& one : attributes) {
    if (refusal.find(one.name) == std::string::npos) continue;
    if (meant == nullptr || one.name.size() > meant->name.size()) meant = &one;
  }
  return meant == nullptr ? otherwise : meant->where;
}

// What the name says already, and no call can change.
bool is_implied(const DeclaredAttribute& attribute, bool fifo) {
  return fifo && (attribute.name == "FifoQueue" || attribute.name == "FifoTopic") &&
         equals_without_case(attribute.value, "true");
}

class Declaring {
 public:
  explicit Declaring(Rehearsal& rehearsal) : rehearsal_(rehearsal) {}

  std::vector<DeclaringCall> take_calls() { return std::move(calls_); }

  // A queue as it is without its dead-letter queue, which may not be there yet.
  Fault queue(const DeclaredQueue& wanted) {
    DeclaredAttributes attributes;
    for (const DeclaredAttribute& attribute : wanted.attributes) {
      if (attribute.name != "RedrivePolicy" && !is_implied(attribute, wanted.fifo()))
        attributes.push_back(attribute);
    }
    if (!rehearsal_.has_queue(wanted.world, wanted.name)) {
      if (wanted.fifo()) attributes.push_back({"FifoQueue", "true", wanted.where});
      if (Fault fault =
              make(ApiCall::create_queue(wanted.world, wanted.name, attributes), attributes, wanted.where)) {
        return fault;
      }
    } else if (!attributes.empty()) {
      if (Fault fault =
              make(ApiCall::set_queue(wanted.world, wanted.name, attributes), attributes, wanted.where)) {
        return fault;
      }
    }
    if (wanted.tags.empty()) return {};
    return make(ApiCall::tag_queue(wanted.world, wanted.name, wanted.tags), {}, wanted.tags_where);
  }

  Fault dead_letters(const DeclaredQueue& wanted) {
    for (const DeclaredAttribute& attribute : wanted.attributes) {
      if (attribute.name != "RedrivePolicy") continue;
      return make(ApiCall::set_queue(wanted.world, wanted.name, {attribute}), {}, attribute.where);
    }
    return {};
  }

  Fault topic(const DeclaredTopic& wanted) {
    if (!rehearsal_.has_topic(wanted.world, wanted.name)) {
      if (Fault fault = make(ApiCall::create_topic(wanted.world, wanted.name), {}, wanted.where))
        return fault;
    }
    for (const DeclaredAttribute& attribute : wanted.attributes) {
      if (is_implied(attribute, wanted.fifo())) continue;
      if (Fault fault = make(ApiCall::set_topic(wanted.world, wanted.name, attribute), {}, attribute.where)) {
        return fault;
      }
    }
    if (!wanted.tags.empty()) {
      if (Fault fault =
              make(ApiCall::tag_topic(wanted.world, wanted.name, wanted.tags), {}, wanted.tags_where)) {
        return fault;
      }
    }
    std::map<std::pair<std::string, std::string>, std::string> said;
    for (const DeclaredSubscription& subscription : wanted.subscriptions) {
      const auto [other, first] =
          said.try_emplace({subscription.protocol, subscription.endpoint}, subscription.where);
      if (!first) {
        return DeclarationFault{subscription.where, "the topic " + wanted.name + " has a subscription of " +
                                                        without_password(subscription.endpoint) + " already, at " +
                                                        other->second};
      }
      if (Fault fault = subscribe(wanted, subscription)) return fault;
    }
    return {};
  }

  Fault needed(const NeededQueue& queue) const {
    if (rehearsal_.has_queue(queue.world, queue.name)) return {};
    return DeclarationFault{queue.where, "there is no queue " + queue.name + " in account " +
                                             queue.world.account.text() + " and region " +
                                             std::string(queue.world.region.text()) +
                                             ", and none is declared: add it to the queues"};
  }

 private:
  Fault subscribe(const DeclaredTopic& topic, const DeclaredSubscription& wanted) {
    const auto arn = rehearsal_.subscription(topic.world, topic.name, wanted);
    if (!arn)
      return make(ApiCall::subscribe(topic.world, topic.name, wanted), wanted.attributes, wanted.where);
    // A filter policy and its scope fit each other before and after, and in between in one of the two orders.
    DeclaredAttributes left = wanted.attributes;
    while (!left.empty()) {
      DeclaredAttributes refused;
      Fault first;
      for (const DeclaredAttribute& attribute : left) {
        Fault fault = make(ApiCall::set_subscription(topic.world, *arn, attribute), {}, attribute.where);
        if (!fault) continue;
        refused.push_back(attribute);
        if (!first) first = std::move(fault);
      }
      if (refused.size() == left.size()) return first;
      left = std::move(refused);
    }
    return {};
  }

  Fault make(ApiCall call, const DeclaredAttributes& attributes, const std::string& where) {
    const auto altered = rehearsal_.perform(call);
    if (!altered) return DeclarationFault{place_of(altered.error(), attributes, where), altered.error()};
    if (*altered) calls_.push_back({std::move(call), where});
    return {};
  }

  Rehearsal& rehearsal_;
  std::vector<DeclaringCall> calls_;
};

// The second of two that have one name.
template <class Resource>
Fault said_twice(const std::vector<Resource>& resources, const std::string& kind) {
  std::map<std::pair<World, std::string>, std::string> said;
  for (const Resource& resource : resources) {
    const auto [other, first] = said.try_emplace({resource.world, resource.name}, resource.where);
    if (!first) {
      return DeclarationFault{
          resource.where, "the " + kind + " " + resource.name + " is declared already, at " + other->second};
    }
  }
  return {};
}

}  // namespace

tl::expected<std::vector<DeclaringCall>, DeclarationFault> calls_for(const Declaration& declaration,
                                                                     Rehearsal& rehearsal) {
  Declaring declaring(rehearsal);
  const auto first_fault = [&]() -> Fault {
    if (Fault fault = said_twice(declaration.queues, "queue")) return fault;
    if (Fault fault = said_twice(declaration.topics, "topic")) return fault;
    for (const DeclaredQueue& queue : declaration.queues) {
      if (Fault fault = declaring.queue(queue)) return fault;
    }
    for (const NeededQueue& queue : declaration.needed) {
      if (Fault fault = declaring.needed(queue)) return fault;
    }
    for (const DeclaredQueue& queue : declaration.queues) {
      if (Fault fault = declaring.dead_letters(queue)) return fault;
    }
    for (const DeclaredTopic& topic : declaration.topics) {
      if (Fault fault = declaring.topic(topic)) return fault;
    }
    return {};
  };
  if (Fault fault = first_fault()) return tl::unexpected(*std::move(fault));
  return declaring.take_calls();
}

}  // namespace penstock
