#include "actions/topics.h"

#include <algorithm>
#include <set>
#include <utility>

#include "actions/sns_arn.h"
#include "actions/topic_attributes.h"
#include "base/base64.h"
#include "protocol/errors.h"
#include "protocol/json_value.h"
#include "protocol/member_check.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

constexpr std::size_t kDataProtectionPolicyMax = 30'720;

Result<std::vector<Tag>> tags_of_topic(std::vector<sns::TagEntry>&& given) {
  std::vector<Tag> tags;
  for (sns::TagEntry& tag : given) {
    const std::size_t key = count_characters(*tag.key);
    if (key == 0 || key > 128 || count_characters(*tag.value) > 256 || !is_tag_text(*tag.key) ||
        !is_tag_text(*tag.value) || starts_with_without_case(*tag.key, "aws:")) {
      return tl::unexpected(invalid_parameter_of_sns("Tags Reason: a tag has a key of 1 to 128 and a value of "
                                                     "0 to 256 permitted characters"));
    }
    tags.push_back({std::move(*tag.key), std::move(*tag.value)});
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.key < b.key; });
  const auto twice =
      std::adjacent_find(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.key == b.key; });
  if (twice != tags.end()) {
    return tl::unexpected(invalid_parameter_of_sns("Duplicated keys are not allowed."));
  }
  return tags;
}

Result<void> check_data_protection_policy(const std::string& policy) {
  Result<JsonValue> parsed = JsonValue::parse(policy);
  if (policy.size() <= kDataProtectionPolicyMax && parsed &&
      std::holds_alternative<JsonObject>(parsed->value)) {
    return {};
  }
  return tl::unexpected(invalid_parameter_of_sns("DataProtectionPolicy Reason: failed to parse JSON."));
}

// The operation, or its refusal, about the topic of that ARN.
template <class Ask>
Result<Planned> about(const Text& arn, std::string_view field, const Caller& caller, Ask&& ask) {
  Result<TopicPlace> place = topic_of_arn(arn, field, caller);
  if (!place) return tl::unexpected(place.error());
  Result<TopicOperation> operation = ask(place->name.ends_with(".fifo"));
  Planned planned{place->world, std::move(place->name), Operation{}};
  if (operation) {
    planned.operation = Operation(AboutTopic{std::move(*operation)});
  } else {
    planned.operation = tl::unexpected(std::move(operation.error()));
  }
  return planned;
}

template <class Plain>
auto plainly(Plain plain) {
  return [plain = std::move(plain)](bool) mutable -> Result<TopicOperation> {
    return TopicOperation(std::move(plain));
  };
}

}  // namespace

Result<Planned> plan_topic(sns::CreateTopicRequest&& request, const Caller& caller, Call&) {
  const bool named_fifo = request.name->ends_with(".fifo");
  const auto flag = std::find_if(request.attributes.entries.begin(), request.attributes.entries.end(),
                                 [](const auto& entry) { return entry.first == "FifoTopic"; });
  const bool fifo =
      flag != request.attributes.entries.end() && equals_without_case(flag->second, "true");
  if (!is_topic_name(*request.name) || named_fifo != fifo) {
    return tl::unexpected(invalid_parameter_of_sns("Topic Name"));
  }
  Result<SuppliedTopicAttributes> attributes =
      supplied_topic_attributes(fifo, request.attributes, AttributeUse::kCreate);
  if (!attributes) return tl::unexpected(attributes.error());
  Result<std::vector<Tag>> tags = tags_of_topic(std::move(request.tags));
  if (!tags) return tl::unexpected(tags.error());
  if (tags->size() > 50) return refuse(ErrorCode::kTagLimitExceeded);
  if (request.data_protection_policy && !request.data_protection_policy->empty()) {
    if (Result<void> good = check_data_protection_policy(*request.data_protection_policy); !good) {
      return tl::unexpected(good.error());
    }
  }
  return Planned{caller.world, std::move(*request.name),
                 Operation(AboutTopic{CreateTopic{
                     std::move(*attributes), std::move(*tags),
                     std::move(request.data_protection_policy).value_or(std::string())}})};
}

Result<Planned> plan_topic(sns::DeleteTopicRequest&& request, const Caller& caller, Call&) {
  return about(request.topic_arn, "TopicArn", caller, plainly(DeleteTopic{}));
}

Result<Planned> plan_topic(sns::GetTopicAttributesRequest&& request, const Caller& caller, Call&) {
  return about(request.topic_arn, "TopicArn", caller, plainly(DescribeTopic{}));
}

Result<Planned> plan_topic(sns::ListTopicsRequest&& request, const Caller& caller, Call&) {
  ListTopics list;
  if (request.next_token && !request.next_token->empty()) {
    std::optional<std::string> after = base64_decode(*request.next_token);
    if (!after || !is_topic_name(*after)) return tl::unexpected(invalid_parameter_of_sns("NextToken"));
    list.after = std::move(*after);
  }
  return Planned{caller.world, {}, Operation(AboutTopic{std::move(list)})};
}

