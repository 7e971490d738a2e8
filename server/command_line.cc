#include "server/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "server/version.h"

namespace penstock {
namespace {

std::string describe(const SettingRow& row) {
  std::string text(row.description);
  text += " [" + std::string(row.variable);
  if (!row.default_text.empty()) text += ", default " + std::string(row.default_text);
  return text + "]";
}

}  // namespace

tl::expected<Asked, StartRefusal> read_command_line(std::vector<std::string> words,
                                                    const Environment& environment) {
  CLI::App app("Penstock: a durable broker that speaks the Amazon SQS API.", "penstock");
  app.require_subcommand(1);
  app.set_version_flag("--version", "penstock " + std::string(version()));
  CLI::App* const serve = app.add_subcommand("serve", "Serve the API.");
  CLI::App* const configuration =
      app.add_subcommand("configuration", "Print every setting, as docs/configuration.md has it.");
  CLI::App* const show_version = app.add_subcommand("version", "Print the version.");

  GivenFlags flags;
  for (const SettingRow& row : setting_rows()) {
    std::vector<std::string>& texts = flags[std::string(row.flag)];
    CLI::Option* const option = serve->add_option("--" + std::string(row.flag), texts, describe(row));
    option->allow_extra_args(false)->type_name(std::string(row.unit));
    // Repetition is judged by read_settings; this only keeps help from promising it.
    if (!row.many) option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    // Not built yet: known, so that it is refused by name, but not offered.
    if (!row.read) option->group("");
  }

  // Asked for before the words are parsed, since they name what does not exist yet.
  for (const std::string& word : words) {
    if (word.starts_with("--tls-")) {
      return tl::unexpected(StartRefusal{
          kExitUsage, word.substr(0, word.find('=')) + " is planned and not built yet; start without it"});
    }
  }
  try {
    std::reverse(words.begin(), words.end());
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    return Print{serve->parsed() ? serve->help("penstock") : app.help()};
  } catch (const CLI::CallForVersion&) {
    return Print{"penstock " + std::string(version()) + "\n"};
  } catch (const CLI::ParseError& error) {
    std::string text = error.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return tl::unexpected(StartRefusal{kExitUsage, text + " (penstock --help tells more)"});
  }

  if (show_version->parsed()) return Print{"penstock " + std::string(version()) + "\n"};
  if (configuration->parsed()) return Print{settings_markdown()};
  tl::expected<Settings, StartRefusal> settings = read_settings(flags, environment);
  if (!settings) return tl::unexpected(settings.error());
  return Serve{*std::move(settings), unknown_variables(environment)};
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

}  // namespace penstock
