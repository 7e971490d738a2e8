#include "resources/description.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "actions/call.h"
#include "actions/queues.h"
#include "actions/subscriptions.h"
#include "actions/topics.h"
#include "broker/queue_arn.h"
#include "protocol/queue_attribute_table.h"
#include "resources/resources_text.h"

namespace penstock {
namespace {

constexpr std::string_view kHead =
    "What `penstock export` found; `penstock serve --resources FILE` declares it again.";

// What there is of one account and region, by name.
struct Contents {
  std::map<std::string, const QueueRecord*> queues;
  std::map<std::string, const TopicRecord*> topics;
};

class Describing {
 public:
  Describing(const ResourceFacts& facts, const DescribedWorlds& of) {
    for (const Record& record : facts.records) {
      if (const auto* queue = std::get_if<QueueRecord>(&record)) {
        if (queue->outbox_of) continue;
        queue_names_.insert({queue->key.queue.world, queue->name});
        if (wanted(of, queue->key.queue.world)) worlds_[queue->key.queue.world].queues[queue->name] = queue;
      } else if (const auto* topic = std::get_if<TopicRecord>(&record)) {
        if (wanted(of, topic->key.topic.world)) worlds_[topic->key.topic.world].topics[topic->name] = topic;
      } else if (const auto* subscription = std::get_if<SubscriptionRecord>(&record)) {
        if (subscription->unsubscribed == kEpoch)
          subscriptions_[subscription->key.topic].push_back(subscription);
      }
    }
  }

  // They are kept by chance; a text is the same each time.
  void sort() {
    for (auto& [topic, all] : subscriptions_) {
      std::sort(all.begin(), all.end(), [](const SubscriptionRecord* a, const SubscriptionRecord* b) {
        return std::tie(a->endpoint, a->protocol) < std::tie(b->endpoint, b->protocol);
      });
    }
  }

  std::string text() const {
    std::vector<ResourcesOutline> outlines;
    for (const auto& [world, contents] : worlds_) {
      ResourcesOutline outline{.account = world.account.text(), .region = std::string(world.region.text())};
      if (outlines.empty()) outline.remarks.emplace_back(kHead);
      for (const auto& [name, record] : contents.queues) outline.queues.push_back(queue(*record));
      for (const auto& [name, record] : contents.topics) outline.topics.push_back(topic(*record));
      outlines.push_back(std::move(outline));
    }
    if (outlines.empty()) outlines.push_back({.remarks = {std::string(kHead), "There is nothing."}});
    return resources_text(outlines);
  }

 private:
  static bool wanted(const DescribedWorlds& of, const World& world) {
    return (!of.account || *of.account == world.account) && (!of.region || *of.region == world.region);
  }

  // Its name where it stands in the same world, else its ARN.
  static std::string reference(const std::string& arn, const World& from) {
    const std::optional<QueueName> named = queue_of_arn(arn);
    return named && named->world == from && queue_arn(from, named->name) == arn ? named->name : arn;
  }

  ResourceEntry queue(const QueueRecord& record) const {
    ResourceEntry entry{.name = record.name, .tags = record.tags};
    QueueAttributeSet settable;
    for (const QueueAttributeRow& row : kQueueAttributeTable) {
      const bool implied = row.attribute == QueueAttribute::kFifoQueue;  // by the name
      const bool redrive = row.attribute == QueueAttribute::kRedrivePolicy;
      if (row.kind != AttributeKind::kReadOnly && !implied && !redrive) {
        settable.set(static_cast<std::size_t>(row.attribute));
      }
    }
    for (const auto& [name, value] :
         result_of(AskedOfQueue{settable}, QueueDescribed{record, {}}).attributes.entries) {
      entry.lines.emplace_back(name, value);
    }
    if (const auto& policy = record.attributes.redrive_policy) {
      const World& world = record.key.queue.world;
      const auto named = queue_of_arn(policy->target_arn);
      if (named && queue_names_.contains({named->world, named->name})) {
        entry.lines.emplace_back("deadLetterQueue", reference(policy->target_arn, world));
        entry.lines.emplace_back("maxReceiveCount", std::to_string(policy->receive_count));
      } else {
        entry.remarks.push_back("Its dead-letter queue " + policy->target_arn + " (maxReceiveCount " +
                                std::to_string(policy->receive_count) + ") does not exist.");
      }
    }
    return entry;
  }

