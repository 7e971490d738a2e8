#include "tests/kill/workload.h"

#include <deque>
#include <random>

#include "tests/kill/sqs_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;
using Clock = History::Clock;

struct Held {
  std::size_t queue;
  std::string body;
  std::string handle;
};

}  // namespace

Workload::Workload(std::uint16_t port, std::vector<std::string> queues, std::size_t connections,
                   std::uint64_t seed, std::string prefix, History& history)
    : port_(port),
      queues_(std::move(queues)),
      prefix_(std::move(prefix)),
      history_(history),
      running_(connections) {
  for (std::size_t worker = 0; worker < connections; ++worker) {
    workers_.emplace_back([this, worker, seed] {
      work(worker, seed * 1000 + worker);
      --running_;
    });
  }
}

Workload::~Workload() { join(); }

void Workload::join() {
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

std::vector<std::string> Workload::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

void Workload::violated(const std::string& what) {
  const std::lock_guard lock(mutex_);
  violations_.push_back(what);
}

void Workload::work(std::size_t worker, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&random](std::uint64_t bound) { return random() % bound; };
  SqsClient client(port_);
  std::deque<Held> held;
  const auto take_held = [&] {
    const std::size_t index = below(held.size());
    const Held one = held[index];
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(index));
    return one;
  };

  for (std::uint64_t step = 0;; ++step) {
    const std::uint64_t dice = below(100);
    if (held.empty() ? dice < 65 : dice < 40) {
      const std::size_t queue = below(queues_.size());
      // Bodies of very different sizes, so that WAL blocks break everywhere.
      const std::string body = prefix_ + "-" + std::to_string(worker) + "-" + std::to_string(step) + "-" +
                               std::string(below(10) == 0 ? below(60'000) : below(300), 'x');
      history_.sending(queue, body);
      const auto answer = client.call("SendMessage", {{"QueueUrl", queues_[queue]}, {"MessageBody", body}});
      if (!answer) return;
      if (answer->status != 200) return violated("a send was refused: " + answer->body.dump());
      history_.sent(body);
    } else if (held.empty() || dice < 65) {
      const std::size_t queue = below(queues_.size());
      const int messages_max = static_cast<int>(1 + below(10));
      // Nothing between at once and an hour, so that no check depends on how fast the machine is.
      const std::chrono::seconds visibility(below(4) == 0 ? 0 : 3600);
      history_.receiving(queue, messages_max);
      const auto asked = Clock::now();
      const auto answer = client.call("ReceiveMessage", {{"QueueUrl", queues_[queue]},
                                                         {"MaxNumberOfMessages", messages_max},
                                                         {"VisibilityTimeout", visibility.count()}});
      if (!answer) return;
      if (answer->status != 200) return violated("a receive was refused: " + answer->body.dump());
      const auto answered = Clock::now();
      history_.received(queue, messages_max);
      for (const Json& message : answer->body.value("Messages", Json::array())) {
        const std::string body = message.at("Body");
        const std::string handle = message.at("ReceiptHandle");
        if (const auto wrong = history_.delivered(body, handle, visibility, asked, answered)) {
          violated(body.substr(0, 40) + " " + *wrong);
        }
        held.push_back({queue, body, handle});
      }
    } else if (dice < 88) {
      const Held one = take_held();
      history_.deleting(one.body);
      const auto answer =
          client.call("DeleteMessage", {{"QueueUrl", queues_[one.queue]}, {"ReceiptHandle", one.handle}});
      if (!answer) return;
      if (answer->status != 200) return violated("a delete was refused: " + answer->body.dump());
      history_.deleted(one.body, Clock::now());
    } else {
      const Held one = take_held();
      const std::chrono::seconds timeout(below(2) == 0 ? 0 : 3600);
      history_.changing_visibility(one.body);
      const auto asked = Clock::now();
      const auto answer = client.call("ChangeMessageVisibility", {{"QueueUrl", queues_[one.queue]},
                                                                  {"ReceiptHandle", one.handle},
                                                                  {"VisibilityTimeout", timeout.count()}});
      if (!answer) return;
      if (answer->status == 200) {
        history_.visibility_changed(one.body, timeout, asked, Clock::now());
      } else if (answer->body.value("message", "").find("does not exist") == std::string::npos) {
        // Somebody else may have deleted it; no other refusal is right.
        return violated("a visibility change was refused: " + answer->body.dump());
      } else {
        history_.visibility_refused(one.body);
        continue;
      }
      held.push_back(one);
    }
  }
}

}  // namespace penstock
