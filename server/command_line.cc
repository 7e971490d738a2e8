#include "server/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <initializer_list>

#include "server/admin_token.h"
#include "server/certificate_source.h"
#include "server/shell_exports.h"
#include "server/version.h"

namespace penstock {
namespace {

std::string version_line() { return "penstock " + std::string(version()) + "\n"; }

std::string describe(const SettingRow& row) {
  std::string text(row.description);
  text += " [" + std::string(row.variable);
  if (!row.default_text.empty()) text += ", default " + std::string(row.default_text);
  return text + "]";
}

StartRefusal usage(std::string text) { return {kExitUsage, std::move(text)}; }

// What no flag brings, because it would be seen by everybody on the machine.
std::string of_the_environment_alone() {
  std::string text = "Of the environment alone:";
  for (const SettingRow& row : setting_rows()) {
    if (row.flag.empty()) {
      text.append("\n  ").append(row.variable).append(": ").append(row.description);
    }
  }
  return text;
}

// The commands and their options; where the options' words are written to must outlive it.
class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", version_line());
    serve_ = app_.add_subcommand("serve", "Serve the API.");
    for (const SettingRow& row : setting_rows()) add_setting(*serve_, row);
    serve_->footer(of_the_environment_alone());

    healthcheck_ = app_.add_subcommand(
        "healthcheck", "Ask a daemon whether it is ready; the exit code is 0 if so and 1 if not.");
    healthcheck_->add_option("--url", url_, "Ask this address; a URL without a path asks for /health/ready.");
    add_trust(*healthcheck_);
    add_settings(*healthcheck_, {"listen", "auth", "config"});
    env_ = app_.add_subcommand("env",
                               "Print what a shell must export for SDKs to reach the daemon: "
                               "eval \"$(penstock env)\".");
    add_settings(*env_, {"listen", "auth", "account", "region", "config"});
    credentials_ = app_.add_subcommand("credentials", "Keep the file of access keys of those who may call.");
    credentials_->require_subcommand(1);
    add_ =
        credentials_->add_subcommand("add", "Draw a new access key and print it; its secret is shown once.");
    add_->add_option("--user", user_, "Whose key it is: 1 to 64 letters, digits and _+=,.@-.")->required();
    add_->add_option("--policy", policies_,
                     "A file with a policy document, JSON: what the user may do. Without one, all that its "
                     "account may.");
    add_settings(*add_, {"account"});
    list_ = credentials_->add_subcommand("list", "List the access keys, without their secrets.");
    revoke_ = credentials_->add_subcommand("revoke", "Take an access key out of the file.");
    revoke_->add_option("access_key_id", revoked_, "Its id.")->required();
    for (CLI::App* const command : {add_, list_, revoke_}) add_settings(*command, {"credentials", "config"});
    check_ = app_.add_subcommand(
        "check-config",
        "Check the settings and the resources that they declare, as a daemon with an empty "
        "store would take them, and start nothing.");
    for (const SettingRow& row : setting_rows()) add_setting(*check_, row);
    export_ = app_.add_subcommand("export", "Print what a running daemon has, as a file for --resources.");
    export_->add_option("--account", exported_account_, "Of this account alone.");
    export_->add_option("--region", exported_region_, "Of this region alone.");
    add_admin(*export_);
    import_ =
        app_.add_subcommand("import", "Print another broker's configuration as a file for --resources.");
    import_->require_subcommand(1);
    elasticmq_ = import_->add_subcommand("elasticmq", "Its configuration file: the section queues.");
    goaws_ = import_->add_subcommand("goaws", "Its goaws.yaml: queues, topics and subscriptions.");
    goaws_->add_option("--environment", environment_, "Which of the environments in it. [default Local]");
    for (CLI::App* const command : {elasticmq_, goaws_}) {
      command->add_option("file", imported_, "The file.")->required();
    }
    backup_ = app_.add_subcommand(
        "backup",
        "Have the running daemon write a backup of its store into a directory, where its --backup-directory allows "
        "it; what is there already is not copied again. With --list, --verify or --drop: about the restore points in "
        "that directory, without a daemon.");
    backup_->add_option("directory", backups_, "The directory with the backups.")->required();
    CLI::Option* const keep =
        backup_->add_option("--keep", keep_, "When it is taken, drop the oldest until so many points are left.")
            ->check(CLI::Range(1, 10'000));
    CLI::Option* const list = backup_->add_flag("--list", list_points_, "List the restore points.");
    CLI::Option* const verify =
        backup_->add_flag("--verify", verify_points_, "Read all of every restore point and compare the checksums.");
    CLI::Option* const drop = backup_->add_option("--drop", dropped_, "Drop this restore point; may be repeated.")
                                  ->allow_extra_args(false)
                                  ->type_name("POINT");
    backup_->add_flag("--json", json_, "With --list: as JSON.")->needs(list);
    list->excludes(keep)->excludes(verify)->excludes(drop);
    verify->excludes(keep)->excludes(drop);
    drop->excludes(keep);
    add_admin(*backup_);
    restore_ = app_.add_subcommand(
        "restore", "Write a new data directory from a backup; it must be missing or empty. Needs no daemon.");
    restore_->add_option("directory", backups_, "The directory with the backups.")->required();
    restore_->add_option("--data", restored_, "The data directory to write.")->required()->type_name("DIRECTORY");
    restore_->add_option("--point", point_, "Which restore point. [default: the newest]");
    doctor_ = app_.add_subcommand("doctor",
                                  "Read all of a data directory that no daemon uses, and say what is wrong with it; "
                                  "the exit code is 0 if nothing is, and 1 if something is.");
    doctor_->add_option("directory", examined_, "The data directory.")->required();
    doctor_->add_flag("--json", json_, "As JSON.");
    add_settings(*doctor_, {"disk-reserve", "config"});
    configuration_ =
        app_.add_subcommand("configuration", "Print every setting, as docs/configuration.md has it.");
    version_ = app_.add_subcommand("version", "Print the version.");
    help_ = app_.add_subcommand("help", "Print this, or what a command takes.");
    help_->add_option("command", topic_, "A command.");
  }

  tl::expected<Asked, StartRefusal> read(std::vector<std::string> words, const Environment& environment) {
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
      const std::vector<CLI::App*> asked = app_.get_subcommands();
      return Print{asked.empty() ? app_.help() : asked.front()->help("penstock")};
    } catch (const CLI::CallForVersion&) {
      return Print{version_line()};
    } catch (const CLI::ParseError& error) {
      std::string text = error.what();
      std::replace(text.begin(), text.end(), '\n', ' ');
      return tl::unexpected(usage(text + " (penstock --help tells more)"));
    }
    if (version_->parsed()) return Print{version_line()};
    if (help_->parsed()) return help();
    if (configuration_->parsed()) return Print{settings_markdown()};
    if (elasticmq_->parsed()) return ImportResources{ImportResources::From::kElasticMq, imported_, {}};
    if (backup_->parsed() && list_points_) return ListBackups{backups_, json_};
    if (backup_->parsed() && verify_points_) return VerifyBackups{backups_};
    if (backup_->parsed() && !dropped_.empty()) return DropBackups{backups_, dropped_};
    if (restore_->parsed()) return RestoreBackup{backups_, restored_, point_};
    if (goaws_->parsed()) return ImportResources{ImportResources::From::kGoAws, imported_, environment_};
    return with_settings(environment);
  }

