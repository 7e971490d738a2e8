#include "tests/storage/sync_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "base/random.h"
#include "base/require.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPageBytes = 4096;

std::string graveyard(const std::string& sidecar) { return sidecar + ".graves"; }
std::string directory_of(const std::string& path) { return fs::path(path).parent_path().string(); }

// The journal, read back: which files there are under which names, and what is not certain yet.
class Aftermath {
 public:
  Aftermath(const std::string& sidecar, PowerCut mode, std::uint64_t seed)
      : graves_(graveyard(sidecar)), mode_(mode), random_(seed) {
    std::ifstream journal(sidecar);
    std::string line;
    while (std::getline(journal, line)) read(line);
  }

  void undo_loose_entries() {
    for (auto& [directory, entries] : loose_) {
      const std::uint64_t kept = mode_ == PowerCut::kAll ? 0 : random_.below(entries.size() + 1);
      while (entries.size() > kept) {
        undo(entries.back());
        entries.pop_back();
        ++dropped_.entries;
      }
    }
  }

  void drop_bytes(const std::string& under) {
    for (const auto& [path, file] : names_) {
      std::error_code missing;
      const std::uint64_t size = fs::file_size(path, missing);
      if (missing || !path.starts_with(under + "/") || size <= synced_[file]) continue;
      drop_bytes(path, synced_[file], size);
    }
  }

  const Dropped& dropped() const { return dropped_; }

 private:
  using File = std::size_t;  // index of synced_
  struct Entry {
    char what;
    std::uint64_t grave;
    std::string from;  // of a creation or deletion: the path
    std::string to;
    std::optional<File> taken;  // what was under `to` (of a deletion: under the path) before
  };

  File file_at(const std::string& path) {
    const auto [name, added] = names_.try_emplace(path, synced_.size());
    if (added) synced_.push_back(0);
    return name->second;
  }
  std::optional<File> take(const std::string& path) {
    const auto name = names_.find(path);
    if (name == names_.end()) return std::nullopt;
    const File file = name->second;
    names_.erase(name);
    return file;
  }

  void read(const std::string& line) {
    require(line.size() > 2 && line[1] == ' ', "a line of the journal begins with a letter and a blank");
    const char what = line[0];
    std::string rest = line.substr(2);
    std::uint64_t number = 0;
    if (what == 'S' || what == 'R' || what == 'D') {
      const std::size_t blank = rest.find(' ');
      number = std::stoull(rest.substr(0, blank));
      rest = rest.substr(blank + 1);
    }
    switch (what) {
      case 'S':
        synced_[file_at(rest)] = number;
        break;
      case 'C':
        // An old file of that name would have been emptied, which could not be undone here.
        names_.erase(rest);
        file_at(rest);
        loose_[directory_of(rest)].push_back({what, 0, rest, {}, {}});
        break;
      case 'R': {
        const std::string from = rest.substr(0, rest.find('\t'));
        const std::string to = rest.substr(rest.find('\t') + 1);
        Entry entry{what, number, from, to, take(to)};
        if (const std::optional<File> moved = take(from)) names_[to] = *moved;
        follow_directory(from, to);
        loose_[directory_of(to)].push_back(std::move(entry));
        break;
      }
      case 'D':
        loose_[directory_of(rest)].push_back({what, number, rest, {}, take(rest)});
        break;
      case 'F':
        loose_[rest].clear();
        break;
      default:
        require(false, "the journal holds known lines only");
    }
  }

