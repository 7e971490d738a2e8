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
    fate.sent = deed;
    fate.sent_at = sent_at;
    fate.places.try_emplace(queue, deed);
  }
  // For the queue, by its creation or later. The shortest that was ever asked for is what a message may rely
  // on; the reference model knows better.
  void retention_asked(const QueueName& queue, Seconds retention) {
    Seconds& shortest = retentions_.try_emplace(queue, kRetention).first->second;
    shortest = std::min(shortest, retention);
  }
  // It may be there from now on: a crash can undo the move. A move task makes another message of it, of which
  // nothing was acknowledged.
  void moved(const QueueName& to, const MessageId& id, const MessageId& new_id, const std::string& body,
             Deed deed) {
    asked_.insert({to, body});
    fates_[new_id].places[to] = deed;
    fates_[id].moved = true;
    if (new_id != id) fates_[id].end_asked = true;
  }
  void delete_asked(const MessageId& id) { fates_[id].end_asked = true; }
  void delete_answered(const MessageId& id, Deed deed) {
    Fate& fate = fates_[id];
    // A handle from before a move succeeds and does nothing to the message where it is now.
    if (!fate.ended && !fate.moved) fate.ended = deed;
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
    const auto place = fate.places.find(queue);
    const Deed came = place == fate.places.end() ? fate.sent : place->second;
    verdict.expect(!fate.acknowledged || came >= clear.answered || deed < clear.answered,
                   "a message does not come back after a purge or its queue's deletion was acknowledged");
  }

  // Everything that could be received has been received and deleted.
  void finished(Time now, Verdict& verdict) const {
    for (const auto& [id, fate] : fates_) {
      if (!fate.acknowledged || fate.end_asked) continue;
      bool over = false;
      for (const auto& [queue, came] : fate.places) {
        const auto shortest = retentions_.find(queue);
        if (now >= fate.sent_at + (shortest == retentions_.end() ? kRetention : shortest->second)) over = true;
        const auto clear = clears_.find(queue);
        if (clear != clears_.end() && !clear->second.asked.empty() && came < *clear->second.asked.rbegin()) {
          over = true;
        }
      }
      verdict.expect(over, "a message whose send was acknowledged comes out");
    }
  }

 private:
  static constexpr Seconds kRetention{345'600};

  struct Fate {
    std::map<QueueName, Deed> places;  // where it may be, and since when
    bool acknowledged = false;
    bool end_asked = false;
    bool moved = false;
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
