#include "storage/log_switch.h"

namespace penstock {

void LogSwitch::arm(rocksdb::DB& database) {
  const std::lock_guard lock(mutex_);
  database_ = &database;
}

void LogSwitch::disarm() {
  const std::lock_guard lock(mutex_);
  database_ = nullptr;
}

void LogSwitch::OnMemTableSealed(const rocksdb::MemTableInfo&) {
  const std::lock_guard lock(mutex_);
  if (database_ == nullptr || failure_) return;
  if (const rocksdb::Status status = database_->SyncWAL(); !status.ok()) failure_ = status.ToString();
}

std::optional<std::string> LogSwitch::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace penstock
