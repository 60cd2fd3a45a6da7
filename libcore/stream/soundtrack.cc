#include "stream/soundtrack.h"

#include "media/in/live_feed.h"
#include "media/sound/audio_feed.h"
#include "scene/eval/sound.h"

#include <algorithm>
#include <string>
#include <utility>

namespace layercast::stream {
namespace {

using base::Duration;
using media::Voice;
using scene::SceneFile;

constexpr int64_t kNanosPerSecond = 1'000'000'000;

base::SceneTime time_of(int64_t sample) { return {sample, media::kAudioRate}; }

// When the track or the scene ends, for the fade-out.
std::optional<Duration> end_of(const scene::AudioTrack& track, media::AudioFeed& feed,
                               std::optional<Duration> scene_end) {
  if (track.fade_out == Duration::zero()) return std::nullopt;
  std::optional<Duration> end = scene_end;
  if (const auto length = feed.length()) {
    const Duration own_end = scene::sound_of({track, {}}).begins +
                             Duration(*length * kNanosPerSecond / media::kAudioRate);
    end = end ? std::min(*end, own_end) : own_end;
  }
  return end;
}

}  // namespace

base::Result<std::unique_ptr<media::AudioFeed>> open_sound(const scene::SoundSource& sound,
                                                           const std::string& path,
                                                           media::FarPlaces far_places) {
  media::AudioFeedRequest request;
  request.far_places = far_places;
  request.path = path;
  request.origin = sound.is_video ? media::AudioOrigin::kVideo : media::AudioOrigin::kSound;
  request.start = sound.start;
  request.end = sound.end;
  request.loop = sound.loop;
  request.rate = sound.rate;
  TRY(auto feed, media::open_audio_feed(request));
  if (feed == nullptr && !sound.is_video) {
    return base::invalid_input("has no sound", path);
  }
  return feed;
}

std::string key_of(const std::string& owner, const scene::SoundSource& sound) {
  std::string key = owner + '\n' + sound.source + '\n';
  key += sound.is_video ? 'v' : 'a';
  key += sound.loop ? "loop" : "";
  for (const int64_t number :
       {sound.start.count(), sound.end.value_or(Duration(-1)).count(), sound.begins.count()}) {
    key += ' ' + std::to_string(number);
  }
  return key + ' ' + std::to_string(sound.rate);
}

Voice voice_of(const base::Shared<scene::Layer>& layer, const base::Shared<scene::LayerRun>& run) {
  const auto sound = scene::sound_of({*layer, *run});
  Voice voice;
  voice.key = key_of("layer " + layer->id, *sound);
  voice.group = layer->id;
  voice.owner = layer->id;
  voice.begins = media::sample_at(sound->begins);
  voice.volume = [layer, run](int64_t sample) {
    return scene::volume_at({*layer, *run}, time_of(sample));
  };
  return voice;
}

Voice voice_of(const base::Shared<scene::AudioTrack>& track,
               const base::Shared<scene::TrackRun>& run, std::optional<Duration> ends) {
  const scene::SoundSource sound = scene::sound_of({*track, *run});
  Voice voice;
  voice.key = key_of("audio " + track->id, sound);
  voice.owner = track->id;
  voice.ducks_under = track->duck_under.value_or("");
  voice.begins = media::sample_at(sound.begins);
  voice.volume = [track, run, ends](int64_t sample) {
    return scene::volume_at({*track, *run}, time_of(sample), ends);
  };
  return voice;
}

namespace {

void add_layers(const SceneFile& file, std::vector<Voice>& voices) {
  for (const auto& layer : file.scene.layers) {
    const auto sound = scene::sound_of({*layer, {}});
    if (!layer->visible || !sound) continue;
    const std::string path = file.resolved(sound->source);
    if (media::is_live_source(path)) continue;  // its sound is only available live
    auto feed = open_sound(*sound, path, media::FarPlaces::kDecodedUpTo);
    if (!feed || feed.value() == nullptr) continue;
    voices.push_back(voice_of(layer, {}));
    voices.back().feed = std::move(feed).value();
  }
}

base::Result<std::shared_ptr<media::AudioFeed>> open_track(const scene::AudioTrack& track,
                                                           const std::string& path) {
  if (media::is_live_source(path)) {
    return base::unsupported("a live source has no sound offline", path);
  }
  TRY(auto feed, open_sound(scene::sound_of({track, {}}), path, media::FarPlaces::kDecodedUpTo));
  return std::shared_ptr<media::AudioFeed>(std::move(feed));
}

void add_tracks(const SceneFile& file, std::vector<Voice>& voices,
                std::vector<render::ContentFailure>& failures) {
  for (size_t i = 0; i < file.scene.audio.size(); ++i) {
    const scene::AudioTrack& track = file.scene.audio[i];
    auto feed = open_track(track, file.resolved(track.source));
    if (!feed) {
      failures.push_back({"audio[" + std::to_string(i) + "].source", "", feed.error()});
      continue;
    }
    voices.push_back(voice_of(track, {}, end_of(track, *feed.value(), file.scene.duration)));
    voices.back().feed = std::move(feed).value();
  }
}

}  // namespace

Soundtrack::Opened Soundtrack::open(const SceneFile& file, int64_t first) {
  Opened opened{std::unique_ptr<Soundtrack>(new Soundtrack(first)), {}};
  std::vector<Voice> voices;
  add_layers(file, voices);
  add_tracks(file, voices, opened.failures);
  opened.soundtrack->mixer_.set_voices(std::move(voices));
  return opened;
}

}  // namespace layercast::stream
