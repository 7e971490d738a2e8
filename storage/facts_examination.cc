#include "storage/facts_examination.h"

#include <utility>

namespace penstock {
namespace {

constexpr const char* kRestore = "restore the newest sound backup";
constexpr const char* kReport = "restore the newest sound backup, and report it: this should not come about";

std::string world_text(const World& world) {
  return "account " + world.account.text() + ", " + std::string(world.region.text());
}

// Of a queue or a topic; nothing: of a partition or a world.
const QueueAddress* address_of(const Record& record) {
  return std::visit(
      [](const auto& own) -> const QueueAddress* {
        if constexpr (requires { own.key.queue; }) {
          return &own.key.queue;
        } else if constexpr (requires { own.key.topic; }) {
          return &own.key.topic;
        } else {
          return nullptr;
        }
      },
      record);
}

bool is_of_topic(const Record& record) {
  return std::visit(
      [](const auto& own) {
        return requires { own.key.topic; };
      },
      record);
}

}  // namespace

std::string place_of(const QueueRecord& queue) {
  return "queue " + queue.name + " (" + world_text(queue.key.queue.world) + ")";
}

void FactsExamination::said(std::string place, std::string what, const char* advice) {
  say_({Finding::Grade::kDamage, std::move(place), std::move(what), advice});
}

void FactsExamination::add(const AppliedRecord& applied) { applied_ = applied; }

void FactsExamination::add(const Record& record) {
  if (const auto* partition = std::get_if<PartitionRecord>(&record)) partition_ = *partition;
  const QueueAddress* const address = address_of(record);
  if (address == nullptr) return;
  if (!current_ || current_->address != *address) {
    end();
    begin(*address);
  }
  is_of_topic(record) ? add_to_topic(record) : add_to_queue(record);
}

void FactsExamination::begin(const QueueAddress& address) {
  current_.emplace();
  current_->address = address;
  highest_ = std::max(highest_, address.id);
}

void FactsExamination::add_to_queue(const Record& record) {
  const auto* const queue = std::get_if<QueueRecord>(&record);
  if (queue == nullptr) {
    current_->facts ? current_->facts->add(record) : void(++current_->orphans);
    return;
  }
  current_->queue = *queue;
  current_->facts.emplace(*current_->queue, applied_ ? applied_->time : kEpoch);
  if (queue->outbox_of) {
    outboxes_.emplace(current_->address, *queue->outbox_of);
  } else if (!names_.emplace(std::pair(current_->address.world, queue->name), current_->address.id).second) {
    said(place_of(*queue), "another queue has the same name", kReport);
  }
}

void FactsExamination::add_to_topic(const Record& record) {
  if (std::holds_alternative<TopicRecord>(record)) {
    current_->is_topic = true;
    return;
  }
  if (!current_->is_topic) {
    ++current_->orphans;
  } else if (const auto* subscription = std::get_if<SubscriptionRecord>(&record)) {
    if (subscription->outbox == QueueId{}) return;
    QueueAddress outbox = current_->address;
    outbox.id = subscription->outbox;
    subscribed_.emplace(outbox, subscription->key);
  } else if (const auto* publication = std::get_if<PublicationRecord>(&record)) {
    current_->publications.insert(publication->key.sequence.value);
  } else if (const auto* progress = std::get_if<PublicationProgressRecord>(&record)) {
    if (!current_->publications.contains(progress->key.sequence.value)) ++current_->orphans;
  }
}

void FactsExamination::end() {
  if (!current_) return;
  if (current_->facts) current_->facts->finish(say_);
  if (current_->orphans > 0) {
    said("records under id " + std::to_string(current_->address.id.value) + " (" +
             world_text(current_->address.world) + ")",
         std::to_string(current_->orphans) + " records of a queue, topic or publication that does not exist",
         kRestore);
  }
  current_.reset();
}

void FactsExamination::finish() {
  end();
  if (highest_ == QueueId{} && !partition_) return;
  if (!applied_) said("the store", "the record of the last commit is missing", kRestore);
  if (!partition_) {
    said("the store", "the record of the next queue id is missing", kRestore);
  } else if (partition_->next_queue <= highest_) {
    said("the store", "the next queue id is one that is used already", kRestore);
  }
  for (const auto& [queue, subscription] : subscribed_) {
    const auto outbox = outboxes_.find(queue);
    if (outbox != outboxes_.end() && outbox->second == subscription) continue;
    said("topic " + std::to_string(subscription.topic.id.value) + " (" + world_text(queue.world) + ")",
         "a subscription's outbox does not exist, or is another's", kRestore);
  }
}

}  // namespace penstock
