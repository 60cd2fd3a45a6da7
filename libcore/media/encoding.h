#pragma once

#include "base/error.h"
#include "frame/frame.h"
#include "media/container.h"
#include "media/settings.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::media {

/// One encode that feeds any number of files and URLs, each with its audio track.
/// Frames come at a constant rate; frame i lasts from i ÷ rate to (i + 1) ÷ rate, and the audio
/// ends with the last frame. With H.264, VP8 and VP9 the same frames and settings make the same
/// stream, however many cores there are.
/// Outputs share an encoder unless their containers need different codecs, or different places for
/// codec headers. A live URL among them makes their encoder one without delay (no B-frames).
/// Files appear under their names when they are complete; pipes, devices and URLs are written to
/// at once. An output that fails is closed and reported, and the others go on.
/// A caller that writes to pipes or URLs ignores SIGPIPE.
/// Thread: one at a time.
class Encoding {
 public:
  /// Opened, with every output's header written. When one cannot be opened, none is, and no file
  /// stays behind.
  /// Errors: kInvalidInput for what the user can put right: unknown names, a container that cannot
  /// hold the codec, a size or pixel format that does not suit, unreadable audio (found before
  /// anything is written). kUnsupported when encoder or muxer refuse. kIo, kBrokenPipe.
  static base::Result<std::unique_ptr<Encoding>> open(EncodingRequest request);
  /// Without finish() before, files that were begun are removed.
  ~Encoding();

  /// The format of the frames that write() takes: the encoder's own where the house has it, else
  /// straight RGBA.
  frame::PixelFormat input_format() const;

  /// Encodes the next frame.
  /// Shape: the request's size, in input_format().
  /// Ownership: kept for as long as an encoder needs it; never copied when it needs no conversion.
  /// Errors: the first output's, once every output has failed.
  base::Result<void> write(const frame::FramePtr& frame);

  /// Completes every output and gives files their names. Nothing can be written afterwards.
  /// Errors: that of the first output that failed, at any time, the others being complete;
  /// kInvalidInput when there was no frame.
  base::Result<void> finish();

  /// One for each output, in the request's order.
  std::vector<OutputReport> reports() const;

  /// Time spent so far on converting and encoding, audio included.
  int64_t encode_nanoseconds() const;
  /// Time spent so far on muxing and writing, which encode_nanoseconds() leaves out.
  int64_t write_nanoseconds() const;

 private:
  class Work;
  explicit Encoding(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::media
