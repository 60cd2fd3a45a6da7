#pragma once

#include "media/audio_feed.h"
#include "media/limiter.h"

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
  /// Tells it from others, and the same voice again when voices change.
  std::string key;
  std::shared_ptr<AudioFeed> feed;
  int64_t begins = 0;  ///< Sample of the mix at which the feed's sample 0 sounds.
  /// The factor of its amplitude at a sample of the mix. Pure.
  std::function<double(int64_t sample)> volume;
  std::string group;        ///< What `ducks_under` may name; empty: nothing.
  std::string ducks_under;  ///< Turned down while a voice of that group sounds; empty: never.
};

/// What was heard since the last time somebody asked.
struct AudioLevels {
  float peak = 0;       ///< Greatest absolute value that came out.
  int64_t limited = 0;  ///< Samples that the limiter turned down.
  int voices = 0;       ///< That sounded last.
};

/// Adds voices up and limits the sum. Volumes are looked at 200 times a second, on a grid that
/// begins with sample 0 of the mix, and go straight from one point to the next: no change clicks.
/// A voice begins at its sample, without a ramp.
/// Ducking: to kDuckedGain (−12 dB) within 100 ms of the first sample above −45 dBFS in the group;
/// it stays so for 300 ms after the last one, and comes back within 600 ms.
/// Exact: sample k depends on the voices, the scene and k alone, wherever the mix began, as long as
/// the voices stay the same. Thread: one at a time.
class AudioMixer {
 public:
  static constexpr int64_t kGrid = 240;
  static constexpr double kDuckedGain = 0.25;

  /// What read() gives next is sample `first`. Range: 0 and up.
  explicit AudioMixer(int64_t first);

  /// The voices from what is mixed next on. One that is new and has begun before comes within one
  /// step of the grid, as one that is gone leaves. `feed` of a voice that is known is not looked
  /// at.
  void set_voices(std::vector<Voice> voices);

  /// Fills `samples` (left, right, left …; 1 is full scale, which nothing exceeds) with what comes
  /// next.
  void read(std::span<float> samples);

  /// The sample that read() gives next.
  int64_t place() const { return place_; }
  AudioLevels take_levels();

 private:
  struct Playing {
    Voice voice;
    double gain = 0;  ///< at the grid point reached
    bool is_new = true;
    bool leaves = false;
  };
  // How a group has sounded, up to the grid point reached.
  struct Group {
    int silent_steps = 0;     ///< since it sounded
    std::vector<int> recent;  ///< how far it held others down, of the last steps
    size_t at = 0;
    int sum = 0;
    double gain = 1;  ///< of those that duck under it
    double gain_before = 1;
    bool sounds = false;
  };

  void mix_step();
  void begin_groups();
  void end_group(Group& group);
  void add(Playing& playing, bool ducks);
  static void note_level(Group& group, std::span<const float> samples);

  std::vector<Playing> playing_;
  std::map<std::string, Group> groups_;  ///< that somebody ducks under
  Limiter limiter_;
  bool has_begun_ = false;
  int64_t grid_;   ///< sample up to which is mixed
  int64_t place_;  ///< of what read() gives next
  std::vector<float> heard_;
  std::vector<float> sum_;
  std::vector<float> ready_;
  size_t given_ = 0;
  AudioLevels levels_;
  int64_t limited_before_ = 0;
};

}  // namespace layercast::media
