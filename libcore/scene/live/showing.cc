#include "scene/live/showing.h"

#include "scene/model/content_comparison.h"
#include "scene/model/easing.h"
#include "scene/model/limits.h"
#include "scene/model/mask_chain.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::scene {
namespace {

using base::Duration;
using base::PointF;
using base::SceneTime;

// The progress of the transition that began at `start` and takes one of the durations of the
// layer's transition; nullopt if it is over or there is none.
std::optional<double> transition_progress(const Layer& layer, const std::optional<Duration>& start,
                                          const SceneTime& time,
                                          Duration Transition::*duration = &Transition::duration) {
  if (!start || !layer.transition) return std::nullopt;
  const Duration length = *layer.transition.*duration;
  if (!time.before(*start + length)) return std::nullopt;
  return time.before(*start) ? 0 : eased(layer.transition->easing, time.progress(*start, length));
}

double mixed(double from, double to, double progress) {
  return progress == 1 ? to : from + (to - from) * progress;
}
PointF mixed(const PointF& from, const PointF& to, double progress) {
  return {mixed(from.x, to.x, progress), mixed(from.y, to.y, progress)};
}
Length mixed(const Length& from, const Length& to, double progress) {
  return {mixed(from.px, to.px, progress), mixed(from.percent, to.percent, progress)};
}
LengthPoint mixed(const LengthPoint& from, const LengthPoint& to, double progress) {
  return {mixed(from.x, to.x, progress), mixed(from.y, to.y, progress)};
}
LengthSize mixed(const LengthSize& from, const LengthSize& to, double progress) {
  return {mixed(from.width, to.width, progress), mixed(from.height, to.height, progress)};
}
Transform mixed(const Transform& from, const Transform& to, double progress) {
  return {mixed(from.position, to.position, progress), mixed(from.anchor, to.anchor, progress),
          mixed(from.scale, to.scale, progress), mixed(from.rotation, to.rotation, progress)};
}

double clamped(double number, limits::Range range) {
  return std::clamp(number, range.min, range.max);
}
PointF clamped(const PointF& point, limits::Range range) {
  return {clamped(point.x, range), clamped(point.y, range)};
}

Length clamped(const Length& length, limits::Range px, limits::Range percent) {
  return {clamped(length.px, px), clamped(length.percent, percent)};
}

// Clamps values of overshooting curves to the limits, so that the state can be read back.
LengthSize clamped(const LengthSize& size) {
  const auto side = [](const Length& length) {
    // A length in px alone must be a valid side; beside a percentage it may be any.
    const limits::Range px{length.is_relative() ? -limits::kLayerSide.max : limits::kLayerSide.min,
                           limits::kLayerSide.max};
    return clamped(length, px, limits::kPercentOfSide);
  };
  return {side(size.width), side(size.height)};
}
Transform clamped(const Transform& transform) {
  const LengthPoint& position = transform.position;
  return {{clamped(position.x, limits::kPosition, limits::kPercent),
           clamped(position.y, limits::kPosition, limits::kPercent)},
          clamped(transform.anchor, limits::kAnchor),
          clamped(transform.scale, limits::kScale),
          clamped(transform.rotation, limits::kRotation)};
}

SceneTime at(Duration time) { return {time.count(), std::chrono::nanoseconds::period::den}; }

// When the layer was last shown; nullopt if it never was.
std::optional<Duration> shown_from(const LayerRun& run) {
  return run.shown_since ? run.shown_since : run.start;
}

// The end of the exit that begins at `start`.
Duration exit_end(const Layer& layer, Duration start) {
  Duration end = start;
  for (const Animation& each : layer.exit) {
    end = std::max(end, end_of(each.timing, start).value_or(start));
  }
  return end;
}

// The end of a reversed exit: it plays backwards for as long as it played forwards.
Duration reversed_exit(Duration exit_start, Duration now) { return now + (now - exit_start); }

// Hides the layer from `now` on.
void hide(const Layer& layer, LayerRun& run, Duration now) {
  const auto shown = shown_from(run);
  const bool was_seen = shown && *shown < now;
  if (layer.exit.empty() || !was_seen) {
    run.exit_start.reset();
  } else if (run.exit_start && *run.exit_start > now) {
    run.exit_start = reversed_exit(*run.exit_start, now);
  } else {
    run.exit_start = now;
  }
}

// Shows a hidden layer from `now` on.
void show(const Layer& layer, LayerRun& run, Duration now) {
  if (run.exit_start && exit_end(layer, *run.exit_start) > now) {
    run.exit_start = reversed_exit(*run.exit_start, now);
    return;
  }
  run.exit_start.reset();
  if (shown_from(run)) run.shown_since = now;
}

void drop_finished(TransitionRun& transition, const Layer& layer, Duration now) {
  const auto is_over = [&](const std::optional<Duration>& start) {
    return !transition_progress(layer, start, at(now));
  };
  if (is_over(transition.opacity_start)) transition.opacity_start.reset();
  if (is_over(transition.transform_start)) transition.transform_start.reset();
  if (is_over(transition.size_start)) transition.size_start.reset();
  if (!transition_progress(layer, transition.content_start, at(now), &Transition::content)) {
    transition.content_start.reset();
  }
  if (is_over(transition.filters_start)) {
    transition.filters_start.reset();
    transition.filters.clear();
  }
}

// Starts a transition of the filters from those of `before` at `now`, if they can be blended.
void start_filters(const RunningLayer& before, const Layer& after, Duration now,
                   TransitionRun& transition) {
  transition.filters = filters_at(before, at(now));
  transition.filters_start.reset();
  if (can_blend(transition.filters, after.filters)) {
    transition.filters_start = now;
  } else {
    transition.filters.clear();
  }
}

// What a change of a layer does to the values that have transitions.
struct Differences {
  bool is_retimed;  ///< the transition itself changes
  bool fades;
  bool moves;
  bool resizes;
  bool refilters;
  bool replaces_content;

