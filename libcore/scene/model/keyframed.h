#pragma once

#include "scene/model/animation.h"
#include "scene/model/easing.h"

#include <optional>
#include <vector>

namespace layercast::scene {

/// The value of one property at one time of an iteration.
template <class Value>
struct KeyframeStop {
  double at = 0;
  const Value* value = nullptr;
  const Easing* easing = nullptr;  ///< towards the next stop; null: linear
};

/// The stops that determine the value of a property at one progress.
template <class Value>
struct KeyframeInterval {
  KeyframeStop<Value> first, start, end, last;
  int stops_at_0 = 0;
  int stops_at_1 = 0;
  bool end_known = false;

  /// Adds the next stop, in the order of `at`.
  void add(const KeyframeStop<Value>& stop, double progress) {
    if (stop.at == 0 && stops_at_0++ == 0) first = stop;
    if (stop.at == 1) ++stops_at_1;
    last = stop;
    if (stop.at == 0 || (stop.at < 1 && stop.at <= progress)) {
      start = stop;
      end_known = false;
    } else if (!end_known) {
      end = stop;
      end_known = true;
    }
  }
};

/// The value of `property` at `progress`; `neutral` is its value at 0 and at 1 without a keyframe
/// there. Nullopt if no keyframe has the property. `mix(from, to, distance)` interpolates two
/// values.
/// Source: Web Animations Level 1, section 5.3.4, "The effect value of a keyframe effect".
template <class Value, class Mix>
std::optional<Value> keyframed(const std::vector<Keyframe>& keyframes,
                               std::optional<Value> Keyframe::*property, const Value& neutral,
                               double progress, Mix mix) {
  KeyframeInterval<Value> interval;
  bool any = false;
  for (const Keyframe& keyframe : keyframes) {
    const auto& value = keyframe.*property;
    if (!value) continue;
    if (!any && keyframe.at > 0) interval.add({0, &neutral, nullptr}, progress);
    interval.add({keyframe.at, &*value, keyframe.easing ? &*keyframe.easing : nullptr}, progress);
    any = true;
  }
  if (!any) return std::nullopt;
  if (interval.last.at < 1) interval.add({1, &neutral, nullptr}, progress);
  if (progress < 0 && interval.stops_at_0 > 1) return *interval.first.value;
  if (progress >= 1 && interval.stops_at_1 > 1) return *interval.last.value;
  const KeyframeStop<Value>& start = interval.start;
  const KeyframeStop<Value>& end = interval.end;
  const double distance = (progress - start.at) / (end.at - start.at);
  return mix(*start.value, *end.value,
             start.easing != nullptr ? eased(*start.easing, distance) : distance);
}

}  // namespace layercast::scene
