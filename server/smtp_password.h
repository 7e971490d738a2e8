// The password for the mail server: from the environment, or the first line of a file.
#pragma once

#include <memory>
#include <tl/expected.hpp>

#include "auth/secret.h"
#include "server/settings.h"
#include "server/start_refusal.h"

namespace penstock {

// Null: none is set. With --strict-permissions a file that others can read is refused, otherwise warned of.
tl::expected<std::shared_ptr<const Secret>, StartRefusal> read_smtp_password(const Settings& settings);

}  // namespace penstock