 private:
  void add_setting(CLI::App& command, const SettingRow& row) {
    if (row.flag.empty()) return;
    std::vector<std::string>& texts = flags_[std::string(row.flag)];
    CLI::Option* const option = command.add_option("--" + std::string(row.flag), texts, describe(row));
    option->allow_extra_args(false)->type_name(std::string(row.unit));
    // Repetition is judged by read_settings; this only keeps help from promising it.
    if (!row.many) option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (row.is_switch) option->expected(0, 1);
    // Not built yet: known, so that it is refused by name, but not offered.
    if (!row.read) option->group("");
  }
  // How the admin side of a running daemon is reached.
  void add_admin(CLI::App& command) {
    command.add_option("--url", url_, "Ask the admin side there, without a path. [default: where the settings have it]");
    add_trust(command);
    add_settings(command, {"admin-listen", "admin-tls-listen", "admin-token-file", "tls-certificate", "tls-key",
                           "tls-self-signed", "data", "config"});
  }
  // Whom to trust at an address with https, and what to show there.
  void add_trust(CLI::App& command) {
    CLI::Option* const url = command.get_option("--url");
    command.add_option("--ca-file", trust_.ca_file,
                       "With https: those who vouch for the daemon, PEM. [default: whom the system trusts]")
        ->needs(url);
    CLI::Option* const certificate = command.add_option(
        "--client-certificate", trust_.certificate_file, "With https: the certificate to show to the daemon, PEM.");
    CLI::Option* const key = command.add_option("--client-key", trust_.key_file, "Its private key, PEM.");
    certificate->needs(key);
    key->needs(certificate);
  }
  void add_settings(CLI::App& command, std::initializer_list<std::string_view> wanted) {
    for (const SettingRow& row : setting_rows()) {
      if (std::find(wanted.begin(), wanted.end(), row.flag) != wanted.end()) add_setting(command, row);
    }
  }

