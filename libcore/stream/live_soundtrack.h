#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "content/picture/sound_probe.h"
#include "layers/layer_manager.h"
#include "media/sound/audio_ring.h"
#include "stream/layer_failure.h"
#include "stream/stream_clock.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace layercast::stream {

/// The environment of a LiveSoundtrack.
struct LiveSoundtrackOptions {
  layers::LayerManager* layers = nullptr;  ///< outlives the soundtrack
  StreamClock* clock = nullptr;            ///< outlives the soundtrack
  base::Metrics* metrics = nullptr;        ///< outlives the soundtrack
  std::string folder;                      ///< base of relative paths in the scene
  /// Called for sounds that cannot be played, with the id of their layer or track; they are silent
  /// and retried. It must not block.
  std::function<void(const std::string& id, const base::Error& error)> on_error;
};

/// The sound of the live scene. Its own thread mixes it slightly ahead of the frames, with the same
/// voices and mixer as offline. Each source is opened and read on another thread, so that the mixer
/// never waits for a disk or a network. Changes become audible with the frames that show them,
/// within a tenth of a second and without clicks. Silent while the stream is paused.
/// Thread: any (locked).
class LiveSoundtrack {
 public:
  explicit LiveSoundtrack(LiveSoundtrackOptions options);
  ~LiveSoundtrack();

  /// The mixed samples by index: sample k is played k ÷ 48 000 s after stream time 0.
  std::shared_ptr<const media::AudioRing> sound() const;
  /// Opens a probe of the sound with this name; null for silence (scene/model/sound_names.h). It
  /// reads what the mixer has mixed, which is at least 30 ms ahead of the frame, without waiting.
  /// Sound from before the first probe of a layer or a track is silent. The probe may outlive the
  /// soundtrack.
  std::unique_ptr<content::SoundProbe> open_probe(const std::string& of);

  /// The sounds that could not be opened within the last second.
  std::vector<LayerFailure> failures() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
