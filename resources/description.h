// Description: what there is as a resources document, that declares the same anew: a document for each
// account and region, queues and topics by name, with every attribute that can be set and has a value.
//
// The values are those that the actions answer (GetQueueAttributes and its like). What a document cannot say
// stands in it as a comment that tells why: a dead-letter queue that is gone, a receiver whose password is
// not given away.
#pragma once

#include <optional>
#include <string>

#include "broker/address.h"
#include "resources/resource_facts.h"

namespace penstock {

// Nothing: all of them.
struct DescribedWorlds {
  std::optional<AccountId> account;
  std::optional<Region> region;
};

std::string description_of(const ResourceFacts& facts, const DescribedWorlds& of);

}  // namespace penstock