  tl::expected<Asked, StartRefusal> help() {
    // Not app_.help(), which speaks of the command that was parsed.
    if (topic_.empty()) {
      return Print{app_.get_formatter()->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal)};
    }
    for (CLI::App* const command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      if (command->get_name() == topic_) return Print{command->help("penstock")};
    }
    return tl::unexpected(usage("there is no command " + topic_ + " (penstock help lists them)"));
  }

  tl::expected<Asked, StartRefusal> credentials(const Settings& settings) const {
    if (settings.credentials.empty()) {
      return tl::unexpected(usage("name the file: --credentials FILE, or PENSTOCK_CREDENTIALS"));
    }
    if (add_->parsed()) {
      return CredentialsCommand{settings.credentials,
                                CredentialsCommand::Add{settings.account.text(), user_, policies_}};
    }
    if (revoke_->parsed()) {
      return CredentialsCommand{settings.credentials, CredentialsCommand::Revoke{revoked_}};
    }
    return CredentialsCommand{settings.credentials, CredentialsCommand::List{}};
  }

  // The one that --url names.
  tl::expected<DaemonUrl, StartRefusal> told_url(const char* like) const {
    std::optional<DaemonUrl> url = DaemonUrl::parse(url_);
    if (!url) return tl::unexpected(usage("--url must be like " + std::string(like)));
    url->trust = trust_;
    return *std::move(url);
  }

  // Of the running daemon of these settings, by plain HTTP if it listens so. By TLS it is known by the very certificate
  // that the settings have: a certificate names hosts by which others know it, seldom this machine's own address.
  tl::expected<DaemonUrl, StartRefusal> admin_page(const Settings& settings, const char* path) const {
    if (!url_.empty()) {
      auto url = told_url("https://broker.example:4569");
      if (url && !url->path.empty()) return tl::unexpected(usage("--url " + url_ + ": the path is not yours to choose"));
      if (url) url->path = path;
      return url;
    }
    const bool secure = settings.admin_listen.empty();
    if (secure && settings.admin_tls_listen.empty()) {
      return tl::unexpected(usage("this is asked of the admin pages, and --admin-listen is off"));
    }
    const Endpoint& listening = secure ? settings.admin_tls_listen.front() : settings.admin_listen.front();
    if (listening.port == 0) {
      return tl::unexpected(usage("the port of --admin-" + std::string(secure ? "tls-" : "") + "listen " +
                                  listening.text() + " is chosen when the daemon starts, so it cannot be known here"));
    }
    DaemonUrl url = DaemonUrl::of(listening, secure);
    url.path = path;
    url.trust = trust_;
    url.trust.pinned_file =
        settings.tls_self_signed ? self_signed_certificate_path(settings) : settings.tls_certificate;
    return url;
  }

  tl::expected<Asked, StartRefusal> take_backup(const Settings& settings) const {
    auto url = admin_page(settings, "/backups");
    if (!url) return tl::unexpected(std::move(url.error()));
    auto token = read_admin_token(settings);
    if (!token) return tl::unexpected(std::move(token.error()));
    return TakeBackup{*std::move(url), *std::move(token), backups_, keep_};
  }

