// BackupThread: the one thread of the daemon that takes backups, one at a time.
//
//     admin side --order--> BackupThread --RocksStore::back_up--> DIR        (and what the library's own
//     thread copies)
//                <--report--
//
// Neither the broker thread nor the committer waits for it. An order while one is under way is refused; the
// report is of the order that came last. Stopping the daemon ends what is under way: its point is then not
// there, earlier ones are.
//
// order(), report() and counts() may be called by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "base/mailbox.h"
#include "base/shared_slot.h"
#include "storage/rocks_store.h"
#include "storage/work_progress.h"

namespace penstock {

struct BackupReport {
  enum class State { kRunning, kDone, kFailed };

  std::uint64_t number = 0;  // of the order: no other of this daemon has it, nor of its last life
  State state = State::kRunning;
  std::string directory;
  std::shared_ptr<const WorkProgress> progress;
  std::optional<BackupTaken> taken;  // if done
  std::string why;                   // if failed
};
using BackupReportPtr = std::shared_ptr<const BackupReport>;

class BackupThread {
 public:
  BackupThread() = default;
  ~BackupThread() { stop(); }
  BackupThread(const BackupThread&) = delete;
  BackupThread& operator=(const BackupThread&) = delete;

  // The store must stay open until stop() has returned. Before it orders are refused.
  void start(RocksStore& store);
  void stop();

  enum class Refusal { kBusy, kNothingToBackUp };
  // The order's number.
  tl::expected<std::uint64_t, Refusal> order(const BackupOrder& order);
  // Null: nothing was ordered yet.
  BackupReportPtr report() const { return report_.load(); }

  struct Counts {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<bool> running{false};
    // Of the last one that was done; 0: none was yet.
    std::atomic<std::uint64_t> last_taken{0};  // seconds since the Unix epoch
    std::atomic<std::uint64_t> last_bytes{0};
    std::atomic<std::uint64_t> last_copied_bytes{0};
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Work {
    std::uint64_t number = 0;
    BackupOrder order;
    std::shared_ptr<WorkProgress> progress;
  };
  struct Stop {};
  using Letter = std::variant<Work, Stop>;

  void run(RocksStore& store);
  void take(RocksStore& store, const Work& work);

  SharedSlot<const BackupReport> report_;
  Counts counts_;
  std::atomic<bool> started_{false};
  std::atomic<bool> busy_{false};
  SharedSlot<WorkProgress> under_way_;
  std::atomic<std::uint64_t> last_number_{0};
  Mailbox<Letter> letters_{2};  // one order, and the end
  std::thread thread_;
};

}  // namespace penstock
