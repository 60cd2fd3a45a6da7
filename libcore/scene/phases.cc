#include "scene/phases.h"

#include "scene/character.h"
#include "scene/chat.h"
#include "scene/limits.h"
#include "scene/showing.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;

// What plays, where a content is one that does.
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

// Which animations of a layer have been found again.
class Known {
 public:
  explicit Known(const std::vector<Animation>& animations)
      : animations_(animations), is_taken_(animations.size(), false) {}

  // Each is found once.
  template <class Matches>
  const Animation* take(Matches matches) {
    for (size_t i = 0; i < animations_.size(); ++i) {
      if (is_taken_[i] || !matches(animations_[i])) continue;
      is_taken_[i] = true;
      return &animations_[i];
    }
    return nullptr;
  }

 private:
  const std::vector<Animation>& animations_;
  std::vector<bool> is_taken_;
};

// Whether an animation that was added to a live layer is over and leaves it as it is without it.
// One that came with the layer stays: the scene file names it again.
bool is_spent(const Animation& animation, const Layer& layer, Duration now) {
  if (!animation.start || !layer.start) return false;
  // It decides how long the content is.
  if (std::holds_alternative<ScrollEffect>(animation.effect)) return false;
  const Duration start = *animation.start;
  if (!is_over(animation.timing, start, now)) return false;
  // Edges of no length could hide a slide that stays outside.
  constexpr EdgeOffsets kEdges{{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  const LayerMotion motion = motion_at({animation}, {now.count(), kNanosPerSecond}, kEdges, start);
  return motion == LayerMotion{};
}

bool keeps_scale(const Animation& animation) {
  return std::holds_alternative<FadeEffect>(animation.effect) ||
         std::holds_alternative<SlideEffect>(animation.effect);
}

}  // namespace

bool is_same_motion(const Animation& a, const Animation& b) {
  return a.timing == b.timing && a.effect == b.effect;
}

bool is_as_wanted(const Layer& layer, const Layer& wanted) {
  Layer same = wanted;
  keep_timestamps(layer.content, same.content);
  same.content = with_same_states(std::move(same.content), layer.content);
  if (!same.start) same.start = layer.start;
  same.shown_since = layer.shown_since;
  same.leaves = layer.leaves;
  same.glide = layer.glide;
  const size_t count = std::min(same.animations.size(), layer.animations.size());
  for (size_t i = 0; i < count; ++i) {
    if (!same.animations[i].start) same.animations[i].start = layer.animations[i].start;
  }
  return same == layer;
}

void stamp(Layer& layer, Duration now) {
  if (layer.visible && !layer.start) layer.start = now;
  stamp_messages(layer.content, now);
}

void keep_phases(const Layer& before, Layer& after, Duration now) {
  keep_timestamps(before.content, after.content);
  keep_states(before, after, now);
  const bool is_given = after.start && after.start != before.start;
  const bool restarts = !is_given && begins_anew(before.content, after.content);
  if (is_given) {
    forget_showing(after);
  } else {
    after.start = restarts ? std::nullopt : before.start;
    keep_showing(before, after, now);
  }
  Known known(before.animations);
  std::vector<Animation*> unknown;
  for (Animation& each : after.animations) {
    if (known.take([&](const Animation& old) { return old == each; }) == nullptr) {
      if (!each.start) unknown.push_back(&each);
    }
  }
  for (Animation* each : unknown) {
    const auto is_same = [&](const Animation& old) { return is_same_motion(old, *each); };
    const Animation* old = known.take(is_same);
    if (old != nullptr) {
      each->start = old->start;
    } else if (before.start) {
      each->start = now;
    }
  }
  if (!restarts) return;
  for (Animation& each : after.animations) {
    if (!each.start) each.start = before.start;
  }
}

void add_animation(Layer& layer, Animation animation, Duration now) {
  auto& all = layer.animations;
  const auto is_full = [&] { return all.size() >= static_cast<size_t>(limits::kAnimationsMax); };
  if (is_full()) {
    std::erase_if(all, [&](const Animation& each) {
      return keeps_scale(each) && is_spent(each, layer, now);
    });
  }
  if (is_full()) {
    std::erase_if(all, [&](const Animation& each) { return is_spent(each, layer, now); });
  }
  if (!animation.start && layer.start) animation.start = now;
  all.push_back(std::move(animation));
}

}  // namespace layercast::scene
