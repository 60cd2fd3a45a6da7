#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/frame.h"
#include "media/av/libav.h"

#include <cstdint>
#include <optional>

namespace layercast::media {

/// Converts finished frames to the pixel format of an encoder.
/// Formats of frame::PixelFormat pass without a copy; all others are converted from straight RGBA.
/// Colours: as color_coding_of() says; BT.709 chroma is filtered and sited as in
/// frame::convert_rows(). For formats without alpha, the frame is composited over black.
/// Maximum error against convert_rows(): two levels of 8 bits, from the rounding in swscale.
/// Thread: one at a time.
class FrameConverter {
 public:
  /// `pixel_format`: an AVPixelFormat. Errors: kInvalidInput when no conversion to it exists.
  static base::Result<FrameConverter> open(int pixel_format, base::SizeI size);

  /// The format of the frames that convert() takes.
  frame::PixelFormat input_format() const { return input_format_; }

  /// Returns `source` as a libav frame with the time `index` and the colour properties of
  /// tag_colors().
  /// Shape: the size given to open(), in input_format().
  /// Ownership: without a conversion the result refers to `source` and shares its memory.
  /// Errors: kInternal.
  base::Result<LibavFramePtr> convert(const frame::FramePtr& source, int64_t index);

 private:
  FrameConverter(int pixel_format, base::SizeI size, frame::PixelFormat input_format)
      : pixel_format_(pixel_format), size_(size), input_format_(input_format) {}
  base::Result<void> open_scaler();
  base::Result<LibavFramePtr> scaled(const frame::Frame& source);

  int pixel_format_;
  base::SizeI size_;
  frame::PixelFormat input_format_;
  ScalerPtr scaler_;                                      ///< Null without a conversion.
  std::optional<frame::Image<frame::PremulRgba8>> flat_;  ///< The frame over black.
};

}  // namespace layercast::media
