#pragma once

#include "base/error.h"
#include "frame/any_picture.h"
#include "media/alpha_picture_maker.h"
#include "media/libav.h"
#include "media/video_track.h"
#include "media/yuv_picture_maker.h"

namespace layercast::media {

/// Makes pictures of decoded frames: of planes, or of premultiplied pixels where there is alpha.
/// Thread: one at a time.
class PictureMaker {
 public:
  explicit PictureMaker(const Orientation& orientation) : yuv_(orientation), alpha_(orientation) {}

  /// Ownership: the picture keeps `decoded` where it uses its memory.
  /// Errors: kUnsupported for a pixel format that nothing converts.
  base::Result<frame::AnyPicture> picture_of(LibavFramePtr decoded);
  /// The errors of picture_of(), found without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  YuvPictureMaker yuv_;
  AlphaPictureMaker alpha_;
};

/// Bytes of the picture of a frame like this one, about.
int64_t picture_bytes(const AVFrame& decoded);

}  // namespace layercast::media
