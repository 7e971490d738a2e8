// DeliveryRecord: what topics would have delivered to endpoints that this machine cannot reach: functions,
// streams, telephones, mobile push, and mail while there is no mail server. Each is written down here, which
// ends its attempt as delivered, for tests and people to read (server/delivery_page.h).
//
// In memory, the newest of them: bounded in count and in bytes, both settings. Nobody takes silence for an empty
// record: what makes room for newer ones is counted as dropped; a restart begins a new one, which says when it began,
// and an orderly stop says how many it forgets (docs/decisions/0025).
//
// Any thread may call. Its lock is held to move pointers about, never to render.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/log.h"
#include "server/outgoing.h"

namespace penstock {

struct RecordedDelivery {
  std::uint64_t number = 0;  // from 1, in the order in which they were recorded
  OutgoingDestinationPtr to;
  ContentPtr content;
};

class DeliveryRecord final : public OutgoingSink {
 public:
  struct Bounds {
    std::size_t deliveries_max = 1'000;
    std::size_t bytes_max = 64 << 20;
  };

  DeliveryRecord(const Bounds& bounds, AttemptPort& attempts) : bounds_(bounds), attempts_(attempts) {}

  // Of deliveries from outboxes; each attempt is ended.
  void deliver(std::vector<OutgoingDelivery>&& deliveries) override;
  void deliver_directly(OutgoingDestinationPtr to, ContentPtr content) override {
    add(std::move(to), std::move(content));
  }

  struct Counts {
    std::uint64_t recorded = 0;  // since the start
    std::uint64_t dropped = 0;   // of those, to make room

    std::uint64_t kept() const { return recorded - dropped; }
  };
  Counts counts() const;
  // The record begins with its process: nothing that was recorded before is here.
  static std::chrono::system_clock::time_point began();
  // The process ends, and this with it.
  void tell_end() const;

  struct Selection {
    std::uint64_t after = 0;  // number
    std::optional<SubscriptionProtocol> protocol;
    std::string endpoint;   // empty: any
    std::string topic_arn;  // empty: any
    std::size_t deliveries_max = 100;
  };
  struct Found {
    std::vector<RecordedDelivery> deliveries;  // ascending by number
    Counts counts;
  };
  Found find(const Selection& selection) const;

 private:
  void add(OutgoingDestinationPtr to, ContentPtr content);
  void make_room();

  const Bounds bounds_;
  AttemptPort& attempts_;
  LogLimit dropped_log_;
  mutable std::mutex mutex_;
  std::deque<RecordedDelivery> deliveries_;
  std::size_t bytes_ = 0;
  Counts counts_;
};

}  // namespace penstock
