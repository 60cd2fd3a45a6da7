#pragma once

#include "base/error.h"
#include "frame/color_transform.h"
#include "media/av/libav.h"
#include "media/in/frame_scaler.h"

#include <memory>

struct AVFrame;

namespace layercast::media {

/// Converts decoded frames whose primaries or transfer are not those of the canvas: BT.2020, P3 and
/// others, HLG and PQ, plain gammas. Unspecified properties: BT.2020 primaries where the matrix or
/// the transfer is of BT.2020 or BT.2100, else BT.709; the curve of SDR.
/// Colour: as frame::ColorTransform. Thread: one at a time.
class ColorConverter {
 public:
  /// Whether a frame like this one has other colours than the canvas.
  static bool converts(const AVFrame& decoded);

  /// Converts a frame for which converts() holds: to BT.709 limited range in 4:4:4, or to straight
  /// RGBA if it has alpha, 8 bits, with these properties.
  /// Errors: kUnsupported for a pixel format that cannot be converted; kLimit, kInternal.
  base::Result<LibavFramePtr> converted(const AVFrame& decoded);
  /// Returns the errors of converted() without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  class SampleReader;
  void prepare(const AVFrame& decoded, int bits);
  void write_rgba(SampleReader& reader, const AVFrame& planar, int bits, AVFrame& target) const;

  FrameScaler scaler_;
  frame::VideoColors colors_;  ///< of `transform_`
  std::unique_ptr<const frame::ColorTransform> transform_;
};

}  // namespace layercast::media
