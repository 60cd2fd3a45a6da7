#pragma once

#include "base/error.h"
#include "base/time.h"
#include "base/time_zone.h"

#include <optional>
#include <string_view>

/// Times of the wall clock as users write them. The functions named take_… read the beginning of
/// their text and leave the rest in it; after nullopt, the text is unspecified.
namespace layercast::scene {

using base::WallTime;

/// Reads the argument of a tool's `--clock`: `HH:MM` or `HH:MM:SS` (on 1970-01-01), or an ISO 8601
/// date and time such as `2026-01-01T18:00:00Z`, with up to nine decimals of a second, and `Z`,
/// `+01:00`, `-0330` or nothing (UTC) as the offset.
/// Range: years 1900 to 2099. Errors: kInvalidInput.
base::Result<WallTime> parse_wall_time(std::string_view text);

/// Reads an ISO 8601 date and time with its offset from UTC, such as `2026-01-01T18:00:00+01:00`;
/// nullopt for other texts.
std::optional<WallTime> parse_instant(std::string_view text);

/// `HH:MM[:SS[.fraction]]` since midnight.
std::optional<base::Duration> take_time_of_day(std::string_view& text);

/// `YYYY-MM-DD`, then `T` or a space, and a time of day. Range: years 1900 to 2099.
std::optional<base::LocalTime> take_date_time(std::string_view& text);

/// `Z`, `±HH:MM`, `±HHMM`, `±HH` or nothing (UTC): local time minus UTC; nullopt for other texts.
std::optional<base::Duration> parse_offset(std::string_view text);

}  // namespace layercast::scene
