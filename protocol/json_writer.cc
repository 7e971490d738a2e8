#include "protocol/json_writer.h"

#include "protocol/utf8.h"

namespace penstock {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

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
  std::size_t at = 0;
  while (at < value.size()) {
    std::size_t end = at;
    while (end < value.size() && plain(value[end])) ++end;
    out_ += value.substr(at, end - at);
    at = end;
    if (at == value.size()) break;
    const auto byte = static_cast<unsigned char>(value[at]);
    if (byte < 0x80) {
      escape(byte, out_);
      ++at;
      continue;
    }
    const Utf8Character character = utf8_character(value.substr(at));
    out_ += character.valid() ? value.substr(at, character.size) : kReplacement;
    at += character.size;
  }
  out_.push_back('"');
}

}  // namespace penstock