  // If it was a directory that was renamed, what is known of its files holds under their new names.
  void follow_directory(const std::string& from, const std::string& to) {
    const std::string below = from + "/";
    const auto first = names_.lower_bound(below);
    if (first == names_.end() || !first->first.starts_with(below)) return;
    const auto moved = [&](const std::string& path) {
      return path == from || path.starts_with(below) ? to + path.substr(from.size()) : path;
    };
    std::map<std::string, File> names;
    for (const auto& [path, file] : names_) names.emplace(moved(path), file);
    names_ = std::move(names);
    std::map<std::string, std::vector<Entry>> loose;
    for (auto& [directory, entries] : loose_) {
      for (Entry& entry : entries) {
        entry.from = moved(entry.from);
        entry.to = moved(entry.to);
      }
      std::vector<Entry>& into = loose[moved(directory)];
      into.insert(into.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    }
    loose_ = std::move(loose);
  }

  void undo(const Entry& entry) {
    switch (entry.what) {
      case 'C':
        names_.erase(entry.from);
        fs::remove(entry.from);
        break;
      case 'R':
        if (const std::optional<File> moved = take(entry.to)) names_[entry.from] = *moved;
        follow_directory(entry.to, entry.from);
        fs::rename(entry.to, entry.from);
        raise(entry.grave, entry.to, entry.taken);
        break;
      default:
        raise(entry.grave, entry.from, entry.taken);
    }
  }

  void raise(std::uint64_t grave, const std::string& path, std::optional<File> file) {
    if (grave == 0) return;
    fs::rename(graves_ + "/" + std::to_string(grave), path);
    if (file) names_[path] = *file;
  }

  void drop_bytes(const std::string& path, std::uint64_t synced, std::uint64_t size) {
    if (mode_ != PowerCut::kZeroPages) {
      const std::uint64_t unsynced = size - synced;
      const std::uint64_t gone = mode_ == PowerCut::kAll ? unsynced : random_.below(unsynced + 1);
      fs::resize_file(path, size - gone);
      dropped_.bytes += gone;
      return;
    }
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uint64_t at = synced; at < size;) {
      const std::uint64_t end = std::min(size, (at / kPageBytes + 1) * kPageBytes);
      if (random_.below(2) == 0) {
        file.seekp(static_cast<std::streamoff>(at));
        file << std::string(end - at, '\0');
        dropped_.bytes += end - at;
      }
      at = end;
    }
  }

  const std::string graves_;
  const PowerCut mode_;
  SeededRandom random_;
  std::vector<std::uint64_t> synced_;
  std::map<std::string, File> names_;
  std::map<std::string, std::vector<Entry>> loose_;  // by directory, since it was synced last
  Dropped dropped_;
};

}  // namespace

SyncJournal::SyncJournal(const std::string& sidecar)
    : graves_(graveyard(sidecar)),
      file_(::open(sidecar.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  require(file_ >= 0, "the sidecar can be written");
  fs::create_directories(graves_);
  for (const fs::directory_entry& grave : fs::directory_iterator(graves_)) {
    last_grave_ = std::max<std::uint64_t>(last_grave_, std::stoull(grave.path().filename().string()));
  }
}

SyncJournal::~SyncJournal() { ::close(file_); }

void SyncJournal::synced(const std::string& path, std::uint64_t bytes) {
  write("S " + std::to_string(bytes) + " " + path);
}

void SyncJournal::created(const std::string& path) { write("C " + path); }

std::uint64_t SyncJournal::bury(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::error_code missing;
  fs::create_hard_link(path, graves_ + "/" + std::to_string(last_grave_ + 1), missing);
  return missing ? 0 : ++last_grave_;
}

void SyncJournal::renamed(std::uint64_t grave, const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  graves_of_directory_[directory_of(to)].push_back(grave);
  append("R " + std::to_string(grave) + " " + from + "\t" + to);
}

void SyncJournal::deleted(std::uint64_t grave, const std::string& path) {
  const std::lock_guard lock(mutex_);
  graves_of_directory_[directory_of(path)].push_back(grave);
  append("D " + std::to_string(grave) + " " + path);
}

void SyncJournal::directory_synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  append("F " + path);
  // Those whose line stands before this one. What is buried but not yet told of may still come back.
  for (const std::uint64_t grave : graves_of_directory_[path]) {
    std::error_code ignored;
    fs::remove(graves_ + "/" + std::to_string(grave), ignored);
  }
  graves_of_directory_[path].clear();
}

void SyncJournal::write(std::string line) {
  const std::lock_guard lock(mutex_);
  append(std::move(line));
}

void SyncJournal::append(std::string line) {
  line.push_back('\n');
  require(::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size()),
          "a line of the sidecar is written whole");
}

Dropped drop_unsynced(const std::string& directory, const std::string& sidecar, PowerCut mode,
                      std::uint64_t seed) {
  Aftermath aftermath(sidecar, mode, seed);
  aftermath.undo_loose_entries();
  aftermath.drop_bytes(directory);
  fs::resize_file(sidecar, 0);
  fs::remove_all(graveyard(sidecar));
  return aftermath.dropped();
}

}  // namespace penstock
