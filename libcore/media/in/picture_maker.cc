#include "media/in/picture_maker.h"

#include "media/in/decoded_format.h"

#include <utility>

extern "C" {
#include <libavutil/frame.h>
}

namespace layercast::media {

base::Result<void> PictureMaker::check(const AVFrame& decoded) {
  if (ColorConverter::converts(decoded)) return colors_.check(decoded);
  return has_alpha(decoded) ? alpha_.check(decoded) : yuv_.check(decoded);
}

base::Result<frame::AnyPicture> PictureMaker::picture_of(LibavFramePtr decoded) {
  if (ColorConverter::converts(*decoded)) {
    TRY(decoded, colors_.converted(*decoded));
  }
  if (has_alpha(*decoded)) {
    TRY(frame::PicturePtr picture, alpha_.picture_of(*decoded));
    return frame::AnyPicture(std::move(picture));
  }
  TRY(frame::YuvPicturePtr picture, yuv_.picture_of(std::move(decoded)));
  return frame::AnyPicture(std::move(picture));
}

int64_t picture_bytes(const AVFrame& decoded) {
  const int64_t samples = int64_t{decoded.width} * decoded.height;
  if (has_alpha(decoded)) return samples * 4;
  return ColorConverter::converts(decoded) ? samples * 3 : samples * 3 / 2;
}

}  // namespace layercast::media
