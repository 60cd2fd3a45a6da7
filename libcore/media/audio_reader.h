#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/libav.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace layercast::media {

/// Where the time of a file's sound counts from.
enum class AudioOrigin : uint8_t {
  kSound,  ///< its own first sample
  kVideo,  ///< the first picture of the file's video; its own first sample where there is none
};

/// The sound of a media file from its beginning on, decoded and resampled: stereo at kAudioRate.
/// Exact: its samples are the same however many are asked for at once; of lossy codecs and other
/// rates, on processors with the same vector instructions. What is damaged is left out, and silence
/// as long as it stands there when the file says how long that is.
/// Thread: one at a time.
class AudioReader {
 public:
  /// Opened, at its first sample. Opens nothing but local files.
  /// Null where the file holds no sound.
  /// Errors: kInvalidInput when there is no such file, or nothing in it can be decoded as sound.
  /// With the path as their place.
  static base::Result<std::unique_ptr<AudioReader>> open(const std::string& path,
                                                         AudioOrigin origin);
  ~AudioReader();

  /// The next samples (left, right, left …), at least one of each side; nothing at the end.
  /// Lifetime: until the next call.
  std::span<const float> next();

  /// Goes to where next() gives what lies before `place` (counted from the origin), and not long
  /// before: what a decoder and a resampler need to be in step again is decoded, and no more.
  /// first_sample() tells where that is, after next(). Right to what the file's times are, which
  /// some containers round to a millisecond.
  /// False where the file has no such place, or does not tell: it is to be opened anew then.
  bool seek(int64_t place);

  /// Of the first one that next() gave, counted from the origin: before it below 0.
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
  int64_t origin_ = 0;        ///< samples, of the file's own time
  bool input_ended_ = false;  ///< The file was read to its end,
  bool ended_ = false;        ///< and so was the decoder.
  // What the resampler was made for: a file may change its format half way.
  int rate_ = 0;
  int format_ = -1;
  int channels_ = 0;
  // Places are samples at kAudioRate, counted from the origin.
  bool knows_first_ = false;
  int64_t first_sample_ = 0;
  int64_t made_ = 0;              ///< samples since the first
  int64_t taken_ = 0;             ///< of the decoder's samples, since `resampled_from_`
  int64_t resampled_from_ = 0;    ///< place of the first of those
  int64_t stamps_are_ahead_ = 0;  ///< of the places: the file's times leapt by so much
  int64_t silence_due_ = 0;       ///< before frame_, which waits
  int64_t to_drop_ = 0;           ///< samples that repeat what was there
  bool frame_waits_ = false;      ///< frame_ is decoded, and not resampled yet
  std::vector<float> ready_;
  bool was_given_ = false;  ///< ready_, by next()
};

/// How long the video of the file at `path` is, counted from its first picture; nothing where it
/// has none. Reads the whole file, and decodes nothing.
/// Errors: kInvalidInput with the path as its place.
base::Result<std::optional<base::SceneTime>> video_length(const std::string& path);

}  // namespace layercast::media
