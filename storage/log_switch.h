// LogSwitch: the write-ahead log is synced to its end before a byte is written into the next one.
//
// Where commits are not synced one by one, the library may begin a new log file while the end of the old one
// is in the page cache only. A power cut could then keep the new file's commits and lose those before them.
// The library announces that it is about to write elsewhere when a memtable is sealed, on the very thread
// that will write and before it does; then the old log is synced.
//
// Any thread of the library, or one that writes, may be in the callback.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <mutex>
#include <optional>
#include <string>

namespace penstock {

class LogSwitch : public rocksdb::EventListener {
 public:
  // From now on each switch syncs this database's log, which must stay open until disarm().
  void arm(rocksdb::DB& database);
  void disarm();

  void OnMemTableSealed(const rocksdb::MemTableInfo& info) override;

  // Why a sync failed, if one did: nothing may be written any more.
  std::optional<std::string> failure() const;

 private:
  mutable std::mutex mutex_;
  rocksdb::DB* database_ = nullptr;  // null: not armed
  std::optional<std::string> failure_;
};

}  // namespace penstock
