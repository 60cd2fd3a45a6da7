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

/// What a user may ask of the video. An absent value means the default that stands beside it.
struct VideoSettings {
  /// `h264`, `vp8`, `vp9`, or any name of a libavcodec codec or encoder.
  /// Default: what the container holds by custom (VP9 in WebM, else H.264).
  std::optional<std::string> codec;
  base::SizeI size;
  base::FrameRate rate;
  /// x264's names, `ultrafast` … `placebo`; translated to a speed for libvpx, libaom and SVT-AV1,
  /// which also take their own numbers. Handed on to every encoder that has presets.
  /// Default: `veryfast` where it has that meaning.
  std::optional<std::string> preset;
  /// Bits per second: the mean, and the most over a buffer of two seconds, or one when somebody
  /// is watching. With `crf` too, only the most. Default: none, constant quality.
  std::optional<int64_t> bitrate;
  /// The encoder's own scale of constant quality, small is good.
  /// Default: x264 20, x265 24, VP8 12, VP9 31, SVT-AV1 35, libaom 30.
  std::optional<double> crf;
  /// Most frames from one keyframe to the next. Range: 1 and up. Default: two seconds.
  std::optional<int> gop_frames;
  /// libavutil's name. Default: yuv420p, or what is nearest to it of what the encoder takes.
  std::optional<std::string> pixel_format;
};

enum class AudioKind {
  kNone,
  kSilence,
  kFile,
  kSource,
};

/// The audio track. It is as long as the video: cut, or silent from where the file ends.
struct AudioSettings {
  AudioKind kind = AudioKind::kSilence;
  std::string path;                       ///< Of kFile.
  std::shared_ptr<AudioSource> source{};  ///< Of kSource; it gives the samples of `first_frame` on.
  /// The frame that the first one is of a longer video, which parts of it make up without a sample
  /// missing or too many.
  int64_t first_frame = 0;
  /// `aac`, `opus`, `flac`, `pcm`, or the name of an encoder of libavcodec. Default: what the
  /// container holds by custom (Opus in WebM, else AAC).
  std::optional<std::string> codec{};
};

/// One encode and everything that it feeds.
struct EncodingRequest {
  std::vector<std::string> outputs;      ///< Paths and URLs.
  std::optional<std::string> container;  ///< Of every output, whatever it is called.
  VideoSettings video;
  AudioSettings audio;
};

/// What became of one output so far.
struct OutputReport {
  std::string name;       ///< As in the request.
  std::string container;  ///< One of known_containers().
  std::string codec;      ///< The encoder that feeds it, such as `libx264`.
  int64_t frames = 0;     ///< Video frames written.
  int64_t bytes = 0;      ///< What those and the audio took.
  bool finished = false;  ///< Complete, and under its own name.
  std::optional<base::Error> error;
};

}  // namespace layercast::media
