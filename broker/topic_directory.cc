#include "broker/topic_directory.h"

#include <algorithm>
#include <variant>

#include "base/require.h"

namespace penstock {

bool TopicDirectory::concerns(const Change& change) {
  struct OfTopics {
    bool operator()(const Put& put) const {
      return std::visit([]<class Own>(const Own&) { return OfTopic<Own>; }, put.record);
    }
    bool operator()(const Erase& erase) const { return of(erase.key); }
    bool operator()(const EraseRange& range) const { return of(range.from); }
    bool operator()(const Copy&) const { return false; }
    static bool of(const Key& key) {
      return std::visit([]<class Own>(const Own&) { return OfTopic<Own>; }, key);
    }
  };
  return std::visit(OfTopics{}, change);
}

struct TopicDirectory::Apply {
  TopicDirectory& directory;

  void operator()(const Put& put) const { std::visit(*this, put.record); }
  void operator()(const Erase& erase) const { std::visit(*this, erase.key); }
  void operator()(const Copy&) const { not_mine(); }
  void operator()(const EraseRange& range) const {
    if (const auto* from = std::get_if<SubscriptionKey>(&range.from)) {
      Topic& topic = of(from->topic);
      const SubscriptionId to = std::get<SubscriptionKey>(range.to).id;
      for (auto* all : {&topic.subscriptions, &topic.unsubscribed}) {
        auto at = all->lower_bound(from->id);
        while (at != all->end() && at->first < to) {
          const SubscriptionId id = at->first;
          ++at;
          directory.erase(topic, id);
        }
      }
    } else if (const auto* from_minute = std::get_if<TopicDedupKey>(&range.from)) {
      Topic& topic = of(from_minute->topic);
      directory.remembering_.erase({topic.accepted.next_forgetting(), topic.address()});
      topic.accepted.erase_minutes(from_minute->minute, std::get<TopicDedupKey>(range.to).minute);
      if (topic.accepted.first_minute()) {
        directory.remembering_.insert({topic.accepted.next_forgetting(), topic.address()});
      }
    } else {
      not_mine();
    }
  }

  void operator()(const TopicRecord& record) const {
    std::unique_ptr<Topic>& topic = directory.topics_[record.key.topic];
    if (!topic) {
      topic = std::make_unique<Topic>(directory.dedup_);
      directory.names_.add(record.key.topic.world, record.name, record.key.topic.id);
    }
    // Its delivery policy is among them.
    const bool same_attributes = topic->record.attributes == record.attributes;
    topic->record = record;
    if (same_attributes) return;
    for (const auto& [id, subscription] : topic->subscriptions) {
      if (const auto outbox = subscription.outbox()) directory.concerned_outboxes_.push_back(outbox->id);
    }
  }
  void operator()(const SubscriptionRecord& record) const { directory.put(record); }
  void operator()(const TopicSequenceRecord& record) const { of(record.key.topic).next = record.next; }
  void operator()(const TopicDedupRecord& record) const {
    Topic& topic = of(record.key.topic);
    const Time before = topic.accepted.next_forgetting();
    topic.accepted.put(record.key.minute, record.key.fingerprint, {record.accepted, record.id, record.sequence});
    if (topic.accepted.next_forgetting() == before) return;
    directory.remembering_.erase({before, topic.address()});
    directory.remembering_.insert({topic.accepted.next_forgetting(), topic.address()});
  }
  void operator()(const PublicationRecord& record) const {
    directory.publication_bytes_ += memory_bytes_of(record);
    const bool added = directory.publications_.emplace(record.key, UndeliveredPublication{record, 0}).second;
    require(added, "a publication is put once");
  }
  void operator()(const PublicationProgressRecord& record) const {
    const auto found = directory.publications_.find({record.key.topic, record.key.sequence});
    require(found != directory.publications_.end(), "progress follows its publication");
    found->second.delivered = record.delivered;
  }

