#include "broker/topic_command.h"

#include <type_traits>

namespace penstock {

TopicOperation::TopicOperation(const TopicOperation&) = default;
TopicOperation::TopicOperation(TopicOperation&&) noexcept = default;
TopicOperation& TopicOperation::operator=(const TopicOperation&) = default;
TopicOperation& TopicOperation::operator=(TopicOperation&&) noexcept = default;
TopicOperation::~TopicOperation() = default;

TopicAnswer::TopicAnswer(const TopicAnswer&) = default;
TopicAnswer::TopicAnswer(TopicAnswer&&) noexcept = default;
TopicAnswer& TopicAnswer::operator=(const TopicAnswer&) = default;
TopicAnswer& TopicAnswer::operator=(TopicAnswer&&) noexcept = default;
TopicAnswer::~TopicAnswer() = default;

bool grows_store(const TopicOperation& operation) {
  if (const auto* mobile = std::get_if<MobileOperation>(&operation)) return grows_store(mobile->request);
  return std::visit(
      []<class Asked>(const Asked&) {
        return std::is_same_v<Asked, CreateTopic> || std::is_same_v<Asked, SetTopicAttributes> ||
               std::is_same_v<Asked, TagTopic> || std::is_same_v<Asked, AddTopicPermission> ||
               std::is_same_v<Asked, PutDataProtectionPolicy> || std::is_same_v<Asked, Subscribe> ||
               std::is_same_v<Asked, SetSubscriptionAttributes> || std::is_same_v<Asked, Publish> ||
               std::is_same_v<Asked, PublishBatch>;
      },
      operation);
}

std::size_t message_bytes(const TopicOperation& operation) {
  if (const auto* publish = std::get_if<Publish>(&operation)) return publish->size;
  if (const auto* mobile = std::get_if<MobileOperation>(&operation)) {
    const auto* publish = std::get_if<PublishDirectly>(&mobile->request);
    return publish == nullptr ? 0 : publish->content->body.size();
  }
  const auto* batch = std::get_if<PublishBatch>(&operation);
  std::size_t bytes = 0;
  if (batch != nullptr) {
    for (const Publish& entry : batch->entries) bytes += entry.size;
  }
  return bytes;
}

}  // namespace penstock
