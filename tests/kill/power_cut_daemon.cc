// The daemon, over a file system that keeps a journal of what is synced. Killed, its files can be cut back
// to what a power failure would have left. The journal lies at $POWER_CUT_JOURNAL.
#include <cstdlib>
#include <memory>

#include "server/process.h"
#include "tests/storage/synced_file_system.h"

int main(int argc, char** argv) {
  using namespace penstock;
  const char* journal = std::getenv("POWER_CUT_JOURNAL");
  if (journal == nullptr) return 64;
  SyncedFileSystem::Options options;
  options.sidecar = journal;
  options.sync_for_real = false;  // the power cut is played, so the journal's word is enough
  const auto files = std::make_shared<SyncedFileSystem>(rocksdb::FileSystem::Default(), options);
  return run(std::vector<std::string>(argv + 1, argv + argc),
             [files](const Settings& settings, StoreEvents& events) {
               return open_store_over(files, settings, events);
             });
}
