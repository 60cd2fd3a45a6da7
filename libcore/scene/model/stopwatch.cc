#include "scene/model/stopwatch.h"

#include <algorithm>

namespace layercast::scene {

std::optional<Stopwatch> stopwatch_after(StopwatchAction action,
                                         const std::optional<Stopwatch>& before,
                                         std::optional<base::Duration> layer_start,
                                         base::Duration now) {
  Stopwatch after = before.value_or(Stopwatch{{}, layer_start, {}});
  switch (action) {
    case StopwatchAction::kStart:
      if (after.running_since) return before;
      after.running_since = now;
      return after;
    case StopwatchAction::kStop:
      // A layer that is yet to be shown would start the stopwatch by itself.
      if (before && !after.running_since) return before;
      after.elapsed += std::max(base::Duration{0}, now - after.running_since.value_or(now));
      after.running_since.reset();
      return after;
    case StopwatchAction::kReset:
      if (!before && !layer_start) return before;
      after.elapsed = {};
      if (after.running_since) after.running_since = now;
      after.reset_at = now;
      return after;
  }
  return before;
}

}  // namespace layercast::scene
