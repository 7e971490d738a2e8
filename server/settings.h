// Settings: everything that can be chosen when the daemon starts, from one table.
//
// Each row of the table names the command line flag, the environment variable, the key in a configuration
// file, the unit, the default and what the setting is for, and reads its text into Settings. Help,
// environment, file, defaults and the printed documentation all come from the rows; there is no second
// list. The command line wins over the environment, the environment over the file, the file over the
// default; an empty variable counts as unset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "auth/secret.h"
#include "base/time.h"
#include "broker/address.h"
#include "broker/broker_limits.h"
#include "server/endpoint.h"
#include "server/http_bounds.h"
#include "server/start_refusal.h"

namespace penstock {

enum class Durability {
  kFsync,     // an answer leaves when what it says is synced to disk
  kInterval,  // when it is in the kernel; synced soon after
  kMemory,    // nothing is kept
};
enum class LogFormat { kText, kJson };
enum class Auth {
  kUnstated,  // requests are not verified, and only loopback may be listened on
  kNone,      // requests are not verified, said explicitly
  kVerify,    // every request proves who makes it, or is nobody's
};

// How TLS is asked for on a connection to the mail server that begins without it.
enum class SmtpTls {
  kRequired,
  kOffered,  // if the server offers it
  kOff,
};

// Whether those who connect by TLS show a certificate.
enum class TlsClientAuth {
  kOff,       // they are not asked for one
  kOptional,  // one that is shown must be vouched for
  kRequired,
};

// How many requests may be made in a time.
struct RequestRate {
  std::uint32_t per_second = 0;  // 0: as many as one likes
  std::uint32_t burst = 0;       // so many at once, after a pause; 0: those of one second
};

// How much memory the bounds are to fit into.
enum class MemoryMax {
  kOfCgroup,  // what the operating system grants
  kSaid,
  kOff,       // they are as they are
};

struct Settings {
  std::vector<Endpoint> listen;
  std::vector<Endpoint> admin_listen;  // none: off
  bool admin_off = false;              // said of it
  std::vector<Endpoint> admin_tls_listen;
  std::shared_ptr<const Secret> admin_token;  // null: none
  std::string admin_token_file;               // path; empty: none
  bool test_controls = false;
  std::string config;                    // the configuration file's path; empty: none
  std::filesystem::path data;
  Durability durability = Durability::kFsync;
  Milliseconds sync_interval{1000};  // of kInterval
  Auth auth = Auth::kUnstated;
  std::string credentials;  // the credentials file's path; empty: none
  // Of one more pair, that the environment gives; both or neither.
  std::string access_key_id;
  std::shared_ptr<const Secret> secret_access_key;
  bool strict_permissions = false;
  std::string audit_log;  // path; empty: none is kept
  std::size_t audit_log_bytes_max = 0;
  std::size_t audit_log_files_max = 0;
  std::vector<Endpoint> tls_listen;
  std::string tls_certificate;  // path of a PEM file
  std::string tls_key;          // likewise
  bool tls_self_signed = false;
  std::string tls_client_ca;  // path of a PEM file; empty: clients show no certificates
  std::optional<TlsClientAuth> tls_client_auth;        // of the API; nothing: required if there is such a file
  std::optional<TlsClientAuth> admin_tls_client_auth;  // of the admin side; nothing: as of the API
  AccountId account;
  Region region;
  std::string resources;                   // path of the file that declares queues and topics; empty: none
  std::vector<std::string> queues;         // names to declare
  std::vector<std::string> topics;         // likewise
  std::vector<std::string> subscriptions;  // "topic=queue" or "topic=https://..."
  std::string queue_url_base;              // "https://queues.example:8443"; empty: from each request's Host
  std::string notification_url_base;       // likewise, of the URLs in notifications; empty: as QueueUrl
  bool sign_notifications = true;
  std::optional<bool> private_receivers;  // by HTTP; nothing: unless callers are verified
  std::string webhook_ca_file;            // path of a PEM file; empty: the system's alone
  std::string smtp_server;                // "smtp://host:port" or "smtps://host:port"; empty: there is none
  std::string smtp_from;                  // the address that mails are sent from
  std::string smtp_user;
  std::shared_ptr<const Secret> smtp_password;
  std::string smtp_password_file;
  SmtpTls smtp_tls = SmtpTls::kOffered;
  std::string smtp_ca_file;  // as of webhooks
  std::size_t recorded_deliveries_max = 0;
  std::size_t recorded_deliveries_bytes_max = 0;
  unsigned io_threads = 1;
  std::uint64_t disk_reserve_bytes = 0;
  std::string backup_directory;  // where the admin side may have backups written; empty: nowhere
  std::size_t connections_max = 0;
  std::size_t connections_address_max = 0;
  RequestRate account_rate;
  RequestRate address_rate;
  std::size_t request_bytes_max = 0;  // of requests that are being received, over all connections
  std::size_t answer_bytes_max = 0;   // of answers that their clients do not take, over all connections
  HttpBounds http;
  std::size_t mailbox_letters_max = 0;
  std::size_t mailbox_bytes_max = 0;  // of the messages in them
  BrokerLimits limits;
  Seconds shutdown_grace{0};
  std::string log_level;
  LogFormat log_format = LogFormat::kText;
  std::size_t metrics_queues_max = 0;
  MemoryMax memory_max = MemoryMax::kOfCgroup;
  std::uint64_t memory_max_bytes = 0;  // of kSaid
  std::size_t store_bytes_max = std::size_t{176} << 20;  // of the engine's memtables and block cache
  std::set<std::string, std::less<>> given;  // the flags of settings that somebody set
};

// One row. `read` takes the text into the settings and says what is wrong with it, if anything. `many`: the
// flag may be repeated, the variable is a list with commas, the key a list.
struct SettingRow {
  std::string_view flag;      // without the leading --; empty: of the environment alone
  std::string_view variable;  // of the environment
  std::string_view key;       // in a configuration file; empty: not in there
  std::string_view unit;      // of the value, as help shows it
  std::string_view default_text;
  std::string_view description;
  std::optional<std::string> (*read)(Settings&, std::string_view);
  bool many = false;
  bool is_switch = false;  // the flag alone means "on"
  bool is_secret = false;  // of the environment alone, and never repeated
};

std::span<const SettingRow> setting_rows();

// The texts that the command line gave, by flag.
using GivenFlags = std::map<std::string, std::vector<std::string>, std::less<>>;
using Environment = std::map<std::string, std::string, std::less<>>;

// The settings, or what is wrong with the first text that cannot be taken. Reads the configuration file, if
// one is asked for.
tl::expected<Settings, StartRefusal> read_settings(const GivenFlags& flags, const Environment& environment);

// Variables that begin with PENSTOCK_ and mean nothing here: probably a slip of the pen. What an
// orchestrator sets for a service of that name is left out.
std::vector<std::string> unknown_variables(const Environment& environment);

// The table as Markdown, for docs/configuration.md.
std::string settings_markdown();

}  // namespace penstock
