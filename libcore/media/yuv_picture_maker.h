#pragma once

#include "base/error.h"
#include "frame/image.h"
#include "frame/yuv_picture.h"
#include "media/frame_scaler.h"
#include "media/libav.h"
#include "media/video_track.h"

namespace layercast::media {

/// Makes pictures of decoded frames.
/// A frame of three planes of 8 bits in BT.601 or BT.709 is used as it lies in memory; any other is
/// converted once: packed samples and more bits to planes of 8, other matrices and RGB to BT.709
/// limited range in 4:4:4. Alpha is dropped; a frame to be turned becomes 4:4:4.
/// Colour: what a frame does not tell is taken as is customary: BT.709 from 720 lines up, else
/// BT.601; limited range; chroma on the left column. Transfer curves and primaries stay as they
/// are. Thread: one at a time.
class YuvPictureMaker {
 public:
  explicit YuvPictureMaker(const Orientation& orientation) : orientation_(orientation) {}

  /// Ownership: the picture keeps `decoded` where it uses its memory.
  /// Errors: kUnsupported for a pixel format that nothing converts.
  base::Result<frame::YuvPicturePtr> picture_of(LibavFramePtr decoded);
  /// The errors of picture_of(), found without converting anything.
  base::Result<void> check(const AVFrame& decoded);

 private:
  struct Plan;
  Plan plan_for(const AVFrame& decoded) const;
  frame::YuvPicturePtr turned(const frame::YuvPicture& source) const;

  Orientation orientation_;
  FrameScaler scaler_;
};

}  // namespace layercast::media
