#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::media {

class AudioSource;

/// A user's settings of the video. nullopt means the default that each comment names.
struct VideoSettings {
  /// `h264`, `vp8`, `vp9`, or any name of a libavcodec codec or encoder.
  /// Default: the usual one for the container (VP9 in WebM, else H.264).
  std::optional<std::string> codec;
  base::SizeI size;
  base::FrameRate rate;
  /// The names of x264, `ultrafast` … `placebo`, translated to a speed for libvpx, libaom and
  /// SVT-AV1, which also accept their own numbers. Any other encoder gets it if it has presets.
  /// Default: `veryfast` for the encoders named here and x265.
  std::optional<std::string> preset;
  /// Bits per second: the mean, and the maximum over a buffer of two seconds, or of one second for
  /// live streams. With `crf`, only the maximum. Default: none, constant quality.
  std::optional<int64_t> bitrate;
  /// Constant quality on the encoder's own scale; smaller is better.
  /// Default: x264 20, x265 24, VP8 12, VP9 31, SVT-AV1 35, libaom 30.
  std::optional<double> crf;
  /// The maximum number of frames from one keyframe to the next. Range: at least 1. Default: two
  /// seconds.
  std::optional<int> gop_frames;
  /// The name in libavutil. Default: yuv420p, or the supported format nearest to it.
  std::optional<std::string> pixel_format;
};

/// The origin of the audio track.
enum class AudioKind {
  kNone,
  kSilence,
  kFile,
  kSource,
};

/// The audio track. It is as long as the video: a longer file is cut, a shorter one padded with
/// silence.
struct AudioSettings {
  AudioKind kind = AudioKind::kSilence;
  std::string path;                       ///< For kFile.
  std::shared_ptr<AudioSource> source{};  ///< For kSource; begins with the samples of first_frame.
  /// The index of the first frame in a longer video, so that parts encoded one by one have exactly
  /// the samples of the whole.
  int64_t first_frame = 0;
  /// `aac`, `opus`, `flac`, `pcm`, or the name of a libavcodec encoder. Default: the usual one for
  /// the container (Opus in WebM, else AAC).
  std::optional<std::string> codec{};
};

/// The outputs and settings of an Encoding.
struct EncodingRequest {
  std::vector<std::string> outputs;      ///< Paths and URLs.
  std::optional<std::string> container;  ///< For all outputs, whatever their names.
  VideoSettings video;
  AudioSettings audio;
};

/// The condition of one output so far.
struct OutputReport {
  std::string name;       ///< As in the request.
  std::string container;  ///< One of known_containers().
  std::string codec;      ///< The video encoder, such as `libx264`.
  int64_t frames = 0;     ///< Video frames written.
  int64_t bytes = 0;      ///< Of those and the audio.
  bool finished = false;  ///< Complete, and under its final name.
  std::optional<base::Error> error;
};

}  // namespace layercast::media
