// ChildProcess: a program that a benchmark starts, watches and stops.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace penstock {

class ChildProcess {
 public:
  // Starts it with standard output piped here and standard input held open. Throws if it can't.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ~ChildProcess();  // closes its input, sends SIGTERM, and waits
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its standard output; throws if it ends first.
  std::string line();
  // SIGKILL, and waits until it is gone.
  void kill_now();
  // User and system time that it has used so far.
  std::chrono::duration<double> cpu() const;
  // Resident memory in bytes.
  std::size_t resident_bytes() const;
  pid_t id() const { return id_; }

 private:
  void reap();

  pid_t id_ = -1;
  int input_ = -1;
  int output_ = -1;
};

}  // namespace penstock
