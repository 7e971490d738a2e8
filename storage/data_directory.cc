#include "storage/data_directory.h"

#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/random.h"
#include "storage/durable_files.h"
#include "storage/format_file.h"
#include "storage/lock_holder.h"
#include "storage/wal_scanner.h"

namespace penstock {
namespace {

const rocksdb::IOOptions kOptions;

tl::unexpected<Error> refused(std::string text) {
  return refuse(ErrorCode::kInternalFailure, std::move(text));
}

std::string user() { return std::to_string(::geteuid()); }
std::string group() { return std::to_string(::getegid()); }

// As one word of a command that the operator may copy.
std::string quoted(const std::string& path) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '.' || c == '-' || c == '_';
  };
  if (!path.empty() && path[0] != '-' && std::all_of(path.begin(), path.end(), plain)) return path;
  std::string word = "'";
  for (const char c : path) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace

DataDirectory::DataDirectory(std::string path, std::shared_ptr<rocksdb::FileSystem> files)
    : path_(std::move(path)), files_(std::move(files)) {}

DataDirectory::~DataDirectory() {
  if (lock_ != nullptr) files_->UnlockFile(lock_, kOptions, nullptr).PermitUncheckedError();
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path,
                                                           std::shared_ptr<rocksdb::FileSystem> files) {
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, std::move(files)));
  for (const auto step : {&DataDirectory::enter, &DataDirectory::lock, &DataDirectory::read_format}) {
    if (Result<void> done = (directory.get()->*step)(); !done) return tl::unexpected<Error>(done.error());
  }
  if (!directory->born()) {
    if (Result<void> cleared = directory->clear_unborn_database(); !cleared) {
      return tl::unexpected<Error>(cleared.error());
    }
  }
  return directory;
}

Result<void> DataDirectory::enter() {
  struct stat found {};
  if (::stat(path_.c_str(), &found) != 0) {
    if (errno != ENOENT || (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST)) {
      return refused("the data directory " + path_ + " cannot be created: " + std::strerror(errno) +
                     "; create it for this user (as root: install -d -m 700 -o " + user() + " -g " + group() +
                     " " + quoted(path_) + "), or choose another one");
    }
    if (::stat(path_.c_str(), &found) != 0) {
      return refused("the data directory " + path_ + " cannot be entered: " + std::strerror(errno));
    }
  }
  if (!S_ISDIR(found.st_mode)) {
    return refused(path_ + " is a file, and the data directory must be a directory; choose another path");
  }
  if (::faccessat(AT_FDCWD, path_.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    return refused("no permission to write to the data directory " + path_ + ", which belongs to user " +
                   std::to_string(found.st_uid) + "; give it to this user (as root: chown -R " + user() +
                   ":" + group() + " " + quoted(path_) + "), or choose another one");
  }
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    notice_ =
        "other users can enter the data directory " + path_ + "; close it with: chmod 700 " + quoted(path_);
  }
  return {};
}

Result<void> DataDirectory::lock() {
  const rocksdb::IOStatus status = files_->LockFile(path_ + "/LOCK", kOptions, &lock_, nullptr);
  if (status.ok()) return {};
  lock_ = nullptr;
  if (status.IsNoSpace()) {
    return refused("not enough disk to open the store in " + path_ + ": nothing is free; make room");
  }
  const std::string holder = lock_holder(path_ + "/LOCK");
  return refused("the data directory " + path_ + " is in use by " +
                 (holder.empty() ? "another process" : holder) +
                 "; stop that one, or choose another directory (" + status.ToString() + ")");
}

Result<void> DataDirectory::read_format() {
  const std::string path = path_ + "/FORMAT";
  const Result<FormatFound> found = penstock::read_format(*files_, path, kDataTitle, kDataFormat);
  if (!found) return tl::unexpected<Error>(found.error());
  switch (found->state) {
    case FormatState::kAbsent:
      return {};
    case FormatState::kKnown:
      identity_ = found->identity;
      born_ = true;
      return {};
    case FormatState::kNewer:
      return refused(path_ + " has storage format " + std::to_string(found->number) +
                     ", written by a newer version of the broker; this one knows up to format " +
                     std::to_string(kDataFormat) + ": start that newer version");
    case FormatState::kDamaged:
      break;
  }
  return refused(path + " is damaged: this cannot be told to be a data directory; restore it from a backup");
}

