#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/image/picture_reader.h"
#include "frame/image.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Decodes the first picture of a PNG, JPEG, WebP, AVIF, HEIF, TIFF or GIF file: upright (EXIF
/// orientation applied), in sRGB, premultiplied once. The embedded ICC profile determines the
/// colours, or what PNG, AVIF and HEIF files state instead (png_color(), decode_heif()).
/// The content determines the format. The size is checked against the limits before any pixel is
/// decoded. A truncated or damaged file is an error, never a partly grey picture.
/// Errors: without `where`: kInvalidInput for damaged or truncated files, kUnsupported for kinds
/// that are not supported, kLimit. Thread: any, after initialise_images().
base::Result<frame::Image<frame::PremulRgba8>> decode_image(std::string_view bytes);

/// The size in the header of such a file, checked against the limits. Errors: as decode_image().
base::Result<base::SizeI> image_size(std::string_view bytes);

/// The pictures of an animated WebP file, decoded like decode_image() and composed with the earlier
/// ones. Files of other formats, or with one picture, have that one.
/// Thread: one at a time, after initialise_images().
class PageReader final : public PictureReader {
 public:
  /// Reads the header without decoding a picture.
  /// Errors: as decode_image(); kLimit for too many pictures, or too many pixels in total.
  static base::Result<std::unique_ptr<PageReader>> open(std::shared_ptr<const std::string> bytes);
  ~PageReader() override;

  base::SizeI size() const override;
  int count() const override;
  std::vector<base::Duration> delays() const override;
  int plays() const override;
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number) override;

 private:
  struct State;
  explicit PageReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace layercast::content
