// The bounds of the core. Each is a setting of the daemon; each has its own answer for being reached.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "broker/weaknesses.h"

namespace penstock {

struct BrokerLimits {
  // Messages received and not deleted, in one queue (AWS: about 120,000) and in all. At either bound a
  // receive hands out only messages that were received before; a short poll that finds none of those is
  // refused with OverLimit, a long poll waits.
  std::size_t touched_queue_max = 120'000;
  std::size_t touched_max = 4'000'000;

  // Contents held in the windows of all queues together, and of one queue that is merely being sent to.
  // What does not fit stays on disk and comes back by pages.
  std::size_t window_bytes_max = 64 << 20;
  std::size_t window_queue_bytes_max = 4 << 20;

  // Deduplication ids of the last five minutes, of all FIFO queues and topics. Those that are more stay on
  // disk, and a send that may repeat one of them waits for a look at it.
  std::size_t dedup_bytes_max = 64 << 20;

  // Receives waiting at once; one more is answered at once with what there is.
  std::size_t waiting_receivers_max = 100'000;

  // How long AWS makes one wait before a second purge, and before the name of a deleted queue can be used
  // again. 0: not at all, which suits test suites.
  Seconds purge_interval{60};
  Seconds recreate_wait{60};

  // Names held back for `recreate_wait`; beyond it the one deleted first is free early.
  std::size_t deleted_names_max = 100'000;

  // Move tasks that are active at once, of one account and region (AWS: 100). One more is refused.
  std::size_t move_tasks_active_max = 100;

  // Topics in all; subscriptions in all, of one topic, of one FIFO topic (AWS), and filter policies of one
  // topic (AWS). One more is refused.
  std::size_t topics_max = 100'000;
  std::size_t subscriptions_max = 1'000'000;
  std::size_t subscriptions_topic_max = 100'000;
  // Of those that a receiver ended without a name and may restore for two days; one more ends for good.
  std::size_t subscriptions_restorable_max = 100;
  std::size_t subscriptions_fifo_topic_max = 100;
  std::size_t filter_policies_topic_max = 200;

  // Whether topics deliver only to queues whose policies let them; so where callers are verified.
  bool queues_ask_topics = false;

  // Publications that have not reached all their targets, in bytes, over all topics; one more that would
  // have to be stored is refused with Throttled.
  std::size_t publication_bytes_max = 64 << 20;

  // What is remembered of SMS and mobile push, in bytes, over all accounts; what would be more is refused with
  // Throttled.
  std::size_t mobile_bytes_max = 64 << 20;

  // Deliveries by HTTP under way at once, of one subscription and in all. From half of all on, a subscription
  // that has one under way waits.
  std::size_t outgoing_subscription_max = 8;
  std::size_t outgoing_max = 256;

  // No bound, and off unless asked for.
  Weaknesses weaknesses;
};

}  // namespace penstock
