#pragma once

#include "base/time.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <vector>

namespace layercast::content {

/// The playback that an animated file asks for.
struct FilePlayback {
  std::vector<base::Duration> delays;  ///< of each picture; empty: not specified
  int64_t rounds = 0;                  ///< how often it is played; 0: forever
};

/// Maps time to pictures of an animated source. A round consists of steps, one picture each.
/// As in browsers, delays of at most 10 ms count as 100 ms. A ping-pong round shows the first and
/// the last picture once. After the last round the last picture remains; after ping-pong, the
/// first. Thread: any; immutable.
class Timeline {
 public:
  /// `playback` overrides `file`. Range: count at least 1.
  Timeline(int count, const FilePlayback& file, const scene::Playback& playback);

  /// The step at `time`, counted over all rounds; times before the start give the first. Exact.
  int64_t step_at(const base::SceneTime& time) const;
  /// The number of the picture that `step` shows.
  int picture_of(int64_t step) const;
  /// The number of steps in a round.
  int64_t steps() const { return static_cast<int64_t>(ends_.size()); }

 private:
  int count_;
  scene::Play play_;
  int64_t rounds_;                    ///< 0: forever
  std::vector<base::Duration> ends_;  ///< of each step, from the start of its round
};

}  // namespace layercast::content
