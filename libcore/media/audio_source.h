#pragma once

#include "base/error.h"

#include <memory>
#include <span>
#include <string>

namespace layercast::media {

inline constexpr int kAudioRate = 48000;  ///< Samples per second of every track.
inline constexpr int kAudioChannels = 2;

/// Endless stereo sound at kAudioRate.
/// Thread: one at a time.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /// Fills `samples` (left, right, left …; 1 is full scale) with what comes next, and with silence
  /// after the end.
  virtual void read(std::span<float> samples) = 0;
};

std::unique_ptr<AudioSource> silent_source();

/// The first sound track of the media file at `path`, resampled. What cannot be decoded within it
/// is left out. Opens nothing but local files.
/// Errors: kInvalidInput when there is no such file, or nothing in it can be decoded as sound.
base::Result<std::unique_ptr<AudioSource>> open_audio_file(const std::string& path);

}  // namespace layercast::media
