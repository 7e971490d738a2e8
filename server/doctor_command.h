// `penstock doctor DIR [--json]`: a data directory is examined without a daemon (storage/examination.h).
//
// Standard output has one line for each finding, with what to do, and one about all of it; or a JSON
// document. Exit codes: 0 it is sound; 1 there are findings; 64 what is asked cannot be; 66 it cannot be
// looked at: no data directory, in use, no permission.
#pragma once

#include <cstdint>
#include <string>

namespace penstock {

struct DoctorCommand {
  std::string directory;
  std::uint64_t disk_reserve_bytes = 0;
  bool json = false;
};

// Prints; the exit code.
int examine_and_tell(const DoctorCommand& command);

}  // namespace penstock