Result<Planned> plan_topic(sns::SetTopicAttributesRequest&& request, const Caller& caller, Call&) {
  return about(request.topic_arn, "TopicArn", caller, [&](bool fifo) -> Result<TopicOperation> {
    MapOf<std::string> one;
    one.entries.emplace_back(std::move(*request.attribute_name),
                             std::move(request.attribute_value).value_or(std::string()));
    return supplied_topic_attributes(fifo, one, AttributeUse::kSet)
        .map([](SuppliedTopicAttributes&& supplied) {
          return TopicOperation(SetTopicAttributes{std::move(supplied)});
        });
  });
}

Result<Planned> plan_topic(sns::TagResourceRequest&& request, const Caller& caller, Call&) {
  return about(request.resource_arn, "ResourceArn", caller, [&](bool) -> Result<TopicOperation> {
    return tags_of_topic(std::move(request.tags)).map([](std::vector<Tag>&& tags) {
      return TopicOperation(TagTopic{std::move(tags)});
    });
  });
}

Result<Planned> plan_topic(sns::UntagResourceRequest&& request, const Caller& caller, Call&) {
  return about(request.resource_arn, "ResourceArn", caller, plainly(UntagTopic{std::move(request.tag_keys)}));
}

Result<Planned> plan_topic(sns::ListTagsForResourceRequest&& request, const Caller& caller, Call&) {
  return about(request.resource_arn, "ResourceArn", caller, plainly(FindTopicTags{}));
}

Result<Planned> plan_topic(sns::AddPermissionRequest&& request, const Caller& caller, Call&) {
  return about(request.topic_arn, "TopicArn", caller,
               plainly(AddTopicPermission{std::move(*request.label), std::move(request.accounts),
                                          std::move(request.actions)}));
}

Result<Planned> plan_topic(sns::RemovePermissionRequest&& request, const Caller& caller, Call&) {
  return about(request.topic_arn, "TopicArn", caller, plainly(RemoveTopicPermission{std::move(*request.label)}));
}

Result<Planned> plan_topic(sns::PutDataProtectionPolicyRequest&& request, const Caller& caller, Call&) {
  return about(request.resource_arn, "ResourceArn", caller, [&](bool) -> Result<TopicOperation> {
    if (!request.policy->empty()) {
      if (Result<void> good = check_data_protection_policy(*request.policy); !good) {
        return tl::unexpected(good.error());
      }
    }
    return TopicOperation(PutDataProtectionPolicy{std::move(*request.policy)});
  });
}

Result<Planned> plan_topic(sns::GetDataProtectionPolicyRequest&& request, const Caller& caller, Call&) {
  return about(request.resource_arn, "ResourceArn", caller, plainly(GetDataProtectionPolicy{}));
}

sns::TopicArnResult result_of(const Call&, const TopicFound& found) {
  return {topic_arn(found.world, found.name)};
}

sns::ListTopicsResult result_of(const Call&, const TopicsListed& listed) {
  sns::ListTopicsResult result;
  for (const std::string& name : listed.names) {
    result.topics.members.push_back({topic_arn(listed.world, name)});
  }
  if (listed.more) result.next_token = base64_encode(listed.names.back());
  return result;
}

sns::AttributesResult result_of(const Call&, const TopicDescribed& described) {
  const TopicRecord& record = described.record;
  const TopicAttributes& attributes = record.attributes;
  const World& world = record.key.topic.world;
  const std::string arn = topic_arn(world, record.name);
  sns::AttributesResult result;
  auto& pairs = result.attributes.pairs;
  const auto text_of = [&](std::string_view name) -> std::string {
    for (const auto& [present, text] : attributes.texts) {
      if (present == name) return text;
    }
    return {};
  };
  pairs.emplace_back("TopicArn", arn);
  pairs.emplace_back("Owner", world.account.text());
  pairs.emplace_back("DisplayName", text_of("DisplayName"));
  pairs.emplace_back("Policy", described.policy);
  pairs.emplace_back("SubscriptionsConfirmed", std::to_string(described.confirmed));
  pairs.emplace_back("SubscriptionsPending", std::to_string(described.pending));
  pairs.emplace_back("SubscriptionsDeleted", std::to_string(record.subscriptions_deleted));
  pairs.emplace_back("EffectiveDeliveryPolicy", effective_topic_delivery_policy(text_of("DeliveryPolicy")));
  if (attributes.fifo) {
    pairs.emplace_back("FifoTopic", "true");
    pairs.emplace_back("ContentBasedDeduplication",
                       attributes.content_based_deduplication ? "true" : "false");
  }
  if (attributes.throughput_scope) {
    pairs.emplace_back("FifoThroughputScope",
                       *attributes.throughput_scope == FifoThroughputScope::kTopic ? "Topic" : "MessageGroup");
  }
  if (attributes.message_bytes_max) {
    pairs.emplace_back("MaximumMessageSize", std::to_string(*attributes.message_bytes_max));
  }
  if (attributes.signature_version) {
    pairs.emplace_back("SignatureVersion", std::to_string(*attributes.signature_version));
  }
  for (const auto& [name, text] : attributes.texts) {
    if (name != "DisplayName" && name != "Policy") pairs.emplace_back(name, text);
  }
  return result;
}

sns::ListTagsResult result_of(const Call&, const TopicTagged& tagged) {
  sns::ListTagsResult result;
  for (const Tag& tag : tagged.tags) result.tags.members.push_back({tag.key, {tag.value}});
  return result;
}

sns::DataProtectionPolicyResult result_of(const Call&, const DataProtectionFound& found) {
  return {found.policy};
}

}  // namespace penstock
