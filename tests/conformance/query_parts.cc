#include "tests/conformance/query_parts.h"

#include <algorithm>
#include <cctype>
#include <pugixml.hpp>

namespace penstock::conformance {

std::string form_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 15];
    }
  }
  return encoded;
}

bool has_elements(const pugi::xml_node& node) {
  return std::any_of(node.begin(), node.end(),
                     [](const pugi::xml_node& child) { return child.type() == pugi::node_element; });
}

std::string names_of_children(const pugi::xml_node& node) {
  std::string names;
  for (const pugi::xml_node& child : node.children()) names += std::string(child.name()) + " ";
  return names;
}

}  // namespace penstock::conformance
