#pragma once

#include "base/error.h"
#include "base/time.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::base {

/// A date and time of day as the clocks of some place show it.
using LocalTime = std::chrono::local_time<Duration>;

/// A time zone of the IANA database that the system has. The default is UTC. Copies share the
/// rules. The database is read at the first find() of a process; a later update of the system takes
/// effect at the next start. Thread: any.
class TimeZone {
 public:
  TimeZone() = default;

  /// The zone with this name, such as `Europe/Zurich`. Upper and lower case count. Reads the rules
  /// of a zone once; afterwards it only takes a lock. Errors: kNotFound for an unknown name;
  /// kUnsupported if the system has no database.
  static Result<TimeZone> find(std::string_view name);

  /// The difference between local time and UTC at `instant`, positive to the east. It follows the
  /// changes to and from daylight saving time, for all years. Does not allocate.
  Duration offset_at(std::chrono::sys_seconds instant) const;

  /// The instant at which the clocks show `local`. When they go back and show it twice: the first
  /// time. When they go forward over it: as if they had not, so that 02:30 becomes 03:30. Both use
  /// the offset before the change, as RFC 5545, section 3.3.5, says. Does not allocate.
  WallTime instant_of(LocalTime local) const;

  bool operator==(const TimeZone&) const = default;

 private:
  struct Rules;
  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const Rules> rules_;  ///< null: UTC. The same for the same name
};

/// The name of the zone that `wrong` most likely means: the nearest one, or one whose last part is
/// the nearest (`Zurich`); nullopt when none is near.
std::optional<std::string> nearest_time_zone(std::string_view wrong);

}  // namespace layercast::base