  ResourceEntry topic(const TopicRecord& record) const {
    static const std::set<std::string_view> kTold{"TopicArn",
                                                  "Owner",
                                                  "SubscriptionsConfirmed",
                                                  "SubscriptionsPending",
                                                  "SubscriptionsDeleted",
                                                  "EffectiveDeliveryPolicy",
                                                  "FifoTopic"};
    ResourceEntry entry{.name = record.name, .tags = record.tags};
    TopicDescribed described{record, {}, 0, 0};
    for (const auto& [name, text] : record.attributes.texts) {
      if (name == "Policy") described.policy = text;
    }
    const sns::AttributesResult answered = result_of(Call{}, described);
    for (const auto& [name, value] : answered.attributes.pairs) {
      if (!value.empty() && !kTold.contains(name)) entry.lines.emplace_back(name, value);
    }
    if (!record.data_protection_policy.empty()) {
      entry.lines.emplace_back("DataProtectionPolicy", record.data_protection_policy);
    }
    const auto found = subscriptions_.find(record.key.topic);
    if (found == subscriptions_.end()) return entry;
    for (const SubscriptionRecord* const one : found->second)
      entry.subscriptions.push_back(subscription(*one));
    return entry;
  }

  ResourceEntry subscription(const SubscriptionRecord& record) const {
    static const std::set<std::string_view> kTold{"SubscriptionArn",
                                                  "TopicArn",
                                                  "Protocol",
                                                  "Endpoint",
                                                  "Owner",
                                                  "SubscriptionPrincipal",
                                                  "ConfirmationWasAuthenticated",
                                                  "PendingConfirmation",
                                                  "EffectiveDeliveryPolicy"};
    ResourceEntry entry;
    const World& world = record.key.topic.world;
    const sns::AttributesResult answered = result_of(Call{}, SubscriptionDescribed{{"", record}, {}});
    std::string shown_endpoint;
    for (const auto& [name, value] : answered.attributes.pairs) {
      if (name == "Endpoint") shown_endpoint = value;
    }
    const auto queue =
        record.protocol == SubscriptionProtocol::kSqs ? queue_of_arn(record.endpoint) : std::nullopt;
    if (queue && queue_names_.contains({queue->world, queue->name})) {
      entry.lines.emplace_back("queue", reference(record.endpoint, world));
    } else {
      entry.lines.emplace_back("Protocol", name_of(record.protocol));
      entry.lines.emplace_back("Endpoint", shown_endpoint);
    }
    if (shown_endpoint != record.endpoint) {
      entry.only_a_remark = true;
      entry.remarks.emplace_back("A password is not given away: put it in, and take the # off.");
    }
    if (record.protocol == SubscriptionProtocol::kApplication) {
      entry.only_a_remark = true;
      entry.remarks.emplace_back("An endpoint of mobile push exists only where it was created.");
    }
    for (const auto& [name, value] : answered.attributes.pairs) {
      if (kTold.contains(name)) continue;
      // Answers show its default, too.
      if (name == "FilterPolicyScope" && !record.attributes.filter_scope) continue;
      // Answers show it with what it leaves out.
      entry.lines.emplace_back(name, name == "DeliveryPolicy" ? record.attributes.delivery_policy : value);
    }
    return entry;
  }

  std::map<World, Contents> worlds_;
  std::set<std::pair<World, std::string>> queue_names_;  // of every world
  std::map<TopicAddress, std::vector<const SubscriptionRecord*>> subscriptions_;
};

}  // namespace

std::string description_of(const ResourceFacts& facts, const DescribedWorlds& of) {
  Describing describing(facts, of);
  describing.sort();
  return describing.text();
}

}  // namespace penstock
