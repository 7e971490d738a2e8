#include "server/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <utility>

namespace penstock {
namespace {

using Wrong = std::optional<std::string>;

template <class Integer>
std::optional<Integer> parse_number(std::string_view text) {
  Integer number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "1073741824", "512KiB", "64MiB", "1GiB".
std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 3> kUnits{
      {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  int shift = 0;
  for (const auto& [unit, bits] : kUnits) {
    if (text.ends_with(unit)) {
      shift = bits;
      text.remove_suffix(unit.size());
      break;
    }
  }
  const std::optional<std::uint64_t> number = parse_number<std::uint64_t>(text);
  if (!number || *number > (UINT64_MAX >> shift)) return std::nullopt;
  return *number << shift;
}

template <class Integer>
Wrong read_number(Integer& into, std::string_view text, Integer least, Integer most) {
  const std::optional<Integer> number = parse_number<Integer>(text);
  if (!number || *number < least || *number > most) {
    return "it must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  into = *number;
  return {};
}

template <class Integer>
Wrong read_bytes(Integer& into, std::string_view text, std::uint64_t least) {
  const std::optional<std::uint64_t> bytes = parse_bytes(text);
  if (!bytes || *bytes < least || *bytes > (std::uint64_t{1} << 50)) {
    return "it must be a number of bytes, at least " + std::to_string(least) +
           ", with KiB, MiB or GiB behind it if you like";
  }
  into = static_cast<Integer>(*bytes);
  return {};
}

Wrong read_listen(Settings& settings, std::string_view text) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return "it must be an IP address and a port, like 127.0.0.1:4566 or [::1]:4566";
  settings.listen.push_back(*endpoint);
  return {};
}

Wrong read_admin_listen(Settings& settings, std::string_view text) {
  settings.admin_listen.reset();
  if (text == "off") return {};
  settings.admin_listen = Endpoint::parse(text);
  if (!settings.admin_listen) {
    return "it must be an IP address and a port, like 127.0.0.1:4567, or off";
  }
  return {};
}

Wrong read_durability(Settings& settings, std::string_view text) {
  if (text == "interval") return "it is planned and not built yet; this build offers fsync and memory";
  if (text != "fsync" && text != "memory") return "it must be fsync or memory";
  settings.durability = text == "fsync" ? Durability::kFsync : Durability::kMemory;
  return {};
}

Wrong read_auth(Settings& settings, std::string_view text) {
  if (text == "verify") {
    return "verifying signatures is planned and not built yet; this build offers none, which accepts "
           "every request";
  }
  if (text != "none") return "it must be none";
  settings.auth = Auth::kNone;
  return {};
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
    settings.io_threads = std::clamp(std::thread::hardware_concurrency() / 2, 1U, 64U);
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

constexpr std::size_t kCountMax = 100'000'000;

constexpr auto kRows = std::to_array<SettingRow>({
    {"listen", "PENSTOCK_LISTEN", "listen", "address:port", "127.0.0.1:4566",
     "Where the AWS API is served. Beyond loopback it wants --auth none.", read_listen, true},
    {"admin-listen", "PENSTOCK_ADMIN_LISTEN", "admin_listen", "address:port or off", "127.0.0.1:4567",
     "Where health and metrics are served.", read_admin_listen},
    {"data", "PENSTOCK_DATA", "data", "directory", "penstock-data",
     "Where everything is stored; created if it is not there.",
     [](Settings& settings, std::string_view text) -> Wrong {
       settings.data = text;
       return {};
     }},
    {"durability", "PENSTOCK_DURABILITY", "durability", "fsync or memory", "fsync",
     "fsync: an answer leaves when what it says is synced to disk. memory: nothing is kept; for tests.",
     read_durability},
    {"auth", "PENSTOCK_AUTH", "auth", "none", "",
     "none accepts every request without verifying its signature, also beyond loopback.", read_auth},
    {"account", "PENSTOCK_ACCOUNT", "account", "twelve digits", "000000000000",
     "The account of every access key that is not itself an account number.", read_account},
    {"region", "PENSTOCK_REGION", "region", "name", "us-east-1",
     "The region of requests that do not name one.", read_region},
    {"io-threads", "PENSTOCK_IO_THREADS", "io_threads", "threads or auto", "auto",
     "Threads that serve connections; auto: half of the processors, at least one.", read_io_threads},
    {"disk-reserve", "PENSTOCK_DISK_RESERVE", "disk_reserve", "bytes", "1GiB",
     "Below this much free disk, what would grow the store is answered 503; the rest goes on.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.disk_reserve_bytes, text, 0);
     }},
    {"connections-max", "PENSTOCK_CONNECTIONS_MAX", "connections_max", "connections", "16384",
     "Open connections in all; one more is closed at once.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.connections_max, text, 1, 1'000'000);
     }},
    {"connections-address-max", "PENSTOCK_CONNECTIONS_ADDRESS_MAX", "connections_address_max", "connections",
     "16384", "Open connections from one address; one more is closed at once.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.connections_address_max, text, 1, 1'000'000);
     }},
    {"request-memory-max", "PENSTOCK_REQUEST_MEMORY_MAX", "request_memory_max", "bytes", "256MiB",
     "Memory for requests that are being received; beyond it they are answered 503.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.request_bytes_max, text, 16 << 20);
     }},
    {"mailbox-max", "PENSTOCK_MAILBOX_MAX", "mailbox_max", "commands", "65536",
     "Commands waiting to be decided; one more is answered 503.",
     [](Settings& settings, std::string_view text) {
       return read_number<std::size_t>(settings.mailbox_letters_max, text, 1, kCountMax);
     }},
    {"window-memory-max", "PENSTOCK_WINDOW_MEMORY_MAX", "window_memory_max", "bytes", "64MiB",
     "Memory for messages at hand, over all queues; the others are read from disk.",
     [](Settings& settings, std::string_view text) {
       return read_bytes(settings.limits.window_bytes_max, text, 1 << 20);
     }},
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
    {"shutdown-grace", "PENSTOCK_SHUTDOWN_GRACE", "shutdown_grace", "seconds", "10",
     "How long a stop waits for requests that are under way.",
     [](Settings& settings, std::string_view text) -> Wrong {
       std::int64_t seconds = 0;
       Wrong wrong = read_number<std::int64_t>(seconds, text, 0, 3600);
       settings.shutdown_grace = Seconds{seconds};
       return wrong;
     }},
    {"log-level", "PENSTOCK_LOG_LEVEL", "log_level", "debug, info, warning or error", "info",
     "What is logged to standard error.", read_log_level},

    {"config", "PENSTOCK_CONFIG", "", "file", "", "A configuration file."},
    {"credentials", "PENSTOCK_CREDENTIALS", "", "file", "", "Access keys whose signatures are verified."},
    {"tls-certificate", "PENSTOCK_TLS_CERTIFICATE", "", "file", "", "The certificate to serve TLS with."},
    {"tls-key", "PENSTOCK_TLS_KEY", "", "file", "", "The certificate's private key."},
});

StartRefusal usage(std::string text) { return {kExitUsage, std::move(text)}; }

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::optional<StartRefusal> read_row(const SettingRow& row, const GivenFlags& flags,
                                     const Environment& environment, Settings& settings) {
  std::vector<std::string> texts;
  std::string name = "--" + std::string(row.flag);
  const auto flag = flags.find(row.flag);
  const auto variable = environment.find(row.variable);
  if (flag != flags.end() && !flag->second.empty()) {
    texts = flag->second;
    if (texts.size() > 1 && !row.many) return usage(name + " is given more than once");
  } else if (variable != environment.end() && !variable->second.empty()) {
    name = row.variable;
    if (row.many) {
      texts = split_list(variable->second);
    } else {
      texts = {variable->second};
    }
  } else if (!row.default_text.empty()) {
    texts = {std::string(row.default_text)};
  }

  for (const std::string& text : texts) {
    if (!row.read) return usage(name + " is planned and not built yet; start without it");
    if (text.empty()) return usage(name + " is empty");
    if (const Wrong wrong = row.read(settings, text)) return usage(name + " " + text + ": " + *wrong);
  }
  return {};
}

std::optional<StartRefusal> check_exposure(const Settings& settings) {
  if (settings.auth == Auth::kNone) return {};
  const auto refuse_if_open = [](std::string_view flag, const Endpoint& endpoint) {
    std::optional<StartRefusal> refusal;
    if (!endpoint.loopback()) {
      refusal = usage("--" + std::string(flag) + " " + endpoint.text() +
                      " can be reached from other machines, and requests are not verified: say --auth none "
                      "(PENSTOCK_AUTH=none) if everybody who reaches it may use it, or listen on 127.0.0.1");
    }
    return refusal;
  };
  for (const Endpoint& endpoint : settings.listen) {
    if (auto refusal = refuse_if_open("listen", endpoint)) return refusal;
  }
  if (settings.admin_listen) return refuse_if_open("admin-listen", *settings.admin_listen);
  return {};
}

}  // namespace

