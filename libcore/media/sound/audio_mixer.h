#pragma once

#include "media/sound/audio_feed.h"
#include "media/sound/audio_ring.h"
#include "media/sound/limiter.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace layercast::media {

/// One sound in a mix.
struct Voice {
  /// Identifies the voice, also across calls of set_voices().
  std::string key;
  std::shared_ptr<AudioFeed> feed;
  int64_t begins = 0;  ///< The sample of the mix at which sample 0 of the feed plays.
  /// The amplitude factor at a sample of the mix. A pure function.
  std::function<double(int64_t sample)> volume;
  std::string group;        ///< A name for `ducks_under` of other voices; empty: none.
  std::string ducks_under;  ///< The group whose sound attenuates this voice; empty: none.
  std::string owner{};      ///< The id of its layer or track, by which taps find it.
};

/// Receives the sound of some voices as it is added to the mix: with volume and ducking, before the
/// limiter.
struct MixTap {
  std::string owner;  ///< of the voices
  std::shared_ptr<AudioRing> ring;
};

/// Levels since the last AudioMixer::take_levels().
struct AudioLevels {
  float peak = 0;       ///< The largest absolute value of the output.
  int64_t limited = 0;  ///< Samples that the limiter attenuated.
  int voices = 0;       ///< Audible voices in the last step.
};

/// Mixes voices and limits the sum. Volumes are evaluated 200 times a second, on a grid that begins
/// at sample 0 of the mix, and interpolated linearly in between, so that no change clicks. A voice
/// starts at its sample without a ramp.
/// Ducking: attenuates to kDuckedGain (−12 dB) within 100 ms of the first sample above −45 dBFS in
/// the group, holds for 300 ms after the last one, and recovers within 600 ms.
/// Exact: sample k depends only on the voices, the scene and k, wherever the mix began, as long as
/// the voices stay the same. Thread: one at a time.
class AudioMixer {
 public:
  static constexpr int64_t kGrid = 240;
  static constexpr double kDuckedGain = 0.25;

  /// The first read() starts at sample `first`. Range: at least 0.
  explicit AudioMixer(int64_t first);

  /// Replaces the voices from the next step on. A new voice that began earlier fades in within one
  /// step of the grid, and a removed voice fades out likewise. A voice whose key is already playing
  /// keeps its feed; the new `feed` is ignored.
  void set_voices(std::vector<Voice> voices);

  /// Replaces the taps from the next step on. The ring of a new tap begins with that step; it is
  /// never behind read().
  void set_taps(const std::vector<MixTap>& taps);

  /// Fills `samples` (left, right, left …; at most full scale, which is 1) with the next samples.
  void read(std::span<float> samples);

  /// The sample that read() returns next.
  int64_t place() const { return place_; }
  /// Returns the levels since the last call.
  AudioLevels take_levels();

 private:
  struct Playing {
    Voice voice;
    double gain = 0;  ///< at the present grid point
    bool is_new = true;
    bool leaves = false;
  };
  // The ducking by a group, up to the present grid point.
  struct Group {
    int silent_steps = 0;     ///< since its last sound
    std::vector<int> recent;  ///< held_down() of the last steps
    size_t at = 0;
    int sum = 0;
    double gain = 1;  ///< of the voices that duck under it
    double gain_before = 1;
    bool sounds = false;
  };

  void mix_step();
  void begin_groups();
  void end_group(Group& group);
  void add(Playing& playing, bool ducks);
  void fill_taps();
  static void note_level(Group& group, std::span<const float> samples);

  struct Tap {
    MixTap to;
    std::vector<float> sum;  ///< of the present step
  };

  std::vector<Playing> playing_;
  std::vector<Tap> taps_;
  std::map<std::string, Group> groups_;  ///< those under which a voice ducks
  Limiter limiter_;
  bool has_begun_ = false;
  int64_t grid_;   ///< the sample up to which is mixed
  int64_t place_;  ///< the next sample of read()
  std::vector<float> heard_;
  std::vector<float> sum_;
  std::vector<float> ready_;
  size_t given_ = 0;
  AudioLevels levels_;
  int64_t limited_before_ = 0;
};

}  // namespace layercast::media
