#include "tests/kill/history.h"

#include <algorithm>

namespace penstock {

void History::sending(std::size_t queue, const std::string& body) {
  const std::lock_guard lock(mutex_);
  ++open_;
  messages_[body].queue = queue;
}

void History::sent(const std::string& body) {
  const std::lock_guard lock(mutex_);
  --open_;
  ++certain_;
  messages_[body].send_certain = true;
}

void History::receiving(std::size_t queue, int messages_max) {
  const std::lock_guard lock(mutex_);
  ++open_;
  ++open_receives_[queue];
  open_deliveries_[queue] += messages_max;
}

void History::received(std::size_t queue, int messages_max) {
  const std::lock_guard lock(mutex_);
  --open_;
  ++certain_;
  --open_receives_[queue];
  open_deliveries_[queue] -= messages_max;
}

std::optional<std::string> History::delivered(const std::string& body, const std::string& handle,
                                              std::chrono::seconds visibility, Moment asked,
                                              Moment answered) {
  const std::lock_guard lock(mutex_);
  const auto found = messages_.find(body);
  if (found == messages_.end()) return "was never sent";
  Message& message = found->second;
  std::optional<std::string> wrong;
  if (message.deleted && *message.deleted < asked) wrong = "came back after an acknowledged delete";
  if (message.visibility_known() && asked >= message.last_answered && answered < message.hidden_at_least) {
    wrong = "was handed out again inside its visibility timeout";
  }
  ++message.deliveries;
  message.handle = handle;
  hide(message, visibility, asked, answered);
  return wrong;
}

void History::deleting(const std::string& body) {
  const std::lock_guard lock(mutex_);
  ++open_;
  messages_[body].delete_begun = true;
}

void History::deleted(const std::string& body, Moment answered) {
  const std::lock_guard lock(mutex_);
  --open_;
  ++certain_;
  messages_[body].deleted = answered;
}

void History::changing_visibility(const std::string& body) {
  const std::lock_guard lock(mutex_);
  ++open_;
  ++messages_[body].visibility_changes_open;
}

void History::visibility_changed(const std::string& body, std::chrono::seconds timeout, Moment asked,
                                 Moment answered) {
  const std::lock_guard lock(mutex_);
  --open_;
  ++certain_;
  Message& message = messages_[body];
  --message.visibility_changes_open;
  hide(message, timeout, asked, answered);
}

void History::visibility_refused(const std::string& body) {
  const std::lock_guard lock(mutex_);
  --open_;
  ++certain_;
  --messages_[body].visibility_changes_open;
}

void History::hide(Message& message, std::chrono::seconds timeout, Moment asked, Moment answered) {
  message.visibility_certain = asked >= message.last_answered && message.visibility_changes_open == 0;
  message.last_answered = std::max(message.last_answered, answered);
  message.hidden_at_least = asked + timeout;
  message.hidden_at_most = answered + timeout;
}

int History::certain_calls() const {
  const std::lock_guard lock(mutex_);
  return certain_;
}

int History::open_calls() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

int History::open_receives(std::size_t queue) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_receives_.find(queue);
  return found == open_receives_.end() ? 0 : found->second;
}

int History::open_deliveries(std::size_t queue) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_deliveries_.find(queue);
  return found == open_deliveries_.end() ? 0 : found->second;
}

}  // namespace penstock
