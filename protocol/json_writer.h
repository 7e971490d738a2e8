// JsonWriter: appends JSON to a string, piece by piece, in the order of the calls.
//
// Commas come by themselves: one is due before a member or element unless the text ends in the bracket or
// colon that precedes the first. The caller balances the brackets and gives every key its value.
//
// Whatever bytes it is handed, what it writes is valid JSON in valid UTF-8: quotes, backslashes and
// control characters are escaped, and each byte that is no part of a UTF-8 character becomes U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { out_.push_back('}'); }
  void begin_array() { open('['); }
  void end_array() { out_.push_back(']'); }
  void key(std::string_view name) {
    comma();
    quote(name);
    out_.push_back(':');
  }
  void text(std::string_view value) {
    comma();
    quote(value);
  }
  void number(std::int64_t value) {
    comma();
    out_ += std::to_string(value);
  }
  void boolean(bool value) {
    comma();
    out_ += value ? "true" : "false";
  }
  void null() {
    comma();
    out_ += "null";
  }
  // A key and its text.
  void member(std::string_view name, std::string_view value) {
    key(name);
    quote(value);
  }

 private:
  void open(char bracket) {
    comma();
    out_.push_back(bracket);
  }
  void comma() {
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_.push_back(',');
  }
  void quote(std::string_view value);

  std::string& out_;
};

}  // namespace penstock
