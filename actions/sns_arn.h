// The ARNs that requests of SNS name their topics and subscriptions by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actions/caller.h"
#include "base/result.h"
#include "broker/topic.h"
#include "protocol/field.h"

namespace penstock {

// InvalidParameter "Invalid parameter: {detail}".
Error invalid_parameter_of_sns(std::string_view detail);

struct TopicPlace {
  World world;
  std::string name;
};

// Whose region an ARN must be of. kOwnUnlessNameless is for the URLs in notifications: who visits one does
// not say who he is, and so has no region either.
enum class ArnRegion : std::uint8_t { kOwn, kOwnUnlessNameless };

// In whatever account. `field` is the member that holds it. A name that no topic can have is merely one of a
// topic that does not exist.
Result<TopicPlace> topic_of_arn(const Text& arn, std::string_view field, const Caller& caller,
                                ArnRegion region = ArnRegion::kOwn);

struct SubscriptionPlace {
  TopicPlace topic;
  std::optional<SubscriptionId> id;  // nothing: no subscription has such an id
};

Result<SubscriptionPlace> subscription_of_arn(const Text& arn, const Caller& caller,
                                              ArnRegion region = ArnRegion::kOwn);

// "arn:aws:sns:{region}:{account}:{topic}:{id}"
std::string subscription_arn(const World& world, std::string_view topic_name, const SubscriptionId& id);

// 1 to 256 of A-Z, a-z, 0-9, '-' and '_', the suffix ".fifo" included.
bool is_topic_name(std::string_view name);

}  // namespace penstock
