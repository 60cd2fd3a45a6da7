#include "scene/phases.h"

#include "scene/limits.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;

// Whether a content that replaces another plays from its beginning.
bool begins_anew(const Content& before, const Content& after) {
  const auto* video = std::get_if<VideoContent>(&after);
  const auto* video_before = std::get_if<VideoContent>(&before);
  if (video == nullptr) return false;
  return video_before == nullptr || video_before->source != video->source;
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
  if (!same.start) same.start = layer.start;
  const size_t count = std::min(same.animations.size(), layer.animations.size());
  for (size_t i = 0; i < count; ++i) {
    if (!same.animations[i].start) same.animations[i].start = layer.animations[i].start;
  }
  return same == layer;
}

void stamp(Layer& layer, Duration now) {
  if (layer.visible && !layer.start) layer.start = now;
}

void keep_phases(const Layer& before, Layer& after, Duration now) {
  const bool is_given = after.start && after.start != before.start;
  const bool restarts = !is_given && begins_anew(before.content, after.content);
  if (!is_given) after.start = restarts ? std::nullopt : before.start;
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
