#include "server/settings.h"

#include <algorithm>
#include <utility>

#include "server/config_file.h"
#include "server/setting_text.h"
#include "server/settings_judgement.h"

namespace penstock {
namespace {

// Where a setting's texts were found, and how to name that place in a refusal.
struct Given {
  std::vector<std::string> texts;
  std::string name;
  int exit_code = kExitUsage;
  bool is_default = false;
};

// By the order of precedence. No texts: nothing is said of it anywhere.
Given given_for(const SettingRow& row, const GivenFlags& flags, const Environment& environment,
                const ConfigFile& file) {
  const std::string name = row.flag.empty() ? std::string(row.variable) : "--" + std::string(row.flag);
  const auto flag = flags.find(row.flag);
  if (flag != flags.end() && !flag->second.empty()) {
    return {flag->second, name};
  }
  const auto variable = environment.find(row.variable);
  if (variable != environment.end() && !variable->second.empty()) {
    std::vector<std::string> texts =
        row.many ? split_list(variable->second) : std::vector<std::string>{variable->second};
    return {std::move(texts), std::string(row.variable)};
  }
  const auto entry = row.key.empty() ? file.values.end() : file.values.find(row.key);
  if (entry != file.values.end()) {
    return {entry->second.texts, file.where(entry->second.value) + ": " + std::string(row.key), kExitConfig};
  }
  std::vector<std::string> texts;
  if (!row.default_text.empty()) texts.emplace_back(row.default_text);
  return {.texts = std::move(texts), .name = name, .is_default = true};
}

std::optional<StartRefusal> read_row(const SettingRow& row, const Given& given, Settings& settings) {
  const auto refuse_start = [&](const std::string& what) {
    return StartRefusal{given.exit_code, given.name + what};
  };
  if (given.texts.size() > 1 && !row.many) return refuse_start(" is given more than once");
  for (std::string text : given.texts) {
    if (row.is_switch && text.empty()) text = "on";
    if (text.empty()) return refuse_start(" is empty");
    if (const Wrong wrong = row.read(settings, text)) {
      return refuse_start((row.is_secret ? "" : " " + text) + ": " + *wrong);
    }
  }
  return {};
}

const SettingRow& config_row() {
  return *std::find_if(setting_rows().begin(), setting_rows().end(),
                       [](const SettingRow& row) { return row.flag == "config"; });
}

// The file that flags or environment name; empty if they name none.
tl::expected<ConfigFile, StartRefusal> read_config(const GivenFlags& flags, const Environment& environment) {
  Settings settings;
  if (auto refusal = read_row(config_row(), given_for(config_row(), flags, environment, {}), settings)) {
    return tl::unexpected(*std::move(refusal));
  }
  if (settings.config.empty()) return ConfigFile{};
  auto file = ConfigFile::read(settings.config);
  if (!file) return file;
  for (const auto& [key, value] : file->values) {
    const bool known = std::any_of(setting_rows().begin(), setting_rows().end(), [&, &name = key](const SettingRow& row) {
      return !name.empty() && row.key == name;
    });
    if (!known) {
      return tl::unexpected(StartRefusal{
          kExitConfig, file->where(value.key) + ": there is no setting " + key +
                           "; docs/configuration.md and `penstock configuration` list them all"});
    }
  }
  return file;
}

}  // namespace

tl::expected<Settings, StartRefusal> read_settings(const GivenFlags& flags, const Environment& environment) {
  const auto file = read_config(flags, environment);
  if (!file) return tl::unexpected(file.error());
  Settings settings;
  for (const SettingRow& row : setting_rows()) {
    const Given given = given_for(row, flags, environment, *file);
    if (auto refusal = read_row(row, given, settings)) return tl::unexpected(*refusal);
    if (!given.is_default) settings.given.emplace(row.flag);
  }
  for (const auto& [name, value] : environment) {
    const bool known =
        std::any_of(setting_rows().begin(), setting_rows().end(), [&](const SettingRow& row) { return row.variable == name; });
    // What is to protect the daemon and is misspelt must not leave it open.
    const bool protects = name.starts_with("PENSTOCK_TLS_") || name.starts_with("PENSTOCK_ADMIN_TLS_");
    if (protects && !known && !value.empty()) {
      return tl::unexpected(StartRefusal{
          kExitUsage, name + ": there is no such setting; `penstock configuration` lists them all"});
    }
  }
  if (auto refusal = judge_together(settings, flags)) return tl::unexpected(*std::move(refusal));
  return settings;
}

std::vector<std::string> unknown_variables(const Environment& environment) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("PENSTOCK_")) continue;
    // Kubernetes sets these for every service; one of this name is likely.
    if (name.starts_with("PENSTOCK_SERVICE_") || name.starts_with("PENSTOCK_PORT")) continue;
    const bool known =
        std::any_of(setting_rows().begin(), setting_rows().end(), [&](const SettingRow& row) { return row.variable == name; });
    if (!known) unknown.push_back(name);
  }
  return unknown;
}

std::string settings_markdown() {
  std::string text =
      "# Configuration\n\n"
      "Printed by `penstock configuration`. The command line wins over the environment, the environment "
      "over\n"
      "the configuration file (`--config`), the file over the default; an empty variable counts as unset.\n\n"
      "Bytes are a number, with `KiB`, `MiB` or `GiB` behind it if you like; a duration is a number of "
      "seconds,\n"
      "or has `ms`, `s`, `m` or `h` behind it. The file is YAML, one `key: value` a line; lists are written\n"
      "`[a, b]`:\n\n"
      "```yaml\n"
      "listen: [\"127.0.0.1:4566\", \"[::1]:4566\"]\n"
      "data: /var/lib/penstock\n"
      "disk_reserve: 4GiB\n"
      "log_format: json\n"
      "```\n\n"
      "An unknown key or a value that cannot be taken ends the start with file, line and column.\n\n"
      "| Flag | Environment | Key | Value | Default | Meaning |\n"
      "|---|---|---|---|---|---|\n";
  const auto code = [](std::string_view word) { return word.empty() ? "" : "`" + std::string(word) + "`"; };
  for (const SettingRow& row : setting_rows()) {
    text += "| " + (row.flag.empty() ? "" : "`--" + std::string(row.flag) + "`") +
            (row.many ? " (repeatable)" : "") + " | `" + std::string(row.variable) + "`" +
            (row.many ? " (with commas)" : "") + " | " + code(row.key) + (row.many ? " (or a list)" : "") +
            " | " + std::string(row.unit) + " | " + code(row.default_text) + " | " +
            std::string(row.description) + " |\n";
  }
  return text;
}

}  // namespace penstock