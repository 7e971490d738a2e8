#include "tests/kill/verifier.h"

#include <map>
#include <set>
#include <sstream>

#include "tests/kill/sqs_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;
using Clock = History::Clock;

constexpr int kHidden = 3600;  // what the verifier receives stays hidden while it works

std::string name_of(const std::string& body) {
  return "message " + body.substr(0, body.find("-x")).substr(0, 40);
}

struct Found {
  int receive_count = 0;
};

class Verification {
 public:
  Verification(std::uint16_t port, const std::vector<std::string>& queues, const History& history)
      : client_(port), queues_(queues), history_(history) {}

  std::vector<std::string> run() {
    for (std::size_t queue = 0; queue < queues_.size(); ++queue) {
      const auto before = Clock::now();
      std::map<std::string, Found> visible = receive_all(queue);
      const auto after = Clock::now();
      check_visible(queue, visible, before);
      check_absent(queue, visible, after);
      check_hidden_comes_back(queue, visible);
      check_counters(queue, visible);
    }
    return wrong_;
  }

 private:
  Json ask(const std::string& action, const Json& request) {
    const auto answer = client_.call(action, request);
    if (!answer) {
      wrong_.push_back(action + " has no answer from the recovered daemon");
      return Json::object();
    }
    if (answer->status != 200) return {{"refused", answer->body.dump()}};
    return answer->body;
  }

  std::map<std::string, Found> receive_all(std::size_t queue) {
    std::map<std::string, Found> found;
    for (;;) {
      const Json answer = ask("ReceiveMessage", {{"QueueUrl", queues_[queue]},
                                                 {"MaxNumberOfMessages", 10},
                                                 {"VisibilityTimeout", kHidden},
                                                 {"AttributeNames", {"ApproximateReceiveCount"}}});
      if (!answer.is_object() || !answer.contains("Messages")) return found;
      for (const Json& message : answer["Messages"]) {
        const std::string body = message["Body"];
        if (found.contains(body))
          wrong_.push_back(name_of(body) + " was handed out twice inside its visibility timeout");
        found[body].receive_count =
            std::stoi(message["Attributes"]["ApproximateReceiveCount"].get<std::string>());
      }
    }
  }

  void check_visible(std::size_t queue, const std::map<std::string, Found>& visible,
                     Clock::time_point before) {
    for (const auto& [body, found] : visible) {
      const auto known = history_.messages().find(body);
      if (known == history_.messages().end() || known->second.queue != queue) {
        wrong_.push_back(name_of(body) + " was never sent to this queue");
        continue;
      }
      const History::Message& message = known->second;
      if (message.deleted) wrong_.push_back(name_of(body) + " came back after an acknowledged delete");
      if (message.visibility_known() && message.hidden_at_least > before + std::chrono::seconds(60)) {
        wrong_.push_back(name_of(body) + " is visible inside a visibility timeout that was granted");
      }
      const int least = message.deliveries + 1;
      const int most = least + history_.open_receives(queue);
      if (found.receive_count < least || found.receive_count > most) {
        std::ostringstream text;
        text << name_of(body) << " has receive count " << found.receive_count << ", expected " << least
             << " to " << most;
        wrong_.push_back(text.str());
      }
    }
  }

  // What is hidden for no other reason must be hidden by a receive in doubt.
  void check_absent(std::size_t queue, const std::map<std::string, Found>& visible, Clock::time_point after) {
    int by_doubt = 0;
    for (const auto& [body, message] : history_.messages()) {
      if (message.queue != queue || !message.certainly_there() || visible.contains(body)) continue;
      if (message.hidden_at_most > after || !message.visibility_known()) continue;
      ++by_doubt;
    }
    if (by_doubt > history_.open_deliveries(queue)) {
      wrong_.push_back(std::to_string(by_doubt) + " acknowledged messages of queue " + std::to_string(queue) +
                       " are gone; receives in doubt explain at most " +
                       std::to_string(history_.open_deliveries(queue)));
    }
  }

  void check_hidden_comes_back(std::size_t queue, std::map<std::string, Found>& visible) {
    std::set<std::string> expected;
    for (const auto& [body, message] : history_.messages()) {
      if (message.queue != queue || message.handle.empty() || visible.contains(body)) continue;
      const Json answer =
          ask("ChangeMessageVisibility",
              {{"QueueUrl", queues_[queue]}, {"ReceiptHandle", message.handle}, {"VisibilityTimeout", 0}});
      const bool refused = answer.is_object() && answer.contains("refused");
      if (message.deleted && !refused)
        wrong_.push_back(name_of(body) + " is still there after an acknowledged delete");
      if (message.certainly_there() && refused) {
        wrong_.push_back(name_of(body) + " was hidden and is gone: " + answer["refused"].get<std::string>());
      }
      if (message.certainly_there() && !refused) expected.insert(body);
    }
    const std::map<std::string, Found> again = receive_all(queue);
    for (const std::string& body : expected) {
      if (!again.contains(body))
        wrong_.push_back(name_of(body) + " does not come back when its visibility timeout ends");
    }
    check_visible_again(queue, again);
    visible.insert(again.begin(), again.end());
  }

  void check_visible_again(std::size_t queue, const std::map<std::string, Found>& again) {
    for (const auto& [body, found] : again) {
      const auto known = history_.messages().find(body);
      if (known == history_.messages().end()) {
        wrong_.push_back(name_of(body) + " was never sent");
        continue;
      }
      const int least = known->second.deliveries + 1;
      const int most = least + history_.open_receives(queue);
      if (known->second.deleted) wrong_.push_back(name_of(body) + " came back after an acknowledged delete");
      if (found.receive_count < least || found.receive_count > most) {
        wrong_.push_back(name_of(body) +
                         " lost or gained receive counts: " + std::to_string(found.receive_count));
      }
    }
  }

  // Everything is in flight now, under the verifier's own receives or under receives in doubt.
  void check_counters(std::size_t queue, const std::map<std::string, Found>& seen) {
    std::size_t least = seen.size();
    for (const auto& [body, message] : history_.messages()) {
      if (message.queue == queue && message.certainly_there() && !seen.contains(body)) ++least;
    }
    const Json answer =
        ask("GetQueueAttributes", {{"QueueUrl", queues_[queue]}, {"AttributeNames", {"All"}}});
    if (!answer.contains("Attributes")) {
      wrong_.push_back("GetQueueAttributes failed: " + answer.dump());
      return;
    }
    const auto count = [&answer](const char* name) {
      return std::stoull(answer["Attributes"][name].get<std::string>());
    };
    const auto not_visible = count("ApproximateNumberOfMessagesNotVisible");
    if (count("ApproximateNumberOfMessages") != 0)
      wrong_.push_back("messages are counted as visible that cannot be received");
    if (not_visible < least) {
      wrong_.push_back("queue " + std::to_string(queue) +
                       " has lost messages: " + std::to_string(not_visible) + " in flight, at least " +
                       std::to_string(least) + " expected");
    }
    if (not_visible > seen.size() + static_cast<std::size_t>(history_.open_deliveries(queue))) {
      wrong_.push_back("queue " + std::to_string(queue) + " counts messages in flight that nobody received");
    }
  }

  SqsClient client_;
  const std::vector<std::string>& queues_;
  const History& history_;
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> verify(std::uint16_t port, const std::vector<std::string>& queues,
                                const History& history) {
  return Verification(port, queues, history).run();
}

}  // namespace penstock
