// MobileDirectory: decides about SMS and mobile push (broker/mobile.h), and holds what there is to know.
//
//     endpoint of an application     Enabled is "true" or "false"; each token is one endpoint of its
//     application sandbox number                 Pending --the right code--> Verified
//
// What is published to a telephone or an endpoint leaves with its reply, as a Direct delivery: there is no
// queue behind it. Everything is bounded in bytes, over all accounts.
//
// `apply` alone alters facts. Topics owns it and calls it; Resets have it erase.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "broker/broker_limits.h"
#include "broker/command.h"
#include "broker/queue.h"

namespace penstock {

class MobileDirectory {
 public:
  MobileDirectory(PartitionId partition, const BrokerLimits& limits)
      : partition_(partition), limits_(limits) {}

  // True of the changes of what is kept here, which are for nobody else.
  static bool concerns(const Change& change);
  void apply(const Change& change);
  bool holds(const MobileKey& key) const { return records_.contains(key); }
  // Ascending by key.
  void each_fact(const std::function<void(const Record&)>& visit) const;

  // Without being asked by a command (broker/resets.h), if it is there.
  void erase(const MobileKey& key, Decision& decision);

  void execute(const Command& command, MobileOperation&& operation, Decision& decision);

  // Whether something published to that endpoint, by ARN, or telephone would leave.
  bool reaches(SubscriptionProtocol protocol, const World& world, std::string_view endpoint) const;
  // Whether there is such an endpoint of mobile push.
  bool has_endpoint(std::string_view arn) const;

 private:
  class Act;

  const MobileRecord* find(const World& world, MobileKind kind, std::string_view name) const;
  std::vector<MobileRecord> list(const World& world, MobileKind kind, std::string_view prefix,
                                 std::string_view after, std::size_t count) const;
  void put(MobileRecord&& record);
  void erase(const MobileKey& key);

  const PartitionId partition_;
  const BrokerLimits limits_;
  std::map<MobileKey, MobileRecord> records_;
  // The endpoint that a token is, by the key of its application.
  std::map<std::pair<MobileKey, std::string>, std::string> tokens_;
  std::size_t bytes_ = 0;
};

}  // namespace penstock
