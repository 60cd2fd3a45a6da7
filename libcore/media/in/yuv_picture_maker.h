#pragma once

#include "base/error.h"
#include "frame/image.h"
#include "frame/yuv_picture.h"
#include "media/av/libav.h"
#include "media/in/frame_scaler.h"
#include "media/in/video_track.h"

namespace layercast::media {

/// Converts decoded frames to YUV pictures.
/// Uses frames with three 8-bit planes in BT.601 or BT.709 without a copy, and converts all others
/// once: packed samples and higher bit depths to 8-bit planes; other matrices and RGB to BT.709
/// limited range in 4:4:4. Drops alpha; a frame that must be rotated becomes 4:4:4.
/// Colour: unspecified properties get the customary values: BT.709 from 720 lines up, else BT.601;
/// limited range; chroma on the left column. Transfer curves and primaries stay unchanged: see
/// ColorConverter.
/// Thread: one at a time.
class YuvPictureMaker {
 public:
  explicit YuvPictureMaker(const Orientation& orientation) : orientation_(orientation) {}

  /// Converts a frame. Ownership: the picture keeps `decoded` if it uses its memory.
  /// Errors: kUnsupported for a pixel format that cannot be converted.
  base::Result<frame::YuvPicturePtr> picture_of(LibavFramePtr decoded);
  /// Returns the errors of picture_of() without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  struct Plan;
  Plan plan_for(const AVFrame& decoded) const;
  frame::YuvPicturePtr turned(const frame::YuvPicture& source) const;

  Orientation orientation_;
  FrameScaler scaler_;
};

}  // namespace layercast::media
