#include "broker/queue_administration.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/permission_edit.h"
#include "broker/queue_arn.h"
#include "broker/refusals.h"
#include "broker/supplied_attributes.h"
#include "broker/tags.h"

namespace penstock {
namespace {

// How many names one tick makes free; the rest follow in the next commits.
constexpr int kFreedNamesChunk = 1000;

constexpr Seconds kRetentionMax{1'209'600};

// Whether the queue lets `source` have it as its dead-letter queue.
bool allows(const QueueAttributes& attributes, const std::string& source_arn) {
  const auto& policy = attributes.redrive_allow_policy;
  if (!policy || policy->permission == RedrivePermission::kAllowAll) return true;
  return policy->permission == RedrivePermission::kByQueue &&
         std::find(policy->source_arns.begin(), policy->source_arns.end(), source_arn) !=
             policy->source_arns.end();
}

// How many names to look for: one more than was asked for tells whether there are more.
template <class Request>
std::size_t names_to_find(const Request& request) {
  return std::size_t{request.names_max} + 1;
}

template <class Request>
QueuesListed listed(const World& world, std::vector<std::string>&& found, const Request& request) {
  QueuesListed answer{world, std::move(found), false};
  if (answer.names.size() > request.names_max) {
    answer.names.pop_back();
    answer.more = request.pages;
  }
  return answer;
}

}  // namespace

void QueueAdministration::create(const Command& command, const CreateQueue& request, Decision& decision) {
  if (const Queue* present = queues_.find(command.world, command.queue_name)) {
    if (const char* name = first_difference(present->record().attributes, request.attributes)) {
      decision.reply(command.ticket, other_value_of(name));
    } else {
      decision.reply(command.ticket, QueueFound{command.world, command.queue_name});
    }
    return;
  }
  if (contradict(with({}, request.attributes))) {
    decision.reply(command.ticket, limit_needs_group_scope());
    return;
  }
  if (std::optional<Error> wrong =
          wrong_with(request.attributes, command.world, command.queue_name, request.attributes.fifo)) {
    decision.reply(command.ticket, std::move(*wrong));
    return;
  }
  const DeletedNameKey name{partition_, command.world, command.queue_name};
  if (const std::optional<Time> deleted = deleted_names_.deleted(name)) {
    if (decision.now < *deleted + limits_.recreate_wait) {
      decision.reply(command.ticket, Error{ErrorCode::kQueueDeletedRecently, {}});
      return;
    }
    change(Erase{name}, decision);
  }
  const QueueAddress address{partition_, command.world, surroundings_.take_id(decision)};
  change(Put{QueueRecord{.key = {address},
                         .name = command.queue_name,
                         .attributes = with({}, request.attributes),
                         .tags = request.tags,
                         .generation = {},
                         .created = decision.now,
                         .modified = decision.now,
                         .purged = kEpoch,
                         .ended = kEpoch}},
         decision);
  queues_.reschedule(address.id, decision.now);
  decision.reply(command.ticket, QueueFound{command.world, command.queue_name});
}

// Its name is nobody's: no directory knows it.
QueueAddress QueueAdministration::open_outbox(const SubscriptionKey& of, Decision& decision) {
  const QueueAddress address{partition_, of.topic.world, surroundings_.take_id(decision)};
  QueueRecord record;
  record.key = {address};
  record.name = of.id.text();
  record.attributes.retention = kRetentionMax;
  record.created = record.modified = decision.now;
  record.outbox_of = of;
  change(Put{std::move(record)}, decision);
  queues_.reschedule(address.id, decision.now);
  return address;
}

void QueueAdministration::list(const Command& command, const ListQueues& request, Decision& decision) const {
  decision.reply(command.ticket, listed(command.world,
                                        queues_.names().list(command.world, request.prefix, request.after,
                                                             names_to_find(request)),
                                        request));
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const FindQueue&,
                              Decision& decision) const {
  decision.reply(ticket, QueueFound{queue.address().world, queue.record().name});
}

void QueueAdministration::act(Queue& queue, const Ticket& ticket, const DescribeQueue&,
                              Decision& decision) const {
  decision.reply(ticket, QueueDescribed{queue.record(), queue.counts(decision.now)});
}

void QueueAdministration::act(Queue& queue, const Ticket& ticket, const SetQueueAttributes& request,
                              Decision& decision) {
  QueueRecord record = queue.record();
  record.attributes = with(record.attributes, request.attributes);
  if (contradict(record.attributes)) {
    decision.reply(ticket, limit_needs_group_scope());
    return;
  }
  if (std::optional<Error> wrong =
          wrong_with(request.attributes, record.key.queue.world, record.name, record.attributes.fifo)) {
    decision.reply(ticket, std::move(*wrong));
    return;
  }
  record.ended = queue.record().retention().changed(record.attributes.retention, decision.now).ended;
  record.modified = decision.now;
  change(Put{std::move(record)}, decision);
  decision.reply(ticket, Done{});
  queue.tick(decision);  // another retention or delay may have changed what is there
}

std::optional<Error> QueueAdministration::wrong_with(const SuppliedAttributes& supplied, const World& world,
                                                     const std::string& name, bool fifo) const {
  if (!supplied.redrive || !supplied.redrive->policy) return std::nullopt;
  const auto refused = [&](std::string_view reason) {
    return redrive_policy_is_invalid(supplied.redrive->text, reason);
  };
  const std::optional<QueueArn> arn = QueueArn::parse(supplied.redrive->policy->target_arn);
  if (!arn) return refused("Dead-letter target ARN should be fully qualified ARN.");
  if (arn->world.account != world.account) {
    return refused("Dead-letter target owner should be same as the source.");
  }
  if (arn->world.region != world.region) return refused("Dead letter target does not exist.");
  const std::string& target_name = arn->name;
  const Queue* target = queues_.find(world, target_name);
  if (target == nullptr) return refused("Dead letter target does not exist.");
  if (target->record().attributes.fifo != fifo) {
    return refused("Dead-letter queue must be same type of queue as the source.");
  }
  // What the same request says of the queue itself holds already.
  QueueAttributes attributes = target->record().attributes;
  if (target_name == name && supplied.redrive_allow)
    attributes.redrive_allow_policy = *supplied.redrive_allow;
  if (!allows(attributes, queue_arn(world, name))) {
    return refused("The dead-letter queue's redrive allow policy does not permit this source queue.");
  }
  return std::nullopt;
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const ListDeadLetterSources& request,
                              Decision& decision) const {
  const World& world = queue.address().world;
  decision.reply(ticket, listed(world,
                                queues_.dead_letter_sources().list(world, queue.record().name, request.after,
                                                                   names_to_find(request)),
                                request));
}

// ---- tags and policy

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const FindTags&,
                              Decision& decision) const {
  decision.reply(ticket, QueueTagged{queue.record().tags});
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const TagQueue& request,
                              Decision& decision) {
  QueueRecord record = queue.record();
  put_tags(record.tags, request.tags);
  if (record.tags.size() > kTagsMax) {
    decision.reply(ticket, too_many_tags(record.name));
    return;
  }
  retag(queue, ticket, std::move(record), decision);
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const UntagQueue& request,
                              Decision& decision) {
  QueueRecord record = queue.record();
  erase_tags(record.tags, request.keys);
  retag(queue, ticket, std::move(record), decision);
}

