// Dates as access policies write them: ISO 8601 (2026-11-25, 2026-11-25T10:30Z, 2026-11-25T10:30:00.5+01:00),
// without a zone in UTC, or whole seconds since the Unix epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

// In milliseconds since the Unix epoch; what is finer is cut off. Nothing if the text is no date.
std::optional<std::int64_t> parse_policy_date(std::string_view text);

}  // namespace penstock
