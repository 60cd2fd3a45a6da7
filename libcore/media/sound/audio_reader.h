#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/av/libav.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace layercast::media {

/// The origin of the time of a file's sound: time_origin() of one of its tracks.
enum class AudioOrigin : uint8_t {
  kSound,  ///< of the sound, so usually its own first sample
  kVideo,  ///< of the file's video, as for its pictures; of the sound where there is none
};

/// Decodes the sound of a media file from its beginning, resampled to stereo at kAudioRate.
/// Exact: the samples do not depend on the sizes of reads; for lossy codecs and other sample rates,
/// on processors with the same vector instructions. Skips damaged parts; if the file tells their
/// length, silence replaces them. Thread: one at a time.
class AudioReader {
 public:
  /// Opens a local file, at its first sample, and no file that it refers to.
  /// Returns null when the file has no sound.
  /// Errors: kInvalidInput when the file does not exist, or contains no sound that can be decoded;
  /// `where` is the path.
  static base::Result<std::unique_ptr<AudioReader>> open(const std::string& path,
                                                         AudioOrigin origin);
  ~AudioReader();

  /// Returns the next samples (left, right, left …), at least one for each channel; empty at the
  /// end. Ownership: borrowed until the next call.
  std::span<const float> next();

  /// Seeks to a sample slightly before `place`, which counts from the origin: decodes only the
  /// lead-in that the decoder and the resampler need. first_sample() then tells the sample.
  /// Accurate to the time stamps of the file, which some containers round to a millisecond.
  /// Returns false when the file has no such sample or cannot seek; it must then be reopened.
  bool seek(int64_t place);

  /// The first sample that next() has returned, counted from the origin; below 0 if it is before.
  int64_t first_sample() const { return first_sample_; }

 private:
  explicit AudioReader(AudioOrigin origin);
  int open_decoder();
  bool leap(int64_t place);
  void find_origin();
  void decode_more();
  void read_packet();
  int64_t place_of(const AVFrame& decoded) const;
  void keep_time(const AVFrame& decoded);
  void resample_frame();
  bool follows(const AVFrame& decoded);
  void resample(const AVFrame* decoded);
  void drop_repeated();

  AudioOrigin origin_kind_;
  DemuxerPtr demuxer_;
  CodecContextPtr decoder_;
  ResamplerPtr resampler_;
  PacketPtr packet_;
  LibavFramePtr frame_;
  int track_ = -1;
  bool has_origin_ = false;   ///< other than the first sample
  int64_t origin_ = 0;        ///< samples, in the file's own time
  bool input_ended_ = false;  ///< the file has been read to its end
  bool ended_ = false;        ///< the decoder has been drained, too
  // The input format of the resampler: a file may change its format midway.
  int rate_ = 0;
  int format_ = -1;
  int channels_ = 0;
  // Places are samples at kAudioRate, counted from the origin.
  bool knows_first_ = false;
  int64_t first_sample_ = 0;
  int64_t made_ = 0;              ///< samples since the first
  int64_t taken_ = 0;             ///< samples of the decoder since `resampled_from_`
  int64_t resampled_from_ = 0;    ///< place of the first of those
  int64_t stamps_are_ahead_ = 0;  ///< of the places, after jumps of the file's clock
  int64_t silence_due_ = 0;       ///< samples to insert before frame_
  int64_t to_drop_ = 0;           ///< samples to drop, because their time has passed
  bool frame_waits_ = false;      ///< frame_ is decoded, and not resampled yet
  std::vector<float> ready_;
  bool was_given_ = false;  ///< next() has returned ready_
};

/// The length of the video in the file at `path`, from time_origin(); nullopt when there is none.
/// Reads the whole file, but decodes nothing.
/// Errors: kInvalidInput; `where` is the path.
base::Result<std::optional<base::SceneTime>> video_length(const std::string& path);

}  // namespace layercast::media
