// SettingsJudgement: whether the settings go together, once each has been read by itself.
#pragma once

#include <optional>

#include "server/settings.h"
#include "server/start_refusal.h"

namespace penstock {

// Settles what one setting means for another, and says what does not go together, if anything. `flags` are those of
// the command line: there `none` is meant, whatever else is given.
std::optional<StartRefusal> judge_together(Settings& settings, const GivenFlags& flags);

}  // namespace penstock
