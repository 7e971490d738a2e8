#include "tests/simulator/client_wishes.h"

#include <iterator>
#include <memory>
#include <string>
#include <utility>

namespace penstock {

ClientWishes::QueueName ClientWishes::queue() {
  const bool second = weather_.second_world && under(30);
  const World world{AccountId{second ? 1ULL : 0ULL}, *Region::parse("us-east-1")};
  return {world, std::string(1, static_cast<char>('a' + random_.below(weather_.queues)))};
}

SuppliedAttributes ClientWishes::attributes() {
  SuppliedAttributes drawn;
  const auto seconds = [this](std::initializer_list<std::int64_t> choices) {
    return Seconds{*(choices.begin() + static_cast<std::ptrdiff_t>(random_.below(choices.size())))};
  };
  if (under(40)) drawn.visibility_timeout = seconds({0, 1, 5, 30, 600, 43'200});
  if (under(20) && weather_.delaying != 0) drawn.delay = seconds({0, 1, 2, 10, 900});
  if (under(20)) drawn.receive_wait = seconds({0, 1, 20});
  if (weather_.short_retention && under(70)) drawn.retention = seconds({60, 61, 120, 900, 3'600});
  if (under(10)) drawn.message_bytes_max = 1024;
  return drawn;
}

Send ClientWishes::send() {
  Send drawn;
  std::string body = std::to_string(next_body_++) + " ";
  body.append(random_.below(weather_.body_bytes_max), 'x');
  MessageContent content;
  content.body = std::move(body);
  drawn.content = std::make_shared<const MessageContent>(std::move(content));
  drawn.size = static_cast<std::uint32_t>(under(3) ? 1025 : drawn.content->body.size());
  if (under(weather_.delaying)) {
    const std::int64_t delays[] = {0, 1, 1, 2, 3, 10, 59, 900};
    drawn.delay = Seconds{delays[random_.below(std::size(delays))]};
  }
  return drawn;
}

std::optional<Held> ClientWishes::held(std::vector<Held>& all) {
  if (all.empty()) return std::nullopt;
  const std::size_t index = random_.below(all.size());
  Held drawn = all[index];
  // Kept now and then, to be used once more.
  if (under(85)) all.erase(all.begin() + static_cast<std::ptrdiff_t>(index));
  return drawn;
}

Operation ClientWishes::operation(const QueueName& queue, bool exists, std::vector<Held>& all,
                                  std::optional<MessageId>& deleting) {
  const std::uint64_t die = random_.below(100);
  if (die < weather_.clearing) {
    if (random_.below(2) == 0) return PurgeQueue{};
    return DeleteQueue{};
  }
  if (under(exists ? 2 : 80)) return CreateQueue{attributes()};
  if (under(5)) return DescribeQueue{};
  if (under(1)) return FindQueue{};
  const bool full = all.size() >= weather_.handles_max;
  if (under(full ? 60 : 20)) {
    if (std::optional<Held> one = held(all)) {
      ReceiptHandle handle = one->handle;
      if (under(4)) {
        handle.nonce ^= 1;
        return Delete{handle};
      }
      // Of another queue now and then.
      if (one->queue != queue && !under(10)) return DescribeQueue{};
      if (under(25)) {
        const std::int64_t timeouts[] = {0, 0, 1, 30, 600, 43'200};
        return ChangeVisibility{handle, Seconds{timeouts[random_.below(std::size(timeouts))]}};
      }
      if (one->queue == queue) deleting = one->id;
      return Delete{handle};
    }
  }
  if (under(weather_.receiving)) {
    Receive receive;
    receive.messages_max = static_cast<std::uint32_t>(1 + random_.below(10));
    if (under(50)) receive.wait = Seconds{static_cast<std::int64_t>(random_.below(21))};
    if (under(30)) receive.visibility_timeout = Seconds{static_cast<std::int64_t>(random_.below(40))};
    return receive;
  }
  return send();
}

}  // namespace penstock
