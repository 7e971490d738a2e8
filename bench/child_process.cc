#include "bench/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

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

std::chrono::duration<double> ChildProcess::cpu() const {
  std::ifstream file("/proc/" + std::to_string(id_) + "/stat");
  std::stringstream text;
  text << file.rdbuf();
  // The second field, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
  std::string fields = text.str();
  std::istringstream rest(fields.substr(fields.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  long user = 0;
  long system = 0;
  rest >> user >> system;
  return std::chrono::duration<double>(static_cast<double>(user + system) /
                                       static_cast<double>(sysconf(_SC_CLK_TCK)));
}

std::size_t ChildProcess::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(id_) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace penstock
