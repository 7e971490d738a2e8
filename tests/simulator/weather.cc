#include "tests/simulator/weather.h"

namespace penstock {
namespace {

// Off as often as on; when on, up to `most`.
std::uint64_t maybe(Random& random, std::uint64_t most) {
  return random.below(2) == 0 ? 0 : 1 + random.below(most);
}

}  // namespace

Weather Weather::draw(Random& random) {
  Weather weather;
  weather.clients = 1 + random.below(6);
  weather.queues = 1 + random.below(3);
  weather.second_world = random.below(4) == 0;
  weather.body_bytes_max = random.below(3) == 0 ? 600 : 40;
  weather.handles_max = 1 + random.below(12);

  weather.asking = 20 + random.below(75);
  weather.storing = 10 + random.below(70);
  weather.waiting = 5 + random.below(30);
  weather.long_waiting = maybe(random, 4);
  weather.vanishing = maybe(random, 8);
  weather.clock_mischief = maybe(random, 3);
  weather.crashing = maybe(random, 250);
  weather.reloading = maybe(random, 250);
  weather.receiving = 15 + random.below(40);
  weather.delaying = random.below(3) == 0 ? 0 : 10 + random.below(90);
  weather.refusing = maybe(random, 3);
  weather.clearing = maybe(random, 3);
  if (random.below(60) == 0) weather.crowd = 100 + random.below(1500);
  weather.short_pages = random.below(2) == 0;
  weather.short_retention = random.below(2) == 0;

  BrokerLimits& limits = weather.limits;
  // A content of this simulator is charged some 400 bytes, so windows hold from one message to all.
  if (random.below(2) == 0) limits.window_queue_bytes_max = 300 + random.below(4000);
  if (random.below(3) == 0) limits.window_bytes_max = 300 + random.below(6000);
  if (random.below(3) == 0) limits.touched_queue_max = 1 + random.below(10);
  if (random.below(3) == 0) limits.touched_max = 1 + random.below(15);
  if (random.below(4) == 0) limits.waiting_receivers_max = random.below(4);
  limits.purge_interval = limits.recreate_wait = Seconds{0};
  return weather;
}

}  // namespace penstock
