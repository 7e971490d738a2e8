#include <algorithm>
#include <array>
#include <limits>
#include <thread>
#include <utility>

#include "actions/sns_arn.h"
#include "protocol/mail_address.h"
#include "protocol/text_rules.h"
#include "server/admin_token.h"
#include "server/setting_text.h"
#include "server/settings.h"

namespace penstock {
namespace {

// "duplicates,order,short-polls", each at most once, and the names of queues with commas behind an @.
Wrong read_weaknesses(Settings& settings, std::string_view text) {
  static constexpr std::string_view kWrong =
      "it must be one or more of duplicates, order and short-polls with commas between them, and behind an @ "
      "the names of the queues that are to have them, like duplicates,order@orders,mail";
  Weaknesses weak;
  weak.seed = settings.limits.weaknesses.seed;
  const std::size_t at = std::min(text.find('@'), text.size());
  const auto each = [](std::string_view list, const auto& take) {
    for (;;) {
      const std::size_t comma = std::min(list.find(','), list.size());
      if (!take(list.substr(0, comma))) return false;
      if (comma == list.size()) return true;
      list.remove_prefix(comma + 1);
    }
  };
  const bool known = each(text.substr(0, at), [&weak](std::string_view word) {
    bool* const which = word == "duplicates"    ? &weak.duplicates
                        : word == "order"       ? &weak.order
                        : word == "short-polls" ? &weak.short_polls
                                                : nullptr;
    return which != nullptr && !std::exchange(*which, true);
  });
  const bool named = at == text.size() || each(text.substr(at + 1), [&weak](std::string_view name) {
                       weak.queues.emplace_back(name);
                       return !name.empty() && name.size() <= 80;
                     });
  if (!known || !named) return std::string(kWrong);
  settings.limits.weaknesses = std::move(weak);
  return {};
}

Wrong read_listen(Settings& settings, std::string_view text) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return "it must be an IP address and a port, like 127.0.0.1:4566 or [::1]:4566";
  settings.listen.push_back(*endpoint);
  return {};
}

Wrong read_tls_listen(Settings& settings, std::string_view text) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return "it must be an IP address and a port, like 127.0.0.1:4568 or [::1]:4568";
  settings.tls_listen.push_back(*endpoint);
  return {};
}

Wrong read_admin_listen(Settings& settings, std::string_view text) {
  if (settings.admin_off || (text == "off" && !settings.admin_listen.empty())) return "off stands alone";
  settings.admin_off = text == "off";
  if (settings.admin_off) return {};
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return "it must be an IP address and a port, like 127.0.0.1:4567, or off";
  settings.admin_listen.push_back(*endpoint);
  return {};
}

Wrong read_admin_tls_listen(Settings& settings, std::string_view text) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return "it must be an IP address and a port, like 127.0.0.1:4569 or [::1]:4569";
  settings.admin_tls_listen.push_back(*endpoint);
  return {};
}

Wrong read_client_auth(std::optional<TlsClientAuth>& into, std::string_view text) {
  if (text != "off" && text != "optional" && text != "required") return "it must be required, optional or off";
  into = text == "required"   ? TlsClientAuth::kRequired
         : text == "optional" ? TlsClientAuth::kOptional
                              : TlsClientAuth::kOff;
  return {};
}

Wrong read_durability(Settings& settings, std::string_view text) {
  if (text == "fsync") {
    settings.durability = Durability::kFsync;
  } else if (text == "interval") {
    settings.durability = Durability::kInterval;
  } else if (text == "memory") {
    settings.durability = Durability::kMemory;
  } else {
    return "it must be fsync, interval or memory";
  }
  return {};
}

