// ConfigFile: a configuration file as texts, each with the place it came from.
//
// The file is YAML, one flat mapping: the keys are those of the settings' table (SettingRow::key), the
// values single words or numbers, or a list of them where the flag may be repeated:
//
//     listen: ["127.0.0.1:4566", "[::1]:4566"]
//     durability: fsync
//
// Nothing is guessed: a key that the table does not have, one that is there twice, a value that is empty or
// of another shape, and a second document are refused, with file, line and column.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "server/start_refusal.h"

namespace penstock {

struct ConfigFile {
  // Lines and columns count from 1.
  struct Place {
    std::size_t line = 0;
    std::size_t column = 0;
  };
  struct Value {
    std::vector<std::string> texts;  // at least one; more only of a list
    Place key;
    Place value;
  };

  std::string path;
  std::map<std::string, Value, std::less<>> values;  // by key

  // "penstock.yaml:3:9"
  std::string where(const Place& place) const;

  // `path` is only for telling. Keys are taken as they come.
  static tl::expected<ConfigFile, StartRefusal> parse(std::string_view text, std::string path);
  // At most 1 MiB of it.
  static tl::expected<ConfigFile, StartRefusal> read(const std::string& path);
};

}  // namespace penstock
