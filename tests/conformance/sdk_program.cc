#include "tests/conformance/sdk_program.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace penstock::conformance {

SdkProgram::SdkProgram(const std::vector<std::string>& command, const std::string& endpoint) {
  int to[2];
  int from[2];
  if (pipe(to) != 0 || pipe(from) != 0) throw std::runtime_error("no pipe");
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("no process");
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    for (const int end : {to[0], to[1], from[0], from[1]}) ::close(end);
    setenv("ENDPOINT", endpoint.c_str(), 1);
    execvp(words[0], words.data());
    _exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  writer_ = to[1];
  reader_ = from[0];
}

SdkProgram::~SdkProgram() {
  ::close(writer_);
  ::close(reader_);
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

void SdkProgram::say(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t size = ::write(writer_, rest.data(), rest.size());
    if (size <= 0) return;  // it has ended, which read_more() tells
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::optional<Json> SdkProgram::heard() {
  const std::size_t end = unread_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  Json line = Json::parse(unread_.substr(0, end), nullptr, false);
  unread_.erase(0, end + 1);
  return line;
}

bool SdkProgram::read_more() {
  char buffer[65536];
  const ssize_t size = ::read(reader_, buffer, sizeof buffer);
  if (size <= 0) return false;
  unread_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

}  // namespace penstock::conformance
