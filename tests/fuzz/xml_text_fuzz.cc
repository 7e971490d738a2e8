// XML: whatever bytes are written, a reader finds well-formed XML in it, and in that the text without what XML cannot
// carry.
#include <algorithm>
#include <pugixml.hpp>

#include "base/require.h"
#include "protocol/utf8.h"
#include "protocol/xml_writer.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {

void examine(std::string_view input) {
  std::string xml = "<?xml version=\"1.0\"?>";
  XmlWriter writer(xml);
  writer.open("a");
  writer.element("b", input);
  writer.close("a");
  require(is_utf8(xml), "XML is UTF-8");
  pugi::xml_document document;
  require(document.load_buffer(xml.data(), xml.size(), pugi::parse_full | pugi::parse_ws_pcdata, pugi::encoding_utf8),
          "XML is well-formed");
  const std::string_view found = document.child("a").child("b").text().get();
  // Nothing is left out of a text that XML can carry.
  const auto carried = [](char byte) {
    return static_cast<unsigned char>(byte) >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r';
  };
  const bool plain = is_utf8(input) && input.find("\xef\xbf") == std::string_view::npos;
  if (plain && std::all_of(input.begin(), input.end(), carried)) require(found == input, "a text comes back as it was");
  for (const char byte : found) require(carried(byte), "a forbidden character is left out");
}

std::vector<std::string> seeds() {
  return {"",       "a < b && c > \"d\" 'e'", "]]>", "\r\n\t\r",           std::string("\0\x01\x1f", 3),
          "größe ✓", "\xf0\x9f\x9a\xb0",      "\xff\xfe", "\xed\xa0\x80", "\xef\xbf\xbe\xef\xbf\xbf", "&amp;&#13;"};
}

}  // namespace penstock
