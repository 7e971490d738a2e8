#include "auth/wall_time.h"

#include <array>
#include <cstddef>

namespace penstock {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// Compares a text with a form, in which each '0' stands for one digit and everything else for itself.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool good = form[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i];
    if (!good) return false;
  }
  return true;
}

unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
  return value;
}

// The digits of each part, which has_form has seen to be digits.
struct Parts {
  std::string_view year, month, day, hour, minute, second;
};

std::optional<WallTime> joined(const Parts& parts) {
  const year_month_day date{year{static_cast<int>(number(parts.year))}, month{number(parts.month)},
                            day{number(parts.day)}};
  const unsigned hour = number(parts.hour), minute = number(parts.minute), second = number(parts.second);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
}

void append(std::string& text, unsigned value, std::size_t digits) {
  const std::string decimal = std::to_string(value);
  if (decimal.size() < digits) text.append(digits - decimal.size(), '0');
  text += decimal;
}

std::string rendered(WallTime time, std::string_view between_date, std::string_view between_time) {
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::string text;
  append(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += between_date;
  append(text, static_cast<unsigned>(date.month()), 2);
  text += between_date;
  append(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append(text, static_cast<unsigned>(clock.hours().count()), 2);
  text += between_time;
  append(text, static_cast<unsigned>(clock.minutes().count()), 2);
  text += between_time;
  append(text, static_cast<unsigned>(clock.seconds().count()), 2);
  text += 'Z';
  return text;
}

}  // namespace

std::optional<WallTime> parse_basic_time(std::string_view text) {
  if (!has_form(text, "00000000T000000Z")) return std::nullopt;
  return joined({text.substr(0, 4), text.substr(4, 2), text.substr(6, 2), text.substr(9, 2),
                 text.substr(11, 2), text.substr(13, 2)});
}

std::string basic_time(WallTime time) { return rendered(time, "", ""); }

std::optional<WallTime> parse_extended_time(std::string_view text) {
  if (!has_form(text, "0000-00-00T00:00:00Z")) return std::nullopt;
  return joined({text.substr(0, 4), text.substr(5, 2), text.substr(8, 2), text.substr(11, 2),
                 text.substr(14, 2), text.substr(17, 2)});
}

std::string extended_time(WallTime time) { return rendered(time, "-", ":"); }

std::optional<WallTime> parse_http_date(std::string_view text) {
  if (text.size() != 29 || !has_form(text.substr(3, 5), ", 00 ") ||
      !has_form(text.substr(11), " 0000 00:00:00 GMT")) {
    return std::nullopt;
  }
  for (unsigned month = 1; month <= kMonths.size(); ++month) {
    if (text.substr(8, 3) != kMonths[month - 1]) continue;
    std::string digits;
    append(digits, month, 2);
    const std::optional<WallTime> time = joined({text.substr(12, 4), digits, text.substr(5, 2),
                                                 text.substr(17, 2), text.substr(20, 2), text.substr(23, 2)});
    const bool weekday_fits =
        time && text.substr(0, 3) == kWeekdays[weekday{floor<days>(*time)}.c_encoding()];
    return weekday_fits ? time : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace penstock