  bool any() const {
    return is_retimed || fades || moves || resizes || refilters || replaces_content;
  }
};
Differences differences_of(const Layer& before, const Layer& after) {
  return {after.transition != before.transition, after.opacity != before.opacity,
          after.transform != before.transform,   after.size != before.size,
          after.filters != before.filters,       cross_fades(before.content, after.content)};
}

// Starts the transitions of what `after` changes at `now`, or of what was in transition before the
// transition itself changed.
void start_changes(const RunningLayer& before, const Layer& after, const Differences& differences,
                   Duration now, TransitionRun& transition) {
  const Pose pose = pose_at(before, at(now));
  const bool again = differences.is_retimed;
  if (differences.fades || (again && transition.opacity_start)) {
    transition.opacity_start = now;
    transition.opacity = clamped(pose.opacity, limits::kUnit);
  }
  if (differences.moves || (again && transition.transform_start)) {
    transition.transform_start = now;
    transition.transform = clamped(pose.transform);
  }
  if (differences.resizes || (again && transition.size_start)) {
    transition.size_start.reset();
    if (pose.size && after.size) {
      transition.size_start = now;
      transition.size = clamped(*pose.size);
    }
  }
  if (differences.refilters || (again && transition.filters_start)) {
    start_filters(before, after, now, transition);
  }
}

// The transition from the values of `before` at `now` to those that `after` changes.
std::optional<TransitionRun> transition_after(const RunningLayer& before, const Layer& after,
                                              Duration now) {
  const Differences differences = differences_of(before.layer, after);
  if (!differences.any()) return before.run.transition;
  const auto shown = shown_from(before.run);
  const bool is_seen = shown && *shown < now && !is_gone(before, now);
  if (!is_seen || !after.transition) return std::nullopt;
  TransitionRun transition = before.run.transition.value_or(TransitionRun{});
  drop_finished(transition, before.layer, now);
  if (differences.replaces_content && after.transition->content > Duration::zero()) {
    transition.content_start = now;
  }
  if (after.transition->duration > Duration::zero()) {
    start_changes(before, after, differences, now, transition);
  } else {
    TransitionRun of_content;
    of_content.content_start = transition.content_start;
    transition = of_content;
  }
  const bool changes_any = transition.opacity_start || transition.transform_start ||
                           transition.size_start || transition.filters_start ||
                           transition.content_start;
  return changes_any ? std::optional(std::move(transition)) : std::nullopt;
}

// The removed layer with its exit; nullopt if it disappears at once.
std::optional<ExitingLayer> exiting_layer(const RunningLayer& layer, size_t place, Duration now) {
  if (!layer.layer.visible) {
    if (is_gone(layer, now)) return std::nullopt;
    return ExitingLayer{layer.layer, layer.run, place};
  }
  Layer hidden = layer.layer;
  LayerRun run = layer.run;
  hidden.visible = false;
  hide(hidden, run, now);
  if (is_gone({hidden, run}, now)) return std::nullopt;
  return ExitingLayer{std::move(hidden), std::move(run), place};
}

void keep_newest(std::vector<ExitingLayer>& exiting) {
  while (exiting.size() > static_cast<size_t>(limits::kExitingMax)) {
    exiting.erase(std::ranges::min_element(
        exiting, {}, [](const ExitingLayer& each) { return each.run->exit_start; }));
  }
}

}  // namespace

