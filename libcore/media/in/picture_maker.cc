#include "media/in/picture_maker.h"

#include "media/in/decoded_format.h"

#include <utility>

extern "C" {
#include <libavutil/frame.h>
}

namespace layercast::media {

base::Result<void> PictureMaker::check(const AVFrame& decoded) {
  return has_alpha(decoded) ? alpha_.check(decoded) : yuv_.check(decoded);
}

base::Result<frame::AnyPicture> PictureMaker::picture_of(LibavFramePtr decoded) {
  if (has_alpha(*decoded)) {
    TRY(frame::PicturePtr picture, alpha_.picture_of(*decoded));
    return frame::AnyPicture(std::move(picture));
  }
  TRY(frame::YuvPicturePtr picture, yuv_.picture_of(std::move(decoded)));
  return frame::AnyPicture(std::move(picture));
}

int64_t picture_bytes(const AVFrame& decoded) {
  const int64_t samples = int64_t{decoded.width} * decoded.height;
  return has_alpha(decoded) ? samples * 4 : samples * 3 / 2;
}

}  // namespace layercast::media
