#include "server/progress_line.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

namespace penstock {

std::string bytes_text(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  auto amount = static_cast<double>(bytes);
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount, kUnits[unit]);
  return text.data();
}

ProgressLine::ProgressLine(std::string doing)
    : doing_(std::move(doing)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(std::uint64_t done, std::uint64_t expected) {
  if (!terminal_) return;
  std::string text = "\r\033[Kpenstock: " + doing_ + ": " + bytes_text(done);
  if (expected > 0) text += " of at most " + bytes_text(std::max(expected, done));
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

ProgressWatch::ProgressWatch(std::string doing, const WorkProgress& progress)
    : line_(std::move(doing)), thread_([this, &progress] {
        std::unique_lock lock(mutex_);
        while (!over_said_.wait_for(lock, std::chrono::milliseconds(200), [this] { return over_; })) {
          line_.show(progress.done(), progress.expected());
        }
      }) {}

ProgressWatch::~ProgressWatch() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  over_said_.notify_one();
  thread_.join();
}

}  // namespace penstock
