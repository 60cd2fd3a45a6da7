#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/frame.h"
#include "frame/raw_pipe.h"
#include "media/in/frame_scaler.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::media {

/// The frames of a YUV4MPEG2 stream, which other programs know as Y4M.
/// Colours: BT.709, whatever the size, because the format does not state a matrix; the range and
/// the chroma siting are those of the header, limited and centred by default.
/// Source: yuv4mpeg(5) of mjpegtools, with the formats of more than 8 bits and the COLORRANGE
/// extension of FFmpeg. Thread: one at a time.
class Y4mReader {
 public:
  /// The first bytes of every stream.
  static constexpr std::string_view kSignature = "YUV4MPEG2 ";

  /// Reads the header line from `descriptor`, after `head`, the bytes that the caller has read
  /// already. Range: `head` begins with kSignature and is shorter than a header.
  /// Errors: kInvalidInput for a header that is wrong; kUnsupported for interlaced frames, for
  /// pixels that are not square, and for formats that cannot be converted; kTruncated, kIo,
  /// kInterrupted. `where` is `name`.
  static base::Result<Y4mReader> open(int descriptor, std::string_view head, std::string name,
                                      frame::StopRequested stop);

  base::SizeI size() const { return size_; }
  /// nullopt when the header states none.
  std::optional<base::FrameRate> rate() const { return rate_; }
  /// The bytes of the header line, and of each frame with its line (without parameters).
  int64_t header_bytes() const { return header_bytes_; }
  int64_t frame_bytes() const { return payload_bytes_ + 6; }

  /// Whether frames of `format` have the samples of the stream, so that read() copies them.
  bool is_same(frame::PixelFormat format) const;

  /// Reads the next frame. Range: `target` has size(), and is kRgba or a format for which is_same()
  /// holds. Errors: as frame::read_frame(); kInvalidInput when a frame does not begin as it must.
  base::Result<frame::ReadFrame> read(frame::Frame& target);

 private:
  Y4mReader(int descriptor, std::string name, frame::StopRequested stop);
  base::Result<std::string> read_line(std::string_view head);
  base::Result<void> take_header(std::string_view line);
  base::Result<void> take_parameter(char key, std::string_view value);
  base::Result<void> take_format(std::string_view chroma);
  base::Result<void> check_aspect(std::string_view value) const;
  base::Result<void> check_conversion();
  LibavFramePtr decoded_frame() const;
  base::Result<frame::ReadFrame> read_converted(frame::Frame& target);

  int descriptor_;
  std::string name_;
  frame::StopRequested stop_;
  base::SizeI size_;
  std::optional<base::FrameRate> rate_;
  int64_t header_bytes_ = 0;
  int64_t payload_bytes_ = 0;
  int pixel_format_ = -1;  ///< an AVPixelFormat
  int siting_ = 0;         ///< an AVChromaLocation
  bool is_full_range_ = false;
  std::vector<uint8_t> payload_;  ///< of a frame that is converted
  FrameScaler scaler_;
};

}  // namespace layercast::media
