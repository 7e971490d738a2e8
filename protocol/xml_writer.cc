#include "protocol/xml_writer.h"

#include "protocol/plain_bytes.h"
#include "protocol/utf8.h"

namespace penstock {
namespace {

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

}  // namespace

void XmlWriter::write_text(std::string_view text) {
  out_.reserve(out_.size() + text.size());
  while (!text.empty()) {
    const std::size_t end = plain_prefix<'&', '<', '>', '"'>(text);
    out_.append(text.substr(0, end));
    text.remove_prefix(end);
    if (text.empty()) return;
    const Utf8Character character = utf8_character(text);
    if (const std::string_view entity = escaped(character.code_point); !entity.empty()) {
      out_.append(entity);
    } else if (is_xml_character(character)) {
      out_.append(text.substr(0, character.size));
    }
    text.remove_prefix(character.size);
  }
}

}  // namespace penstock
