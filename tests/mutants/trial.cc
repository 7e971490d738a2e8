// trial: turns one mutant on, runs the ring that is expected to notice it, and demands that it does.
//
//     trial PLANTED NAME SECONDS COMMAND...
//
// PLANTED is the planted.txt of the build that COMMAND comes from. The ring notices by failing: exit status
// 1, 70 (the store refused, and ended the process), an abort, or not ending within so many seconds. Any other
// end is a trial that proves nothing, and so is a mutant that could not be planted.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

namespace {

constexpr int kRingFailed = 1;
constexpr int kStoreRefused = 70;

std::string fate_of(const char* planted, const std::string& name) {
  std::ifstream file(planted);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + " ")) return line.substr(name.size() + 1);
  }
  return "nothing is known of it";
}

// The status of the child when it has ended; nothing is waited for beyond the deadline.
bool ended(pid_t child, int seconds, int& status) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::fprintf(stderr, "usage: trial PLANTED NAME SECONDS COMMAND...\n");
    return 2;
  }
  const std::string name = arguments[2];
  const std::string fate = fate_of(arguments[1], name);
  if (fate != "planted") {
    std::printf("mutant %s cannot be tried: %s\n", name.c_str(), fate.c_str());
    return 1;
  }
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    setenv("PENSTOCK_MUTANT", name.c_str(), 1);
    execv(arguments[4], arguments + 4);
    _exit(127);
  }
  int status = 0;
  if (child < 0) return 2;
  if (!ended(child, std::atoi(arguments[3]), status)) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    std::printf("mutant %s was noticed: the ring did not end\n", name.c_str());
    return 0;
  }
  if (WIFSIGNALED(status)) {
    std::printf("mutant %s was noticed: signal %d\n", name.c_str(), WTERMSIG(status));
    return 0;
  }
  if (WEXITSTATUS(status) == kRingFailed || WEXITSTATUS(status) == kStoreRefused) {
    std::printf("mutant %s was noticed\n", name.c_str());
    return 0;
  }
  std::printf(WEXITSTATUS(status) == 0 ? "mutant %s was not noticed\n" : "mutant %s could not be tried\n",
              name.c_str());
  return 1;
}
