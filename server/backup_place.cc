#include "server/backup_place.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace penstock {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPathBytesMax = 4096;
constexpr std::size_t kNameBytesMax = 64;

// Of a series of backups: nothing that a shell, a log or a path could take for something else.
bool is_name(const std::string& name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  // The library's own, where the directory above has backups itself.
  const bool taken = name == "meta" || name == "private" || name == "shared" || name == "shared_checksum";
  return !taken && !name.empty() && name.size() <= kNameBytesMax && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), plain);
}

bool are_one(const fs::path& one, const fs::path& other) {
  std::error_code failed;
  return one == other || fs::equivalent(one, other, failed);
}

fs::path normal(const fs::path& path) {
  fs::path plain = path.lexically_normal();
  return plain.has_filename() ? plain : plain.parent_path();
}

}  // namespace

tl::expected<std::string, std::string> backup_place(const std::string& root_text, std::string_view asked) {
  if (root_text.empty()) {
    return tl::unexpected(std::string(
        "The daemon was started without a directory for backups: start it with --backup-directory DIR "
        "(PENSTOCK_BACKUP_DIRECTORY)."));
  }
  const tl::unexpected<std::string> outside(
      "Backups go to " + root_text +
      " (--backup-directory) or to a directory directly in it, whose name is "
      "made of at most 64 letters, digits and ._- and which is no link.");
  const bool whole = asked.find('\0') == std::string_view::npos && asked.size() <= kPathBytesMax;
  if (!whole || !asked.starts_with('/')) return outside;
  std::error_code failed;
  const fs::path root = fs::absolute(root_text, failed);
  if (failed) return outside;
  const fs::path wanted = normal(fs::path(asked));
  const fs::path real_root = fs::weakly_canonical(root, failed);
  if (failed) return tl::unexpected(root_text + " cannot be entered: " + failed.message());
  if (are_one(wanted, normal(root))) return real_root.string();
  const std::string name = wanted.filename();
  if (!is_name(name) || !are_one(wanted.parent_path(), normal(root))) return outside;
  const fs::path place = real_root / name;
  const fs::file_status status = fs::symlink_status(place, failed);
  if (status.type() != fs::file_type::not_found && status.type() != fs::file_type::directory) return outside;
  return place.string();
}

}  // namespace penstock
