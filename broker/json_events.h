// JsonEvents: a JSON text read from front to back, event by event, without building a tree.
//
// The reader is strict (one value, nothing after it, valid UTF-8, no lone surrogate) and does not recurse,
// so depth costs a bit each and never stack. Whoever listens keeps its own bounds by answering false, which
// ends the reading. A number too large for a double counts as malformed.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

// Each event answers whether to go on. The texts may be moved from.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;

  virtual bool null() = 0;
  virtual bool boolean(bool value) = 0;
  // As written; an integer of 64 bits in its shortest form.
  virtual bool number(std::string& text) = 0;
  virtual bool string(std::string& text) = 0;
  virtual bool begin_object() = 0;
  virtual bool name(std::string& text) = 0;
  virtual bool end_object() = 0;
  virtual bool begin_array() = 0;
  virtual bool end_array() = 0;
};

// True if the text was read to its end. The events that came before a mistake was met have come.
bool read_json(std::string_view text, JsonEvents& events);

}  // namespace penstock
