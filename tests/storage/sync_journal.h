// SyncJournal: a sidecar file, outside the data directory, that says at each moment how much of each file
// would survive a power cut; and the power cut itself, played afterwards on the files that are left.
//
// Lines are appended, each by one write, before the call that they speak of returns; so the journal of a
// killed process is complete. What a line says:
//
//     S bytes path          synced up to here
//     C path                created
//     R grave from TAB to   renamed
//     D grave path          deleted
//     F directory           directory synced
//
// Until their directory is synced, creations, renames and deletions may be undone by a power cut; as in a
// file system with a journal, the last ones first. What a rename or a deletion took away is therefore kept
// for so long, linked under a number in the graveyard, SIDECAR.graves. A file that no line names is durable
// as it is.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace penstock {

class SyncJournal {
 public:
  // Appends to the sidecar if it exists.
  explicit SyncJournal(const std::string& sidecar);
  ~SyncJournal();
  SyncJournal(const SyncJournal&) = delete;
  SyncJournal& operator=(const SyncJournal&) = delete;

  // Any thread. Those of deletions and renames come in two halves: bury before the call, the line after it.
  void synced(const std::string& path, std::uint64_t bytes);
  void created(const std::string& path);
  std::uint64_t bury(const std::string& path);
  void renamed(std::uint64_t grave, const std::string& from, const std::string& to);
  void deleted(std::uint64_t grave, const std::string& path);
  void directory_synced(const std::string& path);

 private:
  void write(std::string line);
  void append(std::string line);  // with the mutex held

  const std::string graves_;
  std::mutex mutex_;
  int file_ = -1;
  std::uint64_t last_grave_ = 0;
  std::map<std::string, std::vector<std::uint64_t>> graves_of_directory_;
};

enum class PowerCut {
  kAll,        // everything unsynced is gone
  kSuffix,     // of each file a random part of the unsynced end is gone
  kZeroPages,  // sizes stay, and a random subset of unsynced 4 KiB pages reads as zeros
};

struct Dropped {
  std::uint64_t entries = 0;  // creations, renames and deletions undone
  std::uint64_t bytes = 0;    // of files: cut off or zeroed
};

// Plays a power cut on the files under `directory`, whose process must be dead, and empties sidecar and
// graveyard: what is left is on disk.
Dropped drop_unsynced(const std::string& directory, const std::string& sidecar, PowerCut mode,
                      std::uint64_t seed);

}  // namespace penstock
