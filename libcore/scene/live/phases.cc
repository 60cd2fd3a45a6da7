#include "scene/live/phases.h"

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

// Whether an animation that was added to a live layer is over and has no effect. Animations that
// came with the layer stay, because the scene file lists them again.
bool is_spent(const Animation& animation, std::optional<Duration> start, Duration now) {
  if (!start) return false;
  // A scroll determines the length of the content.
  if (std::holds_alternative<ScrollEffect>(animation.effect)) return false;
  if (!is_over(animation.timing, *start, now)) return false;
  // With edges of zero length, a slide that stays outside would look like no motion.
  constexpr EdgeOffsets kEdges{{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  const LayerMotion motion = motion_at({animation}, {now.count(), kNanosPerSecond}, kEdges, *start);
  return motion == LayerMotion{};
}

bool keeps_scale(const Animation& animation) {
  return std::holds_alternative<FadeEffect>(animation.effect) ||
         std::holds_alternative<SlideEffect>(animation.effect);
}

// Erases the animations for which `is_unwanted(animation, start)`, with their starts.
template <class IsUnwanted>
void erase_animations(std::vector<Animation>& animations, AnimationStarts& starts,
                      const IsUnwanted& is_unwanted) {
  size_t kept = 0;
  for (size_t i = 0; i < animations.size(); ++i) {
    if (is_unwanted(animations[i], starts[i])) continue;
    if (kept != i) {
      animations[kept] = std::move(animations[i]);
      starts[kept] = starts[i];
    }
    ++kept;
  }
  animations.resize(kept);
  starts.resize(kept);
}

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
  if (!restarts) run.start = before.run.start;
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
  return run;
}

void add_animation(Layer& layer, LayerRun& run, Animation animation, Duration now) {
  auto& all = layer.animations;
  run.animations.resize(all.size());
  const auto is_full = [&] { return all.size() >= static_cast<size_t>(limits::kAnimationsMax); };
  const auto spent = [&](const Animation& each, std::optional<Duration> start) {
    return run.start && is_spent(each, start, now);
  };
  if (is_full()) {
    erase_animations(all, run.animations, [&](const auto& each, const auto& start) {
      return keeps_scale(each) && spent(each, start);
    });
  }
  if (is_full()) erase_animations(all, run.animations, spent);
  run.animations.push_back(run.start ? std::optional(now) : std::nullopt);
  all.push_back(std::move(animation));
}

}  // namespace layercast::scene
