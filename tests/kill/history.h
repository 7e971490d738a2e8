// History: what clients were told, message by message, and what that obliges the broker to.
//
// A call that was answered is certain. A call whose answer never came is in doubt: it may have been
// carried out or not, whole. Everything else follows:
//   - an acknowledged send that nobody deleted is still there;
//   - an acknowledged delete never comes back;
//   - a message is not handed out before the end of a visibility timeout that was granted for certain;
//   - its receive count is the number of certain deliveries, plus at most the receives in doubt.
//
// Thread-safe: a worker says what it is about to do, and then what it was told. Between the two the call is
// in doubt, and stays so if no answer comes.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace penstock {

class History {
 public:
  using Clock = std::chrono::steady_clock;
  using Moment = Clock::time_point;

  struct Message {
    std::size_t queue = 0;
    bool send_certain = false;
    bool delete_begun = false;
    std::optional<Moment> deleted;    // answered then
    int deliveries = 0;               // certain ones
    int visibility_changes_open = 0;  // begun and not answered
    // What the last delivery or visibility change granted; void when it overlapped another one, because
    // then nobody outside knows which was decided last.
    bool visibility_certain = true;
    Moment hidden_at_least{};  // not visible before this
    Moment hidden_at_most{};   // visible from this on
    Moment last_answered{};    // of those calls
    std::string handle;        // the newest one seen

    bool certainly_there() const { return send_certain && !delete_begun; }
    bool visibility_known() const { return visibility_certain && visibility_changes_open == 0; }
  };

  void sending(std::size_t queue, const std::string& body);
  void sent(const std::string& body);
  void receiving(std::size_t queue, int messages_max);
  // Ends a receive that was begun, before its deliveries are told one by one.
  void received(std::size_t queue, int messages_max);
  // `asked` and `answered`: when the call began and ended. Returns what is wrong with this delivery.
  std::optional<std::string> delivered(const std::string& body, const std::string& handle,
                                       std::chrono::seconds visibility, Moment asked, Moment answered);
  void deleting(const std::string& body);
  void deleted(const std::string& body, Moment answered);
  void changing_visibility(const std::string& body);
  void visibility_refused(const std::string& body);
  void visibility_changed(const std::string& body, std::chrono::seconds timeout, Moment asked,
                          Moment answered);

  int certain_calls() const;
  // Calls begun and not answered: after the workers have ended, those in doubt.
  int open_calls() const;

  // For the verifier, when no worker runs any more.
  const std::map<std::string, Message>& messages() const { return messages_; }
  int open_receives(std::size_t queue) const;
  int open_deliveries(std::size_t queue) const;

 private:
  static void hide(Message& message, std::chrono::seconds timeout, Moment asked, Moment answered);

  mutable std::mutex mutex_;
  std::map<std::string, Message> messages_;
  std::map<std::size_t, int> open_receives_;
  std::map<std::size_t, int> open_deliveries_;
  int certain_ = 0;
  int open_ = 0;
};

}  // namespace penstock
