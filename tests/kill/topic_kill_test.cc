// Topics in the kill ring: the real daemon dies while many connections publish, and comes back.
//
//   - what was acknowledged is in every subscribed queue, once;
//   - what was not is in all of them, or in none.
//
// One topic's copies fit into the commit of their publish, the other's are delivered by later commits, so
// that the daemon also dies in between.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "bench/daemon.h"
#include "bench/scratch_directory.h"
#include "tests/kill/sqs_client.h"
#include "tests/storage/sync_journal.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kConnections = 16;
constexpr std::array<std::size_t, 2> kQueuesOfTopic{3, 100};
constexpr std::size_t kTopics = kQueuesOfTopic.size();

// What one publisher was told of its bodies.
struct Published {
  std::size_t topic = 0;
  bool acknowledged = false;
};
using Publications = std::map<std::string, Published>;  // by body

std::string queue_name(std::size_t topic, std::size_t queue) {
  return "topic-" + std::to_string(topic) + "-queue-" + std::to_string(queue);
}
std::string topic_arn(std::size_t topic) {
  return "arn:aws:sns:us-east-1:000000000000:topic-" + std::to_string(topic);
}

class TopicRound {
 public:
  TopicRound(std::string program, std::string data, std::uint64_t seed)
      : program_(std::move(program)), data_(std::move(data)), seed_(seed), random_(seed) {}

