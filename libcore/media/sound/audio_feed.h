#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/sound/audio_track.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace layercast::media {

/// The index of the sample that is nearest to `time`.
int64_t sample_at(base::Duration time);

/// Sound with access by sample index: stereo at kAudioRate; sample 0 is the beginning.
/// Thread: one at a time.
class AudioFeed {
 public:
  AudioFeed() = default;
  virtual ~AudioFeed() = default;
  AudioFeed(const AudioFeed&) = delete;
  AudioFeed& operator=(const AudioFeed&) = delete;

  /// Fills `samples` (left, right, left …) with sample `first` and the following ones; silence
  /// before the beginning and after the end. Consecutive reads only decode; a read of an earlier
  /// sample decodes from the beginning again.
  virtual void read(int64_t first, std::span<float> samples) = 0;

  /// The number of samples; nullopt for an endless sound.
  virtual std::optional<int64_t> length() = 0;
};

/// How a feed reaches a sample that is far ahead in a file.
enum class FarPlaces : uint8_t {
  kDecodedUpTo,  ///< Decodes everything before it: exact.
  kSoughtFor,    ///< Seeks if possible, accurate to a millisecond; for live use.
};

/// The part of a file that a feed plays, and how.
struct AudioFeedRequest {
  std::string path;
  AudioOrigin origin = AudioOrigin::kSound;
  base::Duration start{};  ///< In the file's time, counted from `origin`.
  /// After `start`. nullopt: the end of the file's sound, or with kVideo of its video.
  std::optional<base::Duration> end{};
  bool loop = false;  ///< Restart at the end.
  double rate = 1;    ///< File seconds per second; the pitch is unchanged. Range: 1/16 to 16.
  FarPlaces far_places = FarPlaces::kDecodedUpTo;
};

/// Opens the sound of a file. Sample k is that of the file at start + k ÷ kAudioRate × rate, with
/// `loop` modulo end − start: a pass begins at the sample nearest to its time, so nothing drifts.
/// Exact: the samples do not depend on earlier reads, because a file is always decoded from its
/// beginning; the price is that a sample far into the file takes time. With kSoughtFor, a feed with
/// a rate of 1 seeks instead, a loop only once its length is known.
/// Returns null when the file has no sound. Errors: kNotFound; as AudioFiles::open;
/// kInvalidInput when `start` is after the end of a looping file.
base::Result<std::unique_ptr<AudioFeed>> open_audio_feed(const AudioFeedRequest& request);

}  // namespace layercast::media