void QueueAdministration::retag(const Queue& queue, const Ticket& ticket, QueueRecord&& record,
                                Decision& decision) {
  if (record.tags != queue.record().tags) change(Put{std::move(record)}, decision);
  decision.reply(ticket, Done{});
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const AddPermission& request,
                              Decision& decision) {
  const QueueRecord& record = queue.record();
  const std::string arn = queue_arn(record.key.queue.world, record.name);
  edit_policy(queue, ticket, add_queue_permission(record.attributes.policy, arn, request.grant), decision);
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const RemovePermission& request,
                              Decision& decision) {
  edit_policy(queue, ticket, remove_queue_permission(queue.record().attributes.policy, request.label),
              decision);
}

void QueueAdministration::edit_policy(const Queue& queue, const Ticket& ticket, EditedPolicy&& edited,
                                      Decision& decision) {
  if (!edited) {
    decision.reply(ticket, permission_refused(std::move(edited.error())));
    return;
  }
  QueueRecord record = queue.record();
  if (*edited != record.attributes.policy) {
    record.attributes.policy = *std::move(edited);
    record.modified = decision.now;
    change(Put{std::move(record)}, decision);
  }
  decision.reply(ticket, Done{});
}

// ---- the end of messages, and of queues

void QueueAdministration::act(Queue& queue, const Ticket& ticket, const PurgeQueue&, Decision& decision) {
  const Time purged = queue.record().purged;
  if (purged != kEpoch && decision.now < purged + limits_.purge_interval) {
    decision.reply(ticket, purge_in_progress(queue.record().name));
    return;
  }
  queue.purge(ticket, decision);
}

void QueueAdministration::act(const Queue& queue, const Ticket& ticket, const DeleteQueue&,
                              Decision& decision) {
  const QueueAddress address = queue.address();
  const DeletedNameRecord name{{partition_, address.world, queue.record().name}, decision.now};
  erase(address, decision);
  if (limits_.recreate_wait > Seconds{0}) {
    if (deleted_names_.size() >= limits_.deleted_names_max) {
      change(Erase{DeletedNameKey(deleted_names_.oldest()->second)}, decision);
    }
    change(Put{name}, decision);
  }
  decision.reply(ticket, Done{});
}

bool QueueAdministration::erase(const QueueAddress& address, Decision& decision) {
  Queue* const queue = queues_.find(address.id);
  if (queue == nullptr) return false;
  queue->erase_all(decision);
  change(Erase{QueueKey{address}}, decision);
  return true;
}

Time QueueAdministration::next_free_name() const {
  const auto* oldest = deleted_names_.oldest();
  return oldest == nullptr ? kNever : oldest->first + limits_.recreate_wait;
}

void QueueAdministration::free_name(const DeletedNameKey& name, Decision& decision) {
  if (deleted_names_.deleted(name)) change(Erase{name}, decision);
}

void QueueAdministration::free_names(Decision& decision) {
  for (int left = kFreedNamesChunk; left > 0 && next_free_name() <= decision.now; --left) {
    change(Erase{DeletedNameKey(deleted_names_.oldest()->second)}, decision);
  }
}

}  // namespace penstock
