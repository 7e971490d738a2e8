// BodyDigests: the MD5 of the message bodies that one round of requests has brought, computed together.
//
// A digest is the largest single cost of a small request, and several at once cost little more than one
// (base/md5_lanes.h). So whoever plans many requests in a row lets them owe their digests, and settles all of them
// before any of the commands leaves. From then on the contents change no more.
//
// It belongs to one thread.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/message.h"

namespace penstock {

class BodyDigests {
 public:
  void owe(std::shared_ptr<MessageContent> content) { owed_.push_back(std::move(content)); }
  // Every content that was owed one has its digest.
  void settle();

 private:
  std::vector<std::shared_ptr<MessageContent>> owed_;
  // Kept for their memory.
  std::vector<std::string_view> bodies_;
  std::vector<Md5> digests_;
};

}  // namespace penstock
