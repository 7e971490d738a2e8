// The commands about declared resources:
//
//     penstock check-config [FLAGS]           whether a new daemon would start with these settings: the
//     settings'
//                                             file, credentials, and the resources with all that they refer
//                                             to
//     penstock export [--account] [--region]  what a running daemon has, as a resources document
//     penstock import elasticmq|goaws FILE    another broker's configuration as a resources document
//
// The exit codes are those of starting (server/process.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "auth/secret.h"
#include "server/daemon_exchange.h"
#include "server/settings.h"
#include "server/start_refusal.h"

namespace penstock {

struct CheckConfig {
  Settings settings;
};
struct ExportResources {
  DaemonUrl url;
  std::shared_ptr<const Secret> token;  // of the admin side; null: none
};
struct ImportResources {
  enum class From { kElasticMq, kGoAws };
  From from{};
  std::string path;
  std::string environment;  // of GoAws
};

// What is to be printed when it is done.
tl::expected<std::string, StartRefusal> perform(const CheckConfig& command);
tl::expected<std::string, StartRefusal> perform(const ExportResources& command);
// Notes on what is not carried over go to standard error.
tl::expected<std::string, StartRefusal> perform(const ImportResources& command);

}  // namespace penstock
