// WallTime: what the machine's clock says, in whole seconds. Signatures and certificates are judged by it,
// and by nothing else here: queues live on the broker's own time line (base/time.h), which may differ.
//
// It is always handed in.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

using WallTime = std::chrono::sys_seconds;

// "20261122T120000Z", ISO 8601 in its basic form. Nothing unless the text is exactly that, of a day and a
// second that exist.
std::optional<WallTime> parse_basic_time(std::string_view text);
std::string basic_time(WallTime time);

// "2026-11-22T12:00:00Z", ISO 8601 in its extended form.
std::optional<WallTime> parse_extended_time(std::string_view text);
std::string extended_time(WallTime time);

// "Sun, 22 Nov 2026 12:00:00 GMT", the form of HTTP's Date header (RFC 9110, section 5.6.7).
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace penstock
