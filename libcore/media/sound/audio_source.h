#pragma once

#include "base/error.h"

#include <memory>
#include <span>
#include <string>

namespace layercast::media {

inline constexpr int kAudioRate = 48000;  ///< Samples per second of every track.
inline constexpr int kAudioChannels = 2;

/// An endless stream of stereo sound at kAudioRate.
/// Thread: one at a time.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /// Fills `samples` (left, right, left …; 1 is full scale) with the next samples, and with silence
  /// after the end.
  virtual void read(std::span<float> samples) = 0;
};

/// A source of silence.
std::unique_ptr<AudioSource> silent_source();

/// Opens the main sound track of the local media file at `path`, resampled. Skips parts that cannot
/// be decoded.
/// Errors: kInvalidInput when the file does not exist, or contains no sound that can be decoded.
base::Result<std::unique_ptr<AudioSource>> open_audio_file(const std::string& path);

}  // namespace layercast::media
