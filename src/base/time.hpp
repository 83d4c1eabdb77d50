#pragma once

#include "base/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Times and durations as text, always UTC, never by locale or TZ. Pure.
namespace flame {

using Seconds = std::chrono::sys_seconds; // wall clock, UTC

std::string iso8601(Seconds time);        // "2026-01-15T08:15:30Z"
std::string iso8601_basic(Seconds time);  // "20260115T081530Z", as SigV4 wants it
std::string iso_date_basic(Seconds time); // "20260115"

// "2026-01-15T08:15:30Z", with a fraction, or with an offset ("+00:00"). nullopt when it is none.
std::optional<Seconds> parse_iso8601(std::string_view text);

// RFC 9110 IMF-fixdate, "Thu, 15 Jan 2026 08:15:30 GMT".
std::optional<Seconds> parse_http_date(std::string_view text);

// "90s", "5m", "1h30m", "250ms", "2d". A number without a unit is an error whose hint gives the
// unit. The message names `text`, not the setting. Kind config.
Result<Millis> parse_duration(std::string_view text);
std::string format_duration(Millis duration); // "1h30m"; parse_duration reads it back

} // namespace flame
