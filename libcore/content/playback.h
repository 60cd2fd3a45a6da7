#pragma once

#include "base/time.h"
#include "scene/scene.h"

#include <cstdint>
#include <vector>

namespace layercast::content {

/// What an animated file says of how it plays.
struct FilePlayback {
  std::vector<base::Duration> delays;  ///< of each picture; empty: the file does not say
  int64_t rounds = 0;                  ///< how often it is played; 0: for ever
};

/// Which picture of an animated source shows when: its steps laid end to end, round after round.
/// Delays of at most 10 ms count as 100 ms, as browsers have it. A round that goes there and back
/// shows the first picture and the last one once; after the last round the last picture stays, or,
/// where it goes there and back, the first. Thread: any; immutable.
class Timeline {
 public:
  /// `playback` comes before what the file says. Range: count at least 1.
  Timeline(int count, const FilePlayback& file, const scene::Playback& playback);

  /// The step whose interval holds `time`; before the first, the first. Exact.
  int64_t step_at(const base::SceneTime& time) const;
  /// The number of the picture that a step shows.
  int picture_of(int64_t step) const;
  /// Steps of a round.
  int64_t steps() const { return static_cast<int64_t>(ends_.size()); }

 private:
  int count_;
  scene::Play play_;
  int64_t rounds_;                    ///< 0: for ever
  std::vector<base::Duration> ends_;  ///< of each step, from the start of its round
};

}  // namespace layercast::content
