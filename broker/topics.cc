#include "broker/topics.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "broker/access_decision.h"
#include "broker/access_policy.h"
#include "broker/named_texts.h"
#include "broker/permission_edit.h"
#include "broker/refusals.h"
#include "broker/supplied_topic_attributes.h"
#include "broker/tags.h"
#include "broker/topic_refusals.h"

namespace penstock {
namespace {

constexpr std::size_t kPageMax = 100;
constexpr SubscriptionId kFirstSubscription{};
constexpr SubscriptionId kLastSubscription = [] {
  SubscriptionId id;
  id.uuid.bytes.fill(0xff);
  return id;
}();
constexpr Fingerprint kLastFingerprint = [] {
  Fingerprint print{};
  print.fill(0xff);
  return print;
}();

tl::unexpected<Error> no_topic() { return refuse(ErrorCode::kNotFound, "Topic does not exist"); }
tl::unexpected<Error> no_resource() { return refuse(ErrorCode::kTaggedResourceNotFound); }

Result<void> edited(TopicRecord& record, EditedPolicy&& policy) {
  if (!policy) return refuse(ErrorCode::kInvalidParameter, policy.error().text);
  put_text(record.attributes.texts, "Policy", *policy);
  return {};
}

std::string policy_of(const Topic& topic) {
  const std::string* policy = find_text(topic.record.attributes.texts, "Policy");
  return policy != nullptr ? *policy
                           : default_topic_policy(topic.arn(), topic.address().world.account.text());
}

constexpr std::size_t kPolicyBytesMax = 30 * 1024;

}  // namespace

std::optional<Error> Topics::refuse_access(const Command& command) {
  const AccessQuestion& question = *command.access;
  AccessPolicy::Verdict by_topic = AccessPolicy::Verdict::kSilent;
  if (const Topic* topic = directory_.find(command.world, command.queue_name)) {
    const auto policy = AccessPolicy::parse(policy_of(*topic), PolicyHolder::kTopic);
    // One that cannot be read any more lets nobody in.
    by_topic = policy ? (*policy)->judge(question.request) : AccessPolicy::Verdict::kDenies;
  }
  const AccessGround ground = decide_access(question.request, question.by_identity, by_topic);
  if (allowed(ground)) return std::nullopt;
  return Error{ErrorCode::kAccessDenied, denial_text(question.request, ground)};
}

void Topics::execute(Command&& command, Decision& decision) {
  if (command.access) {
    if (std::optional<Error> refusal = refuse_access(command)) {
      decision.reply(command.ticket, *std::move(refusal));
      return;
    }
  }
  const auto answer = [&](auto&& result) {
    if (result) {
      decision.reply(command.ticket, Answer(std::move(*result)));
    } else {
      decision.reply(command.ticket, Answer(std::move(result.error())));
    }
  };
  if (command.operation) {
    TopicOperation& operation = std::get<AboutTopic>(*command.operation).operation;
    if (auto* mobile = std::get_if<MobileOperation>(&operation)) {
      MobileOperation asked = std::move(*mobile);
      return mobile_.execute(command, std::move(asked), decision);
    }
    if (const auto* request = std::get_if<CreateTopic>(&operation)) {
      return answer(create(command, *request, decision));
    }
    if (const auto* request = std::get_if<ListTopics>(&operation)) return answer(list(command, *request));
    if (const auto* request = std::get_if<ListSubscriptions>(&operation)) {
      return answer(subscriptions_.list(command, *request));
    }
    if (const auto* request = std::get_if<ConfirmSubscription>(&operation)) {
      return answer(subscriptions_.confirm(*request, decision));
    }
    if (const auto* request = std::get_if<Unsubscribe>(&operation)) {
      return answer(subscriptions_.unsubscribe(command, *request, decision));
    }
    if (const auto* request = std::get_if<DescribeSubscription>(&operation)) {
      return answer(subscriptions_.describe(command, *request));
    }
  }
  Topic* topic = directory_.find(command.world, command.queue_name);
  if (topic == nullptr) {
    const TopicOperation* operation =
        command.operation ? &std::get<AboutTopic>(*command.operation).operation : nullptr;
    const auto is = [&]<class Asked>(std::type_identity<Asked>) {
      return operation != nullptr && std::holds_alternative<Asked>(*operation);
    };
    if (is(std::type_identity<DeleteTopic>{})) return decision.reply(command.ticket, Done{});
    if (is(std::type_identity<TagTopic>{}) || is(std::type_identity<UntagTopic>{}) ||
        is(std::type_identity<FindTopicTags>{})) {
      return decision.reply(command.ticket, Answer(no_resource().value()));
    }
    if (is(std::type_identity<SetSubscriptionAttributes>{})) {
      return decision.reply(command.ticket, Answer(no_subscription().value()));
    }
    return decision.reply(command.ticket, Answer(no_topic().value()));
  }
  if (!command.operation) return decision.reply(command.ticket, std::move(command.operation.error()));
  answer(act(*topic, std::move(std::get<AboutTopic>(*command.operation).operation), decision));
}

// ---- topics

Result<TopicAnswer> Topics::create(const Command& command, const CreateTopic& request, Decision& decision) {
  if (const Topic* present = directory_.find(command.world, command.queue_name)) {
    if (!agrees(present->record.attributes, request.attributes)) {
      return invalid_parameter("Attributes Reason: Topic already exists with different attributes");
    }
    const std::vector<Tag>& tags = present->record.tags;
    const bool subset = std::all_of(request.tags.begin(), request.tags.end(), [&](const Tag& tag) {
      return std::find(tags.begin(), tags.end(), tag) != tags.end();
    });
    if (!subset) return invalid_parameter("Tags Reason: Topic already exists with different tags");
    return TopicFound{command.world, command.queue_name};
  }
  if (const auto fault = policy_fault(request.attributes)) return invalid_parameter("Attributes Reason: " + *fault);
  if (directory_.topics() >= limits_.topics_max) return refuse(ErrorCode::kTopicLimitExceeded);
  const TopicAddress address{partition_, command.world, surroundings_.take_id(decision)};
  put(TopicRecord{.key = {address},
                  .name = command.queue_name,
                  .attributes = with({}, request.attributes),
                  .tags = request.tags,
                  .data_protection_policy = request.data_protection_policy,
                  .subscriptions_deleted = 0,
                  .created = decision.now},
      decision);
  return TopicFound{command.world, command.queue_name};
}

Result<TopicAnswer> Topics::list(const Command& command, const ListTopics& request) const {
  TopicsListed listed{command.world, directory_.list(command.world, request.after, kPageMax + 1), false};
  if (listed.names.size() > kPageMax) {
    listed.names.pop_back();
    listed.more = true;
  }
  return listed;
}

void Topics::erase(Topic& topic, Decision& decision) {
  const TopicAddress address = topic.address();
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  // One by one as well, should the last id be taken by somebody.
  change(
      EraseRange{SubscriptionKey{address, kFirstSubscription}, SubscriptionKey{address, kLastSubscription}},
      decision);
  if (!topic.subscriptions.empty() || !topic.unsubscribed.empty()) {
    change(Erase{SubscriptionKey{address, kLastSubscription}}, decision);
  }
  change(EraseRange{TopicDedupKey{address, 0, {}}, TopicDedupKey{address, kLast, kLastFingerprint}},
         decision);
  change(Erase{TopicSequenceKey{address}}, decision);
  change(Erase{TopicKey{address}}, decision);
}

bool Topics::erase(const TopicAddress& address, Decision& decision) {
  Topic* const topic = directory_.find(address);
  if (topic == nullptr) return false;
  erase(*topic, decision);
  return true;
}

Result<Answer> Topics::act(Topic& topic, TopicOperation&& operation, Decision& decision) {
  TopicRecord record = topic.record;
  if (const auto* request = std::get_if<SetTopicAttributes>(&operation)) {
    if (const auto fault = policy_fault(request->attributes)) return invalid_parameter(*fault);
    record.attributes = with(record.attributes, request->attributes);
    if (request->attributes.message_bytes_max.value_or(0) > kPublicationBytesMax) {
      if (const auto fault = Subscriptions::fault_of_large_messages(topic)) {
        return invalid_parameter("MaximumMessageSize Reason: " + *fault);
      }
    }
    put(std::move(record), decision);
    return Done{};
  }
  if (std::holds_alternative<DeleteTopic>(operation)) {
    erase(topic, decision);
    return Done{};
  }
  if (std::holds_alternative<DescribeTopic>(operation)) {
    return TopicAnswer(TopicDescribed{std::move(record), policy_of(topic),
                                      topic.subscriptions.size() - topic.pending, topic.pending});
  }
  if (const auto* request = std::get_if<TagTopic>(&operation)) {
    put_tags(record.tags, request->tags);
    if (record.tags.size() > kTagsMax) return refuse(ErrorCode::kTagLimitExceeded);
    put(std::move(record), decision);
    return Done{};
  }
  if (const auto* request = std::get_if<UntagTopic>(&operation)) {
    erase_tags(record.tags, request->keys);
    put(std::move(record), decision);
    return Done{};
  }
  if (std::holds_alternative<FindTopicTags>(operation)) return TopicAnswer(TopicTagged{record.tags});
  if (const auto* request = std::get_if<AddTopicPermission>(&operation)) {
    const PermissionGrant grant{request->label, request->accounts, request->actions};
    Result<void> done = edited(record, add_topic_permission(policy_of(topic), topic.arn(), grant));
    if (!done) return tl::unexpected(done.error());
    const std::string* policy = find_text(record.attributes.texts, "Policy");
    if (policy != nullptr && policy->size() > kPolicyBytesMax) {
      return invalid_parameter("Policy Error: the policy is longer than 30 KB");
    }
    put(std::move(record), decision);
    return Done{};
  }
  if (const auto* request = std::get_if<RemoveTopicPermission>(&operation)) {
    Result<void> done = edited(record, remove_topic_permission(policy_of(topic), request->label));
    if (!done) return tl::unexpected(done.error());
    if (record != topic.record) put(std::move(record), decision);
    return Done{};
  }
  if (auto* request = std::get_if<PutDataProtectionPolicy>(&operation)) {
    record.data_protection_policy = std::move(request->policy);
    put(std::move(record), decision);
    return Done{};
  }
  if (std::holds_alternative<GetDataProtectionPolicy>(operation)) {
    return TopicAnswer(DataProtectionFound{record.data_protection_policy});
  }
  if (const auto* request = std::get_if<Subscribe>(&operation)) {
    Result<TopicAnswer> made = subscriptions_.subscribe(topic, *request, decision);
    if (!made) return tl::unexpected(made.error());
    return Answer(std::move(*made));
  }
  if (const auto* request = std::get_if<SetSubscriptionAttributes>(&operation)) {
    return subscriptions_.set(topic, *request, decision);
  }
  if (const auto* request = std::get_if<ListTopicSubscriptions>(&operation)) {
    Result<TopicAnswer> listed = subscriptions_.list(topic, *request);
    return Answer(std::move(*listed));
  }
  if (auto* request = std::get_if<Publish>(&operation)) {
    Room room;
    if (Result<void> good = check(topic, *request); !good) return tl::unexpected(good.error());
    Result<Published> published = publish(topic, std::move(*request), room, decision);
    if (!published) return tl::unexpected(published.error());
    return Answer(TopicAnswer(*published));
  }
  return publish(topic, std::move(std::get<PublishBatch>(operation)), decision);
}

void Topics::expire(Decision& decision) {
  constexpr int kChunk = 100;
  constexpr Seconds kRemembered{300};  // deduplication ids
  subscriptions_.expire(decision);
  for (int left = kChunk; left > 0; --left) {
    const Topic* const topic = directory_.first_remembering(decision.now);
    if (topic == nullptr) return;
    const std::int64_t oldest = minute_of(decision.now - kRemembered);
    change(EraseRange{TopicDedupKey{topic->address(), 0, {}}, TopicDedupKey{topic->address(), oldest, {}}},
           decision);
  }
}

}  // namespace penstock