std::span<const SettingRow> setting_rows() { return kRows; }

tl::expected<Settings, StartRefusal> read_settings(const GivenFlags& flags, const Environment& environment) {
  Settings settings;
  for (const SettingRow& row : kRows) {
    if (auto refusal = read_row(row, flags, environment, settings)) return tl::unexpected(*refusal);
  }
  for (const auto& [name, value] : environment) {
    if (name.starts_with("PENSTOCK_TLS_") && !value.empty()) {
      return tl::unexpected(usage(name + " is planned and not built yet; start without it"));
    }
  }
  if (auto refusal = check_exposure(settings)) return tl::unexpected(*refusal);
  return settings;
}

std::vector<std::string> unknown_variables(const Environment& environment) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("PENSTOCK_")) continue;
    // Kubernetes sets these for every service; one of this name is likely.
    if (name.starts_with("PENSTOCK_SERVICE_") || name.starts_with("PENSTOCK_PORT")) continue;
    const bool known =
        std::any_of(kRows.begin(), kRows.end(), [&](const SettingRow& row) { return row.variable == name; });
    if (!known) unknown.push_back(name);
  }
  return unknown;
}

std::string settings_markdown() {
  std::string text =
      "# Configuration\n\n"
      "Printed by `penstock configuration`. The command line wins over the environment, the environment\n"
      "over the default; an empty variable counts as unset.\n\n"
      "| Flag | Environment | Value | Default | Meaning |\n"
      "|---|---|---|---|---|\n";
  for (const SettingRow& row : kRows) {
    text += "| `--" + std::string(row.flag) + "`" + (row.many ? " (repeatable)" : "") + " | `" +
            std::string(row.variable) + "`" + (row.many ? " (with commas)" : "") + " | " +
            std::string(row.unit) + " | " +
            (row.default_text.empty() ? "" : "`" + std::string(row.default_text) + "`") + " | " +
            std::string(row.description) + (row.read ? "" : " Planned; asking for it is refused.") + " |\n";
  }
  return text;
}

}  // namespace penstock
