// CommitBodies: where the bodies lie that a commit asks for.
//
// A commit may deliver a message and, decided a moment later, erase it. So bodies are read from the state
// before the commit; and those that the commit itself puts are taken from its changes. Then every body
// asked for exists, and a missing one is corruption.
#pragma once

#include <map>
#include <memory>
#include <variant>
#include <vector>

#include "storage/store.h"

namespace penstock {

class CommitBodies {
 public:
  // Looks at the changes only if the commit asks for bodies.
  explicit CommitBodies(const Commit& commit) {
    if (commit.body_reads.empty()) return;
    for (const Change& change : commit.changes) {
      if (const auto* put = std::get_if<Put>(&change)) {
        if (const auto* fresh = std::get_if<FreshRecord>(&put->record)) {
          put_.emplace(fresh->key, BodyRecord{fresh->head, fresh->content});
        } else if (const auto* later = std::get_if<LaterRecord>(&put->record)) {
          put_.emplace(later->key, BodyRecord{later->head, later->content});
        } else if (const auto* fifo = std::get_if<FifoRecord>(&put->record)) {
          put_.emplace(fifo->key, BodyRecord{fifo->head, fifo->content});
        }
      } else if (const auto* copy = std::get_if<Copy>(&change)) {
        copied_.emplace(copy->to, *copy);
      }
    }
  }

  // The body; `stored(key)` gives one as it was before the commit (any type that a BodyRecord makes, or a
  // Result of one).
  template <class Stored>
  auto find(BodyKey key, const Stored& stored) const -> decltype(stored(key)) {
    std::vector<const Copy*> copies;  // the last one first
    for (auto copied = copied_.find(key); copied != copied_.end(); copied = copied_.find(key)) {
      copies.push_back(&copied->second);
      key = copied->second.from;
    }
    const auto put = put_.find(key);
    decltype(stored(key)) body = put == put_.end() ? stored(key) : decltype(stored(key))(put->second);
    for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) alter(body, **copy);
    return body;
  }

 private:
  static void alter(BodyRecord& body, const Copy& copy) {
    const auto content = std::make_shared<MessageContent>(*body.content);
    content->dead_letter = copy.dead_letter;
    if (!copy.deduplication_id.empty()) content->deduplication_id = copy.deduplication_id;
    const MessageId id = copy.keeps_id ? body.head.id : copy.head.id;
    body = {{id, copy.head.sent}, content};
  }
  static void alter(Result<BodyRecord>& body, const Copy& copy) {
    if (body) alter(*body, copy);
  }

  std::map<BodyKey, BodyRecord> put_;
  std::map<BodyKey, Copy> copied_;
};

}  // namespace penstock
