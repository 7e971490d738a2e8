// FifoWindow: the oldest messages of a FIFO queue, by group, and which of them may be handed out.
//
//     low ........ frontier ........ high
//      |  window      |  cold (disk only)
//
// The window holds every message below the frontier that is not deleted: at most kMessagesMax, the rule of
// AWS, which looks no further for a free group either. A message sent while the window reaches up to high
// joins it; otherwise it is cold and comes by a page.
//
// Contents are kept of a run from the front on, as far as the budget admits, until they are delivered; when few of
// the run are left, the next ones come by a page too. What is delivered without its content at hand is read then.
//
// The deliverable part of a group is the run of its oldest messages up to, and without, the first that is
// hidden (in flight or delayed). So a group is ready exactly if its oldest message is visible, and a hidden
// head blocks all that stands behind it. Ready groups stand in a line: who was served goes to its end.
//
// It is a view: the queue tells it what its facts say. Time comes by settle(), and never runs back.
// Invariants: each message is in the order of sequences and in its group; each group is not empty, and
// either in the line or in the heap of the blocked, by when its head becomes visible.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "broker/indexed_heap.h"
#include "broker/page.h"
#include "broker/record.h"
#include "broker/window_budget.h"

namespace penstock {

class FifoWindow {
 public:
  static constexpr std::size_t kMessagesMax = 120'000;

  explicit FifoWindow(WindowBudget& budget) : budget_(budget) {}
  ~FifoWindow() { clear({}); }
  FifoWindow(const FifoWindow&) = delete;
  FifoWindow& operator=(const FifoWindow&) = delete;

  struct Message {
    Sequence sequence;
    MessageHead head;
    ContentPtr content;  // null: cold
    std::uint32_t received_before = 0;  // in the queue that it was moved from
  };

  std::size_t size() const { return by_sequence_.size(); }
  bool full() const { return size() >= kMessagesMax; }
  bool empty() const { return by_sequence_.empty(); }
  bool holds(Sequence sequence) const { return by_sequence_.contains(sequence.value); }
  // Everything below it that is not deleted is here.
  Sequence frontier() const { return frontier_; }
  // The oldest; the window must not be empty.
  Message front() const { return message(first_); }
  // When the oldest message was sent that is not hidden now; nothing if all that are here are.
  std::optional<Time> oldest_visible(Time now) const;

  // Joins at the frontier, which moves behind it; its sequence is not below the frontier. It is hidden until
  // that time.
  void add(const FifoRecord& record, Time hidden_until);
  // There is nothing more below that sequence.
  void extend(Sequence frontier) {
    if (warm_to_ == frontier_) warm_to_ = std::max(warm_to_, frontier);
    frontier_ = std::max(frontier_, frontier);
  }
  // The messages whose contents are to be had next, if it is time for them.
  std::optional<FifoRange> cold_run() const {
    if (warm_ >= kWarmLow || warm_to_ == frontier_ || !budget_.worth_refilling(bytes_)) return std::nullopt;
    return FifoRange{warm_to_, frontier_};
  }
  // A message of a page of that run, or that all of it has been seen. False: there is no room for more.
  bool warm(const FifoRecord& record);
  void warmed_to(Sequence sequence) { warm_to_ = std::max(warm_to_, std::min(sequence, frontier_)); }
  // What is not here is passed over by these two. What is hidden now was delivered, and its content goes.
  void hide(Sequence sequence, Time hidden_until);
  void erase(Sequence sequence);
  // Another delay of the queue: `hidden_until(sequence, sent)` says it of each message anew.
  template <class HiddenUntil>
  void hide_all(const HiddenUntil& hidden_until) {
    for (Slot slot = first_; slot != kNone; slot = messages_[slot].later) {
      messages_[slot].hidden_until = hidden_until(messages_[slot].sequence, messages_[slot].head.sent);
    }
    blocked_ = IndexedHeap();
    for (Slot group = 0; group < groups_.size(); ++group) {
      if (groups_[group].first != kNone) arrange(group);
    }
  }

