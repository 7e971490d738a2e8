// RestorePoint: one state of a store that a directory of backups can bring back.
#pragma once

#include <cstdint>
#include <vector>

#include "base/named.h"
#include "base/time.h"
#include "broker/change.h"

namespace penstock {

using PointId = Named<std::uint32_t, struct PointIdTag>;

struct RestorePoint {
  PointId id;
  std::int64_t taken = 0;   // seconds since the Unix epoch, by the wall clock
  Position position;        // it has this commit and all before it
  Time time;                // of that commit
  std::uint64_t bytes = 0;  // of all its files, those it shares too
  std::uint32_t files = 0;
};

struct RestorePoints {
  std::vector<RestorePoint> whole;  // oldest first
  std::vector<PointId> damaged;     // something of theirs is missing or has another size

  const RestorePoint* find(PointId id) const;
};

}  // namespace penstock
