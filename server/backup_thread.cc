#include "server/backup_thread.h"

#include <chrono>
#include <utility>
#include <vector>

#include "server/log.h"

namespace penstock {
namespace {

std::uint64_t wall_milliseconds() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace

void BackupThread::start(RocksStore& store) {
  thread_ = std::thread([this, &store] { run(store); });
  started_ = true;
}

void BackupThread::stop() {
  if (!thread_.joinable()) return;
  started_ = false;
  if (const auto progress = under_way_.load()) progress->stop();
  letters_.insist(Stop{});
  thread_.join();
}

tl::expected<std::uint64_t, BackupThread::Refusal> BackupThread::order(const BackupOrder& order) {
  if (!started_) return tl::unexpected(Refusal::kNothingToBackUp);
  if (busy_.exchange(true)) return tl::unexpected(Refusal::kBusy);
  Work work{std::max(wall_milliseconds(), last_number_ + 1), order, std::make_shared<WorkProgress>()};
  const std::uint64_t number = work.number;
  last_number_ = number;
  counts_.running = true;
  under_way_.exchange(work.progress);
  report_.exchange(std::make_shared<const BackupReport>(
      BackupReport{number, BackupReport::State::kRunning, order.directory, work.progress, {}, {}}));
  letters_.insist(std::move(work));
  return number;
}

void BackupThread::run(RocksStore& store) {
  std::vector<Letter> letters;
  while (true) {
    letters.clear();
    letters_.drain(letters, Mailbox<Letter>::Deadline::max());
    for (const Letter& letter : letters) {
      if (std::holds_alternative<Stop>(letter)) return;
      take(store, std::get<Work>(letter));
    }
  }
}

void BackupThread::take(RocksStore& store, const Work& work) {
  if (!started_) work.progress->stop();
  log_info("a backup begins", {{"directory", work.order.directory}});
  Result<BackupTaken> taken = store.back_up(work.order, *work.progress);
  BackupReport report{work.number, BackupReport::State::kFailed, work.order.directory, work.progress, {}, {}};
  if (taken) {
    const RestorePoint& point = taken->point;
    log_info("a backup was taken", {{"directory", work.order.directory},
                                    {"point", point.id.value},
                                    {"commit", point.position.value},
                                    {"bytes", point.bytes},
                                    {"copied_bytes", work.progress->done()}});
    if (!taken->left.damaged.empty()) {
      log_warning("there are restore points that are damaged; penstock backup DIR --list names them",
                  {{"directory", work.order.directory}, {"points", taken->left.damaged.size()}});
    }
    counts_.last_taken = static_cast<std::uint64_t>(point.taken);
    counts_.last_bytes = point.bytes;
    counts_.last_copied_bytes = work.progress->done();
    ++counts_.done;
    report.state = BackupReport::State::kDone;
    report.taken = *std::move(taken);
  } else {
    log_error("a backup was not taken", {{"directory", work.order.directory}, {"why", taken.error().text}});
    ++counts_.failed;
    report.why = std::move(taken.error().text);
  }
  under_way_.exchange({});
  counts_.running = false;
  // Whoever sees this one may order the next.
  busy_ = false;
  report_.exchange(std::make_shared<const BackupReport>(std::move(report)));
}

}  // namespace penstock