  tl::expected<Asked, StartRefusal> export_resources(const Settings& settings) const {
    auto admin = admin_page(settings, "/resources");
    if (!admin) return tl::unexpected(std::move(admin.error()));
    DaemonUrl url = *std::move(admin);
    const auto add = [&url](const char* name, const std::string& value) {
      if (!value.empty())
        url.path += (url.path.find('?') == std::string::npos ? "?" : "&") + std::string(name) + value;
    };
    if (!exported_account_.empty() && !AccountId::parse(exported_account_)) {
      return tl::unexpected(usage("--account " + exported_account_ + ": it must be twelve digits"));
    }
    if (!exported_region_.empty() && !Region::parse(exported_region_)) {
      return tl::unexpected(usage("--region " + exported_region_ + ": it must be 1 to 23 of a-z, 0-9 and -"));
    }
    add("account=", exported_account_);
    add("region=", exported_region_);
    auto token = read_admin_token(settings);
    if (!token) return tl::unexpected(std::move(token.error()));
    return ExportResources{url, *std::move(token)};
  }

  tl::expected<Asked, StartRefusal> with_settings(const Environment& environment) {
    if (healthcheck_->parsed() && !url_.empty()) {
      auto url = told_url("http://127.0.0.1:4566/health/ready");
      if (!url) return tl::unexpected(std::move(url.error()));
      return AskHealth{health_page(*std::move(url))};
    }
    tl::expected<Settings, StartRefusal> settings = read_settings(flags_, environment);
    if (!settings) return tl::unexpected(settings.error());
    if (credentials_->parsed()) return credentials(*settings);
    if (check_->parsed()) return CheckConfig{*std::move(settings)};
    if (export_->parsed()) return export_resources(*settings);
    if (backup_->parsed()) return take_backup(*settings);
    if (doctor_->parsed()) return DoctorCommand{examined_, settings->disk_reserve_bytes, json_};
    if (serve_->parsed()) return Serve{*std::move(settings), unknown_variables(environment)};
    const Endpoint& listening = settings->listen.front();
    if (listening.port == 0) {
      return tl::unexpected(usage("the port of --listen " + listening.text() +
                                  " is chosen when the daemon starts, so it cannot be known here"));
    }
    if (healthcheck_->parsed()) return AskHealth{health_page(DaemonUrl::of(listening, false))};
    return Print{shell_exports(*settings)};
  }

  CLI::App app_{"Penstock: a durable broker that speaks the Amazon SQS API.", "penstock"};
  CLI::App* serve_ = nullptr;
  CLI::App* healthcheck_ = nullptr;
  CLI::App* env_ = nullptr;
  CLI::App* credentials_ = nullptr;
  CLI::App* add_ = nullptr;
  CLI::App* list_ = nullptr;
  CLI::App* revoke_ = nullptr;
  CLI::App* check_ = nullptr;
  CLI::App* export_ = nullptr;
  CLI::App* import_ = nullptr;
  CLI::App* elasticmq_ = nullptr;
  CLI::App* goaws_ = nullptr;
  CLI::App* backup_ = nullptr;
  CLI::App* restore_ = nullptr;
  CLI::App* doctor_ = nullptr;
  CLI::App* configuration_ = nullptr;
  CLI::App* version_ = nullptr;
  CLI::App* help_ = nullptr;
  GivenFlags flags_;
  std::string url_;
  TlsTrust trust_;
  std::string topic_;
  std::string user_;
  std::vector<std::string> policies_;
  std::string revoked_;
  std::string exported_account_;
  std::string exported_region_;
  std::string imported_;
  std::string environment_ = "Local";
  std::string backups_;
  std::uint32_t keep_ = 0;
  bool list_points_ = false;
  bool verify_points_ = false;
  std::vector<std::uint32_t> dropped_;
  std::string restored_;
  std::optional<std::uint32_t> point_;
  std::string examined_;
  bool json_ = false;
};

}  // namespace

tl::expected<Asked, StartRefusal> read_command_line(std::vector<std::string> words,
                                                    const Environment& environment) {
  return CommandLine().read(std::move(words), environment);
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