Result<void> DataDirectory::clear_unborn_database() {
  SystemRandom random;
  identity_ = random.next();
  const std::string restoring = path_ + "/" + std::string(kRestoring);
  const rocksdb::IOStatus begun = files_->FileExists(restoring, kOptions, nullptr);
  if (begun.ok()) {
    return refused("a restore into " + path_ + " was not finished: run penstock restore again, or remove " +
                   quoted(restoring) + " to begin with an empty store");
  }
  if (!begun.IsNotFound()) return checked(begun, "looking for " + restoring);
  std::vector<std::string> names;
  const rocksdb::IOStatus listed = files_->GetChildren(database(), kOptions, &names, nullptr);
  if (listed.IsNotFound()) return {};
  if (!listed.ok()) return checked(listed, "reading " + database());
  const Result<std::vector<WalFile>> wal_files = list_wal_files(*files_, database());
  if (!wal_files) return tl::unexpected<Error>(wal_files.error());
  const bool holds_something =
      std::any_of(wal_files->begin(), wal_files->end(), [](const WalFile& file) { return file.bytes > 0; }) ||
      std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".sst"); });
  if (holds_something) {
    return refused(path_ + " holds a database but no FORMAT file; restore it, or choose another directory");
  }
  for (const std::string& name : names) {
    if (name == "." || name == "..") continue;
    const std::string path = database() + "/" + name;
    if (Result<void> removed = checked(files_->DeleteFile(path, kOptions, nullptr), "removing " + path);
        !removed) {
      return removed;
    }
  }
  return {};
}

Result<void> DataDirectory::finish_birth() {
  if (Result<void> written =
          write_durably(*files_, path_ + "/FORMAT", format_text(kDataTitle, kDataFormat, identity_));
      !written) {
    return written;
  }
  sync_directory_above(*files_, path_);
  born_ = true;
  return {};
}

Result<void> DataDirectory::sync_all() {
  const Result<std::vector<WalFile>> wal_files = list_wal_files(*files_, database());
  if (!wal_files) return tl::unexpected<Error>(wal_files.error());
  for (const WalFile& wal_file : *wal_files) {
    if (Result<void> synced = sync_file(*files_, wal_file.path); !synced) return synced;
  }
  if (Result<void> synced = sync_directory(*files_, database()); !synced) return synced;
  return sync_directory(*files_, path_);
}

Result<void> DataDirectory::cut_file(const std::string& path, std::uint64_t bytes) {
  std::string all;
  if (Result<void> read = checked(rocksdb::ReadFileToString(files_.get(), path, &all), "reading " + path);
      !read) {
    return read;
  }
  const std::string aside = path_ + "/cut";
  const std::string tail =
      aside + "/" + path.substr(path.find_last_of('/') + 1) + "-" + std::to_string(bytes);
  const std::string rest = aside + "/rest";
  const std::size_t at = std::min<std::size_t>(bytes, all.size());
  rocksdb::IOStatus status = files_->CreateDirIfMissing(aside, kOptions, nullptr);
  if (status.ok()) {
    status = rocksdb::WriteStringToFile(files_.get(), {all.data() + at, all.size() - at}, tail, true);
  }
  // The library's file systems cannot truncate; a shorter file takes the place of the old one instead,
  // whole or not at all.
  if (status.ok()) status = rocksdb::WriteStringToFile(files_.get(), {all.data(), at}, rest, true);
  if (status.ok()) status = files_->RenameFile(rest, path, kOptions, nullptr);
  if (!status.ok()) return checked(status, "cutting " + path);
  if (Result<void> synced = sync_directory(*files_, aside); !synced) return synced;
  return sync_directory(*files_, path.substr(0, path.find_last_of('/')));
}

}  // namespace penstock
