#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/shared.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace layercast::scene {

/// What all parts of a scene use together, as far as the limits bound it in sum. An exiting layer
/// counts until its exit is over, except in the document.
struct SceneTotals {
  int64_t document_bytes = 0;  ///< of the scene's document as JSON without blanks
  int64_t frame_work = 0;      ///< pixels times passes, as frame_work()
  int64_t animations = 0;      ///< of layers and sounds, with those of `enter` and `exit`
  int64_t keyframes = 0;
  int64_t videos = 0;  ///< of layers that may be drawn
  /// The URLs of videos of layers that may be drawn, and of sounds, with the number of users.
  std::map<std::string, int64_t> live_sources;
  int64_t video_files = 0;  ///< of `videos`, those that are not URLs
  int64_t sound_files = 0;
  int64_t animated = 0;  ///< contents of animated pictures that may be drawn
  int64_t outputs = 0;
  bool operator==(const SceneTotals&) const = default;
};

/// The parts of a state that count. Ownership: borrowed.
struct CountedParts {
  const Scene& scene;
  const std::vector<ExitingLayer>& exiting;
};

/// The threads that the contents, sounds and outputs of a scene have at most: two for a video file
/// (pictures and sound), one for a sound file, one for a live source, one for a large animation
/// (which of them are large is not known before they are opened), and limits::kThreadsOfOutput for
/// an output. The table of threads in libcore/README.md has them all.
int64_t threads_of(const SceneTotals& totals);

/// The totals of a scene without exiting layers, or of these parts.
SceneTotals totals_of(const Scene& scene);
SceneTotals totals_of(const CountedParts& parts);

/// The totals of `after`, from those of `before`: counts only the layers that one of them lacks.
/// Layers that both share are the same object. Equals totals_of(after).
SceneTotals totals_after(const SceneTotals& totals, const CountedParts& before,
                         const CountedParts& after);

/// Why a scene with the totals `after` is refused: kLimit, which names the limit. A change of a
/// scene with the totals `before` is not refused for what it does not increase.
std::optional<base::Error> objection_to(const SceneTotals& after,
                                        const SceneTotals* before = nullptr);

}  // namespace layercast::scene
