#include "server/queue_survey.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <tuple>

namespace penstock {
namespace {

struct Family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
};

struct CountFamily : Family {
  std::uint64_t QueueCounts::*count;
};
constexpr std::array kCountFamilies{
    CountFamily{{"penstock_messages_visible", "gauge", "Messages that can be received."},
                &QueueCounts::visible},
    CountFamily{{"penstock_messages_not_visible", "gauge", "Messages received and hidden."},
                &QueueCounts::not_visible},
    CountFamily{{"penstock_messages_delayed", "gauge", "Messages sent with a delay that is not over."},
                &QueueCounts::delayed},
};

struct TrafficFamily : Family {
  std::uint64_t QueueTraffic::*count;
};
constexpr std::array kTrafficFamilies{
    TrafficFamily{{"penstock_messages_sent_total", "counter", "Messages sent to the queue."},
                  &QueueTraffic::messages_sent},
    TrafficFamily{
        {"penstock_sent_message_bytes_total", "counter", "Bytes of the messages sent to the queue."},
        &QueueTraffic::message_bytes_sent},
    TrafficFamily{{"penstock_messages_received_total", "counter", "Messages handed to receivers."},
                  &QueueTraffic::messages_received},
    TrafficFamily{{"penstock_messages_deleted_total", "counter", "Messages that their consumers deleted."},
                  &QueueTraffic::messages_deleted},
    TrafficFamily{{"penstock_empty_receives_total", "counter", "Receives answered without a message."},
                  &QueueTraffic::empty_receives},
};

void add(QueueReading& sum, const QueueReading& queue) {
  for (const CountFamily& family : kCountFamilies) sum.counts.*family.count += queue.counts.*family.count;
  if (queue.traffic) {
    if (!sum.traffic) sum.traffic.emplace();
    for (const TrafficFamily& family : kTrafficFamilies) {
      (*sum.traffic).*family.count += (*queue.traffic).*family.count;
    }
  }
  if (queue.oldest_age)
    sum.oldest_age = std::max(sum.oldest_age.value_or(Milliseconds{0}), *queue.oldest_age);
}

}  // namespace

void QueueSurvey::sort() {
  std::sort(queues.begin(), queues.end(), [](const QueueReading& a, const QueueReading& b) {
    return std::tie(a.world.account, a.world.region, a.name) <
           std::tie(b.world.account, b.world.region, b.name);
  });
}

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
  for (const CountFamily& family : kCountFamilies) {
    out.family(family.name, family.type, family.help);
    each([&](const QueueReading& queue, Exposition::Labels labels) {
      out.sample(queue.counts.*family.count, labels);
    });
  }
  if (all.front().traffic) {
    for (const TrafficFamily& family : kTrafficFamilies) {
      out.family(family.name, family.type, family.help);
      each([&](const QueueReading& queue, Exposition::Labels labels) {
        out.sample(queue.traffic.value_or(QueueTraffic{}).*family.count, labels);
      });
    }
  }
  if (all.front().oldest_age) {
    out.family("penstock_oldest_message_age_seconds", "gauge",
               "Age of the oldest message that can be received; 0 without one.");
    each([&](const QueueReading& queue, Exposition::Labels labels) {
      const Milliseconds age = std::max(queue.oldest_age.value_or(Milliseconds{0}), Milliseconds{0});
      out.seconds(static_cast<std::uint64_t>(age.count()) * 1000, labels);
    });
  }
}

}  // namespace penstock
