// ClientLedger: what clients were told, and what they may therefore rely on.
//
// A second witness beside the reference model, and a simpler one. It knows no queue state and no commits,
// only what was asked, what was answered, and in which order the answered things were decided:
//   - a message whose send was acknowledged comes out, unless somebody asked for its end or it expired;
//   - one whose delete, purge or queue deletion was acknowledged is not delivered by a later decision;
//   - nothing is delivered that nobody sent to that queue.
// What was asked and never answered is in doubt: it may have happened or not.
#pragma once

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
  void send_answered(const QueueName& queue, const MessageId& id, Deed deed, Time expires) {
    Fate& fate = fates_[id];
    fate.acknowledged = true;
    fate.queue = queue;
    fate.sent = deed;
    fate.expires = expires;
  }
  void delete_asked(const MessageId& id) { fates_[id].end_asked = true; }
  void delete_answered(const MessageId& id, Deed deed) {
    Fate& fate = fates_[id];
    if (!fate.ended) fate.ended = deed;
  }
  // A purge, or the deletion of the queue.
  void clear_asked(const QueueName& queue, Deed deed) { clears_[queue].asked = deed; }
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
    const Clear clear = clears_[queue];
    verdict.expect(!fate.acknowledged || fate.sent > clear.answered || deed < clear.answered,
                   "a message does not come back after a purge or its queue's deletion was acknowledged");
  }

  // Everything that could be received has been received and deleted.
  void finished(Time now, Verdict& verdict) const {
    for (const auto& [id, fate] : fates_) {
      if (!fate.acknowledged || fate.end_asked || now >= fate.expires) continue;
      const auto clear = clears_.find(fate.queue);
      const bool cleared = clear != clears_.end() && fate.sent < clear->second.asked;
      verdict.expect(cleared, "a message whose send was acknowledged comes out");
    }
  }

 private:
  struct Fate {
    QueueName queue;
    bool acknowledged = false;
    bool end_asked = false;
    Deed sent = 0;
    std::optional<Deed> ended;
    Time expires;
  };
  struct Clear {
    Deed asked = 0;
    Deed answered = 0;
  };

  std::set<std::pair<QueueName, std::string>> asked_;
  std::map<MessageId, Fate> fates_;
  std::map<QueueName, Clear> clears_;
};

}  // namespace penstock
