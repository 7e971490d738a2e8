// The text of a resources document (resources/resources_document.h), written: what exports and importers
// print. It is made of entries, whose keys and values stand there as they will be read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "broker/queue_attributes.h"

namespace penstock {

struct ResourceEntry {
  std::string name;                       // of a subscription: empty
  std::vector<std::string> remarks = {};  // comments above it
  bool only_a_remark = false;             // it stands there as a comment as a whole
  std::vector<std::pair<std::string, std::string>> lines = {};
  std::vector<Tag> tags = {};
  std::vector<ResourceEntry> subscriptions = {};
};

struct ResourcesOutline {
  std::vector<std::string> remarks = {};  // comments at its top
  std::string account = {};               // empty: not said
  std::string region = {};                // likewise
  std::vector<ResourceEntry> queues = {};
  std::vector<ResourceEntry> topics = {};
};

// One document each.
std::string resources_text(const std::vector<ResourcesOutline>& outlines);

}  // namespace penstock
