#include "broker/policy_date.h"

#include <algorithm>
#include <chrono>

namespace penstock {
namespace {

// Reads a text from front to back; every step answers whether the text has what was asked for.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Exactly that many digits.
  bool number(std::size_t digits, int& out) {
    if (text_.size() < digits) return false;
    out = 0;
    for (std::size_t at = 0; at < digits; ++at) {
      if (text_[at] < '0' || text_[at] > '9') return false;
      out = out * 10 + (text_[at] - '0');
    }
    text_.remove_prefix(digits);
    return true;
  }
  // One digit or more behind a point, of which the first three count.
  bool milliseconds(int& out) {
    out = 0;
    int scale = 100;
    bool any = false;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      out += (text_.front() - '0') * scale;
      scale /= 10;
      any = true;
      text_.remove_prefix(1);
    }
    return any;
  }

 private:
  std::string_view text_;
};

std::optional<std::int64_t> parse_epoch(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 12) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = seconds * 10 + (c - '0');
  }
  return (negative ? -seconds : seconds) * 1000;
}

}  // namespace

std::optional<std::int64_t> parse_policy_date(std::string_view text) {
  if (const auto epoch = parse_epoch(text)) return epoch;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0;
  int zone_hours = 0, zone_minutes = 0, zone_sign = 1;
  Cursor cursor(text);
  if (!cursor.number(4, year) || !cursor.take('-') || !cursor.number(2, month) || !cursor.take('-') ||
      !cursor.number(2, day)) {
    return std::nullopt;
  }
  if (cursor.take('T') || cursor.take('t')) {
    if (!cursor.number(2, hour) || !cursor.take(':') || !cursor.number(2, minute)) return std::nullopt;
    if (cursor.take(':') && !cursor.number(2, second)) return std::nullopt;
    if (cursor.take('.') && !cursor.milliseconds(millisecond)) return std::nullopt;
    if (!cursor.done() && !cursor.take('Z') && !cursor.take('z')) {
      if (cursor.take('-')) {
        zone_sign = -1;
      } else if (!cursor.take('+')) {
        return std::nullopt;
      }
      if (!cursor.number(2, zone_hours) || !cursor.take(':') || !cursor.number(2, zone_minutes)) {
        return std::nullopt;
      }
    }
  }
  if (!cursor.done() || hour > 23 || minute > 59 || second > 60 || zone_hours > 23 || zone_minutes > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes =
      (days * 24 + hour) * 60 + minute - zone_sign * (zone_hours * 60 + zone_minutes);
  return (minutes * 60 + second) * 1000 + millisecond;
}

}  // namespace penstock
