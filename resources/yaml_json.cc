#include "resources/yaml_json.h"

#include <nlohmann/json.hpp>

namespace penstock {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kBytesMax = 512 << 10;

bool is_number(const std::string& word) {
  if (word.empty() || word.find_first_not_of("0123456789+-.eE") != std::string::npos) return false;
  return nlohmann::json::accept(word);
}

// False: a bound is reached.
bool write(const YAML::Node& node, int depth, std::string& json) {
  if (depth > kDepthMax || json.size() > kBytesMax) return false;
  if (node.IsMap()) {
    json += '{';
    bool first = true;
    for (const auto& pair : node) {
      if (!std::exchange(first, false)) json += ',';
      json += quoted_json(pair.first.IsScalar() ? pair.first.Scalar() : std::string());
      json += ':';
      if (!write(pair.second, depth + 1, json)) return false;
    }
    json += '}';
  } else if (node.IsSequence()) {
    json += '[';
    bool first = true;
    for (const YAML::Node& element : node) {
      if (!std::exchange(first, false)) json += ',';
      if (!write(element, depth + 1, json)) return false;
    }
    json += ']';
  } else if (!node.IsScalar()) {
    json += "null";
  } else {
    const std::string& word = node.Scalar();
    const bool plain = node.Tag() != "!";
    if (plain && (word == "true" || word == "false" || word == "null" || is_number(word))) {
      json += word;
    } else {
      json += quoted_json(word);
    }
  }
  return json.size() <= kBytesMax;
}

}  // namespace

tl::expected<std::string, std::string> json_text(const YAML::Node& node) {
  std::string json;
  if (write(node, 0, json)) return json;
  return tl::unexpected(std::string("it is nested too deeply or too long"));
}

std::string quoted_json(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace penstock
