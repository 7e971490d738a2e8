#include "bench/syscall_count.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <exception>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "bench/text.h"

namespace penstock {
namespace {

// A stop that is one of a system call, with PTRACE_O_TRACESYSGOOD.
constexpr int kCallStop = SIGTRAP | 0x80;
constexpr auto kPause = std::chrono::microseconds(20);

long trace(int request, pid_t thread, std::uintptr_t data = 0) {
  return ptrace(static_cast<__ptrace_request>(request), thread, nullptr, data);
}

// All tracing must be done by the thread that began it, which is the one that makes this.
class Watch {
 public:
  explicit Watch(pid_t process) {
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
      const pid_t thread = static_cast<pid_t>(std::stoi(entry.path().filename().string()));
      if (trace(PTRACE_SEIZE, thread, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE) != 0) {
        if (errno == ESRCH) continue;  // it ended meanwhile
        const int error = errno;
        leave();
        throw std::system_error(error, std::generic_category(), "watching a process");
      }
      threads_.insert(thread);
      trace(PTRACE_INTERRUPT, thread);
    }
  }
  ~Watch() { leave(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Handles one stop of a thread, if there is one.
  bool step() {
    const auto [thread, status] = stopped();
    if (thread == 0) return false;
    if (WIFSTOPPED(status)) {
      threads_.insert(thread);
      trace(PTRACE_SYSCALL, thread, look(thread, status));
    } else {
      threads_.erase(thread);
    }
    return true;
  }
  const SyscallCounts& counts() const { return counts_; }

 private:
  static std::pair<pid_t, int> stopped() {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL | WNOHANG);
    return {std::max(thread, 0), status};
  }
  // Counts what has to be counted, and returns the signal that the thread is to be handed.
  std::uintptr_t look(pid_t thread, int status) {
    const int signal = WSTOPSIG(status);
    if (signal == kCallStop) {
      __ptrace_syscall_info info{};
      ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info);
      if (info.op == PTRACE_SYSCALL_INFO_ENTRY) counts_.add(info.entry.nr);
      return 0;
    }
    return status >> 16 != 0
               ? 0
               : static_cast<std::uintptr_t>(signal);  // an event of tracing, else a real signal
  }
  // Each thread has to stop before it can be let go.
  void leave() {
    for (const pid_t thread : threads_) trace(PTRACE_INTERRUPT, thread);
    while (!threads_.empty()) {
      const auto [thread, status] = stopped();
      if (thread == 0) {
        std::this_thread::sleep_for(kPause);
        continue;
      }
      if (WIFSTOPPED(status)) {
        const int signal = WSTOPSIG(status);
        const bool real = signal != kCallStop && status >> 16 == 0;
        trace(PTRACE_DETACH, thread, real ? static_cast<std::uintptr_t>(signal) : 0);
      }
      threads_.erase(thread);
    }
  }

  std::set<pid_t> threads_;
  SyscallCounts counts_;
};

std::string name_of(std::uint64_t number) {
  static const std::map<std::uint64_t, const char*> kNames{
      {SYS_read, "read"},
      {SYS_write, "write"},
      {SYS_writev, "writev"},
      {SYS_recvfrom, "recvfrom"},
      {SYS_recvmsg, "recvmsg"},
      {SYS_sendto, "sendto"},
      {SYS_sendmsg, "sendmsg"},
      {SYS_futex, "futex"},
      {SYS_fdatasync, "fdatasync"},
      {SYS_fsync, "fsync"},
      {SYS_epoll_pwait, "epoll_pwait"},
      {SYS_epoll_ctl, "epoll_ctl"},
      {SYS_pwrite64, "pwrite64"},
      {SYS_pread64, "pread64"},
      {SYS_madvise, "madvise"},
      {SYS_mprotect, "mprotect"},
      {SYS_epoll_pwait2, "epoll_pwait2"},
      {SYS_sync_file_range, "sync_file_range"},
#ifdef SYS_epoll_wait
      {SYS_epoll_wait, "epoll_wait"},
      {SYS_poll, "poll"},
#endif
  };
  const auto found = kNames.find(number);
  return found != kNames.end() ? found->second : "number " + std::to_string(number);
}

}  // namespace

std::uint64_t SyscallCounts::all() const {
  std::uint64_t sum = 0;
  for (const auto& [number, times] : counts_) sum += times;
  return sum;
}

std::string SyscallCounts::text(std::size_t times) const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sorted;
  for (const auto& [number, count] : counts_) sorted.emplace_back(count, number);
  std::sort(sorted.rbegin(), sorted.rend());
  if (sorted.size() > 6) sorted.resize(6);
  std::string text;
  for (const auto& [count, number] : sorted) {
    if (!text.empty()) text += ", ";
    text += name_of(number) + formatted(" %.2f", static_cast<double>(count) / static_cast<double>(times));
  }
  return text;
}

SyscallCounts count_syscalls(pid_t process, const std::function<void()>& work) {
  Watch watch(process);
  std::atomic<bool> done{false};
  std::exception_ptr failed;
  std::thread worker([&] {
    try {
      work();
    } catch (...) {
      failed = std::current_exception();
    }
    done = true;
  });
  while (!done) {
    if (!watch.step()) std::this_thread::sleep_for(kPause);
  }
  worker.join();
  if (failed) std::rethrow_exception(failed);
  return watch.counts();
}

}  // namespace penstock
