#pragma once

#include "base/error.h"
#include "frame/frame.h"
#include "media/out/container.h"
#include "media/out/settings.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::media {

/// Encodes frames once for any number of files and URLs, each with an audio track.
/// Frames come at a constant rate; frame i lasts from i ÷ rate to (i + 1) ÷ rate, and the audio
/// ends with the last frame. With H.264, VP8 and VP9, equal frames and settings make an equal
/// stream, whatever the number of cores.
/// Outputs share an encoder unless their containers need different codecs or different places for
/// codec headers. If one of them is a live URL, their encoder has no delay (no B-frames).
/// Files get their names when they are complete; pipes, devices and URLs are written to at once.
/// When an output fails, it is closed and reported, and the others continue.
/// A caller that writes to pipes or URLs must ignore SIGPIPE.
/// Thread: one at a time.
class Encoding {
 public:
  /// Opens all outputs and writes their headers. When one cannot be opened, opens none and leaves
  /// no file behind.
  /// Errors: kInvalidInput for errors of the user: unknown names, a container that cannot hold the
  /// codec, an unsuitable size or pixel format, unreadable audio (before anything is written).
  /// kUnsupported when an encoder or muxer refuses. kIo, kBrokenPipe.
  static base::Result<std::unique_ptr<Encoding>> open(EncodingRequest request);
  /// Removes incomplete files, if finish() has not been called.
  ~Encoding();

  /// The format of the frames that write() takes: that of the encoder if frame::PixelFormat has it,
  /// else straight RGBA.
  frame::PixelFormat input_format() const;

  /// Encodes the next frame.
  /// Shape: the request's size, in input_format().
  /// Ownership: kept for as long as an encoder needs it; never copied when it needs no conversion.
  /// Errors: that of the first output, once all outputs have failed.
  base::Result<void> write(const frame::FramePtr& frame);

  /// Completes all outputs and gives files their names. No frame can be written afterwards.
  /// Errors: that of the first output that has failed at any time, while the others are complete;
  /// kInvalidInput when there was no frame.
  base::Result<void> finish();

  /// One report for each output, in the order of the request.
  std::vector<OutputReport> reports() const;

  /// Wall-clock time spent so far on converting and encoding, audio included.
  int64_t encode_nanoseconds() const;
  /// Wall-clock time spent so far on muxing and writing, which encode_nanoseconds() excludes.
  int64_t write_nanoseconds() const;

 private:
  class Work;
  explicit Encoding(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::media
