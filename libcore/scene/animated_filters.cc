#include "scene/animated_filters.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace layercast::scene {
namespace {

// A keyframe's filters, or the layer's own.
struct Stop {
  double at = 0;
  const std::vector<Filter>* filters = nullptr;
  const Easing* easing = nullptr;
};

// The stops around a place. Source: Web Animations Level 1, section 5.3.4.
struct Interval {
  Stop first, start, end, last;
  int stops_at_0 = 0;
  int stops_at_1 = 0;
  bool end_known = false;

  void add(const Stop& stop, double progress) {
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

std::vector<Filter> filters_between(const Interval& interval, double progress) {
  if (progress < 0 && interval.stops_at_0 > 1) return *interval.first.filters;
  if (progress >= 1 && interval.stops_at_1 > 1) return *interval.last.filters;
  const Stop& start = interval.start;
  const Stop& end = interval.end;
  const double distance = (progress - start.at) / (end.at - start.at);
  return mixed(*start.filters, *end.filters,
               start.easing != nullptr ? eased(*start.easing, distance) : distance);
}

void replace(const std::vector<Keyframe>& keyframes, double progress,
             std::vector<Filter>& filters) {
  Interval interval;
  bool any = false;
  for (const Keyframe& keyframe : keyframes) {
    if (!keyframe.filters) continue;
    if (!any && keyframe.at > 0) interval.add({0, &filters, nullptr}, progress);
    interval.add({keyframe.at, &*keyframe.filters, keyframe.easing ? &*keyframe.easing : nullptr},
                 progress);
    any = true;
  }
  if (!any) return;
  if (interval.last.at < 1) interval.add({1, &filters, nullptr}, progress);
  filters = filters_between(interval, progress);
}

// Where the animation, which begins at `start`, is at `time`.
void replace(const Animation& animation, const base::SceneTime& time, base::Duration start,
             std::vector<Filter>& filters) {
  const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
  if (effect == nullptr) return;
  const auto progress = progress_at(animation.timing, time, start);
  if (progress) replace(effect->keyframes, *progress, filters);
}

}  // namespace

bool holds_filters(const std::vector<Animation>& animations) {
  return std::ranges::any_of(animations, [](const Animation& animation) {
    const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
    return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const Keyframe& each) {
             return each.filters.has_value();
           });
  });
}

void replace_filters(const Layer& layer, const base::SceneTime& time,
                     std::vector<Filter>& filters) {
  const base::Duration start = layer.start.value_or(base::Duration{});
  for (const Animation& each : layer.animations) {
    replace(each, time, each.start.value_or(start), filters);
  }
  for (const Animation& each : layer.enter) {
    replace(each, time, layer.shown_since.value_or(start), filters);
  }
  if (!layer.leaves) return;
  if (!layer.visible) {
    for (const Animation& each : layer.exit) replace(each, time, *layer.leaves, filters);
  } else if (time.before(*layer.leaves)) {  // it came back: its exit plays backwards
    const base::SceneTime past = time.since(*layer.leaves);
    const base::SceneTime mirrored{-past.numerator, past.denominator};
    for (const Animation& each : layer.exit) replace(each, mirrored, {}, filters);
  }
}

}  // namespace layercast::scene
