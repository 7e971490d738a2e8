// GroupCommit: gathers what the broker decides into commits, and holds every reply back until what it
// says is durable.
//
//     decisions --> filling --hand_over--> outstanding --durable--> replies leave
//
// At most one commit is outstanding at the store and one is filling. The filling is handed over as soon
// as nothing is outstanding; until then it takes decisions up to its bounds. The law: a reply leaves when
// the last commit that it could have seen is durable.
//   - While the filling has changes, replies belong to it and leave with it.
//   - While it has none, all that a reply could have seen is outstanding or durable: it leaves with the
//     outstanding commit, or at once if there is none. No empty commit is written for it.
//   - A reply that delivers messages whose content is not at hand leaves when its commit is durable and
//     the bodies have come.
// A page or record is wanted as of the filling commit if that has changes, as of the last one otherwise.
//
// It knows nothing of threads; its owner lets one at a time touch it.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "broker/outcome.h"
#include "storage/store.h"

namespace penstock {

class GroupCommit {
 public:
  static constexpr std::size_t kCommandsMax = 1024;
  static constexpr std::size_t kContentBytesMax = 4 << 20;

  GroupCommit(Store& store, const Recovered& recovered);

  // What decisions append to. After each decision: `decided`.
  Outcome& outcome() { return filling_; }
  void decided();
  // The filling is handed over even without changes (broker time stepped).
  void must_commit() { must_commit_ = true; }

  // The filling takes no more until the outstanding commit is durable.
  bool stalled() const { return outstanding_ && full(); }
  bool full() const { return decisions_ >= kCommandsMax || content_bytes_ >= kContentBytesMax; }
  // Somebody is answered when the filling is durable.
  bool awaited() const { return !filling_replies_.empty() || !filling_reads_.empty(); }
  // Does nothing while a commit is outstanding or the filling holds nothing to write.
  void hand_over(Time now);

  // What the store reports.
  void durable(Position position);
  void bodies(std::uint64_t token, std::vector<BodyRecord>&& records);

  // The replies that may leave now, in order; to be taken out by the caller.
  std::vector<Reply>& released() { return released_; }

  // Nothing filling, outstanding, or waiting for bodies.
  bool idle() const { return !outstanding_ && !has_commit() && cold_.empty(); }

  struct Counts {
    std::uint64_t commits = 0;
    std::uint64_t decisions = 0;
    std::uint64_t replies = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Outstanding {
    Position position;
    std::vector<Reply> replies;
    std::vector<std::uint64_t> cold;  // tokens
  };
  struct Cold {
    Reply reply;
    bool durable = false;
    bool filled = false;
  };

  bool has_commit() const { return must_commit_ || !filling_.changes.empty(); }
  void attach(Reply&& reply);
  void attach_cold(Reply&& reply, std::vector<BodyKey>&& keys);
  void release_if_ready(std::uint64_t token);
  // What the filling wants to be read is asked of the store, as of the last commit handed over.
  void ask_store();

  Store& store_;
  Position last_;  // handed over
  Time last_time_;

  Outcome filling_;  // its changes; what else it has is taken out by decided(), wants and look-ups only if it may
  std::vector<Reply> filling_replies_;
  std::vector<BodyRead> filling_reads_;
  std::size_t changes_seen_ = 0;
  std::size_t content_bytes_ = 0;
  std::size_t decisions_ = 0;
  bool must_commit_ = false;

  std::optional<Outstanding> outstanding_;
  std::unordered_map<std::uint64_t, Cold> cold_;
  std::uint64_t next_token_ = 1;
  std::vector<Reply> released_;
  Counts counts_;
};

}  // namespace penstock