std::optional<double> content_progress(const RunningLayer& layer, Duration ready,
                                       const SceneTime& time) {
  if (!layer.run.transition || !layer.run.transition->content_start) return std::nullopt;
  const Duration start = std::max(*layer.run.transition->content_start, ready);
  return transition_progress(layer.layer, start, time, &Transition::content);
}

Pose pose_at(const RunningLayer& layer, const SceneTime& time) {
  Pose pose{layer.layer.opacity, layer.layer.transform, layer.layer.size};
  if (!layer.run.transition) return pose;
  const TransitionRun& from = *layer.run.transition;
  if (const auto progress = transition_progress(layer.layer, from.opacity_start, time)) {
    pose.opacity = clamped(mixed(from.opacity, layer.layer.opacity, *progress), limits::kUnit);
  }
  if (const auto progress = transition_progress(layer.layer, from.transform_start, time)) {
    pose.transform = mixed(from.transform, layer.layer.transform, *progress);
  }
  const auto resized = transition_progress(layer.layer, from.size_start, time);
  if (resized && layer.layer.size) pose.size = mixed(from.size, *layer.layer.size, *resized);
  return pose;
}

std::vector<Filter> filters_at(const RunningLayer& layer, const SceneTime& time) {
  if (layer.run.transition) {
    const TransitionRun& from = *layer.run.transition;
    const auto progress = transition_progress(layer.layer, from.filters_start, time);
    if (progress) return scene::mixed(from.filters, layer.layer.filters, *progress);
  }
  return layer.layer.filters;
}

LayerMotion motion_of(const RunningLayer& layer, const SceneTime& time, const EdgeOffsets& edges) {
  const LayerRun& run = layer.run;
  const Duration start = run.start.value_or(Duration{});
  LayerMotion motion = motion_at(layer.layer.animations, time, edges, start, run.animations);
  add_motion(motion, layer.layer.enter, time, edges, run.shown_since.value_or(start));
  if (!run.exit_start) return motion;
  if (!layer.layer.visible) {
    add_motion(motion, layer.layer.exit, time, edges, *run.exit_start);
  } else if (time.before(*run.exit_start)) {
    const SceneTime past = time.since(*run.exit_start);
    add_motion(motion, layer.layer.exit, {-past.numerator, past.denominator}, edges, {});
  }
  return motion;
}

std::optional<Duration> gone_from(const RunningLayer& layer) {
  if (layer.layer.visible || !layer.run.exit_start) return std::nullopt;
  return exit_end(layer.layer, *layer.run.exit_start);
}

bool is_gone(const RunningLayer& layer, Duration now) {
  return !layer.layer.visible && now >= gone_from(layer).value_or(now);
}

