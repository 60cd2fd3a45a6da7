#include "media/av/frame_format.h"

extern "C" {
#include <libavutil/pixfmt.h>
}

namespace layercast::media {

frame::PixelFormat frame_format_of(int pixel_format) {
  switch (pixel_format) {
    case AV_PIX_FMT_YUV420P:
      return frame::PixelFormat::kYuv420p;
    case AV_PIX_FMT_YUV422P:
      return frame::PixelFormat::kYuv422p;
    case AV_PIX_FMT_YUV444P:
      return frame::PixelFormat::kYuv444p;
    case AV_PIX_FMT_NV12:
      return frame::PixelFormat::kNv12;
    default:
      return frame::PixelFormat::kRgba;
  }
}

}  // namespace layercast::media
