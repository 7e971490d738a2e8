// Log: what the daemon tells its operator, one line an event on standard error.
//
//     2026-03-01T12:00:00.123Z info started version=0.1.0 durability=fsync data=/var/lib/penstock
//     {"time":"2026-03-01T12:00:00.123Z","level":"info","message":"started","version":"0.1.0",...}
//
// An event is a constant sentence and fields beside it, so that lines can be searched and counted. What
// clients send (bodies, handles, signatures, secrets) is never a field; and whatever a field holds, it
// cannot end its line. Anything that a client can bring about goes through a LogLimit.
//
// begin_log() is called once, before other threads exist; the others from any thread, any time. Before it,
// and in tests, spdlog's own default logger is written to.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "server/settings.h"

namespace penstock {

struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, std::integral auto amount)
      : key(name), value(std::to_string(amount)), number(true) {}

  std::string_view key;
  std::string value;
  bool number = false;
};
using LogFields = std::initializer_list<LogField>;

void begin_log(const Settings& settings);
// Writes out what is held back; before the process ends without being asked.
void flush_log();

void log_info(std::string_view message, LogFields fields = {});
void log_warning(std::string_view message, LogFields fields = {});
void log_error(std::string_view message, LogFields fields = {});

// Bounds how often one kind of event is told: five times in a minute. The next line that is told says how
// many were withheld before it. Any thread.
class LogLimit {
 public:
  using Clock = std::chrono::steady_clock;

  // How many were withheld since the last one that was told; nothing: this one is withheld too.
  std::optional<std::uint64_t> admit(Clock::time_point now);

 private:
  static constexpr std::uint32_t kTold = 5;
  static constexpr std::chrono::seconds kWindow{60};

  std::atomic<Clock::rep> window_began_{Clock::time_point::min().time_since_epoch().count()};
  std::atomic<std::uint32_t> told_{0};  // in this window
  std::atomic<std::uint64_t> withheld_{0};
};

void log_warning(LogLimit& limit, std::string_view message, LogFields fields = {});
void log_error(LogLimit& limit, std::string_view message, LogFields fields = {});

// One line, as begin_log() has it written. `payload` is what the functions above hand to spdlog: the
// message, and each field behind a separator.
std::string log_line(LogFormat format, std::chrono::system_clock::time_point time, std::string_view level,
                     std::string_view payload);
std::string log_payload(std::string_view message, LogFields fields);

}  // namespace penstock
