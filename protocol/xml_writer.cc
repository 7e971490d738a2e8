#include "protocol/xml_writer.h"

#include "protocol/utf8.h"

namespace penstock {
namespace {

bool plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '&' && byte != '<' && byte != '>' && byte != '"';
}

std::string_view escaped(std::uint32_t code_point) {
  switch (code_point) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\r':
      return "&#xD;";
    default:
      return {};
  }
}

bool carried(const Utf8Character& character) {
  const std::uint32_t code_point = character.code_point;
  return character.valid() && (code_point >= 0x20 || code_point == '\n' || code_point == '\t') &&
         code_point != 0xfffe && code_point != 0xffff;
}

}  // namespace

void XmlWriter::write_text(std::string_view text) {
  out_.reserve(out_.size() + text.size());
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && plain(text[end])) ++end;
    out_.append(text.substr(0, end));
    text.remove_prefix(end);
    if (text.empty()) return;
    const Utf8Character character = utf8_character(text);
    if (const std::string_view entity = escaped(character.code_point); !entity.empty()) {
      out_.append(entity);
    } else if (carried(character)) {
      out_.append(text.substr(0, character.size));
    }
    text.remove_prefix(character.size);
  }
}

}  // namespace penstock
