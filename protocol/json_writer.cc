#include "protocol/json_writer.h"

#include "protocol/plain_bytes.h"
#include "protocol/utf8.h"

namespace penstock {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void escape(unsigned char byte, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
  }
}

}  // namespace

void JsonWriter::quote(std::string_view value) {
  out_.reserve(out_.size() + value.size() + 2);
  out_.push_back('"');
  while (true) {
    const std::size_t plain = plain_prefix<'"', '\\'>(value);
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    const auto byte = static_cast<unsigned char>(value.front());
    if (byte < 0x80) {
      escape(byte, out_);
      value.remove_prefix(1);
      continue;
    }
    const Utf8Character character = utf8_character(value);
    out_ += character.valid() ? value.substr(0, character.size) : kReplacement;
    value.remove_prefix(character.size);
  }
  out_.push_back('"');
}

}  // namespace penstock
