#pragma once

#include "base/error.h"
#include "media/sound/audio_feed.h"
#include "media/sound/audio_mixer.h"
#include "media/sound/audio_source.h"
#include "render/renderer.h"
#include "scene/eval/sound.h"
#include "scene/wire/scene_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace layercast::stream {

/// Opens `sound` from the file at `path`. Null for a video without sound.
/// Errors: as media::open_audio_feed(); kInvalidInput for a track without sound.
base::Result<std::unique_ptr<media::AudioFeed>> open_sound(const scene::SoundSource& sound,
                                                           const std::string& path,
                                                           media::FarPlaces far_places);

/// A key for the sound of `owner`, a layer or a track; equal keys mean the same sound.
std::string key_of(const std::string& owner, const scene::SoundSource& sound);

/// The voice of a layer with a sound, or of a track; without its feed. `ends`: the end of the
/// track, for its fade.
media::Voice voice_of(const base::Shared<scene::Layer>& layer,
                      const base::Shared<scene::LayerRun>& run);
media::Voice voice_of(const base::Shared<scene::AudioTrack>& track,
                      const base::Shared<scene::TrackRun>& run, std::optional<base::Duration> ends);

/// The mixed sound of the videos and tracks of a scene file, offline.
/// Exact: sample k does not depend on where reading began, nor on the size of the reads.
/// Thread: one at a time.
class Soundtrack final : public media::AudioSource {
 public:
  struct Opened {
    std::unique_ptr<Soundtrack> soundtrack;
    /// Tracks that cannot be played; they are silent. Errors of videos are reported with their
    /// pictures.
    std::vector<render::ContentFailure> failures;
  };

  /// Opens all sounds of `file`. read() starts at sample `first`, counted from the beginning of the
  /// scene. The fade-out of a track ends with the scene at the latest.
  static Opened open(const scene::SceneFile& file, int64_t first);

  void read(std::span<float> samples) override { mixer_.read(samples); }

  /// As AudioMixer::set_taps().
  void set_taps(const std::vector<media::MixTap>& taps) { mixer_.set_taps(taps); }

 private:
  explicit Soundtrack(int64_t first) : mixer_(first) {}

  media::AudioMixer mixer_;
};

}  // namespace layercast::stream
