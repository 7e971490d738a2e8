// The commands about backups:
//
//     penstock backup DIR [--keep N]               has the running daemon take one (server/backup_pages.h)
//     and waits penstock backup DIR --list [--json]          what there is; needs no daemon penstock backup
//     DIR --verify                 reads every file and compares the checksums; needs no daemon penstock
//     backup DIR --drop ID                drops restore points; needs no daemon penstock restore DIR --data
//     DATA [--point N] writes a new data directory (storage/restoration.h)
//
// Exit codes (sysexits.h): 0; 64 what is asked cannot be; 65 a point is damaged; 66 there is no such backup;
// 69 no daemon answers, or it went away; 73 the data directory cannot be written, or holds something; 74 the
// disk fails or is full; 75 another backup is under way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "auth/secret.h"
#include "server/daemon_exchange.h"
#include "server/start_refusal.h"

namespace penstock {

struct TakeBackup {
  DaemonUrl url;
  std::shared_ptr<const Secret> token;  // of the admin side; null: none
  std::string directory;                // as the operator names it
  std::uint32_t keep = 0;               // 0: all
};
struct ListBackups {
  std::string directory;
  bool json = false;
};
struct VerifyBackups {
  std::string directory;
};
struct DropBackups {
  std::string directory;
  std::vector<std::uint32_t> points;
};
struct RestoreBackup {
  std::string directory;
  std::string data;
  std::optional<std::uint32_t> point;  // nothing: the newest
};

// What is to be printed when it is done.
tl::expected<std::string, StartRefusal> perform(const TakeBackup& command);
tl::expected<std::string, StartRefusal> perform(const ListBackups& command);
tl::expected<std::string, StartRefusal> perform(const VerifyBackups& command);
tl::expected<std::string, StartRefusal> perform(const DropBackups& command);
tl::expected<std::string, StartRefusal> perform(const RestoreBackup& command);

}  // namespace penstock
