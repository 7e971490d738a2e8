// What the speeches in AWS Query of both services have in common.
#pragma once

#include <string>
#include <string_view>

namespace pugi {
class xml_node;
}

namespace penstock::conformance {

/// Every byte but the unreserved ones of RFC 3986 as %XX.
std::string form_encoded(std::string_view text);

/// Whether it has children that are elements, not only text.
bool has_elements(const pugi::xml_node& node);

/// The names of its children in their order, a blank behind each.
std::string names_of_children(const pugi::xml_node& node);

}  // namespace penstock::conformance
