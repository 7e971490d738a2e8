#include "storage/lock_holder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace penstock {
namespace {

namespace fs = std::filesystem;

bool has_open(const fs::path& process, const struct stat& file) {
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end;
       entry.increment(error)) {
    struct stat open {};
    if (::stat(entry->path().c_str(), &open) != 0) continue;
    if (open.st_dev == file.st_dev && open.st_ino == file.st_ino) return true;
  }
  return false;
}

}  // namespace

std::string lock_holder(const std::string& lock_file) {
  struct stat file {};
  if (::stat(lock_file.c_str(), &file) != 0) return {};
  const std::string self = std::to_string(::getpid());
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string id = entry->path().filename();
    const bool process =
        std::all_of(id.begin(), id.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
    if (!process || id == self || !has_open(entry->path(), file)) continue;
    std::string name;
    std::getline(std::ifstream(entry->path() / "comm"), name);
    return "process " + id + (name.empty() ? "" : " (" + name + ")");
  }
  return {};
}

}  // namespace penstock
