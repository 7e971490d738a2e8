#include "server/resources_commands.h"

#include <chrono>
#include <cstdio>
#include <utility>

#include "resources/elasticmq_import.h"
#include "resources/goaws_import.h"
#include "resources/resources_document.h"
#include "server/caller_source.h"
#include "server/declared_resources.h"
#include "server/text_file.h"

namespace penstock {
namespace {

using Printed = tl::expected<std::string, StartRefusal>;

constexpr std::chrono::milliseconds kExportTimeMax{30'000};
constexpr std::size_t kExportBytesMax = std::size_t{256} << 20;

}  // namespace

Printed perform(const CheckConfig& command) {
  const Settings& settings = command.settings;
  if (settings.auth == Auth::kVerify) {
    if (const auto known = read_callers(settings); !known) return tl::unexpected(known.error());
  }
  const auto declaration = read_declaration(settings);
  if (!declaration) return tl::unexpected(declaration.error());
  ResourceFacts nothing;
  nothing.time = from_epoch_milliseconds(
      std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  const auto calls =
      rehearse(*declaration, nothing, settings, own_dispatch(settings, settings.listen.front().text()));
  if (!calls) return tl::unexpected(calls.error());
  return "ok: " + std::to_string(declaration->queues.size()) + " queues, " +
         std::to_string(declaration->topics.size()) + " topics, " +
         std::to_string(declaration->subscriptions()) + " subscriptions\n";
}

Printed perform(const ExportResources& command) {
  const std::string token =
      command.token ? "Authorization: Bearer " + std::string(command.token->revealed()) : std::string();
  auto answer =
      get_from_daemon(command.url, {.time_max = kExportTimeMax, .body_bytes_max = kExportBytesMax}, token);
  if (!answer) {
    return tl::unexpected(StartRefusal{
        kExitUnavailable,
        command.url.text() + ": " + answer.error() +
            "; is the daemon running, and does it serve its admin pages there (--admin-listen, --admin-tls-listen)?"});
  }
  if (!answer->status.starts_with("200")) {
    return tl::unexpected(StartRefusal{
        kExitUnavailable, command.url.text() + ": it says " + answer->status + ": " + answer->body});
  }
  return std::move(answer->body);
}

Printed perform(const ImportResources& command) {
  const auto text = read_text_file(command.path, kResourcesBytesMax);
  if (!text)
    return tl::unexpected(StartRefusal{kExitNoInput, command.path + " cannot be read: " + text.error()});
  auto imported = command.from == ImportResources::From::kElasticMq
                      ? import_elasticmq(*text, command.path)
                      : import_goaws(*text, command.path, command.environment);
  if (!imported) return tl::unexpected(StartRefusal{kExitData, imported.error().text()});
  for (const std::string& note : imported->notes) {
    std::fprintf(stderr, "penstock: not carried over: %s\n", note.c_str());
  }
  return std::move(imported->text);
}

}  // namespace penstock
