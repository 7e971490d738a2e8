#include "actions/body_digests.h"

#include "base/md5_lanes.h"

namespace penstock {

void BodyDigests::settle() {
  if (owed_.empty()) return;
  bodies_.clear();
  for (const auto& content : owed_) bodies_.push_back(content->body);
  digests_.resize(bodies_.size());
  md5_each(bodies_, digests_);
  for (std::size_t at = 0; at < owed_.size(); ++at) owed_[at]->body_md5 = digests_[at];
  owed_.clear();
}

}  // namespace penstock
