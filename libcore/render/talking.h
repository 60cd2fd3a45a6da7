#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "content/picture/moving.h"
#include "content/picture/sound_probe.h"
#include "render/character_player.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::render {

/// How strongly a character talks: 1 while its voice is above the level and for `hold` after that,
/// else 0, averaged over the last `cross_fade`. So a change fades linearly, also if the voice
/// changes again meanwhile.
/// Exact: a function of the voice over the last `hold` and `cross_fade`. Allocates nothing after
/// construction.
/// Thread: one at a time.
class VoiceActivity {
 public:
  /// `probe`: null for silence.
  VoiceActivity(const scene::Talking& talking, base::Duration cross_fade,
                std::unique_ptr<content::SoundProbe> probe);

  /// The weight of the talking state at a stream time, in 255ths.
  uint8_t weight_at(base::Duration time);

 private:
  void advance_to(int64_t step);
  bool talks_at(int64_t step) const;

  float threshold_;  ///< amplitude
  base::Duration cross_fade_;
  std::unique_ptr<content::SoundProbe> probe_;
  int64_t hold_steps_;
  int64_t quiet_steps_;         ///< since the last loud step
  std::vector<uint8_t> talks_;  ///< of the last steps, by step modulo their number
  int64_t step_ = 0;            ///< the newest one in `talks_`
  bool has_any_ = false;
};

/// The times of a talking character.
struct TalkingTimes {
  base::Duration start{};  ///< stream time at which the layer begins
  base::Duration cross_fade{};
};

/// Shows `talking` or `silent`, which both play from the layer's start, by the activity of the
/// voice.
std::unique_ptr<content::MovingContent> make_talking(base::SizeF box, const scene::Talking& choice,
                                                     const TalkingTimes& times,
                                                     CharacterPlayer talking,
                                                     CharacterPlayer silent,
                                                     std::unique_ptr<content::SoundProbe> probe);

}  // namespace layercast::render
