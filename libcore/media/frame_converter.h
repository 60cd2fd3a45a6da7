#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/frame.h"
#include "media/libav.h"

#include <cstdint>
#include <optional>

namespace layercast::media {

/// Turns finished frames into what an encoder takes.
/// The house's planar formats go through untouched; every other format is made from straight RGBA.
/// Colours: as color_coding_of() says; BT.709 chroma is filtered and sited as frame::convert_rows
/// does. Formats without alpha show the frame over black.
/// Maximum error against convert_rows: two levels of 8 bits, swscale's own rounding.
/// Thread: one at a time.
class FrameConverter {
 public:
  /// Errors: kInvalidInput when `pixel_format` (an AVPixelFormat) cannot be made.
  static base::Result<FrameConverter> open(int pixel_format, base::SizeI size);

  /// What convert() takes.
  frame::PixelFormat input_format() const { return input_format_; }

  /// `source` as the library's frame, `index` its time.
  /// Shape: the size given to open(), in input_format().
  /// Ownership: where nothing is converted the result holds `source` and shares its memory.
  base::Result<LibavFramePtr> convert(const frame::FramePtr& source, int64_t index);

 private:
  FrameConverter(int pixel_format, base::SizeI size, frame::PixelFormat input_format)
      : pixel_format_(pixel_format), size_(size), input_format_(input_format) {}
  base::Result<void> open_scaler();
  base::Result<LibavFramePtr> scaled(const frame::Frame& source);

  int pixel_format_;
  base::SizeI size_;
  frame::PixelFormat input_format_;
  ScalerPtr scaler_;                                      ///< None where nothing is converted.
  std::optional<frame::Image<frame::PremulRgba8>> flat_;  ///< Over black; none for alpha formats.
};

}  // namespace layercast::media
