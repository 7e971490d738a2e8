#include "server/settings_judgement.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {
namespace {

StartRefusal usage(std::string text) { return {kExitUsage, std::move(text)}; }

// Whether signatures are verified: credentials mean so by themselves.
std::optional<StartRefusal> settle_auth(Settings& settings, const GivenFlags& flags) {
  if (settings.access_key_id.empty() != !settings.secret_access_key) {
    return usage("PENSTOCK_ACCESS_KEY_ID and PENSTOCK_SECRET_ACCESS_KEY go together: give both or neither");
  }
  const bool credentials = !settings.credentials.empty() || !settings.access_key_id.empty();
  if (settings.auth == Auth::kVerify && !credentials) {
    return usage(
        "--auth verify needs to know who may call: give --credentials FILE (`penstock credentials add` "
        "makes one), or PENSTOCK_ACCESS_KEY_ID and PENSTOCK_SECRET_ACCESS_KEY");
  }
  const auto flag = flags.find("auth");
  const bool said = flag != flags.end() && !flag->second.empty();
  if (settings.auth == Auth::kNone && credentials && said) {
    return usage(
        "--auth none accepts every request, and credentials are given (" +
        (settings.credentials.empty() ? std::string("PENSTOCK_ACCESS_KEY_ID") : settings.credentials) +
        "): start without the one or the other");
  }
  if (credentials) settings.auth = Auth::kVerify;
  settings.limits.queues_ask_topics = settings.auth == Auth::kVerify;
  if (!settings.private_receivers) settings.private_receivers = settings.auth != Auth::kVerify;
  if (!settings.audit_log.empty() && !credentials) {
    return usage("--audit-log wants --credentials: without them nobody is known");
  }
  return {};
}

std::optional<StartRefusal> check_smtp(const Settings& settings) {
  const bool password = settings.smtp_password || !settings.smtp_password_file.empty();
  if (settings.smtp_server.empty()) {
    if (settings.smtp_from.empty() && settings.smtp_user.empty() && !password && settings.smtp_ca_file.empty()) return {};
    return usage("mail settings are given and no mail server: say --smtp-server smtp://HOST:PORT");
  }
  if (settings.smtp_from.empty()) {
    return usage("--smtp-server wants the address that mails are sent from: say --smtp-from ADDRESS");
  }
  if (settings.smtp_user.empty() == password) {
    return usage("--smtp-user and a password (--smtp-password-file or PENSTOCK_SMTP_PASSWORD) go together: give both or "
                 "neither");
  }
  if (settings.smtp_password && !settings.smtp_password_file.empty()) {
    return usage("--smtp-password-file and PENSTOCK_SMTP_PASSWORD are the same thing twice: give one of them");
  }
  const bool secure = settings.smtp_server.starts_with("smtps://");
  if (password && !secure && settings.smtp_tls == SmtpTls::kOffered) {
    return usage("with a password --smtp-starttls must be said: required, or never if it may go over the network as "
                 "it is");
  }
  return {};
}

std::optional<StartRefusal> check_rates(const Settings& settings) {
  for (const auto& [rate, whose] : {std::pair(settings.account_rate, "account"), std::pair(settings.address_rate, "address")}) {
    if (rate.burst == 0 || rate.per_second > 0) continue;
    return usage(std::string("--request-burst-") + whose + " says how many may come at once, and not how many in a "
                 "second: say --request-rate-" + whose + " too");
  }
  return {};
}

// What clients show is settled, too: nothing is left to be guessed.
std::optional<StartRefusal> settle_client_auth(Settings& settings) {
  using enum TlsClientAuth;
  const bool known = !settings.tls_client_ca.empty();
  if (!settings.tls_client_auth) settings.tls_client_auth = known ? kRequired : kOff;
  if (!settings.admin_tls_client_auth) settings.admin_tls_client_auth = *settings.tls_client_auth;
  const bool asked = *settings.tls_client_auth != kOff || *settings.admin_tls_client_auth != kOff;
  if (asked && !known) {
    return usage("certificates of clients are asked for, and nobody vouches for them: give --tls-client-ca FILE");
  }
  if (known && settings.tls_listen.empty() && settings.admin_tls_listen.empty()) {
    return usage("--tls-client-ca is given and nobody connects by TLS: say --tls-listen or --admin-tls-listen");
  }
  return {};
}

std::optional<StartRefusal> check_tls(const Settings& settings) {
  const bool files = !settings.tls_certificate.empty() || !settings.tls_key.empty();
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
    return usage("--tls-certificate and --tls-key go together: give both or neither");
  }
  if (files && settings.tls_self_signed) {
    return usage(
        "--tls-self-signed makes a certificate, and --tls-certificate gives one: choose one of them");
  }
  const bool served = !settings.tls_listen.empty() || !settings.admin_tls_listen.empty();
  if (served && !files && !settings.tls_self_signed) {
    return usage(std::string(settings.tls_listen.empty() ? "--admin-tls-listen" : "--tls-listen") +
                 " wants a certificate: give --tls-certificate and --tls-key, or --tls-self-signed");
  }
  if (!served && (files || settings.tls_self_signed)) {
    return usage("a certificate is given and nowhere to serve it: say --tls-listen ADDRESS:PORT");
  }
  return {};
}

