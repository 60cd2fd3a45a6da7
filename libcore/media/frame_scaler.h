#pragma once

#include "base/error.h"
#include "media/libav.h"

#include <array>

namespace layercast::media {

/// What frames are converted to.
struct ScaledFormat {
  int pixel_format = -1;        ///< an AVPixelFormat
  bool is_full_range = false;   ///< of YUV
  bool changes_matrix = false;  ///< to BT.709, or to R'G'B'; else the samples keep their matrix
};

/// Converts decoded frames to another pixel format in their own size. Chroma stays where it lies.
/// Exact: the same on every machine. Thread: one at a time.
class FrameScaler {
 public:
  /// Errors: kUnsupported for a pixel format that nothing converts. The next scaled() of frames
  /// like `decoded` has none.
  base::Result<void> open(const AVFrame& decoded, const ScaledFormat& target);
  base::Result<LibavFramePtr> scaled(const AVFrame& decoded, const ScaledFormat& target);

 private:
  ScalerPtr scaler_;
  /// What `scaler_` was made for: size, format, matrix, range, siting and target.
  std::array<int, 8> key_{};
};

}  // namespace layercast::media
