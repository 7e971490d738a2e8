// StartRefusal: why the daemon does not start, in one line, and the exit code that says so to scripts
// (sysexits.h).
#pragma once

#include <string>

namespace penstock {

struct StartRefusal {
  int exit_code;
  std::string text;
};

inline constexpr int kExitNotReady = 1;      // of `penstock healthcheck` alone
inline constexpr int kExitFindings = 1;      // of `penstock doctor` alone
inline constexpr int kExitUsage = 64;        // EX_USAGE: flags or environment
inline constexpr int kExitData = 65;         // EX_DATAERR: a file to be imported that cannot be understood
inline constexpr int kExitNoInput = 66;      // EX_NOINPUT: a file that cannot be read
inline constexpr int kExitUnavailable = 69;  // EX_UNAVAILABLE: cannot listen
inline constexpr int kExitStore = 70;        // EX_SOFTWARE: the store refuses or failed
inline constexpr int kExitCannotCreate = 73; // EX_CANTCREAT: a data directory that a restore cannot write
inline constexpr int kExitIo = 74;           // EX_IOERR: a backup or restore that a disk refuses
inline constexpr int kExitBusy = 75;         // EX_TEMPFAIL: another backup is under way
inline constexpr int kExitConfig = 78;       // EX_CONFIG: what a configuration file says

}  // namespace penstock