  // Empty if every promise was kept.
  template <class Prepare>
  std::string run(const Prepare& prepare) {
    {
      Daemon daemon(program_, data_);
      if (std::string wrong = subscribe(daemon.port()); !wrong.empty()) return wrong;
      std::vector<std::thread> publishers;
      publishing_ = kConnections;
      for (std::size_t at = 0; at < kConnections; ++at) {
        publishers.emplace_back([this, at, port = daemon.port()] { publish(at, port); --publishing_; });
      }
      const int enough = 100 + static_cast<int>(random_() % 200);
      while (acknowledged_ < enough && refused_ == 0 && publishing_ > 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
      const bool died = publishing_ == 0 && refused_ == 0;
      daemon.kill_now();
      for (std::thread& publisher : publishers) publisher.join();
      if (died) return "the daemon died before it was killed";
    }
    if (refused_ > 0) return "a publish was refused";
    prepare();
    const Daemon daemon(program_, data_);
    for (std::size_t topic = 0; topic < kTopics; ++topic) {
      if (std::string wrong = judge(daemon.port(), topic); !wrong.empty()) return wrong;
    }
    return {};
  }

  int acknowledged() const { return acknowledged_; }
  std::size_t published() const { return publications_.size(); }

 private:
  // Also after a round before: everything of that name is there already.
  std::string subscribe(std::uint16_t port) {
    SqsClient client(port);
    for (std::size_t topic = 0; topic < kTopics; ++topic) {
      const auto created = client.call_sns("CreateTopic", "Name=topic-" + std::to_string(topic));
      if (!created || created->status != 200) return "a topic cannot be created";
      for (std::size_t queue = 0; queue < kQueuesOfTopic[topic]; ++queue) {
        const std::string name = queue_name(topic, queue);
        const auto made = client.call("CreateQueue", {{"QueueName", name}});
        const auto subscribed = client.call_sns(
            "Subscribe", "Protocol=sqs&TopicArn=" + topic_arn(topic) +
                             "&Endpoint=arn:aws:sqs:us-east-1:000000000000:" + name +
                             "&Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true");
        if (!made || made->status != 200 || !subscribed || subscribed->status != 200) {
          return "a queue cannot be subscribed";
        }
      }
    }
    return {};
  }

  // Until a publish has no answer.
  void publish(std::size_t publisher, std::uint16_t port) {
    std::mt19937_64 random(seed_ * 1000 + publisher);
    SqsClient client(port);
    for (std::size_t step = 0;; ++step) {
      // One in eight goes to many.
      const std::size_t topic = random() % 8 == 0 ? 1 : 0;
      const std::string body = "s" + std::to_string(seed_) + "-" + std::to_string(publisher) + "-" +
                               std::to_string(step) + "-" + std::string(random() % 300, 'x');
      {
        const std::lock_guard lock(mutex_);
        publications_[body].topic = topic;
      }
      const auto answer = client.call_sns("Publish", "TopicArn=" + topic_arn(topic) + "&Message=" + body);
      if (!answer) return;
      if (answer->status != 200) {
        ++refused_;
        return;
      }
      const std::lock_guard lock(mutex_);
      publications_[body].acknowledged = true;
      ++acknowledged_;
    }
  }

  // Reads the topic's queues until they hold together; what is still on its way comes within seconds.
  std::string judge(std::uint16_t port, std::size_t topic) {
    SqsClient client(port);
    std::vector<std::set<std::string>> found(kQueuesOfTopic[topic]);
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    std::string wrong;
    do {
      for (std::size_t queue = 0; queue < found.size(); ++queue) {
        wrong = drain(client, queue_name(topic, queue), found[queue]);
        if (!wrong.empty()) return wrong;
      }
      wrong = compare(topic, found);
    } while (!wrong.empty() && std::chrono::steady_clock::now() < patience);
    return wrong;
  }

  std::string drain(SqsClient& client, const std::string& queue, std::set<std::string>& found) {
    const std::string url = "http://127.0.0.1/000000000000/" + queue;
    while (true) {
      const auto answer = client.call("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});
      if (!answer || answer->status != 200) return queue + " cannot be received from";
      const Json messages = answer->body.value("Messages", Json::array());
      if (messages.empty()) return {};
      Json entries = Json::array();
      for (const Json& message : messages) {
        const std::string body = message.at("Body");
        if (!found.insert(body).second) return queue + " has " + body + " twice";
        if (!publications_.contains(body)) return queue + " has " + body + ", which was not published";
        entries.push_back(
            {{"Id", std::to_string(entries.size())}, {"ReceiptHandle", message.at("ReceiptHandle")}});
      }
      const auto deleted = client.call("DeleteMessageBatch", {{"QueueUrl", url}, {"Entries", entries}});
      if (!deleted || deleted->status != 200) return queue + " cannot be deleted from";
    }
  }

  std::string compare(std::size_t topic, const std::vector<std::set<std::string>>& found) const {
    std::map<std::string, std::size_t> queues_with;
    for (const auto& bodies : found) {
      for (const std::string& body : bodies) ++queues_with[body];
    }
    for (const auto& [body, published] : publications_) {
      if (published.topic != topic) {
        if (queues_with.contains(body)) return body + " is in a queue of another topic";
        continue;
      }
      const auto there = queues_with.find(body);
      const std::size_t queues = there == queues_with.end() ? 0 : there->second;
      if (queues != found.size() && (published.acknowledged || queues > 0)) {
        return body.substr(0, 40) + (published.acknowledged ? ", acknowledged," : "") + " is in " +
               std::to_string(queues) + " of " + std::to_string(found.size()) + " queues";
      }
    }
    return {};
  }

  const std::string program_;
  const std::string data_;
  const std::uint64_t seed_;
  std::mt19937_64 random_;
  std::mutex mutex_;
  Publications publications_;
  std::atomic<std::size_t> publishing_{0};  // publishers that have not ended
  std::atomic<int> acknowledged_{0};
  std::atomic<int> refused_{0};
};

// A fifth of the rounds of queues: each reads a hundred queues to their ends.
int rounds_of(const char* variable, int each_run) {
  const char* text = std::getenv(variable);
  return std::max(1, (text == nullptr ? each_run : std::atoi(text)) / 5);
}

std::string program_of(const char* variable, const char* built) {
  const char* other = std::getenv(variable);
  return other == nullptr ? built : other;
}

template <class Cut>
void run_rounds(const std::string& program, const std::string& data, int rounds, const Cut& cut) {
  int acknowledged = 0;
  std::size_t published = 0;
  for (int number = 1; number <= rounds; ++number) {
    const auto seed = static_cast<std::uint64_t>(number);
    TopicRound round(program, data, seed);
    ASSERT_EQ(round.run([&] { cut(seed); }), "") << "in the round with seed " << seed;
    acknowledged += round.acknowledged();
    published += round.published();
  }
  std::printf("%d rounds of topics: %d publications acknowledged, %zu in doubt\n", rounds, acknowledged,
              published - static_cast<std::size_t>(acknowledged));
}

TEST(KillRing, WhatWasPublishedIsInEveryQueueWhenTheProcessIsKilled) {
  const ScratchDirectory scratch(std::filesystem::temp_directory_path());
  run_rounds(program_of("KILL_PROGRAM", PENSTOCK_BINARY), scratch.path("data"), rounds_of("KILL_ROUNDS", 40),
             [](std::uint64_t) {});
}

// Each round loses unsynced bytes in another of the three ways.
TEST(PowerCut, WhatWasPublishedIsInEveryQueueWhenUnsyncedBytesAreGone) {
  const ScratchDirectory scratch(std::filesystem::temp_directory_path());
  const std::string data = scratch.path("data"), journal = scratch.path("journal");
  setenv("POWER_CUT_JOURNAL", journal.c_str(), 1);
  run_rounds(program_of("POWER_CUT_PROGRAM", POWER_CUT_DAEMON), data, rounds_of("POWER_CUT_ROUNDS", 20),
             [&](std::uint64_t seed) {
               constexpr std::array kModes{PowerCut::kAll, PowerCut::kSuffix, PowerCut::kZeroPages};
               drop_unsynced(data, journal, kModes[seed % kModes.size()], seed);
             });
}

}  // namespace
}  // namespace penstock
