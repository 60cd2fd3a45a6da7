#include "scene/showing.h"

#include "scene/easing.h"
#include "scene/limits.h"

#include <algorithm>
#include <ranges>
#include <string>
#include <utility>

namespace layercast::scene {
namespace {

using base::Duration;
using base::PointF;
using base::SceneTime;

// How far along a glide that began at `start` is; nullopt when it is over, or there is none.
std::optional<double> glided(const Layer& layer, const std::optional<Duration>& start,
                             const SceneTime& time) {
  if (!start || !layer.transition) return std::nullopt;
  const Transition& transition = *layer.transition;
  if (!time.before(*start + transition.duration)) return std::nullopt;
  return time.before(*start) ? 0
                             : eased(transition.easing, time.progress(*start, transition.duration));
}

double mixed(double from, double to, double progress) {
  return progress == 1 ? to : from + (to - from) * progress;
}
PointF mixed(const PointF& from, const PointF& to, double progress) {
  return {mixed(from.x, to.x, progress), mixed(from.y, to.y, progress)};
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

// Within the limits, which a curve that overshoots may leave: the state can be read back.
Transform clamped(const Transform& transform) {
  return {clamped(transform.position, limits::kPosition),
          clamped(transform.anchor, limits::kAnchor), clamped(transform.scale, limits::kScale),
          clamped(transform.rotation, limits::kRotation)};
}

SceneTime at(Duration time) { return {time.count(), std::chrono::nanoseconds::period::den}; }

// When the layer was last shown, if it ever was.
std::optional<Duration> shown_from(const Layer& layer) {
  return layer.shown_since ? layer.shown_since : layer.start;
}

// When the last of `exit`, which begins at `start`, is over.
Duration exit_end(const Layer& layer, Duration start) {
  Duration end = start;
  for (const Animation& each : layer.exit) {
    end = std::max(end, end_of(each.timing, start).value_or(start));
  }
  return end;
}

// As much of `exit` remains to be played one way as was played the other.
Duration turned_round(Duration leaves, Duration now) { return now + (now - leaves); }

// The layer is hidden from `now` on.
void hide(Layer& layer, Duration now) {
  const auto shown = shown_from(layer);
  const bool was_seen = shown && *shown < now;
  if (layer.exit.empty() || !was_seen) {
    layer.leaves.reset();
  } else if (layer.leaves && *layer.leaves > now) {
    layer.leaves = turned_round(*layer.leaves, now);
  } else {
    layer.leaves = now;
  }
}

// The layer, which was hidden, shows from `now` on.
void come(Layer& layer, Duration now) {
  if (layer.leaves && exit_end(layer, *layer.leaves) > now) {
    layer.leaves = turned_round(*layer.leaves, now);
    return;
  }
  layer.leaves.reset();
  if (shown_from(layer)) layer.shown_since = now;
}

void drop_finished(Glide& glide, const Layer& layer, Duration now) {
  if (!glided(layer, glide.opacity_start, at(now))) glide.opacity_start.reset();
  if (!glided(layer, glide.transform_start, at(now))) glide.transform_start.reset();
  if (!glided(layer, glide.filters_start, at(now))) {
    glide.filters_start.reset();
    glide.filters.clear();
  }
}

// The filters of `after` glide from what `before` shows at `now`; those that do not blend jump.
void glide_filters(const Layer& before, const Layer& after, Duration now, Glide& glide) {
  glide.filters = filters_at(before, at(now));
  glide.filters_start.reset();
  if (can_blend(glide.filters, after.filters)) {
    glide.filters_start = now;
  } else {
    glide.filters.clear();
  }
}

// What `after` changes glides from what `before` shows at `now`.
void keep_glide(const Layer& before, Layer& after, Duration now) {
  const bool is_retimed = after.transition != before.transition;
  const bool fades = after.opacity != before.opacity;
  const bool moves = after.transform != before.transform;
  const bool refilters = after.filters != before.filters;
  if (!is_retimed && !fades && !moves && !refilters) return;
  const auto shown = shown_from(before);
  const bool is_seen = shown && *shown < now && !is_gone(before, now);
  if (!is_seen || !after.transition || after.transition->duration == Duration::zero()) {
    after.glide.reset();
    return;
  }
  const Pose pose = pose_at(before, at(now));
  Glide glide = before.glide.value_or(Glide{});
  drop_finished(glide, before, now);
  if (fades || (is_retimed && glide.opacity_start)) {
    glide.opacity_start = now;
    glide.opacity = clamped(pose.opacity, limits::kUnit);
  }
  if (moves || (is_retimed && glide.transform_start)) {
    glide.transform_start = now;
    glide.transform = clamped(pose.transform);
  }
  if (refilters || (is_retimed && glide.filters_start)) glide_filters(before, after, now, glide);
  after.glide.reset();
  if (glide.opacity_start || glide.transform_start || glide.filters_start) after.glide = glide;
}

// The layer without its place in the scene; nullopt when it is gone at once.
std::optional<Layer> taken_out(Layer layer, Duration now) {
  if (layer.visible) {
    layer.visible = false;
    hide(layer, now);
  }
  if (is_gone(layer, now)) return std::nullopt;
  return layer;
}

void keep_newest(std::vector<LeavingLayer>& leaving) {
  while (leaving.size() > static_cast<size_t>(limits::kLeavingMax)) {
    leaving.erase(std::ranges::min_element(
        leaving, {}, [](const LeavingLayer& each) { return each.layer.leaves; }));
  }
}

}  // namespace

Pose pose_at(const Layer& layer, const SceneTime& time) {
  Pose pose{layer.opacity, layer.transform};
  if (!layer.glide) return pose;
  const Glide& glide = *layer.glide;
  if (const auto progress = glided(layer, glide.opacity_start, time)) {
    pose.opacity = clamped(mixed(glide.opacity, layer.opacity, *progress), limits::kUnit);
  }
  if (const auto progress = glided(layer, glide.transform_start, time)) {
    pose.transform = mixed(glide.transform, layer.transform, *progress);
  }
  return pose;
}

std::vector<Filter> filters_at(const Layer& layer, const SceneTime& time) {
  if (layer.glide) {
    const auto progress = glided(layer, layer.glide->filters_start, time);
    if (progress) return scene::mixed(layer.glide->filters, layer.filters, *progress);
  }
  return layer.filters;
}

LayerMotion motion_of(const Layer& layer, const SceneTime& time, const EdgeOffsets& edges) {
  const Duration start = layer.start.value_or(Duration{});
  LayerMotion motion = motion_at(layer.animations, time, edges, start);
  add_motion(motion, layer.enter, time, edges, layer.shown_since.value_or(start));
  if (!layer.leaves) return motion;
  if (!layer.visible) {
    add_motion(motion, layer.exit, time, edges, *layer.leaves);
  } else if (time.before(*layer.leaves)) {
    const SceneTime past = time.since(*layer.leaves);
    add_motion(motion, layer.exit, {-past.numerator, past.denominator}, edges, {});
  }
  return motion;
}

std::optional<Duration> gone_from(const Layer& layer) {
  if (layer.visible || !layer.leaves) return std::nullopt;
  return exit_end(layer, *layer.leaves);
}

bool is_gone(const Layer& layer, Duration now) {
  return !layer.visible && now >= gone_from(layer).value_or(now);
}

bool is_settled(const Layer& layer, const SceneTime& time) {
  if (layer.glide && glided(layer, layer.glide->transform_start, time)) return false;
  if (layer.leaves && (!layer.visible || time.before(*layer.leaves))) return false;
  const Duration start = shown_from(layer).value_or(Duration{});
  const Duration now = time.floor();
  return std::ranges::all_of(
      layer.enter, [&](const Animation& each) { return is_over(each.timing, start, now); });
}

bool is_motionless(const Layer& layer) {
  return layer.animations.empty() && layer.enter.empty() && !layer.leaves && !layer.glide;
}

void keep_showing(const Layer& before, Layer& after, Duration now) {
  after.shown_since = before.shown_since;
  after.leaves = before.leaves;
  after.glide = before.glide;
  // A content that begins anew does not bring its layer in anew.
  if (after.start != before.start && !after.shown_since) after.shown_since = before.start;
  if (before.visible && !after.visible) hide(after, now);
  if (!before.visible && after.visible) come(after, now);
  const bool stays_hidden = !before.visible && !after.visible;
  if (stays_hidden && after.exit != before.exit && is_gone(before, now)) after.leaves.reset();
  keep_glide(before, after, now);
}

void forget_showing(Layer& layer) {
  layer.shown_since.reset();
  layer.leaves.reset();
  layer.glide.reset();
}

void remove_layer(LiveState& state, size_t place, Duration now) {
  auto& layers = state.scene.layers;
  auto& leaving = state.leaving;
  auto layer = taken_out(std::move(layers.at(place)), now);
  layers.erase(layers.begin() + static_cast<ptrdiff_t>(place));
  const auto nearer = std::ranges::upper_bound(leaving, place, {}, &LeavingLayer::place);
  for (auto each = nearer; each != leaving.end(); ++each) --each->place;
  if (layer) leaving.insert(nearer, {*std::move(layer), place});
  keep_newest(leaving);
}

void replace_layers(LiveState& state, std::vector<Layer> layers, Duration now) {
  std::vector<LeavingLayer> leaving;
  size_t place = 0;  // after the last layer that stays
  auto left = state.leaving.begin();
  auto& before = state.scene.layers;
  for (size_t i = 0; i <= before.size(); ++i) {
    for (; left != state.leaving.end() && left->place <= i; ++left) {
      leaving.push_back({std::move(left->layer), place});
    }
    if (i == before.size()) break;
    const auto stays = std::ranges::find(layers, before[i].id, &Layer::id);
    if (stays != layers.end()) {
      place = static_cast<size_t>(stays - layers.begin()) + 1;
    } else if (auto layer = taken_out(std::move(before[i]), now)) {
      leaving.push_back({*std::move(layer), place});
    }
  }
  std::ranges::stable_sort(leaving, {}, &LeavingLayer::place);
  keep_newest(leaving);
  before = std::move(layers);
  state.leaving = std::move(leaving);
}

void forget_gone(LiveState& state, Duration now) {
  std::erase_if(state.leaving,
                [now](const LeavingLayer& each) { return is_gone(each.layer, now); });
}

}  // namespace layercast::scene
