// BackupPlace: which directories the daemon writes backups to, when the admin side is asked for one.
//
// The daemon may write where whoever asks may not; so only the operator, who starts it, says where: a
// directory
// (--backup-directory), and the directories directly in it, so that there may be several series of backups.
// What is asked for is compared with it by what it is on disk, not by how it is spelt; a symbolic link leads
// nowhere.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace penstock {

// The path to write to, without links in it, or one line on why not. `root` empty: nowhere.
tl::expected<std::string, std::string> backup_place(const std::string& root, std::string_view asked);

}  // namespace penstock
