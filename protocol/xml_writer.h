// XmlWriter: appends XML to a string, element by element. The caller balances what it opens.
//
// Whatever bytes it is handed, what it writes is well-formed XML 1.0 in valid UTF-8: markup, quotes and
// carriage returns are escaped (these two would not survive a reader's normalisation), and characters that
// XML cannot carry are left out.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}

  // Names are our own and need no escaping.
  void open(std::string_view name) { out_.append("<").append(name).append(">"); }
  void open(std::string_view name, std::string_view name_space) {
    out_.append("<").append(name).append(" xmlns=\"").append(name_space).append("\">");
  }
  void close(std::string_view name) { out_.append("</").append(name).append(">"); }
  void empty(std::string_view name) { out_.append("<").append(name).append("/>"); }
  void element(std::string_view name, std::string_view text) {
    open(name);
    write_text(text);
    close(name);
  }
  void write_text(std::string_view text);

 private:
  std::string& out_;
};

}  // namespace penstock