  void operator()(const TopicKey& key) const {
    Topic& topic = of(key.topic);
    require(topic.subscriptions.empty() && topic.unsubscribed.empty(),
            "a topic goes after its subscriptions");
    directory.remembering_.erase({topic.accepted.next_forgetting(), key.topic});
    directory.names_.remove(key.topic.world, topic.record.name);
    directory.topics_.erase(key.topic);
  }
  void operator()(const SubscriptionKey& key) const { directory.erase(of(key.topic), key.id); }
  void operator()(const TopicSequenceKey&) const {}  // goes only with its topic
  void operator()(const TopicDedupKey& key) const { of(key.topic).accepted.erase(key.minute, key.fingerprint); }
  void operator()(const PublicationKey& key) const { directory.erase(key); }
  void operator()(const PublicationProgressKey&) const {}  // goes only with its publication

  template <class Other>
  requires(!OfTopic<Other>) void operator()(const Other&) const { not_mine(); }

  Topic& of(const TopicAddress& address) const {
    Topic* topic = directory.find(address);
    require(topic != nullptr, "a change of a topic follows the topic's record");
    return *topic;
  }
  static void not_mine() { require(false, "topics have no such record"); }
};

void TopicDirectory::apply(const Change& change) { std::visit(Apply{*this}, change); }

void TopicDirectory::put(const SubscriptionRecord& record) {
  Topic& topic = Apply{*this}.of(record.key.topic);
  erase(topic, record.key.id);
  Subscription subscription{record, nullptr, std::nullopt, std::nullopt};
  const SubscriptionAttributes& attributes = record.attributes;
  if (!attributes.filter_policy.empty()) {
    auto filter = FilterPolicy::parse(attributes.filter_policy, scope_of(attributes));
    require(filter.has_value(), "a filter policy that is stored was accepted");
    subscription.filter = std::move(*filter);
  }
  if (record.protocol == SubscriptionProtocol::kSqs) subscription.queue = queue_of_arn(record.endpoint);
  subscription.dead_letter = queue_of_arn(attributes.dead_letter_arn);
  if (record.outbox != QueueId{}) concerned_outboxes_.push_back(record.outbox);
  if (!record.token.empty()) tokens_.insert_or_assign(record.token, record.key);
  if (const Time end = end_of(record); end != kNever) expiring_.insert({end, record.key});
  if (record.unsubscribed != kEpoch) {
    topic.unsubscribed.emplace(record.key.id, std::move(subscription));
    return;
  }
  topic.endpoints.emplace(std::pair(record.protocol, record.endpoint), record.key.id);
  if (subscription.filter) ++topic.filter_policies;
  if (record.pending) ++topic.pending;
  topic.subscriptions.emplace(record.key.id, std::move(subscription));
  ++subscriptions_;
}

void TopicDirectory::erase(Topic& topic, SubscriptionId id) {
  if (const auto ended = topic.unsubscribed.find(id); ended != topic.unsubscribed.end()) {
    forget(ended->second.record);
    topic.unsubscribed.erase(ended);
    return;
  }
  const auto found = topic.subscriptions.find(id);
  if (found == topic.subscriptions.end()) return;
  const SubscriptionRecord& record = found->second.record;
  topic.endpoints.erase({record.protocol, record.endpoint});
  if (found->second.filter) --topic.filter_policies;
  if (record.pending) --topic.pending;
  forget(record);
  topic.subscriptions.erase(found);
  --subscriptions_;
}

// What is known of every subscription, whether it exists or might again.
void TopicDirectory::forget(const SubscriptionRecord& record) {
  if (!record.token.empty()) tokens_.erase(record.token);
  if (const Time end = end_of(record); end != kNever) expiring_.erase({end, record.key});
  if (record.outbox != QueueId{}) concerned_outboxes_.push_back(record.outbox);
}

Time TopicDirectory::end_of(const SubscriptionRecord& record) {
  if (record.unsubscribed != kEpoch) return record.token_issued + kUnsubscribedLives;
  return record.pending ? record.token_issued + kPendingLives : kNever;
}

const Subscription* TopicDirectory::find_subscription(const SubscriptionKey& key) {
  Topic* topic = find(key.topic);
  if (topic == nullptr) return nullptr;
  for (auto* all : {&topic->subscriptions, &topic->unsubscribed}) {
    if (const auto found = all->find(key.id); found != all->end()) return &found->second;
  }
  return nullptr;
}

const Topic* TopicDirectory::first_remembering(Time now) {
  if (remembering_.empty() || remembering_.begin()->first > now) return nullptr;
  return find(remembering_.begin()->second);
}

std::optional<SubscriptionKey> TopicDirectory::first_expired(Time now) const {
  if (expiring_.empty() || expiring_.begin()->first > now) return std::nullopt;
  return expiring_.begin()->second;
}

void TopicDirectory::erase(const PublicationKey& key) {
  const auto found = publications_.find(key);
  require(found != publications_.end(), "a publication that is erased exists");
  publication_bytes_ -= memory_bytes_of(found->second.record);
  publications_.erase(found);
}

void TopicDirectory::each_fact(const std::function<void(const Record&)>& visit) const {
  for (const auto& [address, topic] : topics_) {
    visit(topic->record);
    for (const auto& [id, subscription] : topic->subscriptions) visit(subscription.record);
    for (const auto& [id, subscription] : topic->unsubscribed) visit(subscription.record);
    if (topic->next != PublicationSequence{1}) visit(TopicSequenceRecord{{address}, topic->next});
    std::vector<TopicDedupRecord> accepted;
    topic->accepted.each(
        [&, at = address](std::int64_t minute, const Fingerprint& print, const AcceptedPublication& value) {
          accepted.push_back({{at, minute, print}, value.at, value.id, value.sequence});
        });
    std::sort(accepted.begin(), accepted.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (const TopicDedupRecord& record : accepted) visit(record);
  }
  for (const auto& [key, publication] : publications_) {
    visit(publication.record);
    if (publication.delivered > 0) {
      visit(PublicationProgressRecord{{key.topic, key.sequence}, publication.delivered});
    }
  }
}

void TopicDirectory::each_resource(const std::function<void(const Record&)>& visit) const {
  for (const auto& [address, topic] : topics_) {
    visit(topic->record);
    for (const auto& [id, subscription] : topic->subscriptions) visit(subscription.record);
    for (const auto& [id, subscription] : topic->unsubscribed) visit(subscription.record);
  }
}

Topic* TopicDirectory::find(const World& world, std::string_view name) {
  const std::optional<QueueId> id = names_.find(world, name);
  if (!id) return nullptr;
  // One partition: its number is that of any topic.
  const auto first = topics_.begin();
  return find(TopicAddress{first->first.partition, world, *id});
}

Topic* TopicDirectory::find(const TopicAddress& address) {
  const auto found = topics_.find(address);
  return found == topics_.end() ? nullptr : found->second.get();
}

std::optional<SubscriptionKey> TopicDirectory::find_token(const std::string& token) const {
  const auto found = tokens_.find(token);
  return found == tokens_.end() ? std::nullopt : std::optional(found->second);
}

void TopicDirectory::each_topic(PartitionId partition, const World& world, QueueId from,
                                const std::function<bool(const Topic&)>& visit) const {
  for (auto at = topics_.lower_bound({partition, world, from}); at != topics_.end(); ++at) {
    if (at->first.world != world || !visit(*at->second)) return;
  }
}

std::vector<TopicAddress> TopicDirectory::addresses(
    const std::function<bool(const TopicAddress&)>& wanted) const {
  std::vector<TopicAddress> addresses;
  for (const auto& [address, topic] : topics_) {
    if (wanted(address)) addresses.push_back(address);
  }
  return addresses;
}

const UndeliveredPublication* TopicDirectory::first_undelivered(const TopicAddress& topic) const {
  const auto found = publications_.lower_bound({topic, {}});
  return found == publications_.end() || found->first.topic != topic ? nullptr : &found->second;
}

const UndeliveredPublication* TopicDirectory::next_undelivered(const TopicAddress& after) const {
  if (publications_.empty()) return nullptr;
  auto found = publications_.upper_bound({after, PublicationSequence{~std::uint64_t{0}}});
  if (found == publications_.end()) found = publications_.begin();
  return &found->second;
}

std::size_t TopicDirectory::memory_bytes_of(const PublicationRecord& record) {
  return memory_bytes(*record.content) + record.targets.size() * sizeof(PublicationTarget);
}

}  // namespace penstock
