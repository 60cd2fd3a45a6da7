#pragma once

#include "base/time.h"

#include <cstdint>
#include <optional>

namespace layercast::scene {

enum class StopwatchAction : uint8_t { kStart, kStop, kReset };

/// The stopwatch of a layer after its first command. Before that it runs from the layer's start.
/// Times are stream times.
struct Stopwatch {
  base::Duration elapsed{};                     ///< until `running_since`
  std::optional<base::Duration> running_since;  ///< absent: it is stopped
  std::optional<base::Duration>
      reset_at;  ///< the last reset; countdowns begin then again, unless the layer starts later
  bool operator==(const Stopwatch&) const = default;
};

/// The stopwatch after `action` at `now`; unchanged if the action has no effect, such as the start
/// of one that runs. `layer_start`: absent if the layer has not been shown yet.
std::optional<Stopwatch> stopwatch_after(StopwatchAction action,
                                         const std::optional<Stopwatch>& before,
                                         std::optional<base::Duration> layer_start,
                                         base::Duration now);

}  // namespace layercast::scene
