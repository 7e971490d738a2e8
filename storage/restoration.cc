#include "storage/restoration.h"

#include <rocksdb/file_system.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "storage/data_directory.h"
#include "storage/durable_files.h"
#include "storage/format_file.h"
#include "storage/lock_holder.h"
#include "storage/rocks_opening.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;
using Kind = RestoreRefusal::Kind;
using Step = tl::expected<void, RestoreRefusal>;

constexpr std::uint64_t kRoomBeside = 64 << 20;  // a new log, a new MANIFEST
const rocksdb::IOOptions kOptions;

tl::unexpected<RestoreRefusal> refused(Kind kind, std::string text) {
  return tl::unexpected(RestoreRefusal{kind, std::move(text)});
}

class Restoring {
 public:
  Restoring(const RestoreOrder& order, WorkProgress& progress)
      : order_(order),
        progress_(progress),
        files_(order.files ? order.files : rocksdb::FileSystem::Default()),
        beside_(order.data + "/" + std::string(kRestoring)) {}

  ~Restoring() {
    if (entered_ && !whole_) clear();
    if (lock_ != nullptr) files_->UnlockFile(lock_, kOptions, nullptr).PermitUncheckedError();
    if (entered_ && !whole_) leave();
  }
  Restoring(const Restoring&) = delete;
  Restoring& operator=(const Restoring&) = delete;

  tl::expected<Restored, RestoreRefusal> run() {
    for (const auto step : {&Restoring::choose, &Restoring::enter, &Restoring::find_room, &Restoring::copy,
                            &Restoring::try_out, &Restoring::move_in}) {
      if (Step done = (this->*step)(); !done) return tl::unexpected(std::move(done.error()));
    }
    return restored_;
  }

 private:
  Step choose() {
    auto reader = BackupReader::open(order_.backups, files_, progress_);
    if (!reader) return refused(Kind::kNoBackup, reader.error().text);
    reader_ = *std::move(reader);
    const RestorePoints points = reader_->points();
    const RestorePoint* point = nullptr;
    if (order_.point) {
      point = points.find(*order_.point);
      const bool damaged =
          std::find(points.damaged.begin(), points.damaged.end(), *order_.point) != points.damaged.end();
      if (damaged) {
        return refused(Kind::kDamaged, "restore point " + std::to_string(order_.point->value) + " of " +
                                           order_.backups +
                                           " is damaged: a file is missing or has another size; "
                                           "choose another point (penstock backup " +
                                           order_.backups + " --list)");
      }
    } else if (!points.whole.empty()) {
      point = &points.whole.back();
    }
    if (point == nullptr) {
      return refused(Kind::kNoBackup,
                     order_.backups + " has " +
                         (order_.point ? "no restore point " + std::to_string(order_.point->value)
                                       : std::string("no whole restore point")) +
                         "; penstock backup " + order_.backups + " --list shows what there is");
    }
    restored_.point = *point;
    progress_.expect(point->bytes);
    return {};
  }

