#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "layers/layer_manager.h"
#include "media/audio_ring.h"
#include "stream/stream_clock.h"

#include <functional>
#include <memory>
#include <string>

namespace layercast::stream {

struct LiveSoundtrackOptions {
  layers::LayerManager* layers = nullptr;  ///< outlives the soundtrack
  StreamClock* clock = nullptr;            ///< outlives the soundtrack
  base::Metrics* metrics = nullptr;        ///< outlives the soundtrack
  std::string folder;                      ///< what relative paths in the scene start from
  /// Is told of sounds that cannot be heard; they are silent, and tried again. Must not wait.
  std::function<void(const std::string& layer, const base::Error& error)> on_error;
};

/// The sound of the live scene, mixed a little ahead of the frames on a thread of its own, by the
/// same voices and mixer as offline. Every source is opened and read on yet another one, so that
/// nothing waits for a disk or a network. Changes are heard with the frames that show them, within
/// a tenth of a second, and never click. Silent while the stream is paused.
/// Thread: any (locked).
class LiveSoundtrack {
 public:
  explicit LiveSoundtrack(LiveSoundtrackOptions options);
  ~LiveSoundtrack();

  /// What is heard, by its place: sample k is heard k ÷ 48 000 s after stream time 0.
  std::shared_ptr<const media::AudioRing> sound() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
