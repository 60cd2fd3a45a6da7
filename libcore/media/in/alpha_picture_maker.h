#pragma once

#include "base/error.h"
#include "frame/picture.h"
#include "media/av/libav.h"
#include "media/in/frame_scaler.h"
#include "media/in/video_track.h"

namespace layercast::media {

/// Converts decoded frames with alpha to premultiplied pictures; assumes straight alpha.
/// Colour: as in YuvPictureMaker; an 8-bit Y'CbCr frame gets exactly the R'G'B' that composing its
/// planes unscaled gives. Thread: one at a time.
class AlphaPictureMaker {
 public:
  explicit AlphaPictureMaker(const Orientation& orientation) : orientation_(orientation) {}

  /// Converts a frame. Range: has_alpha(decoded). Errors: kUnsupported for a pixel format that
  /// cannot be converted.
  base::Result<frame::PicturePtr> picture_of(const AVFrame& decoded);
  /// Returns the errors of picture_of() without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  Orientation orientation_;
  FrameScaler scaler_;
};

}  // namespace layercast::media