// What is kept in case the data directory is lost must not go with it.
std::optional<StartRefusal> check_backups(const Settings& settings) {
  if (settings.backup_directory.empty()) return {};
  const auto plain = [](const std::filesystem::path& path) {
    std::error_code failed;
    const std::filesystem::path real = std::filesystem::weakly_canonical(std::filesystem::absolute(path), failed);
    return failed ? path.lexically_normal() : real;
  };
  const std::filesystem::path data = plain(settings.data);
  const std::filesystem::path backups = plain(settings.backup_directory);
  const auto [differs, rest] = std::mismatch(data.begin(), data.end(), backups.begin(), backups.end());
  if (differs != data.end()) return {};
  return usage("--backup-directory " + settings.backup_directory + " lies in the data directory " +
               settings.data.string() + ", and would be lost with it: choose another place, better on another disk");
}

std::optional<StartRefusal> check_exposure(const Settings& settings) {
  if (settings.auth != Auth::kUnstated) return {};
  const auto refuse_if_open = [](std::string_view flag, const Endpoint& endpoint) {
    std::optional<StartRefusal> refusal;
    if (!endpoint.loopback()) {
      refusal = usage(
          "--" + std::string(flag) + " " + endpoint.text() +
          " can be reached from other machines, and requests are not verified: give --credentials, "
          "or say --auth none (PENSTOCK_AUTH=none) if everybody who reaches it may use it, or listen on "
          "127.0.0.1");
    }
    return refusal;
  };
  for (const Endpoint& endpoint : settings.listen) {
    if (auto refusal = refuse_if_open("listen", endpoint)) return refusal;
  }
  for (const Endpoint& endpoint : settings.tls_listen) {
    if (auto refusal = refuse_if_open("tls-listen", endpoint)) return refusal;
  }
  for (const Endpoint& endpoint : settings.admin_listen) {
    if (auto refusal = refuse_if_open("admin-listen", endpoint)) return refusal;
  }
  for (const Endpoint& endpoint : settings.admin_tls_listen) {
    if (auto refusal = refuse_if_open("admin-tls-listen", endpoint)) return refusal;
  }
  return {};
}

// Each I/O thread has its share of the memory for requests, and a body must fit into it.
std::optional<StartRefusal> check_memory(const Settings& settings) {
  const std::uint64_t share = settings.request_bytes_max / settings.io_threads;
  const std::uint64_t needed = settings.http.body_bytes_max + kHeadBytesMax;
  if (share >= needed) return {};
  return usage("--request-memory-max " + std::to_string(settings.request_bytes_max) +
               " is too little: each of " + std::to_string(settings.io_threads) +
               " I/O threads (--io-threads) must hold a body of " +
               std::to_string(settings.http.body_bytes_max) + " bytes (--request-body-max)");
}

}  // namespace

std::optional<StartRefusal> judge_together(Settings& settings, const GivenFlags& flags) {
  if (auto refusal = check_tls(settings)) return refusal;
  if (auto refusal = settle_client_auth(settings)) return refusal;
  if (auto refusal = check_rates(settings)) return refusal;
  if (auto refusal = check_smtp(settings)) return refusal;
  if (auto refusal = check_backups(settings)) return refusal;
  if (auto refusal = settle_auth(settings, flags)) return refusal;
  if (auto refusal = check_exposure(settings)) return refusal;
  return check_memory(settings);
}

}  // namespace penstock