bool is_settled(const RunningLayer& layer, const SceneTime& time) {
  const LayerRun& run = layer.run;
  if (run.transition) {
    const auto changes = [&](const std::optional<Duration>& start) {
      return transition_progress(layer.layer, start, time).has_value();
    };
    if (changes(run.transition->transform_start) || changes(run.transition->size_start)) {
      return false;
    }
  }
  if (run.exit_start && (!layer.layer.visible || time.before(*run.exit_start))) return false;
  const Duration start = shown_from(run).value_or(Duration{});
  const Duration now = time.floor();
  return std::ranges::all_of(
      layer.layer.enter, [&](const Animation& each) { return is_over(each.timing, start, now); });
}

bool is_motionless(const RunningLayer& layer) {
  return layer.layer.animations.empty() && layer.layer.enter.empty() && !layer.run.exit_start &&
         !layer.run.transition;
}

void keep_showing(const RunningLayer& before, const Layer& after, LayerRun& run, Duration now) {
  run.shown_since = before.run.shown_since;
  run.exit_start = before.run.exit_start;
  // A content that restarts does not restart `enter`.
  if (run.start != before.run.start && !run.shown_since) run.shown_since = before.run.start;
  if (before.layer.visible && !after.visible) hide(after, run, now);
  if (!before.layer.visible && after.visible) show(after, run, now);
  const bool stays_hidden = !before.layer.visible && !after.visible;
  if (stays_hidden && after.exit != before.layer.exit && is_gone(before, now)) {
    run.exit_start.reset();
  }
  run.transition = transition_after(before, after, now);
}

void remove_layer(LiveState& state, size_t place, Duration now) {
  auto& layers = state.scene.layers;
  auto& exiting = state.run.exiting;
  auto layer = exiting_layer(running_layer(state, place), place, now);
  state.run.layers.erase(layers[place]->id);
  layers.erase(layers.begin() + static_cast<ptrdiff_t>(place));
  const auto nearer = std::ranges::upper_bound(exiting, place, {}, &ExitingLayer::place);
  for (auto each = nearer; each != exiting.end(); ++each) --each->place;
  if (layer) exiting.insert(nearer, *std::move(layer));
  keep_newest(exiting);
}

void replace_layers(LiveState& state, std::vector<base::Shared<Layer>> layers, Duration now) {
  std::vector<ExitingLayer> exiting;
  size_t place = 0;  // after the last layer that stays
  auto old = state.run.exiting.begin();
  const auto& before = state.scene.layers;
  for (size_t i = 0; i <= before.size(); ++i) {
    for (; old != state.run.exiting.end() && old->place <= i; ++old) {
      exiting.push_back({old->layer, old->run, place});
    }
    if (i == before.size()) break;
    const auto stays = std::ranges::find(layers, before[i]->id, &Layer::id);
    if (stays != layers.end()) {
      place = static_cast<size_t>(stays - layers.begin()) + 1;
      continue;
    }
    if (auto layer = exiting_layer(running_layer(state, i), place, now)) {
      exiting.push_back(*std::move(layer));
    }
    state.run.layers.erase(before[i]->id);
  }
  std::ranges::stable_sort(exiting, {}, &ExitingLayer::place);
  keep_newest(exiting);
  state.scene.layers = std::move(layers);
  state.run.exiting = std::move(exiting);
}

void mark_exiting_masks(const LiveState& before, LiveState& state) {
  if (state.run.exiting.empty()) return;
  std::set<std::string_view> masks;
  for (const auto& [layer, mask] : mask_layers_of(before.scene.layers)) masks.insert(mask);
  for (const ExitingLayer& each : before.run.exiting) {
    if (each.layer->mask && each.layer->mask->layer) masks.insert(*each.layer->mask->layer);
  }
  for (ExitingLayer& each : state.run.exiting) {
    const bool exited_before = std::ranges::any_of(before.run.exiting, [&](const auto& known) {
      return known.layer->id == each.layer->id && known.run->exit_start == each.run->exit_start;
    });
    if (!exited_before && masks.contains(each.layer->id)) each.is_mask = true;
  }
}

void forget_gone(LiveState& state, Duration now) {
  std::erase_if(state.run.exiting, [now](const ExitingLayer& each) {
    return is_gone({each.layer, each.run}, now);
  });
}

}  // namespace layercast::scene
