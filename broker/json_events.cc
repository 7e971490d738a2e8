#include "broker/json_events.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace penstock {
namespace {

// What nlohmann::json::sax_parse calls.
class Listener {
 public:
  explicit Listener(JsonEvents& events) : events_(events) {}

  bool null() { return events_.null(); }
  bool boolean(bool value) { return events_.boolean(value); }
  bool number_integer(std::int64_t value) { return number(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) { return number(std::to_string(value)); }
  bool number_float(double, const std::string& text) { return number(text); }
  bool string(std::string& text) { return events_.string(text); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return events_.begin_object(); }
  bool key(std::string& text) { return events_.name(text); }
  bool end_object() { return events_.end_object(); }
  bool start_array(std::size_t) { return events_.begin_array(); }
  bool end_array() { return events_.end_array(); }
  template <class Exception>
  bool parse_error(std::size_t, const std::string&, const Exception&) {
    return false;
  }

 private:
  bool number(std::string text) { return events_.number(text); }

  JsonEvents& events_;
};

}  // namespace

bool read_json(std::string_view text, JsonEvents& events) {
  Listener listener(events);
  return nlohmann::json::sax_parse(text.begin(), text.end(), &listener);
}

}  // namespace penstock
