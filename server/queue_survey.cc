#include "server/queue_survey.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace penstock {
namespace {

struct Family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  std::uint64_t (*value)(const QueueReading&);
};

constexpr std::array kFamilies{
    Family{"penstock_messages_sent_total", "counter", "Messages sent to the queue.",
           [](const QueueReading& queue) { return queue.messages_sent; }},
    Family{"penstock_sent_message_bytes_total", "counter", "Bytes of the messages sent to the queue.",
           [](const QueueReading& queue) { return queue.message_bytes_sent; }},
    Family{"penstock_messages_received_total", "counter", "Messages handed to receivers.",
           [](const QueueReading& queue) { return queue.messages_received; }},
    Family{"penstock_messages_deleted_total", "counter", "Messages that their consumers deleted.",
           [](const QueueReading& queue) { return queue.messages_deleted; }},
    Family{"penstock_empty_receives_total", "counter", "Receives answered without a message.",
           [](const QueueReading& queue) { return queue.empty_receives; }},
    Family{"penstock_messages_visible", "gauge", "Messages that can be received.",
           [](const QueueReading& queue) { return queue.counts.visible; }},
    Family{"penstock_messages_not_visible", "gauge", "Messages received and hidden.",
           [](const QueueReading& queue) { return queue.counts.not_visible; }},
    Family{"penstock_messages_delayed", "gauge", "Messages sent with a delay that is not over.",
           [](const QueueReading& queue) { return queue.counts.delayed; }},
};

void add(QueueReading& sum, const QueueReading& queue) {
  sum.counts.visible += queue.counts.visible;
  sum.counts.not_visible += queue.counts.not_visible;
  sum.counts.delayed += queue.counts.delayed;
  sum.messages_sent += queue.messages_sent;
  sum.message_bytes_sent += queue.message_bytes_sent;
  sum.messages_received += queue.messages_received;
  sum.messages_deleted += queue.messages_deleted;
  sum.empty_receives += queue.empty_receives;
  if (queue.oldest_age)
    sum.oldest_age = std::max(sum.oldest_age.value_or(Milliseconds{0}), *queue.oldest_age);
}

}  // namespace

void append_queue_metrics(Exposition& out, const QueueSurvey& survey, std::size_t queues_max) {
  if (survey.queues.empty()) return;
  const std::span<const QueueReading> all(survey.queues);
  const std::span<const QueueReading> named = all.first(std::min(queues_max, all.size()));
  QueueReading other;
  for (const QueueReading& queue : all.subspan(named.size())) add(other, queue);
  const bool has_other = named.size() < all.size();

  const auto each = [&](const auto& write) {
    for (const QueueReading& queue : named) {
      write(queue, Exposition::Labels{{"queue", queue.name},
                                      {"account", queue.world.account.text()},
                                      {"region", queue.world.region.text()}});
    }
    if (has_other) write(other, Exposition::Labels{{"queue", "_other"}});
  };
  for (const Family& family : kFamilies) {
    out.family(family.name, family.type, family.help);
    each([&](const QueueReading& queue, Exposition::Labels labels) {
      out.sample(family.value(queue), labels);
    });
  }
  out.family("penstock_oldest_message_age_seconds", "gauge",
             "Age of the oldest message that can be received; 0 without one.");
  each([&](const QueueReading& queue, Exposition::Labels labels) {
    const Milliseconds age = queue.oldest_age.value_or(Milliseconds{0});
    out.seconds(static_cast<std::uint64_t>(std::max<std::int64_t>(age.count(), 0)) * 1000, labels);
  });
}

}  // namespace penstock
