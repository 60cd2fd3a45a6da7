#pragma once

#include "base/error.h"
#include "frame/any_picture.h"
#include "media/av/libav.h"
#include "media/in/alpha_picture_maker.h"
#include "media/in/color_converter.h"
#include "media/in/video_track.h"
#include "media/in/yuv_picture_maker.h"

namespace layercast::media {

/// Converts decoded frames to pictures: planes, or premultiplied pixels for frames with alpha.
/// Other primaries and transfers than those of the canvas are converted first. Thread: one at a
/// time.
class PictureMaker {
 public:
  explicit PictureMaker(const Orientation& orientation) : yuv_(orientation), alpha_(orientation) {}

  /// Converts a frame. Ownership: the picture keeps `decoded` if it uses its memory.
  /// Errors: kUnsupported for a pixel format that cannot be converted.
  base::Result<frame::AnyPicture> picture_of(LibavFramePtr decoded);
  /// Returns the errors of picture_of() without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  ColorConverter colors_;
  YuvPictureMaker yuv_;
  AlphaPictureMaker alpha_;
};

/// The approximate number of bytes of a picture for a frame like this one.
int64_t picture_bytes(const AVFrame& decoded);

}  // namespace layercast::media
