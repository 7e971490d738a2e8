// CallerSource: where those who may call are read from: the credentials file, and the one pair that the
// environment gives. Read when the daemon starts, and again whenever it is told that the file has changed.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "actions/known_callers.h"
#include "server/settings.h"
#include "server/start_refusal.h"

namespace penstock {

// Of settings that verify signatures. With --strict-permissions a file that others can read is refused,
// otherwise warned of.
tl::expected<KnownCallersPtr, StartRefusal> read_callers(const Settings& settings);

// What is wrong with the mode of a file or directory that holds secrets, and the command that mends it.
// Nothing if only its owner gets at it, or if there is none.
std::optional<std::string> exposure_of(const std::string& path);

// Warns of it, or refuses if permissions are strict.
std::optional<StartRefusal> judge_exposure(const Settings& settings,
                                           const std::optional<std::string>& exposed);

}  // namespace penstock
