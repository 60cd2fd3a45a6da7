#pragma once

#include "base/error.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "scene/model/stopwatch.h"
#include "scene/model/wall_time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::scene {

/// `{{clock}}`, `{{clock:%H:%M}}`, `{{clock:HH:mm Europe/Zurich}}`: the wall clock.
struct ClockPart {
  std::string format;  ///< %Y %m %d %H %M %S and %% only
  base::TimeZone zone{};
  bool operator==(const ClockPart&) const = default;
};
/// `{{timecode}}`: HH:MM:SS:FF counted in frames.
struct TimecodePart {
  bool operator==(const TimecodePart&) const = default;
};
/// `{{frame}}`: the frame's index.
struct FramePart {
  bool operator==(const FramePart&) const = default;
};
/// A time of day of the clocks in `zone`; the next one after the start of the layer.
struct TimeOfDay {
  base::Duration since_midnight{0};
  base::TimeZone zone{};
  bool operator==(const TimeOfDay&) const = default;
};
/// `{{countdown:10m}}`, `{{countdown_to:18:30}}`, `{{countdown_to:20:00 Europe/Berlin}}`,
/// `{{countdown_to:2026-01-01T18:00:00Z}}`.
struct CountdownPart {
  /// A duration runs from the layer's start.
  std::variant<base::Duration, TimeOfDay, WallTime> until;
  bool operator==(const CountdownPart&) const = default;
};

/// `{{count:0,1500,2s}}`, `{{count:99.5,0,1m,#,##0.0}}`: a number that counts up or down.
struct CountPart {
  int64_t from = 0;            ///< in units of the last decimal
  int64_t to = 0;              ///< the same
  base::Duration duration{0};  ///< from the layer's start
  int decimals = 0;
  std::string group;        ///< between groups of three digits
  std::string point = ".";  ///< before the decimals
  bool operator==(const CountPart&) const = default;
};

/// `{{elapsed}}`, `{{elapsed:mm:ss.S}}`: the layer's stopwatch.
struct ElapsedPart {
  enum class Largest : uint8_t {
    kHoursIfAny,  ///< MM:SS, H:MM:SS from an hour up
    kHours,
    kMinutes,
    kSeconds,
  };
  Largest largest = Largest::kHoursIfAny;  ///< the unit that has all of the time above it
  int decimals = 0;                        ///< of the seconds, 0 to 3
  bool operator==(const ElapsedPart&) const = default;
};

using TextPart = std::variant<std::string, ClockPart, TimecodePart, FramePart, CountdownPart,
                              CountPart, ElapsedPart>;
using TextParts = std::vector<TextPart>;

/// One fault in the placeholders of a text, worded as the faults of scene files.
struct PlaceholderFault {
  size_t offset = 0;  ///< of its `{{`, bytes from the text's start
  std::string problem;
  std::string expected;
};

/// A text split into parts.
struct ParsedText {
  TextParts parts;  ///< faulty placeholders stay as literal text
  std::vector<PlaceholderFault> faults;
  /// Placeholders that have an effect, but can be misread; `expected` is the clear form.
  std::vector<PlaceholderFault> warnings;
};

/// Splits a text at its `{{…}}`. `\{{` is a literal `{{`; an unmatched `}}` is literal text.
/// Reads the rules of the time zones that the text names, once in a process.
ParsedText parse_placeholders(std::string_view text);

/// Whether expanded() can return different texts for different frames.
bool changes_with_time(const TextParts& parts);

/// The instant that the placeholders show.
struct PlaceholderClock {
  int64_t frame = 0;
  base::FrameRate rate;
  WallTime start{};                      ///< the wall clock at frame 0
  base::Duration layer_start{};          ///< stream time at which the text's layer begins
  std::optional<Stopwatch> stopwatch{};  ///< of that layer; absent: it runs from `layer_start`
};

/// The text at one instant. The clock shows `start` plus stream time in its time zone, rounded down
/// to its last unit. The timecode is non-drop, at the frame rate rounded up to a whole number, and
/// wraps after 24 hours. A countdown shows the remaining seconds, rounded up, as MM:SS or H:MM:SS:
/// its full length until the layer begins, and 00:00 from exactly its end on; one of a duration
/// begins again when the stopwatch is reset while the layer is shown. Elapsed time is rounded down.
/// A count shows its first number until the layer begins, and its last number from exactly the end
/// of its duration on; values in between are rounded towards the first number.
std::string expanded(const TextParts& parts, const PlaceholderClock& clock);

}  // namespace layercast::scene
