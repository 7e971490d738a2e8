#include "server/group_commit.h"

#include <algorithm>
#include <utility>

#include "base/require.h"

namespace penstock {
namespace {

std::size_t content_bytes(const Change& change) {
  if (const Copy* const copy = std::get_if<Copy>(&change)) return copy->bytes_max;
  const Put* const put = std::get_if<Put>(&change);
  if (!put) return 0;
  if (const auto* fresh = std::get_if<FreshRecord>(&put->record)) return memory_bytes(*fresh->content);
  if (const auto* later = std::get_if<LaterRecord>(&put->record)) return memory_bytes(*later->content);
  if (const auto* fifo = std::get_if<FifoRecord>(&put->record)) return memory_bytes(*fifo->content);
  if (const auto* publication = std::get_if<PublicationRecord>(&put->record)) {
    return memory_bytes(*publication->content);
  }
  return 0;
}

std::vector<BodyKey> cold_bodies(const Answer& answer) {
  std::vector<BodyKey> keys;
  if (const Received* const received = std::get_if<Received>(&answer)) {
    for (const Delivery& delivery : received->deliveries) {
      if (!delivery.content) keys.push_back(delivery.body);
    }
  }
  return keys;
}

}  // namespace

GroupCommit::GroupCommit(Store& store, const Recovered& recovered)
    : store_(store), last_(recovered.position), last_time_(recovered.time) {}

void GroupCommit::decided() {
  ++decisions_;
  ++counts_.decisions;
  for (; changes_seen_ < filling_.changes.size(); ++changes_seen_) {
    content_bytes_ += content_bytes(filling_.changes[changes_seen_]);
  }
  counts_.replies += filling_.replies.size();
  for (Reply& reply : filling_.replies) attach(std::move(reply));
  filling_.replies.clear();

  // With changes, the wants go out behind the commit: hand_over.
  if (!has_commit()) {
    if (!outstanding_) decisions_ = 0;  // nothing is held back
    ask_store();
  }
}

void GroupCommit::ask_store() {
  // The store may answer at once, and whoever is answered must find nothing here that was asked already.
  std::vector<PageWant> wants = std::exchange(filling_.wants, {});
  std::vector<LookUp> look_ups = std::exchange(filling_.look_ups, {});
  for (PageWant& want : wants) store_.read(std::move(want), last_);
  for (LookUp& look_up : look_ups) store_.read(std::move(look_up), last_);
}

void GroupCommit::attach(Reply&& reply) {
  std::vector<BodyKey> cold = cold_bodies(reply.answer);
  if (!cold.empty()) {
    attach_cold(std::move(reply), std::move(cold));
  } else if (has_commit()) {
    filling_replies_.push_back(std::move(reply));
  } else if (outstanding_) {
    outstanding_->replies.push_back(std::move(reply));
  } else {
    released_.push_back(std::move(reply));
  }
}

void GroupCommit::attach_cold(Reply&& reply, std::vector<BodyKey>&& keys) {
  // A delivery is a change, so the commit that the bodies are read as of is the filling one.
  must_commit();
  const std::uint64_t token = next_token_++;
  filling_reads_.push_back({token, std::move(keys)});
  cold_.emplace(token, Cold{std::move(reply)});
}

void GroupCommit::hand_over(Time now) {
  if (outstanding_ || !has_commit()) return;
  last_ = last_.next();
  last_time_ = std::max(last_time_, now);

  outstanding_.emplace();
  outstanding_->position = last_;
  outstanding_->replies = std::exchange(filling_replies_, {});
  for (const BodyRead& read : filling_reads_) outstanding_->cold.push_back(read.token);
  Commit commit{last_, last_time_, std::exchange(filling_.changes, {}), std::exchange(filling_reads_, {})};
  changes_seen_ = content_bytes_ = decisions_ = 0;
  must_commit_ = false;
  ++counts_.commits;

  store_.append(std::move(commit));
  ask_store();
}

void GroupCommit::durable(Position position) {
  if (!outstanding_ || position < outstanding_->position) return;
  Outstanding done = *std::exchange(outstanding_, std::nullopt);
  for (Reply& reply : done.replies) released_.push_back(std::move(reply));
  for (const std::uint64_t token : done.cold) {
    cold_.at(token).durable = true;
    release_if_ready(token);
  }
  if (!has_commit()) decisions_ = 0;
}

void GroupCommit::bodies(std::uint64_t token, std::vector<BodyRecord>&& records) {
  const auto found = cold_.find(token);
  require(found != cold_.end() && !found->second.filled, "bodies come once, for a reply that waits for them");
  Received& received = std::get<Received>(found->second.reply.answer);
  auto record = records.begin();
  for (Delivery& delivery : received.deliveries) {
    if (delivery.content) continue;
    require(record != records.end() && record->content, "each body asked for comes");
    delivery.head = record->head;
    delivery.content = std::move(record->content);
    ++record;
  }
  found->second.filled = true;
  release_if_ready(token);
}

void GroupCommit::release_if_ready(std::uint64_t token) {
  const auto found = cold_.find(token);
  if (!found->second.durable || !found->second.filled) return;
  released_.push_back(std::move(found->second.reply));
  cold_.erase(found);
}

}  // namespace penstock
