// Process: the daemon as the operating system sees it: signals, limits, log, exit codes.
//
//   0    stopped by SIGTERM or SIGINT: everything accepted was answered, everything answered is stored
//   1    `penstock healthcheck`: it is not ready; `penstock doctor`: there are findings
//   64   the command line or the environment asks for something that cannot be
//   65   `penstock import`: the file cannot be understood; `penstock restore`: the restore point is damaged
//   66   the configuration file, or the one that declares resources, cannot be read; there is no such backup, or
//        no data directory that `penstock doctor` could look at
//   69   an address cannot be listened on; `penstock export`, `penstock backup`: no daemon answers
//   70   the store refuses to open, or failed
//   73   `penstock restore`: the data directory cannot be written, or holds something
//   74   `penstock backup`, `penstock restore`: the disk fails or is full
//   75   `penstock backup`: another one is under way
//   78   one of these files asks for something that cannot be
//
// A second signal ends it at once, as a crash would: what was acknowledged is recovered.
#pragma once

#include <string>
#include <vector>

#include "server/open_store.h"
#include "server/settings.h"

namespace penstock {

// Serves until a signal comes; the exit code. Prints the ready line on standard output, one line a refusal
// on standard error. Called once in a process, before any other thread exists.
int run(const Settings& settings, const StoreOpener& open_store);

// The same from the arguments behind the program's name.
int run(std::vector<std::string> words, const StoreOpener& open_store);

}  // namespace penstock
