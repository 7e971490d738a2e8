#include "tests/simulator/weather.h"

#include <iterator>

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
  weather.grouping = random.below(2) == 0 ? 0 : 10 + random.below(91);
  weather.refusing = maybe(random, 3);
  weather.clearing = maybe(random, 3);
  weather.setting = maybe(random, 4);
  weather.batching = random.below(2) == 0 ? 0 : 5 + random.below(50);
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
  // Mostly short, so that what it keeps back comes to pass within a history.
  const auto seconds = [&random]() -> Seconds {
    const std::int64_t choices[] = {0, 0, 1, 5, 60};
    return Seconds{choices[random.below(std::size(choices))]};
  };
  limits.purge_interval = seconds();
  limits.recreate_wait = seconds();
  if (random.below(4) == 0) limits.deleted_names_max = 1 + random.below(2);
  weather.redriving = maybe(random, 90);
  if (weather.redriving != 0 && weather.clearing == 0) weather.clearing = maybe(random, 2);
  if (weather.redriving != 0) weather.moving = maybe(random, 5);
  weather.filling = weather.moving == 0 ? 0 : maybe(random, 3);
  return weather;
}

}  // namespace penstock
