// Examination: everything in a data directory is read and compared, and nothing is written but the lock.
//
//     the door    mode and owner of the directory, FORMAT, a restore that was not finished, free space
//     the log     MANIFEST and write-ahead log by our own scanners, every checksum
//     the tables  each table that is in use: whether it is there, and every checksum of the library
//     the records every value's checksum and fields, and whether the records agree
//     (storage/facts_examination.h)
//
// What is damaged early hides what comes later: where a log or table cannot be read, the records that agree
// or do not are those that are left, and they are compared only if all of them could be read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "broker/change.h"
#include "storage/finding.h"
#include "storage/work_progress.h"

namespace rocksdb {
class FileSystem;
}

namespace penstock {

struct ExaminationOrder {
  std::string directory;
  std::uint64_t disk_reserve_bytes = 0;        // as the daemon has it
  std::shared_ptr<rocksdb::FileSystem> files;  // null: the machine's
};

struct Examined {
  std::vector<Finding> findings;
  std::uint64_t findings_beyond = 0;  // more than are told
  std::uint64_t tables = 0;
  std::uint64_t bytes = 0;    // of tables and log
  std::uint64_t records = 0;  // that were read
  std::uint64_t queues = 0;
  Position position;      // of the last commit
  bool compared = false;  // whether the records agree was looked at
};

// A refusal: it cannot be looked at (no data directory, in use, no permission). Its text says what to do.
Result<Examined> examine(const ExaminationOrder& order, WorkProgress& progress);

}  // namespace penstock
