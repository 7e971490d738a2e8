#include "bench/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "bench/text.h"

namespace penstock {

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::now(std::string what) {
  what_ = std::move(what);
  show("");
}

std::function<void(double, std::uint64_t)> Progress::each_second() {
  if (!terminal_) return {};
  return [this](double seconds, std::uint64_t answers) {
    show(formatted(": %.0f s, %s/s", seconds, readable(static_cast<double>(answers)).c_str()));
  };
}

void Progress::clear() {
  if (!std::exchange(shown_, false)) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

void Progress::show(const std::string& more) {
  if (!terminal_) return;
  std::fprintf(stderr, "\r\033[K%s%s", what_.c_str(), more.c_str());
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace penstock
