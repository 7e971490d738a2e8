// ContentWindow: the messages of one lane that are in memory with their content: a run from its front on.
//
// What joins is charged to the budget that all windows share, what leaves is given back. A message that the
// budget had no room for is cold, and so is all that follows it; that is remembered until the window
// shrinks, so that nobody asks for pages that could not be kept.
//
// Owned by its lane. Entry is any type with a ContentPtr `content` and a member `bytes`.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "broker/message.h"
#include "broker/window_budget.h"

namespace penstock {

template <class Entry>
class ContentWindow {
 public:
  explicit ContentWindow(WindowBudget& budget) : budget_(budget) {}
  ~ContentWindow() { clear(); }
  ContentWindow(const ContentWindow&) = delete;
  ContentWindow& operator=(const ContentWindow&) = delete;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  const Entry& front() const { return entries_.front(); }
  const Entry& back() const { return entries_.back(); }
  const Entry& operator[](std::size_t index) const { return entries_[index]; }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

  // The entry joins at the end; false if there is no room for it.
  bool admit(Entry&& entry) {
    // Its own bytes too, so that empty contents are bounded.
    entry.bytes = sizeof(Entry) + memory_bytes(*entry.content);
    if (!budget_.admits(bytes_, entry.bytes)) {
      refused_ = true;
      return false;
    }
    bytes_ += entry.bytes;
    budget_.add(entry.bytes);
    entries_.push_back(std::move(entry));
    return true;
  }
  void pop_front() {
    bytes_ -= entries_.front().bytes;
    budget_.subtract(entries_.front().bytes);
    entries_.pop_front();
    refused_ = false;
  }
  void clear() {
    while (!entries_.empty()) pop_front();
  }

  // Whether it is time for a page of what follows.
  bool runs_low() const {
    return entries_.empty() || (entries_.size() < kLow && !refused_ && budget_.worth_refilling(bytes_));
  }

 private:
  // A refill is asked for when fewer messages than this are left.
  static constexpr std::size_t kLow = 250;

  std::deque<Entry> entries_;
  WindowBudget& budget_;
  std::size_t bytes_ = 0;
  bool refused_ = false;  // the budget had no room for the next one
};

}  // namespace penstock
