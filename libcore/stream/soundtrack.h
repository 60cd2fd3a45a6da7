#pragma once

#include "base/error.h"
#include "media/audio_feed.h"
#include "media/audio_mixer.h"
#include "media/audio_source.h"
#include "render/renderer.h"
#include "scene/scene_file.h"
#include "scene/sound.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace layercast::stream {

/// Opens `sound`, which is the file at `path`. Null where a video has none.
/// Errors: as media::open_audio_feed(); kInvalidInput for a track without sound.
base::Result<std::unique_ptr<media::AudioFeed>> open_sound(const scene::SoundSource& sound,
                                                           const std::string& path,
                                                           media::FarPlaces far_places);

/// A key of what `owner`, a layer or a track, plays: equal keys stand for the same sound.
std::string key_of(const std::string& owner, const scene::SoundSource& sound);

/// The voice of a layer that has a sound, and that of a track, yet without their feeds. `ends`: of
/// the track's fade.
media::Voice voice_of(const base::Shared<scene::Layer>& layer,
                      const base::Shared<scene::LayerRun>& run);
media::Voice voice_of(const base::Shared<scene::AudioTrack>& track,
                      const base::Shared<scene::TrackRun>& run, std::optional<base::Duration> ends);

/// The sound of a scene file, offline: that of its videos and of its tracks, mixed.
/// Exact: sample k is the same wherever one began, and in whatever parts one reads.
/// Thread: one at a time.
class Soundtrack final : public media::AudioSource {
 public:
  struct Opened {
    std::unique_ptr<Soundtrack> soundtrack;
    /// Tracks that cannot be played; they are silent. A video's own faults are its picture's
    /// concern.
    std::vector<render::ContentFailure> failures;
  };

  /// What read() gives first is sample `first`, counted from the scene's beginning. A track's fade
  /// out ends with the scene's duration at the latest.
  static Opened open(const std::shared_ptr<const scene::SceneFile>& file, int64_t first);

  void read(std::span<float> samples) override { mixer_.read(samples); }

 private:
  explicit Soundtrack(int64_t first) : mixer_(first) {}

  media::AudioMixer mixer_;
};

}  // namespace layercast::stream
