// The admin token, from the environment or a file (--admin-token-file).
#pragma once

#include <memory>
#include <tl/expected.hpp>

#include "auth/secret.h"
#include "server/settings.h"
#include "server/start_refusal.h"

namespace penstock {

inline constexpr std::size_t kAdminTokenBytesMin = 16;
inline constexpr std::size_t kAdminTokenBytesMax = 256;

// What is wrong with a token, if anything.
std::optional<std::string> wrong_with_admin_token(std::string_view token);

// Null: there is none.
tl::expected<std::shared_ptr<const Secret>, StartRefusal> read_admin_token(const Settings& settings);

}  // namespace penstock
