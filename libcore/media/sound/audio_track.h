#pragma once

#include "base/error.h"
#include "base/time.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace layercast::media {

/// The origin of the time of a file's sound: time_origin() of one of its tracks.
enum class AudioOrigin : uint8_t {
  kSound,  ///< of the sound, so usually its own first sample
  kVideo,  ///< of the file's video, as for its pictures; of the sound where there is none
};

/// The decoded sound of a media file from its beginning, resampled to stereo at kAudioRate.
/// Exact: the samples do not depend on the sizes of reads; for lossy codecs and other sample rates,
/// on processors with the same vector instructions. Skips damaged parts; if the file tells their
/// length, silence replaces them. Thread: one at a time.
class AudioTrack {
 public:
  AudioTrack() = default;
  virtual ~AudioTrack() = default;
  AudioTrack(const AudioTrack&) = delete;
  AudioTrack& operator=(const AudioTrack&) = delete;

  /// Returns the next samples (left, right, left …), at least one for each channel; empty at the
  /// end. Ownership: borrowed until the next call.
  virtual std::span<const float> next() = 0;

  /// Seeks to a sample slightly before `place`, which counts from the origin: decodes only the
  /// lead-in that the decoder and the resampler need. first_sample() then tells the sample.
  /// Accurate to the time stamps of the file, which some containers round to a millisecond.
  /// Returns false when the file has no such sample or cannot seek; it must then be reopened.
  virtual bool seek(int64_t place) = 0;

  /// The first sample that next() has returned, counted from the origin; below 0 if it is before.
  virtual int64_t first_sample() const = 0;
};

/// How the sounds of files are read.
struct AudioFiles {
  /// Opens a local file, at its first sample, and no file that it refers to.
  /// Returns null when the file has no sound.
  /// Errors: kInvalidInput when the file does not exist, or contains no sound that can be decoded;
  /// `where` is the path.
  std::function<base::Result<std::unique_ptr<AudioTrack>>(const std::string& path,
                                                          AudioOrigin origin)>
      open;
  /// The length of the video in the file at `path`, from time_origin(); nullopt when there is none.
  /// Reads the whole file, but decodes nothing.
  /// Errors: kInvalidInput; `where` is the path.
  std::function<base::Result<std::optional<base::SceneTime>>(const std::string& path)> video_length;
};

/// How this process reads the sounds of files; initially itself, by AudioReader.
/// set_audio_files(): call it before sounds are opened. Thread: any.
const AudioFiles& audio_files();
void set_audio_files(AudioFiles files);

}  // namespace layercast::media
