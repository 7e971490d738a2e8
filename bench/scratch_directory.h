// ScratchDirectory: a directory that is new, and gone with all it holds at the end.
#pragma once

#include <filesystem>
#include <string>

namespace penstock {

class ScratchDirectory {
 public:
  // Throws if none can be made in `parent`.
  explicit ScratchDirectory(const std::filesystem::path& parent);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace penstock