  Step enter() {
    if (::mkdir(order_.data.c_str(), 0700) == 0) {
      made_ = true;
    } else if (errno != EEXIST) {
      return refused(Kind::kTarget, "the data directory " + order_.data +
                                        " cannot be made: " + std::strerror(errno) +
                                        "; make the directory above it, as the user that the daemon runs as");
    }
    std::error_code failed;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(order_.data, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      names.push_back(entry->path().filename());
    }
    if (failed) {
      return refused(Kind::kTarget,
                     "the data directory " + order_.data + " cannot be entered: " + failed.message());
    }
    const auto holds = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    const std::string lock = order_.data + "/LOCK";
    // Not taken where there is something else: a restore leaves no file beside what it refuses to touch.
    const bool unfinished = holds(kRestoring) && !holds("FORMAT");
    const bool vacant = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == "LOCK" || name == "lost+found" ||
             (unfinished && (name == kRestoring || name == "db" || name == "FORMAT.new"));
    });
    if (vacant || holds("LOCK")) {
      const rocksdb::IOStatus locked = files_->LockFile(lock, kOptions, &lock_, nullptr);
      if (!locked.ok()) {
        lock_ = nullptr;
        const std::string holder = lock_holder(lock);
        return refused(Kind::kTarget, "the data directory " + order_.data + " is in use by " +
                                          (holder.empty() ? "another process" : holder) +
                                          "; stop that one, or restore into another directory (" +
                                          locked.ToString() + ")");
      }
    }
    if (!vacant) {
      return refused(Kind::kTarget, order_.data + (holds("FORMAT") ? " holds a store" : " is not empty") +
                                        "; move it away (mv " + order_.data + " " + order_.data +
                                        ".before), or restore into another directory");
    }
    entered_ = true;
    clear();
    return {};
  }

  Step find_room() {
    std::uint64_t free = 0;
    const rocksdb::IOStatus asked = files_->GetFreeSpace(order_.data, kOptions, &free, nullptr);
    if (!asked.ok()) return refused(Kind::kFailed, "asking how much disk is free: " + asked.ToString());
    const std::uint64_t needed = restored_.point.bytes + kRoomBeside;
    if (free >= needed) return {};
    return refused(Kind::kFailed, "not enough disk for the restore into " + order_.data + ": " +
                                      std::to_string(free) + " bytes are free and " + std::to_string(needed) +
                                      " are needed; make room");
  }

  Step copy() {
    if (::mkdir(beside_.c_str(), 0700) != 0) {
      return refused(Kind::kTarget, beside_ + " cannot be made: " + std::strerror(errno));
    }
    if (Result<void> copied = reader_->restore(restored_.point.id, beside_ + "/db"); !copied) {
      const bool damaged = copied.error().text.find("Corruption") != std::string::npos;
      return refused(damaged ? Kind::kDamaged : Kind::kFailed,
                     copied.error().text + (damaged ? "; choose another point" : ""));
    }
    const std::string format = format_text(kDataTitle, kDataFormat, reader_->identity());
    if (Result<void> written = write_durably(*files_, beside_ + "/FORMAT", format); !written) {
      return refused(Kind::kFailed, written.error().text);
    }
    return {};
  }

  Step try_out() {
    RocksStoreOptions options;
    options.directory = beside_;
    options.file_system = files_;
    const auto opened = open_database(options, {});
    if (!opened) return refused(Kind::kDamaged, "what was restored does not open: " + opened.error().text);
    restored_.applied = (*opened)->applied;
    if (restored_.applied.position >= restored_.point.position) return {};
    return refused(Kind::kDamaged,
                   "restore point " + std::to_string(restored_.point.id.value) + " was taken at commit " +
                       std::to_string(restored_.point.position.value) + " and goes up to " +
                       std::to_string(restored_.applied.position.value) + " only; choose another point");
  }

  Step move_in() {
    const std::string database = order_.data + "/db";
    Result<void> done = sync_database(beside_ + "/db");
    if (done)
      done =
          checked(files_->RenameFile(beside_ + "/db", database, kOptions, nullptr), "moving in " + database);
    if (done) done = sync_directory(*files_, order_.data);
    if (done) {
      done = write_durably(*files_, order_.data + "/FORMAT",
                           format_text(kDataTitle, kDataFormat, reader_->identity()));
    }
    if (!done) return refused(Kind::kFailed, done.error().text);
    whole_ = true;
    sync_directory_above(*files_, order_.data);
    std::error_code ignored;
    fs::remove_all(beside_, ignored);
    return {};
  }

  Result<void> sync_database(const std::string& database) {
    std::vector<std::string> names;
    Result<void> done =
        checked(files_->GetChildren(database, kOptions, &names, nullptr), "reading " + database);
    for (const std::string& name : names) {
      if (done && name != "." && name != "..") done = sync_file(*files_, database + "/" + name);
    }
    return done ? sync_directory(*files_, database) : done;
  }

  // What this restore, or one before that did not end, has written.
  void clear() {
    std::error_code ignored;
    fs::remove_all(order_.data + "/db", ignored);
    fs::remove(order_.data + "/FORMAT.new", ignored);
    fs::remove_all(beside_, ignored);
  }

  void leave() {
    std::error_code ignored;
    fs::remove(order_.data + "/LOCK", ignored);
    if (made_) fs::remove(order_.data, ignored);
  }

  const RestoreOrder& order_;
  WorkProgress& progress_;
  const std::shared_ptr<rocksdb::FileSystem> files_;
  const std::string beside_;
  std::unique_ptr<BackupReader> reader_;
  rocksdb::FileLock* lock_ = nullptr;
  bool made_ = false;     // the data directory
  bool entered_ = false;  // and it is ours
  bool whole_ = false;
  Restored restored_;
};

}  // namespace

tl::expected<Restored, RestoreRefusal> restore(const RestoreOrder& order, WorkProgress& progress) {
  return Restoring(order, progress).run();
}

}  // namespace penstock
