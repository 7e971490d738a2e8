#include "server/delivery_record.h"

#include <utility>

namespace penstock {
namespace {

const std::chrono::system_clock::time_point kProcessBegan = std::chrono::system_clock::now();

std::size_t bytes_of(const RecordedDelivery& delivery) {
  return sizeof delivery + memory_bytes(*delivery.content) + delivery.to->endpoint.size() +
         delivery.to->topic_arn.size() + delivery.to->subscription_arn.size();
}

bool matches(const RecordedDelivery& delivery, const DeliveryRecord::Selection& selection) {
  const OutgoingDestination& to = *delivery.to;
  return delivery.number > selection.after && (!selection.protocol || to.protocol == *selection.protocol) &&
         (selection.endpoint.empty() || to.endpoint == selection.endpoint) &&
         (selection.topic_arn.empty() || to.topic_arn == selection.topic_arn);
}

}  // namespace

void DeliveryRecord::deliver(std::vector<OutgoingDelivery>&& deliveries) {
  std::vector<EndedAttempt> ended;
  ended.reserve(deliveries.size());
  for (OutgoingDelivery& outgoing : deliveries) {
    const auto& notification = outgoing.delivery.content->notification;
    const bool control = notification && notification->kind != Notification::Kind::kNotification;
    if (notification) add(outgoing.to, outgoing.delivery.content);
    ended.push_back({{.outbox = outgoing.outbox,
                      .handle = outgoing.delivery.handle,
                      .result = AttemptResult::kDelivered,
                      .control = control},
                     std::move(outgoing.to),
                     "recorded"});
  }
  attempts_.end_attempts(std::move(ended));
}

void DeliveryRecord::add(OutgoingDestinationPtr to, ContentPtr content) {
  std::uint64_t dropped = 0;
  {
    const std::lock_guard lock(mutex_);
    RecordedDelivery& delivery =
        deliveries_.emplace_back(RecordedDelivery{++counts_.recorded, std::move(to), std::move(content)});
    bytes_ += bytes_of(delivery);
    const std::uint64_t before = counts_.dropped;
    make_room();
    if (counts_.dropped != before) dropped = counts_.dropped;
  }
  if (dropped == 0) return;
  log_warning(dropped_log_,
              "the record of deliveries to endpoints out of reach is full; the oldest are dropped",
              {{"dropped", dropped}});
}

// The newest stays whatever its size.
void DeliveryRecord::make_room() {
  while (deliveries_.size() > 1 &&
         (deliveries_.size() > bounds_.deliveries_max || bytes_ > bounds_.bytes_max)) {
    bytes_ -= bytes_of(deliveries_.front());
    deliveries_.pop_front();
    ++counts_.dropped;
  }
}

DeliveryRecord::Counts DeliveryRecord::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::chrono::system_clock::time_point DeliveryRecord::began() { return kProcessBegan; }

void DeliveryRecord::tell_end() const {
  const Counts now = counts();
  if (now.kept() == 0) return;
  log_warning("the record of deliveries to endpoints out of reach is in memory and ends here: what has not been read by now is "
              "lost; read /sns/deliveries on the admin address before a stop",
              {{"recorded", now.recorded}, {"kept", now.kept()}});
}

DeliveryRecord::Found DeliveryRecord::find(const Selection& selection) const {
  Found found;
  const std::lock_guard lock(mutex_);
  found.counts = counts_;
  for (const RecordedDelivery& delivery : deliveries_) {
    if (found.deliveries.size() == selection.deliveries_max) break;
    if (matches(delivery, selection)) found.deliveries.push_back(delivery);
  }
  return found;
}

}  // namespace penstock
