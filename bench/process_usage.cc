#include "bench/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>

namespace penstock {

std::chrono::duration<double> cpu_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::stringstream text;
  text << file.rdbuf();
  // The second field, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
  const std::string fields = text.str();
  const std::size_t name_end = fields.rfind(')');
  if (name_end == std::string::npos)
    throw std::runtime_error("there is no process " + std::to_string(process));
  std::istringstream rest(fields.substr(name_end + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  long user = 0;
  long system = 0;
  rest >> user >> system;
  return std::chrono::duration<double>(static_cast<double>(user + system) /
                                       static_cast<double>(sysconf(_SC_CLK_TCK)));
}

std::multimap<std::string, std::chrono::duration<double>> cpu_of_threads(pid_t process) {
  std::multimap<std::string, std::chrono::duration<double>> threads;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::string name;
    std::uint64_t nanoseconds = 0;
    std::getline(std::ifstream(thread.path() / "comm"), name);
    if (std::ifstream(thread.path() / "schedstat") >> nanoseconds) {
      threads.emplace(name, std::chrono::nanoseconds(nanoseconds));
    }
  }
  return threads;
}

std::chrono::duration<double> own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return std::chrono::duration<double>(seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

std::size_t resident_bytes_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t written_bytes_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/io");
  std::uint64_t bytes = 0;
  for (std::string name; file >> name;) {
    if (name == "wchar:" && file >> bytes) return bytes;
  }
  throw std::runtime_error("what process " + std::to_string(process) + " writes is not told");
}

std::size_t descriptors_of(pid_t process) {
  const std::filesystem::directory_iterator open("/proc/" + std::to_string(process) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

}  // namespace penstock
