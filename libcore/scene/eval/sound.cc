#include "scene/eval/sound.h"

#include "scene/live/showing.h"

#include <algorithm>
#include <variant>

namespace layercast::scene {
namespace {

using base::Duration;
using base::SceneTime;

const VideoContent* video_of(const AnimatedContent& content) {
  return std::get_if<VideoContent>(&content);
}

// The video of the character's current state; null if that is not a video.
const VideoContent* video_of(const CharacterContent& character) {
  if (character.state) {
    const auto named =
        std::ranges::find(character.animations, *character.state, &CharacterAnimation::name);
    if (named != character.animations.end()) return video_of(named->content);
  }
  const auto* source = std::get_if<AnimatedContent>(&character.source);
  return source == nullptr ? nullptr : video_of(*source);
}

const VideoContent* video_of(const Layer& layer) {
  if (const auto* character = std::get_if<CharacterContent>(&layer.content)) {
    return video_of(*character);
  }
  return std::get_if<VideoContent>(&layer.content);
}

// The volume of a keyframe, or 1 at 0 and at 1 without a keyframe.
struct Stop {
  double at = 0;
  double volume = 1;
  const Easing* easing = nullptr;
};

std::vector<Stop> stops_of(const std::vector<Keyframe>& keyframes) {
  std::vector<Stop> stops;
  for (const Keyframe& keyframe : keyframes) {
    if (!keyframe.volume) continue;
    if (stops.empty() && keyframe.at > 0) stops.push_back({});
    stops.push_back({keyframe.at, *keyframe.volume, keyframe.easing ? &*keyframe.easing : nullptr});
  }
  if (!stops.empty() && stops.back().at < 1) stops.push_back({1, 1, nullptr});
  return stops;
}

double mixed(double from, double to, double progress) {
  return progress == 1 ? to : from + (to - from) * progress;
}

// Source: Web Animations Level 1, section 5.3.4, "The effect value of a keyframe effect".
double keyframed(const std::vector<Keyframe>& keyframes, double progress) {
  const std::vector<Stop> stops = stops_of(keyframes);
  if (stops.size() < 2) return stops.empty() ? 1 : stops.front().volume;
  size_t start = 0;
  for (size_t i = 0; i + 1 < stops.size(); ++i) {
    if (stops[i].at == 0 || (stops[i].at <= progress && stops[i].at < 1)) start = i;
  }
  const Stop& from = stops[start];
  const Stop& to = stops[start + 1];
  if (progress < 0 && stops[1].at == 0) return stops.front().volume;
  if (progress >= 1 && stops[stops.size() - 2].at == 1) return stops.back().volume;
  const double distance = (progress - from.at) / (to.at - from.at);
  return mixed(from.volume, to.volume,
               from.easing != nullptr ? eased(*from.easing, distance) : distance);
}

double factor_of(const Effect& effect, double progress) {
  if (const auto* volume = std::get_if<VolumeEffect>(&effect)) {
    return mixed(volume->from, volume->to, progress);
  }
  if (const auto* frames = std::get_if<KeyframesEffect>(&effect)) {
    return keyframed(frames->keyframes, progress);
  }
  return 1;
}

}  // namespace

std::optional<SoundSource> sound_of(const RunningLayer& layer) {
  const VideoContent* video = video_of(layer.layer);
  if (video == nullptr) return std::nullopt;
  Duration begins = layer.run.start.value_or(Duration::zero());
  if (std::holds_alternative<CharacterContent>(layer.layer.content)) {
    begins = layer.run.character.state_start.value_or(begins);
  }
  return SoundSource{video->source, true,        video->start, video->end,
                     video->loop,   video->rate, begins};
}

SoundSource sound_of(const RunningTrack& track) {
  const Duration begins = track.run.start.value_or(Duration::zero()) + track.track.delay;
  return {track.track.source, false, track.track.start, std::nullopt, track.track.loop, 1, begins};
}

double animated_volume(const std::vector<Animation>& animations, const SceneTime& time,
                       Duration default_start, const AnimationStarts& starts) {
  double volume = 1;
  for (size_t i = 0; i < animations.size(); ++i) {
    const auto progress =
        progress_at(animations[i].timing, time, start_of(starts, i).value_or(default_start));
    // An overshooting curve must not invert the sound.
    if (progress) volume *= std::max(0.0, factor_of(animations[i].effect, *progress));
  }
  return volume;
}

double volume_at(const RunningLayer& running, const SceneTime& time) {
  const auto& [layer, run] = running;
  const VideoContent* video = video_of(layer);
  if (video == nullptr || video->mute) return 0;
  const Duration start = run.start.value_or(Duration::zero());
  double volume = video->volume * animated_volume(layer.animations, time, start, run.animations) *
                  animated_volume(layer.enter, time, run.shown_since.value_or(start));
  if (layer.visible) return volume;
  if (!run.exit_start || is_gone(running, time.floor())) return 0;
  return volume * animated_volume(layer.exit, time, *run.exit_start);
}

double volume_at(const RunningTrack& running, const SceneTime& time, std::optional<Duration> ends) {
  const auto& [track, run] = running;
  if (track.mute) return 0;
  const Duration begins = sound_of(running).begins;
  double volume = track.volume * animated_volume(track.animations, time, begins, run.animations);
  if (track.fade_in > Duration::zero()) {
    volume *= std::clamp(time.progress(begins, track.fade_in), 0.0, 1.0);
  }
  if (track.fade_out > Duration::zero() && ends) {
    volume *= std::clamp(1 - time.progress(*ends - track.fade_out, track.fade_out), 0.0, 1.0);
  }
  return volume;
}

}  // namespace layercast::scene
