#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/av/file_input.h"
#include "media/av/libav.h"
#include "media/sound/audio_track.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace layercast::media {

/// Decodes the sound of a media file in this process. Thread: one at a time.
class AudioReader final : public AudioTrack {
 public:
  /// Opens a local file, at its first sample, and no file that it refers to.
  /// Returns null when the file has no sound.
  /// Errors: kInvalidInput when the file does not exist, or contains no sound that can be decoded;
  /// `where` is the path.
  static base::Result<std::unique_ptr<AudioReader>> open(const std::string& path,
                                                         AudioOrigin origin);
  ~AudioReader() override;

  std::span<const float> next() override;
  bool seek(int64_t place) override;
  int64_t first_sample() const override { return first_sample_; }

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
  FileInput file_;
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
