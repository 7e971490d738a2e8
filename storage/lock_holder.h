// LockHolder: which process has a lock file open, so that a refusal can name it.
//
// Found by looking through the open files of the processes that this one may look at; nothing is found of
// another user's or another container's.
#pragma once

#include <string>

namespace penstock {

// "process 4711 (penstock)", or empty. This process itself is never meant.
std::string lock_holder(const std::string& lock_file);

}  // namespace penstock
