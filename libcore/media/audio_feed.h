#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/audio_reader.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace layercast::media {

/// The sample of a stream's sound that lies nearest to `time`.
int64_t sample_at(base::Duration time);

/// Sound by its place: stereo at kAudioRate, of which sample 0 is the beginning.
/// Thread: one at a time.
class AudioFeed {
 public:
  AudioFeed() = default;
  virtual ~AudioFeed() = default;
  AudioFeed(const AudioFeed&) = delete;
  AudioFeed& operator=(const AudioFeed&) = delete;

  /// Fills `samples` (left, right, left …) with sample `first` and those that follow; silence
  /// before the beginning and after the end. Places that go on cost nothing but decoding, one that
  /// goes back begins anew.
  virtual void read(int64_t first, std::span<float> samples) = 0;

  /// How many samples there are; nothing where it has no end.
  virtual std::optional<int64_t> length() = 0;
};

/// How a place is reached that lies far ahead in a file.
enum class FarPlaces : uint8_t {
  kDecodedUpTo,  ///< From the beginning on: exact.
  kSoughtFor,    ///< At once, where it can be, right to the millisecond; for what is live.
};

struct AudioFeedRequest {
  std::string path;
  AudioOrigin origin = AudioOrigin::kSound;
  base::Duration start{};  ///< In the file's time, counted from `origin`.
  /// After `start`. Absent: the end of the file's sound, or with kVideo of its video.
  std::optional<base::Duration> end{};
  bool loop = false;  ///< Begin anew at the end.
  double rate = 1;    ///< Seconds of the file a second; the pitch stays. Range: 1/16 to 16.
  FarPlaces far_places = FarPlaces::kDecodedUpTo;
};

/// The sound of a file. Sample k is that of the file at start + k ÷ kAudioRate × rate, with `loop`
/// modulo end − start: each pass begins at the sample nearest to its time, so that nothing drifts.
/// Exact: the same samples whatever was read before, because a file is always decoded from its
/// beginning on; that a place far into it takes time is the price. Those who cannot wait have far
/// places sought for: those of a rate of 1, and of a loop once its length is known.
/// Null where the file holds no sound. Errors: as AudioReader::open(); kInvalidInput when `start`
/// is after all of a looping file.
base::Result<std::unique_ptr<AudioFeed>> open_audio_feed(const AudioFeedRequest& request);

}  // namespace layercast::media
