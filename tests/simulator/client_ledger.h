// ClientLedger: what clients were told, and what they may therefore rely on.
//
// A second witness beside the reference model, and a simpler one. It knows no queue state and no commits,
// only what was asked, what was answered, and in which order the answered things were decided:
//   - a message whose send was acknowledged comes out, unless somebody asked for its end or it expired;
//   - one whose delete, purge or queue deletion was acknowledged is not delivered by a later decision;
//   - nothing is delivered that nobody sent to that queue.
// What was asked and never answered is in doubt: it may have happened or not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker/command.h"
#include "tests/simulator/verdict.h"

namespace penstock {

class ClientLedger {
 public:
  // The number of a decision; rises with each one, over crashes too.
  using Deed = std::uint64_t;
  using QueueName = std::pair<World, std::string>;

  void send_asked(const QueueName& queue, const std::string& body) { asked_.insert({queue, body}); }
  void send_answered(const QueueName& queue, const MessageId& id, Deed deed, Time sent_at) {
    Fate& fate = fates_[id];
    fate.acknowledged = true;
    fate.queue = queue;
    fate.sent = deed;
    fate.sent_at = sent_at;
  }
  // For the queue, by its creation or later. The shortest that was ever asked for is what a message may rely
  // on; the reference model knows better.
  void retention_asked(const QueueName& queue, Seconds retention) {
    Seconds& shortest = retentions_.try_emplace(queue, kRetention).first->second;
    shortest = std::min(shortest, retention);
  }
  void delete_asked(const MessageId& id) { fates_[id].end_asked = true; }
  void delete_answered(const MessageId& id, Deed deed) {
    Fate& fate = fates_[id];
    if (!fate.ended) fate.ended = deed;
  }
  // A purge, or the deletion of the queue.
  void clear_asked(const QueueName& queue, Deed deed) { clears_[queue].asked.insert(deed); }
  void clear_refused(const QueueName& queue, Deed deed) { clears_[queue].asked.erase(deed); }
  void clear_answered(const QueueName& queue, Deed deed) {
    Deed& answered = clears_[queue].answered;
    answered = std::max(answered, deed);
  }

  void delivered(const QueueName& queue, const MessageId& id, const std::string& body, Deed deed,
                 Verdict& verdict) {
    verdict.expect(asked_.contains({queue, body}), "clients receive only what was sent to the queue");
    Fate& fate = fates_[id];
    verdict.expect(!fate.ended || deed < *fate.ended,
                   "a message does not come back after its delete was acknowledged");
    const Clear& clear = clears_[queue];
    verdict.expect(!fate.acknowledged || fate.sent > clear.answered || deed < clear.answered,
                   "a message does not come back after a purge or its queue's deletion was acknowledged");
  }

  // Everything that could be received has been received and deleted.
  void finished(Time now, Verdict& verdict) const {
    for (const auto& [id, fate] : fates_) {
      if (!fate.acknowledged || fate.end_asked) continue;
      const auto shortest = retentions_.find(fate.queue);
      if (now >= fate.sent_at + (shortest == retentions_.end() ? kRetention : shortest->second)) continue;
      const auto clear = clears_.find(fate.queue);
      const bool cleared =
          clear != clears_.end() && !clear->second.asked.empty() && fate.sent < *clear->second.asked.rbegin();
      verdict.expect(cleared, "a message whose send was acknowledged comes out");
    }
  }

 private:
  static constexpr Seconds kRetention{345'600};

  struct Fate {
    QueueName queue;
    bool acknowledged = false;
    bool end_asked = false;
    Deed sent = 0;
    std::optional<Deed> ended;
    Time sent_at;
  };
  struct Clear {
    std::set<Deed> asked;  // and not refused
    Deed answered = 0;
  };

  std::set<std::pair<QueueName, std::string>> asked_;
  std::map<MessageId, Fate> fates_;
  std::map<QueueName, Clear> clears_;
  std::map<QueueName, Seconds> retentions_;
};

}  // namespace penstock
