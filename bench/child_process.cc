#include "bench/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "bench/process_usage.h"

namespace penstock {

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  int to_child[2];
  int from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  id_ = fork();
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ == 0) {
    dup2(to_child[0], STDIN_FILENO);
    dup2(from_child[1], STDOUT_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(to_child[0]);
  close(from_child[1]);
  input_ = to_child[1];
  output_ = from_child[0];
}

ChildProcess::~ChildProcess() {
  close(input_);
  close(output_);
  if (id_ < 0) return;
  kill(id_, SIGTERM);
  reap();
}

void ChildProcess::kill_now() {
  kill(id_, SIGKILL);
  reap();
}

void ChildProcess::reap() {
  int status = 0;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = -1;
}

std::string ChildProcess::line() {
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = read(output_, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::runtime_error("a program under measurement ended before it was ready");
    if (c == '\n') return line;
    line.push_back(c);
  }
}

std::chrono::duration<double> ChildProcess::cpu() const { return cpu_of(id_); }

std::size_t ChildProcess::resident_bytes() const { return resident_bytes_of(id_); }

}  // namespace penstock
