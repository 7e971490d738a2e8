// A play in a child process: whatever happens to it, an abort or an _exit in a file-system call, the test
// that forked it goes on and sees how it ended. The parent must not have started any thread.
#pragma once

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <new>

#include "base/require.h"

namespace penstock {

// What a child tells its parent while it lives; memory shared by both.
struct ChildReport {
  std::atomic<std::uint64_t> handed_over{0};  // position of the last commit given to the store
  std::atomic<std::uint64_t> durable{0};      // position last reported durable
  std::atomic<std::uint64_t> synced{0};       // position last known to be synced
  std::atomic<std::uint64_t> lost{0};         // commits that were durable and are gone
  std::atomic<std::uint64_t> calls{0};        // file-system calls, if the play counts them
  std::atomic<bool> noticed{false};           // the store had something to say of how it was opened
};

class SharedReport {
 public:
  SharedReport() {
    void* memory =
        ::mmap(nullptr, sizeof(ChildReport), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    require(memory != MAP_FAILED, "memory can be shared");
    report_ = new (memory) ChildReport;
  }
  ~SharedReport() { ::munmap(report_, sizeof(ChildReport)); }
  SharedReport(const SharedReport&) = delete;
  SharedReport& operator=(const SharedReport&) = delete;

  ChildReport& operator*() { return *report_; }
  ChildReport* operator->() { return report_; }

 private:
  ChildReport* report_;
};

struct ChildEnd {
  int exit_status = -1;  // -1: ended by a signal
  int signal = 0;
};

// The play's return value is the child's exit status. A child that takes more than a minute is ended.
inline ChildEnd in_child(const std::function<int()>& play) {
  const pid_t child = ::fork();
  require(child >= 0, "a process can be forked");
  if (child == 0) {
    ::alarm(60);
    ::_exit(play());
  }
  int status = 0;
  require(::waitpid(child, &status, 0) == child, "a child can be waited for");
  ChildEnd end;
  if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

}  // namespace penstock
