// CommandLine: the words behind `penstock`, as what is to be done.
//
//     penstock serve [FLAGS]               the daemon; a flag for each setting
//     penstock healthcheck [--url URL]     whether a daemon is ready: exit code 0 or 1
//     penstock env                         what a shell must export for SDKs to reach the daemon
//     penstock credentials add|list|revoke the file of those who may call (server/credentials_command.h)
//     penstock check-config [FLAGS]        whether these settings, and what they declare, would do
//     penstock export, import              resources documents (server/resources_commands.h)
//     penstock backup, restore             restore points of the store (server/backup_commands.h)
//     penstock doctor                      a data directory is looked at (server/doctor_command.h)
//     penstock configuration               every setting, as docs/configuration.md has it
//     penstock version, help [COMMAND]
//
// It only reads: nothing is started, and nothing but a configuration file that is asked for is opened.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "server/backup_commands.h"
#include "server/credentials_command.h"
#include "server/doctor_command.h"
#include "server/health_check.h"
#include "server/resources_commands.h"
#include "server/settings.h"

namespace penstock {

struct Serve {
  Settings settings;
  std::vector<std::string> unknown_variables;  // to be warned about
};

// Nothing but a text for standard output.
struct Print {
  std::string text;
};

struct AskHealth {
  DaemonUrl url;
};

using Asked =
    std::variant<Serve, Print, AskHealth, CredentialsCommand, CheckConfig, ExportResources, ImportResources,
                 TakeBackup, ListBackups, VerifyBackups, DropBackups, RestoreBackup, DoctorCommand>;

// `words` are the arguments without the program's name.
tl::expected<Asked, StartRefusal> read_command_line(std::vector<std::string> words,
                                                    const Environment& environment);

// The environment of this process.
Environment process_environment();

}  // namespace penstock
