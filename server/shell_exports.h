// ShellExports: what a POSIX shell must export for AWS's SDKs and command line to reach this daemon.
#pragma once

#include <string>

#include "server/settings.h"

namespace penstock {

// For `eval "$(penstock env)"`. The settings must listen on a known port.
std::string shell_exports(const Settings& settings);

}  // namespace penstock
