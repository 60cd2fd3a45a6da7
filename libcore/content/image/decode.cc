#include "content/image/decode.h"

#include "content/image/gif_reader.h"
#include "content/image/heif_decode.h"
#include "content/image/image_format.h"
#include "content/image/png_chunks.h"
#include "content/image/png_color.h"
#include "content/image/stored_image.h"
#include "content/image/tiff_check.h"
#include "content/image/vips_decode.h"
#include "content/image/vips_glue.h"

#include <memory>
#include <string>
#include <utility>
#include <vips/vips8>

namespace layercast::content {
namespace {

using vips::VImage;

// Refuses a huge PNG by its header, because libpng calls a header with such a size damaged.
base::Result<void> check_png_size(std::string_view bytes) {
  const auto size = png_size(bytes);
  return size ? check_image_size(*size) : base::Result<void>{};
}

base::Result<frame::Image<frame::PremulRgba8>> decode_png(std::string_view bytes) {
  TRY_DO(check_png_size(bytes));
  auto decoded = decode_by_vips(ImageFormat::kPng, bytes, png_color(bytes));
  if (decoded.ok()) return decoded;
  const std::string_view unknown = unknown_critical_chunk(bytes);
  if (unknown.empty()) return decoded;
  return unsupported_image(ImageFormat::kPng, "its chunk " + std::string(unknown));
}

base::Result<frame::Image<frame::PremulRgba8>> decode_tiff(std::string_view bytes) {
  if (const auto reason = unsupported_in_tiff(bytes)) {
    return unsupported_image(ImageFormat::kTiff, *reason);
  }
  return decode_by_vips(ImageFormat::kTiff, bytes);
}

}  // namespace

base::Result<frame::Image<frame::PremulRgba8>> decode_image(std::string_view bytes) {
  TRY(const ImageFormat format, image_format(bytes));
  switch (format) {
    case ImageFormat::kPng:
      return decode_png(bytes);
    case ImageFormat::kGif:
      return first_gif_picture(bytes);
    case ImageFormat::kHeif:
      return decode_heif(bytes);
    case ImageFormat::kTiff:
      return decode_tiff(bytes);
    case ImageFormat::kJpeg:
    case ImageFormat::kWebp:
      break;
  }
  return decode_by_vips(format, bytes);
}

base::Result<base::SizeI> image_size(std::string_view bytes) {
  TRY(const ImageFormat format, image_format(bytes));
  if (format == ImageFormat::kHeif) return heif_size(bytes);
  if (format == ImageFormat::kPng) TRY_DO(check_png_size(bytes));
  if (format != ImageFormat::kGif) return size_by_vips(format, bytes);
  TRY(const GifFile file, read_gif(bytes, GifExtent::kFirstFrame));
  return file.size;
}

base::Result<std::unique_ptr<StillReader>> StillReader::open(
    std::shared_ptr<const std::string> bytes) {
  TRY(const ImageFormat format, image_format(*bytes));
  TRY(base::SizeI size, image_size(*bytes));
  // decode_heif() and GIF files know no orientation.
  if (format != ImageFormat::kHeif && format != ImageFormat::kGif) {
    try {
      const VImage image = opened(format, *bytes);
      size = upright_size(vips_image_get_orientation(image.get_image()), size);
    } catch (const vips::VError&) {
      return decoder_error(format, take_vips_errors());
    }
  }
  return std::unique_ptr<StillReader>(new StillReader(std::move(bytes), size));
}

base::Result<frame::Image<frame::PremulRgba8>> StillReader::picture(int /*number*/) {
  return decode_image(*bytes_);
}

}  // namespace layercast::content