// "smtp://host", "smtps://host:port": the port is 25, or 465 by TLS from the first byte.
Wrong read_smtp_server(Settings& settings, std::string_view text) {
  static constexpr std::string_view kWrong =
      "it must be smtp:// or smtps://, a host and perhaps a port, like smtp://mail.example:587; user and password "
      "are settings of their own";
  const bool secure = text.starts_with("smtps://");
  if (!secure && !text.starts_with("smtp://")) return std::string(kWrong);
  std::string_view rest = text.substr(secure ? 8 : 7);
  const std::size_t bracket = rest.find(']');
  const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!is_host(rest.substr(0, colon))) return std::string(kWrong);
  settings.smtp_server = text;
  if (colon == std::string_view::npos) {
    settings.smtp_server += secure ? ":465" : ":25";
    return {};
  }
  const std::optional<std::uint16_t> port = parse_number<std::uint16_t>(rest.substr(colon + 1));
  if (!port || *port == 0) return std::string(kWrong);
  return {};
}

Wrong read_smtp_tls(Settings& settings, std::string_view text) {
  if (text != "required" && text != "offered" && text != "never") return "it must be required, offered or never";
  settings.smtp_tls = text == "required"  ? SmtpTls::kRequired
                      : text == "offered" ? SmtpTls::kOffered
                                          : SmtpTls::kOff;
  return {};
}

Wrong read_auth(Settings& settings, std::string_view text) {
  if (text != "none" && text != "verify") return "it must be verify or none";
  settings.auth = text == "verify" ? Auth::kVerify : Auth::kNone;
  return {};
}

template <std::string Settings::*Path>
Wrong read_path(Settings& settings, std::string_view text) {
  settings.*Path = text;
  return {};
}

Wrong read_queues(Settings& settings, std::string_view text) {
  return read_names(
      settings.queues, text,
      [](const std::string& name) { return is_standard_queue_name(name) || is_fifo_queue_name(name); },
      "a queue's name, of at most 80 letters, digits, - and _, with .fifo behind it if it is a FIFO queue");
}

Wrong read_topics(Settings& settings, std::string_view text) {
  return read_names(
      settings.topics, text, is_topic_name,
      "a topic's name, of at most 256 letters, digits, - and _, with .fifo behind it if it is a "
      "FIFO topic");
}

Wrong read_subscriptions(Settings& settings, std::string_view text) {
  return read_names(
      settings.subscriptions, text,
      [](const std::string& one) {
        const std::size_t equals = one.find('=');
        return equals != std::string::npos && is_topic_name(one.substr(0, equals)) && equals + 1 < one.size();
      },
      "a topic's name, = and a queue or a URL, like events=orders");
}

Wrong read_account(Settings& settings, std::string_view text) {
  const std::optional<AccountId> account = AccountId::parse(text);
  if (!account) return "it must be twelve digits";
  settings.account = *account;
  return {};
}

Wrong read_region(Settings& settings, std::string_view text) {
  const std::optional<Region> region = Region::parse(text);
  if (!region) return "it must be 1 to 23 of a-z, 0-9 and -";
  settings.region = *region;
  return {};
}

Wrong read_io_threads(Settings& settings, std::string_view text) {
  if (text == "auto") {
    settings.io_threads = std::clamp(std::thread::hardware_concurrency() / 2, 1U, 16U);
    return {};
  }
  if (read_number(settings.io_threads, text, 1U, 64U)) return "it must be auto, or 1 to 64";
  return {};
}

Wrong read_log_level(Settings& settings, std::string_view text) {
  static constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};
  if (std::find(kLevels.begin(), kLevels.end(), text) == kLevels.end()) {
    return "it must be debug, info, warning or error";
  }
  settings.log_level = text;
  return {};
}

Wrong read_log_format(Settings& settings, std::string_view text) {
  if (text != "text" && text != "json") return "it must be text or json";
  settings.log_format = text == "json" ? LogFormat::kJson : LogFormat::kText;
  return {};
}

Wrong read_memory_max(Settings& settings, std::string_view text) {
  if (text == "auto" || text == "off") {
    settings.memory_max = text == "auto" ? MemoryMax::kOfCgroup : MemoryMax::kOff;
    return {};
  }
  if (read_bytes(settings.memory_max_bytes, text, 64 << 20)) {
    return "it must be auto, off, or a number of bytes, at least 64MiB";
  }
  settings.memory_max = MemoryMax::kSaid;
  return {};
}

constexpr std::uint32_t kRateMax = 1'000'000;

