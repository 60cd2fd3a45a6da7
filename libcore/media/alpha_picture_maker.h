#pragma once

#include "base/error.h"
#include "frame/picture.h"
#include "media/frame_scaler.h"
#include "media/libav.h"
#include "media/video_track.h"

namespace layercast::media {

/// Makes premultiplied pictures of decoded frames with alpha, which is taken for straight.
/// Colour: as YuvPictureMaker has it; a Y'CbCr frame of 8 bits has the very R'G'B' that composing
/// its planes unscaled would give. Thread: one at a time.
class AlphaPictureMaker {
 public:
  explicit AlphaPictureMaker(const Orientation& orientation) : orientation_(orientation) {}

  /// Range: a frame that has_alpha(). Errors: kUnsupported for a pixel format that nothing
  /// converts.
  base::Result<frame::PicturePtr> picture_of(const AVFrame& decoded);
  /// The errors of picture_of(), found without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  Orientation orientation_;
  FrameScaler scaler_;
};

}  // namespace layercast::media
