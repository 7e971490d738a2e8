// A value in YAML as the JSON text that it looks like: mappings, lists, and words, which are numbers, true,
// false or null if they look like it and are not in quotes.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock {

// The text, or what is wrong: too deep (64), or too long (512 KiB: more than any attribute may have). Anchors
// may be used; what they would blow up is met by those bounds.
tl::expected<std::string, std::string> json_text(const YAML::Node& node);

std::string quoted_json(std::string_view text);

}  // namespace penstock
