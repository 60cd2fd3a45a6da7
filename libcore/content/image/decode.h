#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/image/picture_reader.h"
#include "frame/image.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
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

/// The first picture of a file of any of these formats, as its only one.
/// Thread: one at a time, after initialise_images().
class StillReader final : public PictureReader {
 public:
  /// Reads the header without decoding the picture. Errors: as decode_image().
  static base::Result<std::unique_ptr<StillReader>> open(std::shared_ptr<const std::string> bytes);

  base::SizeI size() const override { return size_; }
  int count() const override { return 1; }
  std::vector<base::Duration> delays() const override { return {}; }
  int plays() const override { return 0; }
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number) override;

 private:
  StillReader(std::shared_ptr<const std::string> bytes, base::SizeI size)
      : bytes_(std::move(bytes)), size_(size) {}

  std::shared_ptr<const std::string> bytes_;
  base::SizeI size_;
};

}  // namespace layercast::content