Wrong read_rate(RequestRate& rate, std::string_view text) {
  rate.per_second = 0;
  if (text == "off") return {};
  if (read_number(rate.per_second, text, 1U, kRateMax)) {
    return "it must be off, or a whole number from 1 to " + std::to_string(kRateMax);
  }
  return {};
}

Wrong read_burst(RequestRate& rate, std::string_view text) { return read_number(rate.burst, text, 1U, 10 * kRateMax); }

constexpr std::size_t kCountMax = 100'000'000;

constexpr auto kRows = std::to_array<SettingRow>({
    {"listen", "PENSTOCK_LISTEN", "listen", "address:port", "127.0.0.1:4566",
     "Where the AWS API is served. Beyond loopback it wants credentials, or --auth none.", read_listen, true},
    {"tls-listen", "PENSTOCK_TLS_LISTEN", "tls_listen", "address:port", "",
     "Where the AWS API is served by TLS, beside --listen. Wants a certificate.", read_tls_listen, true},
    {"tls-certificate", "PENSTOCK_TLS_CERTIFICATE", "tls_certificate", "file", "",
     "The certificate to serve TLS with, PEM, those that vouch for it behind it. Read again on SIGHUP.",
     read_path<&Settings::tls_certificate>},
    {"tls-key", "PENSTOCK_TLS_KEY", "tls_key", "file", "", "Its private key, PEM, without a password.",
     read_path<&Settings::tls_key>},
    {"tls-self-signed", "PENSTOCK_TLS_SELF_SIGNED", "tls_self_signed", "on or off", "off",
     "Instead of the two: a certificate that vouches for itself, made once and kept in the data directory as "
     "tls-certificate.pem, for clients to trust.",
     [](Settings& settings, std::string_view text) { return read_switch(settings.tls_self_signed, text); },
     false, true},
    {"tls-client-ca", "PENSTOCK_TLS_CLIENT_CA", "tls_client_ca", "file", "",
     "Certificates, PEM, of those who vouch for clients that connect by TLS. Lists of revoked certificates may stand "
     "in it too, and must not be out of date. Read again on SIGHUP.",
     read_path<&Settings::tls_client_ca>},
    {"tls-client-auth", "PENSTOCK_TLS_CLIENT_AUTH", "tls_client_auth", "required, optional or off", "",
     "Whether clients of --tls-listen show a certificate. required: who shows none that is vouched for is refused by "
     "the handshake; what it is with --tls-client-ca. optional: only a certificate that is shown must be vouched for. "
     "off: none is asked for.",
     [](Settings& settings, std::string_view text) { return read_client_auth(settings.tls_client_auth, text); }},
    {"admin-listen", "PENSTOCK_ADMIN_LISTEN", "admin_listen", "address:port or off", "127.0.0.1:4567",
     "Where health, metrics and the admin pages are served.", read_admin_listen, true},
    {"admin-tls-listen", "PENSTOCK_ADMIN_TLS_LISTEN", "admin_tls_listen", "address:port", "",
     "Where they are served by TLS, beside --admin-listen or, with --admin-listen off, in its place. Wants a "
     "certificate: the API's.",
     read_admin_tls_listen, true},
    {"admin-tls-client-auth", "PENSTOCK_ADMIN_TLS_CLIENT_AUTH", "admin_tls_client_auth", "required, optional or off", "",
     "Whether clients of --admin-tls-listen show a certificate; without it, as those of --tls-listen.",
     [](Settings& settings, std::string_view text) {
       return read_client_auth(settings.admin_tls_client_auth, text);
     }},
    {"admin-token-file", "PENSTOCK_ADMIN_TOKEN_FILE", "admin_token_file", "file", "",
     "The token that the admin side wants for everything but health and metrics, alone in a file. Needed where other "
     "machines reach it.",
     read_path<&Settings::admin_token_file>},
    {"", "PENSTOCK_ADMIN_TOKEN", "", "secret", "", "The same token, of 16 to 256 characters.",
     [](Settings& settings, std::string_view text) -> Wrong {
       if (Wrong wrong = wrong_with_admin_token(text)) return wrong;
       settings.admin_token = std::make_shared<const Secret>(text);
       return {};
     },
     false, false, true},
    {"test-controls", "PENSTOCK_TEST_CONTROLS", "test_controls", "on or off", "off",
     "Lets tests reset everything, wait for what they expect, let time pass and have requests fail, by the admin "
     "side. Never in production.",
     [](Settings& settings, std::string_view text) { return read_switch(settings.test_controls, text); }, false,
     true},
    {"config", "PENSTOCK_CONFIG", "", "file", "", "A configuration file: YAML, with the keys of this table.",
     [](Settings& settings, std::string_view text) -> Wrong {
       settings.config = text;
       return {};
     }},
    {"data", "PENSTOCK_DATA", "data", "directory", "penstock-data",
     "Where everything is stored; created if it is not there.",
     [](Settings& settings, std::string_view text) -> Wrong {
       settings.data = text;
       return {};
     }},
    {"durability", "PENSTOCK_DURABILITY", "durability", "fsync, interval or memory", "fsync",
     "fsync: an answer leaves when what it says is synced to disk. interval: when it is handed to the "
     "kernel, which a crash of the machine may lose; for work that can be repeated. memory: nothing is "
     "kept; for tests.",
     read_durability},
    {"sync-interval", "PENSTOCK_SYNC_INTERVAL", "sync_interval", "duration", "1s",
     "With durability interval: how long after it was answered something is synced at the latest.",
     [](Settings& settings, std::string_view text) {
       return read_duration(settings.sync_interval, text, Milliseconds{1}, Milliseconds{60'000});
     }},
    {"auth", "PENSTOCK_AUTH", "auth", "verify or none", "",
     "verify: every request proves by its signature who makes it, and may do what policies let it; wants "
     "credentials, and is what they mean by themselves. none accepts every request without verifying its "
     "signature, also beyond loopback; credentials overrule it unless it is said on the command line, where "
     "the two contradict each other.",
     read_auth},
    {"credentials", "PENSTOCK_CREDENTIALS", "credentials", "file", "",
     "Who may call: a YAML file of access keys, which `penstock credentials` keeps. Read again on SIGHUP.",
     read_path<&Settings::credentials>},
    {"", "PENSTOCK_ACCESS_KEY_ID", "", "access key id", "",
     "One more access key, of the account of --account; its user is called environment.",
     read_path<&Settings::access_key_id>},
    {"", "PENSTOCK_SECRET_ACCESS_KEY", "", "secret", "", "Its secret, of 16 to 256 characters.",
     [](Settings& settings, std::string_view text) -> Wrong {
       settings.secret_access_key = std::make_shared<const Secret>(text);
       return {};
     },
     false, false, true},
    {"strict-permissions", "PENSTOCK_STRICT_PERMISSIONS", "strict_permissions", "on or off", "off",
     "Refuses to start if others than their owner can read the credentials, the TLS key, the admin token, the mail "
     "server's password, the data directory or the backup directory; off: warns.",
     [](Settings& settings, std::string_view text) { return read_switch(settings.strict_permissions, text); },
     false, true},
    {"audit-log", "PENSTOCK_AUDIT_LOG", "audit_log", "file", "",
     "Where one JSON line is noted down for each request: who did what to which resource, allowed or denied. "
     "Wants credentials.",
     read_path<&Settings::audit_log>},
    {"audit-log-max", "PENSTOCK_AUDIT_LOG_MAX", "audit_log_max", "bytes", "64MiB",
     "How large that file may become before it makes room for the next.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.audit_log_bytes_max, text, 4 << 10);
     }},
    {"audit-log-files", "PENSTOCK_AUDIT_LOG_FILES", "audit_log_files", "files", "5",
     "How many of these files are kept, the present one included.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.audit_log_files_max, text, 1, 1000);
     }},
    {"account", "PENSTOCK_ACCOUNT", "account", "twelve digits", "000000000000",
     "The account of every access key that is not itself an account number.", read_account},
    {"region", "PENSTOCK_REGION", "region", "name", "us-east-1",
     "The region of requests that do not name one.", read_region},
    {"resources", "PENSTOCK_RESOURCES", "resources", "file", "",
     "Queues, topics and subscriptions that are to be there: a YAML file (docs/resources.md). Made or changed "
     "before the daemon is ready, and again on SIGHUP; nothing is deleted.",
     read_path<&Settings::resources>},
    {"queues", "PENSTOCK_QUEUES", "queues", "names", "",
     "Queues that are to be there, by name: orders,pay.fifo.", read_queues, true},
    {"topics", "PENSTOCK_TOPICS", "topics", "names", "", "Likewise topics.", read_topics, true},
    {"subscriptions", "PENSTOCK_SUBSCRIPTIONS", "subscriptions", "topic=queue", "",
     "Likewise subscriptions: a topic, and the name or ARN of a queue, or a URL: "
     "events=orders,events=http://127.0.0.1:8080/hook.",
     read_subscriptions, true},
    {"queue-url-base", "PENSTOCK_QUEUE_URL_BASE", "queue_url_base", "URL", "",
     "What a QueueUrl begins with, for clients behind a proxy; without it, the Host that the request names.",
     [](Settings& settings, std::string_view text) { return read_url_base(settings.queue_url_base, text); }},
    {"notification-url-base", "PENSTOCK_NOTIFICATION_URL_BASE", "notification_url_base", "URL", "",
     "What the URLs in a topic's notifications begin with (SigningCertURL, UnsubscribeURL, SubscribeURL); "
     "without it, as a QueueUrl. Receivers that verify signatures want https.",
     [](Settings& settings, std::string_view text) {
       return read_url_base(settings.notification_url_base, text);
     }},
    {"sign-notifications", "PENSTOCK_SIGN_NOTIFICATIONS", "sign_notifications", "true or false", "true",
     "false leaves the signatures out of what topics deliver to queues.",
     [](Settings& settings, std::string_view text) -> Wrong {
       if (text != "true" && text != "false") return "it must be true or false";
       settings.sign_notifications = text == "true";
       return {};
     }},
    {"webhook-targets", "PENSTOCK_WEBHOOK_TARGETS", "webhook_targets", "any or public", "",
     "Where HTTP subscriptions may deliver to. any: also private networks and this machine, at any port. public: "
     "public addresses at the ports 80, 443, 8080 and 8443; what it is where signatures are verified. Link-local "
     "addresses and metadata services are never delivered to.",
     [](Settings& settings, std::string_view text) -> Wrong {
       if (text != "any" && text != "public") return "it must be any or public";
       settings.private_receivers = text == "any";
       return {};
     }},
    {"webhook-ca-file", "PENSTOCK_WEBHOOK_CA_FILE", "webhook_ca_file", "file", "",
     "Certificates, PEM, that receivers by HTTPS may be vouched for by, beside those that the system trusts.",
     read_path<&Settings::webhook_ca_file>},
    {"webhook-deliveries-max", "PENSTOCK_WEBHOOK_DELIVERIES_MAX", "webhook_deliveries_max", "deliveries", "256",
     "Deliveries to receivers by HTTP under way at once; from half of them on, a subscription that has one waits.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.limits.outgoing_max, text, 1, 10'000);
     }},
    {"webhook-deliveries-subscription-max", "PENSTOCK_WEBHOOK_DELIVERIES_SUBSCRIPTION_MAX",
     "webhook_deliveries_subscription_max", "deliveries", "8", "Likewise, of one subscription.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.limits.outgoing_subscription_max, text, 1, 1'000);
     }},
    {"smtp-server", "PENSTOCK_SMTP_SERVER", "smtp_server", "URL", "",
     "The mail server that e-mail subscriptions are delivered by: smtp://host:port, or smtps:// for TLS from the "
     "first byte. Without one their mails are recorded, not sent (`/sns/deliveries` on the admin address).",
     read_smtp_server},
    {"smtp-from", "PENSTOCK_SMTP_FROM", "smtp_from", "mail address", "",
     "The address that those mails are sent from. Wanted with --smtp-server.",
     [](Settings& settings, std::string_view text) -> Wrong {
       if (!is_mail_address(text)) return "it must be a plain mail address, like penstock@mail.example";
       settings.smtp_from = text;
       return {};
     }},
    {"smtp-starttls", "PENSTOCK_SMTP_STARTTLS", "smtp_starttls", "required, offered or never", "offered",
     "Whether a connection by smtp:// goes on by TLS: required, if the server offers it, or never. The server's "
     "certificate must be vouched for.",
     read_smtp_tls},
    {"smtp-ca-file", "PENSTOCK_SMTP_CA_FILE", "smtp_ca_file", "file", "",
     "Certificates, PEM, that the mail server may be vouched for by, beside those that the system trusts.",
     read_path<&Settings::smtp_ca_file>},
    {"smtp-user", "PENSTOCK_SMTP_USER", "smtp_user", "user", "",
     "Who the mail server is to know us as. Wants a password, and --smtp-starttls required or never, or smtps://.",
     [](Settings& settings, std::string_view text) -> Wrong {
       const bool printable = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
       if (!printable || text.size() > 256) return "it must have 1 to 256 characters, none of them a blank";
       settings.smtp_user = text;
       return {};
     }},
    {"smtp-password-file", "PENSTOCK_SMTP_PASSWORD_FILE", "smtp_password_file", "file", "",
     "The file whose first line is the password.", read_path<&Settings::smtp_password_file>},
    {"", "PENSTOCK_SMTP_PASSWORD", "", "secret", "", "The password itself, instead of a file.",
     [](Settings& settings, std::string_view text) -> Wrong {
       settings.smtp_password = std::make_shared<const Secret>(text);
       return {};
     },
     false, false, true},
    {"recorded-deliveries-max", "PENSTOCK_RECORDED_DELIVERIES_MAX", "recorded_deliveries_max", "deliveries", "1000",
     "Deliveries to endpoints out of reach (Lambda, Firehose, SMS, mobile push, mail without a server) that are kept "
     "in memory to be read; older ones make room, and a restart forgets them.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.recorded_deliveries_max, text, 1, 1'000'000);
     }},
    {"recorded-deliveries-memory-max", "PENSTOCK_RECORDED_DELIVERIES_MEMORY_MAX", "recorded_deliveries_memory_max",
     "bytes", "64MiB", "Memory for those.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.recorded_deliveries_bytes_max, text, 1 << 20);
     }},
    {"purge-interval", "PENSTOCK_PURGE_INTERVAL", "purge_interval", "duration", "60s",
     "How long a queue that was purged refuses a second purge. 0 suits test suites.",
     [](Settings& settings, std::string_view text) {
       return read_duration(settings.limits.purge_interval, text, Seconds{0}, Seconds{3600});
     }},
    {"recreate-wait", "PENSTOCK_RECREATE_WAIT", "recreate_wait", "duration", "60s",
     "How long the name of a deleted queue cannot be used again. 0 suits test suites.",
     [](Settings& settings, std::string_view text) {
       return read_duration(settings.limits.recreate_wait, text, Seconds{0}, Seconds{3600});
     }},
    {"aws-weaknesses", "PENSTOCK_AWS_WEAKNESSES", "aws_weaknesses", "list[@queue,...]", "",
     "Habits of the real SQS that standard queues are to show, to test consumers against them: duplicates, order "
     "(messages change places), short-polls (they find few or none of the messages that are there). Behind an @ "
     "the queues that are to have them; without it, all.",
     read_weaknesses},
    {"aws-weaknesses-seed", "PENSTOCK_AWS_WEAKNESSES_SEED", "aws_weaknesses_seed", "number", "1",
     "What decides when those weaknesses show.",
     [](Settings& settings, std::string_view text) {
       return read_number(settings.limits.weaknesses.seed, text, std::uint64_t{0},
                          std::numeric_limits<std::uint64_t>::max());
     }},
    {"io-threads", "PENSTOCK_IO_THREADS", "io_threads", "threads or auto", "auto",
     "Threads that serve connections; auto: half of the processors, 1 to 16.", read_io_threads},
    {"disk-reserve", "PENSTOCK_DISK_RESERVE", "disk_reserve", "bytes", "1GiB",
     "Below this much free disk, what would grow the store is answered 503; the rest goes on.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.disk_reserve_bytes, text, 0);
     }},
    {"backup-directory", "PENSTOCK_BACKUP_DIRECTORY", "backup_directory", "directory", "",
     "Where `penstock backup` may have backups written: there, or to a directory directly in it. Not inside the data "
     "directory, and better on another disk.",
     read_path<&Settings::backup_directory>},
    {"connections-max", "PENSTOCK_CONNECTIONS_MAX", "connections_max", "connections", "16384",
     "Open connections in all; one more is closed at once.",
     [](Settings& settings,
        std::string_view
            text) { return read_number<std::size_t>(settings.connections_max, text, 1, 1'000'000); }},
    {"connections-address-max", "PENSTOCK_CONNECTIONS_ADDRESS_MAX", "connections_address_max", "connections",
     "16384", "Open connections from one address (of IPv6, from one network of 64 bits); one more is closed at once.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.connections_address_max, text, 1, 1'000'000);
     }},
    {"request-rate-account", "PENSTOCK_REQUEST_RATE_ACCOUNT", "request_rate_account", "requests a second, or off", "off",
     "How many requests of the API an account may make, with all its users and connections; one more is refused as AWS "
     "throttles, and SDKs try it again later. A long poll is one request, and so is a batch.",
     [](Settings& settings, std::string_view text) { return read_rate(settings.account_rate, text); }},
    {"request-burst-account", "PENSTOCK_REQUEST_BURST_ACCOUNT", "request_burst_account", "requests", "",
     "How many of those may come at once after a pause; without it, those of one second.",
     [](Settings& settings, std::string_view text) { return read_burst(settings.account_rate, text); }},
    {"request-rate-address", "PENSTOCK_REQUEST_RATE_ADDRESS", "request_rate_address", "requests a second, or off", "off",
     "The same of one address (of IPv6, of one network of 64 bits), before anything else of a request is looked at. All "
     "clients behind a proxy are one address.",
     [](Settings& settings, std::string_view text) { return read_rate(settings.address_rate, text); }},
    {"request-burst-address", "PENSTOCK_REQUEST_BURST_ADDRESS", "request_burst_address", "requests", "",
     "How many of those may come at once after a pause; without it, those of one second.",
     [](Settings& settings, std::string_view text) { return read_burst(settings.address_rate, text); }},
    {"request-memory-max", "PENSTOCK_REQUEST_MEMORY_MAX", "request_memory_max", "bytes", "256MiB",
     "Memory for requests that are being received; beyond it they are answered 503.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.request_bytes_max, text, 16 << 20);
     }},
    {"answer-memory-max", "PENSTOCK_ANSWER_MEMORY_MAX", "answer_memory_max", "bytes", "256MiB",
     "Memory for answers that their clients do not take; beyond it such a connection is closed.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.answer_bytes_max, text, 16 << 20);
     }},
    {"request-body-max", "PENSTOCK_REQUEST_BODY_MAX", "request_body_max", "bytes", "8MiB",
     "The largest body of a request; a larger one is answered 413 before it is read.",
     [](Settings& settings, std::string_view text) -> Wrong {
       std::uint64_t bytes = 0;
       if (Wrong wrong = read_bytes(bytes, text, 64 << 10)) return wrong;
       if (bytes > (std::uint64_t{64} << 20)) return "it must be at most 64MiB";
       settings.http.body_bytes_max = bytes;
       return {};
     }},
    {"pipelined-max", "PENSTOCK_PIPELINED_MAX", "pipelined_max", "bytes", "64KiB",
     "What a connection may send ahead while a request of it is under way; the rest waits in the kernel.",
     [](Settings& settings, std::string_view text) -> Wrong {
       std::size_t bytes = 0;
       if (Wrong wrong = read_bytes(bytes, text, 1 << 10)) return wrong;
       if (bytes > (std::size_t{64} << 20)) return "it must be at most 64MiB";
       settings.http.pipelined_bytes_max = bytes;
       return {};
     }},
    {"head-timeout", "PENSTOCK_HEAD_TIMEOUT", "head_timeout", "duration", "10s",
     "From the first byte of a request's head to its last; a slower one is answered 408.",
     [](Settings& settings, std::string_view text) {
       return read_duration(settings.http.head_time_max, text, Seconds{1}, Seconds{3600});
     }},
    {"idle-timeout", "PENSTOCK_IDLE_TIMEOUT", "idle_timeout", "duration", "75s",
     "How long a connection stays open without a request.",
     [](Settings& settings, std::string_view text) -> Wrong {
       return read_duration(settings.http.idle_time_max, text, Seconds{1}, Seconds{86'400});
     }},
    {"write-timeout", "PENSTOCK_WRITE_TIMEOUT", "write_timeout", "duration", "30s",
     "How long a client may take no byte of its answer before the connection is closed.",
     [](Settings& settings, std::string_view text) {
       return read_duration(settings.http.write_time_max, text, Seconds{1}, Seconds{3600});
     }},
    {"mailbox-max", "PENSTOCK_MAILBOX_MAX", "mailbox_max", "commands", "65536",
     "Commands waiting to be decided; one more is answered 503.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.mailbox_letters_max, text, 1, kCountMax);
     }},
    {"mailbox-memory-max", "PENSTOCK_MAILBOX_MEMORY_MAX", "mailbox_memory_max", "bytes", "256MiB",
     "Memory for messages in commands that wait to be decided; one more command is answered 503.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.mailbox_bytes_max, text, 16 << 20);
     }},
    {"window-memory-max", "PENSTOCK_WINDOW_MEMORY_MAX", "window_memory_max", "bytes", "64MiB",
     "Memory for messages at hand, over all queues; the others are read from disk.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.limits.window_bytes_max, text, 1 << 20);
     }},
    {"deduplication-memory-max", "PENSTOCK_DEDUPLICATION_MEMORY_MAX", "deduplication_memory_max", "bytes", "64MiB",
     "Memory for the deduplication ids of the last five minutes, over all FIFO queues and topics; a send that may repeat "
     "one of the others waits for a look at the disk.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.limits.dedup_bytes_max, text, 1 << 20);
     }},
    {"store-memory-max", "PENSTOCK_STORE_MEMORY_MAX", "store_memory_max", "bytes", "176MiB",
     "Memory for what the store writes next and has read last; more than by default is for the latter.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.store_bytes_max, text, 16 << 20);
     }},
    {"memory-max", "PENSTOCK_MEMORY_MAX", "memory_max", "bytes, auto or off", "auto",
     "What the bounds of memory and of counts are to fit into: those that nobody has set shrink together. auto: the "
     "limit of the daemon's cgroup (version 2), as containers and systemd set it. off: they stay as they are.",
     read_memory_max},
    {"touched-max", "PENSTOCK_TOUCHED_MAX", "touched_max", "messages", "4000000",
     "Messages received and not deleted, over all queues; beyond it only those are handed out again.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.limits.touched_max, text, 1, kCountMax);
     }},
    {"waiting-receivers-max", "PENSTOCK_WAITING_RECEIVERS_MAX", "waiting_receivers_max", "receives", "100000",
     "Long polls waiting at once; one more is answered at once.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.limits.waiting_receivers_max, text, 1, kCountMax);
     }},
    {"shutdown-grace", "PENSTOCK_SHUTDOWN_GRACE", "shutdown_grace", "duration", "10s",
     "How long a stop waits for requests that are under way.",
     [](Settings& settings, std::string_view text) -> Wrong {
       return read_duration(settings.shutdown_grace, text, Seconds{0}, Seconds{3600});
     }},
    {"log-level", "PENSTOCK_LOG_LEVEL", "log_level", "debug, info, warning or error", "info",
     "What is logged to standard error.", read_log_level},
    {"log-format", "PENSTOCK_LOG_FORMAT", "log_format", "text or json", "text",
     "How it is logged: one line an event in either.", read_log_format},
    {"metrics-queues-max", "PENSTOCK_METRICS_QUEUES_MAX", "metrics_queues_max", "queues", "500",
     "Queues that have their own series in /metrics; the others are summed as queue=\"_other\".",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.metrics_queues_max, text, 0, 1'000'000);
     }},
});

}  // namespace

std::span<const SettingRow> setting_rows() { return kRows; }

}  // namespace penstock