  void settle(Time now);
  bool ready() const { return line_first_ != kNone; }
  // What the next receive gets, in order: the ready groups one after the other, of each its run, at most
  // `count`, and nothing from a message on that `admits(sequence)` refuses. The groups that were served go
  // to the end of the line.
  template <class Admits>
  std::vector<Message> choose(std::size_t count, const Admits& admits) {
    std::vector<Message> chosen;
    std::vector<Slot> served;
    for (Slot group = line_first_; group != kNone && chosen.size() < count; group = groups_[group].next) {
      const std::size_t before = chosen.size();
      for (Slot slot = groups_[group].first; slot != kNone && visible(slot) && chosen.size() < count;
           slot = messages_[slot].behind) {
        if (!admits(messages_[slot].sequence)) break;
        chosen.push_back(message(slot));
      }
      if (chosen.size() != before) served.push_back(group);
    }
    for (const Slot group : served) {
      leave_line(group);
      join_line(group);
    }
    return chosen;
  }
  // What choose() would give if it were asked for that many and admitted all; it moves no group.
  std::vector<Message> peek(std::size_t count) const {
    std::vector<Message> seen;
    for (Slot group = line_first_; group != kNone && seen.size() < count; group = groups_[group].next) {
      for (Slot slot = groups_[group].first; slot != kNone && visible(slot) && seen.size() < count;
           slot = messages_[slot].behind) {
        seen.push_back(message(slot));
      }
    }
    return seen;
  }
  // The first of what choose() would give; it moves no group. Nothing if no group is ready.
  std::optional<Message> first_ready() const {
    if (line_first_ == kNone) return std::nullopt;
    return message(groups_[line_first_].first);
  }
  // When the next blocked group gets free; kNever if none does by time alone.
  Time next_free() const;

  // Empty, with that frontier.
  void clear(Sequence frontier);
  // Gives the memory of contents back, not the order; they come back by pages.
  void drop_contents();

 private:
  // The run is continued when fewer messages than this are left of it.
  static constexpr std::size_t kWarmLow = 500;

  using Slot = IndexedHeap::Slot;
  static constexpr Slot kNone = 0xffffffff;

  struct Place {
    Sequence sequence;
    MessageHead head;
    ContentPtr content;
    Time hidden_until;
    std::uint32_t received_before = 0;
    std::size_t bytes = 0;  // charged to the budget
    Slot group = kNone;
    Slot earlier = kNone;  // by sequence
    Slot later = kNone;
    Slot before = kNone;  // in the group
    Slot behind = kNone;
  };

  struct Group {
    std::string id;
    Slot first = kNone;  // messages; none: the slot is free
    Slot last = kNone;
    Slot ahead = kNone;  // in the line of the ready
    Slot next = kNone;
    bool ready = false;
  };

  Message message(Slot slot) const {
    return {messages_[slot].sequence, messages_[slot].head, messages_[slot].content,
            messages_[slot].received_before};
  }
  bool visible(Slot slot) const { return messages_[slot].hidden_until <= settled_; }
  Slot group_of(const std::string& id);
  // Puts the group where its head says that it belongs.
  void arrange(Slot group);
  void join_line(Slot group);
  void leave_line(Slot group);
  bool charge(Place& place, const ContentPtr& content);
  void uncharge(Place& place);

  auto sooner() const {
    return [this](Slot a, Slot b) {
      const Place& head_a = messages_[groups_[a].first];
      const Place& head_b = messages_[groups_[b].first];
      if (head_a.hidden_until != head_b.hidden_until) return head_a.hidden_until < head_b.hidden_until;
      return head_a.sequence < head_b.sequence;
    };
  }

  WindowBudget& budget_;
  std::size_t bytes_ = 0;
  std::size_t warm_ = 0;  // messages with their content
  Sequence warm_to_;      // all below it had their content; not above the frontier
  Time settled_ = kEpoch;
  Sequence frontier_;

  std::deque<Place> messages_;
  std::vector<Slot> free_messages_;
  boost::unordered_flat_map<std::uint64_t, Slot> by_sequence_;
  Slot first_ = kNone;
  Slot last_ = kNone;

  std::deque<Group> groups_;
  std::vector<Slot> free_groups_;
  boost::unordered_flat_map<std::string, Slot> by_id_;
  IndexedHeap blocked_;
  Slot line_first_ = kNone;
  Slot line_last_ = kNone;
};

}  // namespace penstock
