#include "scene/live/phases.h"

#include "scene/live/animation_folding.h"
#include "scene/live/character.h"
#include "scene/live/chat.h"
#include "scene/live/showing.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;

// The source of a content that plays; null for other contents.
const std::string* played_source(const Content& content) {
  if (const auto* video = std::get_if<VideoContent>(&content)) return &video->source;
  if (const auto* gif = std::get_if<GifContent>(&content)) return &gif->source;
  if (const auto* sprite = std::get_if<SpriteContent>(&content)) return &sprite->source;
  if (const auto* frames = std::get_if<FramesContent>(&content)) return &frames->source;
  return nullptr;
}

// Whether a content that replaces another plays from its beginning.
bool begins_anew(const Content& before, const Content& after) {
  const std::string* source = played_source(after);
  const std::string* source_before = played_source(before);
  return source != nullptr && (source_before == nullptr || *source_before != *source);
}

// For each animation of `after`, the index of an equal one in `before`; each is matched once.
std::vector<std::optional<size_t>> matched_places(const std::vector<Animation>& before,
                                                  const std::vector<Animation>& after) {
  std::vector<bool> is_taken(before.size(), false);
  std::vector<std::optional<size_t>> places;
  for (const Animation& each : after) {
    places.emplace_back();
    for (size_t i = 0; i < before.size() && !places.back(); ++i) {
      if (is_taken[i] || before[i] != each) continue;
      is_taken[i] = true;
      places.back() = i;
    }
  }
  return places;
}

// From so many animations on, those of a live layer that are over are combined: few cost little,
// and stay listed.
constexpr size_t kFoldFrom = 8;

}  // namespace

AnimationStarts starts_after(const std::vector<Animation>& before, const AnimationStarts& starts,
                             const std::vector<Animation>& after,
                             std::optional<Duration> new_start) {
  AnimationStarts kept;
  for (const auto& place : matched_places(before, after)) {
    kept.push_back(place ? start_of(starts, *place) : new_start);
  }
  return kept;
}

LayerRun first_run(const Layer& layer, Duration now) {
  LayerRun run;
  run.id = layer.id;
  if (layer.visible) run.start = now;
  run.animations.resize(layer.animations.size());
  run.messages = message_runs_after({}, {}, layer.content, now);
  return run;
}

LayerRun run_after(const RunningLayer& before, const Layer& after, Duration now) {
  const bool restarts = begins_anew(before.layer.content, after.content);
  LayerRun run;
  run.id = after.id;
  if (!restarts) {
    run.start = before.run.start;
    run.stopwatch = before.run.stopwatch;
  }
  run.animations = starts_after(before.layer.animations, before.run.animations, after.animations,
                                before.run.start ? std::optional(now) : std::nullopt);
  if (restarts) {
    for (auto& start : run.animations) {
      if (!start) start = before.run.start;
    }
  }
  run.character = character_run_after(before, after, now);
  run.messages = message_runs_after(before.layer.content, before.run.messages, after.content, now);
  keep_showing(before, after, run, now);
  if (after.visible && !run.start) run.start = now;
  return run;
}

LayerRun restarted(const RunningLayer& before, Duration now) {
  if (!before.run.start) return before.run;
  LayerRun run = before.run;
  run.start = now;
  run.shown_since.reset();
  run.exit_start.reset();
  run.transition.reset();
  run.stopwatch.reset();
  return run;
}

void add_animation(Layer& layer, LayerRun& run, Animation animation, Duration now) {
  auto& all = layer.animations;
  run.animations.resize(all.size());
  if (run.start && all.size() >= kFoldFrom) fold_ended_animations(layer, run, now);
  run.animations.push_back(run.start ? std::optional(now) : std::nullopt);
  all.push_back(std::move(animation));
}

}  // namespace layercast::scene
