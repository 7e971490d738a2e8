// TouchedSet: the messages of one queue that were received and not deleted.
//
// Always resident, because receipt handles act on it and nothing else; hence compact: 64 bytes an entry, its
// positions in two heaps included, and a slot in each of them and in the index.
//
// A visible entry is in one of two lists, by whether its tenant was noisy when somebody looked at it last
// (broker/fairness.h, which is told here what is in flight).
//
// An entry is hidden or visible. Every put makes it hidden, in a heap by hidden_until; `settle(now)` moves
// those whose time has come to the end of the visible list. So the facts never depend on time, and the
// visible list is in the order in which messages became visible again. Two more heaps, by enqueue time, find
// the oldest: what expires, and for how long the oldest visible one has been there.
//
// Invariant: each entry is in the index, and either in both heaps of the hidden or in list and heap of the
// visible.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "base/time.h"
#include "broker/fairness.h"
#include "broker/indexed_heap.h"
#include "broker/record.h"

namespace penstock {

// Whose messages are meant.
enum class Tenants { kAll, kQuiet, kNoisy };

class TouchedSet {
 public:
  TouchedSet() = default;
  TouchedSet(const TouchedSet&) = delete;
  TouchedSet& operator=(const TouchedSet&) = delete;

  std::size_t size() const { return index_.size(); }
  std::size_t visible_count() const { return visible_count_; }
  std::size_t hidden_count() const { return hidden_.size(); }

  // Facts. `put` replaces the record of the same lane and sequence, if there is one.
  void put(const TouchedRecord& record);
  void erase(Lane lane, Sequence sequence);
  // All with (lane, sequence) in [from, to).
  void erase_range(const TouchedKey& from, const TouchedKey& to);

  // The record, its key completed with the queue's address.
  std::optional<TouchedRecord> find(const QueueAddress& queue, Lane lane, Sequence sequence) const;

  // View. Moves to the visible list what is visible as of now.
  void settle(Time now);
  // The one that has been visible for longest (of what settle() has seen).
  std::optional<TouchedRecord> first_visible(const QueueAddress& queue) const;
  // Likewise, of these tenants. The noisy ones are asked for behind the quiet ones only.
  std::optional<TouchedRecord> first_visible(const QueueAddress& queue, Tenants tenants, Time now);
  Fairness& fairness() { return fairness_; }
  // The oldest by enqueue time.
  std::optional<TouchedRecord> oldest(const QueueAddress& queue) const;
  // When the next hidden one becomes visible; kNever if none is hidden.
  Time next_visible() const;
  Time oldest_enqueued() const;          // kNever if empty
  Time oldest_visible_enqueued() const;  // of what settle() has seen; kNever if none is visible

  // Visits those in `places_max` places from this one on, in no order that means anything; gives the next
  // place, nothing at the end. A message keeps its place for as long as it is here.
  std::optional<std::uint64_t> scan(const QueueAddress& queue, std::uint64_t from, std::size_t places_max,
                                    const std::function<bool(std::uint64_t, const TouchedRecord&)>& visit) const;

  // Ascending by key.
  void each(const QueueAddress& queue, const std::function<void(const TouchedRecord&)>& visit) const;

 private:
  using Slot = IndexedHeap::Slot;
  static constexpr Slot kNone = 0xffffffff;

  // Times are milliseconds after `enqueued`: a message lives 14 days, 32 bits hold 49.
  struct Entry {
    std::uint64_t sequence;
    std::uint64_t nonce;
    std::int64_t enqueued;
    std::uint64_t group;
    std::uint32_t first_received;
    std::uint32_t last_received;
    std::uint32_t hidden_until;
    std::uint32_t due;  // of kLaterLane
    std::uint32_t receive_count;
    // Of a visible one: its neighbours in its list. Of a hidden one: where it stands in hidden_ and hidden_ages_.
    std::uint32_t previous;
    std::uint32_t next;
    std::uint16_t lane;
    bool visible;
    bool noisy;  // in which list
  };
  static_assert(sizeof(Entry) == 64);
  static_assert(kNone == HeapPositions::kAbsent, "what is in no list is in no heap");
  struct List {
    Slot first = kNone;
    Slot last = kNone;
  };

  // Lane and sequence in one.
  struct Place {
    std::uint64_t value;
  };
  // The index holds slots alone, a quarter of what it would be with the keys; their places are in the entries.
  struct ByPlace {
    using is_transparent = void;
    const std::deque<Entry>* entries;

    Place of(Place place) const { return place; }
    Place of(Slot slot) const;
    std::size_t operator()(auto at) const { return std::hash<std::uint64_t>()(of(at).value); }
    bool operator()(auto a, auto b) const { return of(a).value == of(b).value; }
  };

  // Kept in that member of the entries.
  template <std::uint32_t Entry::*kMember>
  struct PositionsInEntries {
    std::deque<Entry>* entries;

    std::uint32_t of(Slot slot) const { return (*entries)[slot].*kMember; }
    void set(Slot slot, std::uint32_t position) { (*entries)[slot].*kMember = position; }
  };

  static Place place_of(Lane lane, Sequence sequence);
  TouchedRecord record_of(const QueueAddress& queue, const Entry& entry) const;
  Time hidden_until(Slot slot) const;
  void unlink(Slot slot);
  void leave_list(Slot slot);
  void join_list(Slot slot, bool noisy);
  List& list_of(const Entry& entry) { return entry.noisy ? noisy_ : quiet_; }
  Time received(const Entry& entry) const;
  Slot oldest_slot() const;  // kNone if empty
  void erase_slot(Slot slot);

  auto sooner() const {
    return [this](Slot a, Slot b) {
      const Time at_a = hidden_until(a), at_b = hidden_until(b);
      return at_a != at_b ? at_a < at_b : entries_[a].sequence < entries_[b].sequence;
    };
  }
  auto older() const {
    return [this](Slot a, Slot b) { return entries_[a].enqueued < entries_[b].enqueued; };
  }

  std::deque<Entry> entries_;
  std::vector<Slot> free_;
  boost::unordered_flat_set<Slot, ByPlace, ByPlace> index_{0, ByPlace{&entries_}, ByPlace{&entries_}};
  template <std::uint32_t Entry::*kMember>
  using HeapInEntries = BasicIndexedHeap<PositionsInEntries<kMember>>;

  HeapInEntries<&Entry::previous> hidden_{PositionsInEntries<&Entry::previous>{&entries_}};
  HeapInEntries<&Entry::next> hidden_ages_{PositionsInEntries<&Entry::next>{&entries_}};
  IndexedHeap visible_ages_;
  List quiet_;
  List noisy_;
  Fairness fairness_;
  std::size_t visible_count_ = 0;
};

}  // namespace penstock
