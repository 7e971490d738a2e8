#include "server/config_file.h"

#include <yaml-cpp/yaml.h>

#include <optional>
#include <utility>

#include "server/text_file.h"

namespace penstock {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

ConfigFile::Place place_of(const YAML::Mark& mark) {
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

std::string text_of(const std::string& path, const ConfigFile::Place& place) {
  return path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

StartRefusal refusal_at(const std::string& path, const YAML::Mark& mark, std::string_view what) {
  return {kExitConfig, (mark.is_null() ? path : text_of(path, place_of(mark))) + ": " + std::string(what)};
}

// The words of a value: itself, or those of a list.
tl::expected<ConfigFile::Value, StartRefusal> value_of(const YAML::Node& node, const std::string& key,
                                                       const std::string& path) {
  ConfigFile::Value value;
  value.value = place_of(node.Mark());
  const auto take = [&](const YAML::Node& word) -> std::optional<StartRefusal> {
    if (word.IsNull() || (word.IsScalar() && word.Scalar().empty())) {
      return refusal_at(path, word.Mark(), key + " has no value; leave the key out to have the default");
    }
    if (!word.IsScalar()) return refusal_at(path, word.Mark(), key + " must be one word or number");
    value.texts.push_back(word.Scalar());
    return std::nullopt;
  };
  if (node.IsSequence()) {
    for (const YAML::Node& word : node) {
      if (auto refusal = take(word)) return tl::unexpected(*std::move(refusal));
    }
    if (value.texts.empty()) return tl::unexpected(refusal_at(path, node.Mark(), key + " is an empty list"));
  } else if (auto refusal = take(node)) {
    return tl::unexpected(*std::move(refusal));
  }
  return value;
}

tl::expected<ConfigFile, StartRefusal> take_mapping(const YAML::Node& document, std::string path) {
  ConfigFile file{std::move(path), {}};
  if (document.IsNull()) return file;  // nothing but comments
  if (!document.IsMap()) {
    return tl::unexpected(
        refusal_at(file.path, document.Mark(), "it must be a mapping, lines of key: value"));
  }
  for (const auto& entry : document) {
    if (!entry.first.IsScalar()) {
      return tl::unexpected(refusal_at(file.path, entry.first.Mark(), "a key must be a word"));
    }
    const std::string key = entry.first.Scalar();
    auto value = value_of(entry.second, key, file.path);
    if (!value) return tl::unexpected(std::move(value.error()));
    value->key = place_of(entry.first.Mark());
    if (!file.values.emplace(key, *std::move(value)).second) {
      return tl::unexpected(refusal_at(file.path, entry.first.Mark(), key + " is there more than once"));
    }
  }
  return file;
}

}  // namespace

std::string ConfigFile::where(const Place& place) const { return text_of(path, place); }

tl::expected<ConfigFile, StartRefusal> ConfigFile::parse(std::string_view text, std::string path) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return ConfigFile{std::move(path), {}};
    if (documents.size() > 1) {
      return tl::unexpected(refusal_at(path, documents[1].Mark(), "it must be one document, not several"));
    }
    return take_mapping(documents[0], std::move(path));
  } catch (const YAML::Exception& error) {
    return tl::unexpected(refusal_at(path, error.mark, "this is not YAML: " + error.msg));
  }
}

tl::expected<ConfigFile, StartRefusal> ConfigFile::read(const std::string& path) {
  const auto text = read_text_file(path, kFileBytesMax);
  if (text) return parse(*text, path);
  return tl::unexpected(StartRefusal{
      kExitNoInput, "the configuration file " + path + " (--config) cannot be read: " + text.error()});
}

}  // namespace penstock
