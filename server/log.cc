#include "server/log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

#include "protocol/json_writer.h"

namespace penstock {
namespace {

// Separators within a payload. They are control characters, which log_payload() removes from all else.
constexpr char kField = '\x1f';
constexpr char kText = '\x1e';
constexpr char kNumber = '\x1d';

void append_clean(std::string& out, std::string_view text) {
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : character);
  }
}

struct Field {
  std::string_view key;
  std::string_view value;
  bool number = false;
};

struct Event {
  std::string_view message;
  std::vector<Field> fields;
};

Event read_payload(std::string_view payload) {
  Event event;
  std::size_t end = payload.find(kField);
  event.message = payload.substr(0, end);
  while (end != std::string_view::npos) {
    payload.remove_prefix(end + 1);
    end = payload.find(kField);
    const std::string_view field = payload.substr(0, end);
    const std::size_t mark = field.find_first_of(std::string{kText, kNumber});
    if (mark == std::string_view::npos) continue;
    event.fields.push_back({field.substr(0, mark), field.substr(mark + 1), field[mark] == kNumber});
  }
  return event;
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const auto second = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts{};
  gmtime_r(&second, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(milliseconds % 1000));
  return std::string(text.data(), size) + fraction.data();
}

// As it is, or quoted if it could be taken for something else.
std::string quoted_if_needed(std::string_view value) {
  std::string quoted;
  JsonWriter(quoted).text(value);
  const bool plain = !value.empty() && quoted.size() == value.size() + 2 &&
                     value.find_first_of(" =\"") == std::string_view::npos;
  return plain ? std::string(value) : quoted;
}

class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const spdlog::string_view_t level = spdlog::level::to_string_view(message.level);
    const std::string line = log_line(format_, message.time, {level.data(), level.size()},
                                      std::string_view(message.payload.data(), message.payload.size())) +
                             "\n";
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  const LogFormat format_;
};

void tell(spdlog::level::level_enum level, std::string_view message, LogFields fields) {
  if (!spdlog::should_log(level)) return;
  const std::string payload = log_payload(message, fields);
  spdlog::default_logger_raw()->log(level, spdlog::string_view_t(payload.data(), payload.size()));
}

void tell(spdlog::level::level_enum level, LogLimit& limit, std::string_view message, LogFields fields) {
  if (!spdlog::should_log(level)) return;
  const std::optional<std::uint64_t> withheld = limit.admit(LogLimit::Clock::now());
  if (!withheld) return;
  std::string payload = log_payload(message, fields);
  if (*withheld > 0) payload += log_payload({}, {{"withheld", *withheld}});
  spdlog::default_logger_raw()->log(level, spdlog::string_view_t(payload.data(), payload.size()));
}

}  // namespace

void begin_log(const Settings& settings) {
  const auto logger = spdlog::stderr_logger_mt("penstock");
  logger->set_formatter(std::make_unique<LineFormatter>(settings.log_format));
  logger->set_level(spdlog::level::from_str(settings.log_level));
  logger->flush_on(spdlog::level::trace);  // standard error, whole lines
  spdlog::set_default_logger(logger);
}

void flush_log() { spdlog::default_logger_raw()->flush(); }

void log_info(std::string_view message, LogFields fields) { tell(spdlog::level::info, message, fields); }
void log_warning(std::string_view message, LogFields fields) { tell(spdlog::level::warn, message, fields); }
void log_error(std::string_view message, LogFields fields) { tell(spdlog::level::err, message, fields); }
void log_warning(LogLimit& limit, std::string_view message, LogFields fields) {
  tell(spdlog::level::warn, limit, message, fields);
}
void log_error(LogLimit& limit, std::string_view message, LogFields fields) {
  tell(spdlog::level::err, limit, message, fields);
}

std::optional<std::uint64_t> LogLimit::admit(Clock::time_point now) {
  Clock::rep began = window_began_.load(std::memory_order_relaxed);
  const bool over = began == Clock::time_point::min().time_since_epoch().count() ||
                    now - Clock::time_point(Clock::duration(began)) >= kWindow;
  // One of several threads begins the next window.
  if (over && window_began_.compare_exchange_strong(began, now.time_since_epoch().count())) {
    told_.store(0, std::memory_order_relaxed);
  }
  if (told_.fetch_add(1, std::memory_order_relaxed) < kTold) {
    return withheld_.exchange(0, std::memory_order_relaxed);
  }
  told_.fetch_sub(1, std::memory_order_relaxed);  // or it would wrap around in the end
  withheld_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

std::string log_payload(std::string_view message, LogFields fields) {
  std::string payload;
  append_clean(payload, message);
  for (const LogField& field : fields) {
    payload.push_back(kField);
    append_clean(payload, field.key);
    payload.push_back(field.number ? kNumber : kText);
    append_clean(payload, field.value);
  }
  return payload;
}

std::string log_line(LogFormat format, std::chrono::system_clock::time_point time, std::string_view level,
                     std::string_view payload) {
  const Event event = read_payload(payload);
  std::string line;
  if (format == LogFormat::kJson) {
    JsonWriter writer(line);
    writer.begin_object();
    writer.member("time", utc_text(time));
    writer.member("level", level);
    writer.member("message", event.message);
    for (const Field& field : event.fields) {
      writer.key(field.key);
      if (field.number) {
        line += field.value;
      } else {
        writer.text(field.value);
      }
    }
    writer.end_object();
    return line;
  }
  line.append(utc_text(time)).append(" ").append(level).append(" ");
  append_clean(line, event.message);
  for (const Field& field : event.fields) {
    line.append(" ").append(field.key).append("=").append(quoted_if_needed(field.value));
  }
  return line;
}

}  // namespace penstock
