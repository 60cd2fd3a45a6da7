#pragma once

#include "base/error.h"
#include "media/av/libav.h"

#include <array>

namespace layercast::media {

/// The target of a conversion.
struct ScaledFormat {
  int pixel_format = -1;        ///< an AVPixelFormat
  bool is_full_range = false;   ///< of YUV
  bool changes_matrix = false;  ///< to BT.709 or R'G'B'; else the samples keep their matrix
};

/// Converts decoded frames to another pixel format without scaling. Preserves the chroma siting.
/// Exact: the same on every machine. Thread: one at a time.
class FrameScaler {
 public:
  /// Prepares the conversion of frames like `decoded`. Errors: kUnsupported for a pixel format that
  /// cannot be converted.
  base::Result<void> open(const AVFrame& decoded, const ScaledFormat& target);
  /// Returns the converted frame. Errors: as open(); kLimit when memory is exhausted; kInternal.
  base::Result<LibavFramePtr> scaled(const AVFrame& decoded, const ScaledFormat& target);

 private:
  ScalerPtr scaler_;
  /// The parameters of `scaler_`: size, format, matrix, range, siting and target.
  std::array<int, 8> key_{};
};

}  // namespace layercast::media
