// The tags of a queue or a topic: ascending by key, no key twice.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "broker/queue_attributes.h"

namespace penstock {

// A key that is there already gets the new value. How many there may be is for whoever asks.
inline void put_tags(std::vector<Tag>& tags, const std::vector<Tag>& added) {
  for (const Tag& tag : added) {
    const auto place =
        std::lower_bound(tags.begin(), tags.end(), tag.key,
                         [](const Tag& present, const std::string& key) { return present.key < key; });
    if (place != tags.end() && place->key == tag.key) {
      place->value = tag.value;
    } else {
      tags.insert(place, tag);
    }
  }
}

inline void erase_tags(std::vector<Tag>& tags, const std::vector<std::string>& keys) {
  std::erase_if(tags,
                [&](const Tag& tag) { return std::find(keys.begin(), keys.end(), tag.key) != keys.end(); });
}

}  // namespace penstock
