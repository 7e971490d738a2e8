#include "server/certificate_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/caller_source.h"
#include "server/log.h"

namespace penstock {
namespace {

constexpr std::size_t kHostNameMax = 64;

// Where clients may reach us, as far as that is known here.
std::vector<std::string> hosts_of(const Settings& settings) {
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
  const auto add = [&hosts](std::string host) {
    if (!host.empty() && std::find(hosts.begin(), hosts.end(), host) == hosts.end()) {
      hosts.push_back(std::move(host));
    }
  };
  std::array<char, kHostNameMax + 1> name{};
  const bool named = gethostname(name.data(), kHostNameMax) == 0;
  const std::string_view own(name.data());
  const bool plain =
      own.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
      std::string_view::npos;
  if (named && plain) add(std::string(own));
  for (const auto* const endpoints : {&settings.tls_listen, &settings.admin_tls_listen}) {
    for (const Endpoint& endpoint : *endpoints) add(text_of(endpoint.reached_locally().address));
  }
  return hosts;
}

// Whole or not at all, and readable by its owner alone.
bool write_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  ::close(file);
  return written && std::rename(beside.c_str(), path.c_str()) == 0;
}

StartRefusal refusal(const std::string& text) { return {kExitConfig, text}; }

tl::expected<TlsIdentity::Pem, StartRefusal> self_signed(const Settings& settings) {
  const bool kept = settings.durability != Durability::kMemory;
  const std::string certificate = self_signed_certificate_path(settings);
  const std::string key = (settings.data / "tls-key.pem").string();
  if (kept && std::filesystem::exists(certificate) && std::filesystem::exists(key)) {
    return TlsIdentity::read(certificate, key).map_error(refusal);
  }
  auto made = TlsIdentity::self_signed(hosts_of(settings));
  if (!made) return tl::unexpected(refusal(made.error()));
  // The key first: a certificate without it would be taken for the whole.
  if (kept && !(write_file(key, made->key) && write_file(certificate, made->certificate))) {
    return tl::unexpected(refusal("the certificate cannot be kept in " + settings.data.string()));
  }
  log_info("a certificate that vouches for itself was made", {{"certificate", kept ? certificate : ""}});
  return *std::move(made);
}

}  // namespace

std::string self_signed_certificate_path(const Settings& settings) {
  return (settings.data / "tls-certificate.pem").string();
}

tl::expected<ServedCertificate, StartRefusal> read_certificate(const Settings& settings) {
  if (auto exposed = judge_exposure(settings, exposure_of(settings.tls_key)))
    return tl::unexpected(*std::move(exposed));
  auto pem = settings.tls_self_signed
                 ? self_signed(settings)
                 : TlsIdentity::read(settings.tls_certificate, settings.tls_key).map_error(refusal);
  if (!pem) return tl::unexpected(std::move(pem.error()));
  const auto refused = [](const std::string& path, const std::string& why) {
    return tl::unexpected(refusal(path + (path.empty() ? "" : ": ") + why));
  };
  if (const auto served = TlsIdentity::prepare(*pem, std::nullopt); !served) {
    return refused(settings.tls_certificate, served.error());
  }
  std::string authorities;
  if (!settings.tls_client_ca.empty()) {
    auto read = TlsIdentity::read(settings.tls_client_ca);
    if (!read) return tl::unexpected(refusal(read.error()));
    authorities = *std::move(read);
  }
  const auto prepare = [&](TlsClientAuth auth) {
    std::optional<TlsIdentity::Clients> clients;
    if (auth != TlsClientAuth::kOff) clients = TlsIdentity::Clients{authorities, auth == TlsClientAuth::kRequired};
    return TlsIdentity::prepare(*pem, clients);
  };
  auto for_api = prepare(settings.tls_client_auth.value_or(TlsClientAuth::kOff));
  auto for_admin = prepare(settings.admin_tls_client_auth.value_or(TlsClientAuth::kOff));
  for (const auto* const prepared : {&for_api, &for_admin}) {
    if (!*prepared) return refused(settings.tls_client_ca, prepared->error());
  }
  return ServedCertificate{*std::move(for_api), *std::move(for_admin)};
}

}  // namespace penstock
