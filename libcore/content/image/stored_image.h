#pragma once

#include "base/error.h"
#include "content/image/image_format.h"
#include "content/image/stored_color.h"
#include "content/image/vips_decode.h"
#include "frame/image.h"

#include <optional>
#include <string_view>
#include <vips/vips8>

/// The steps by which a picture that libvips opened becomes pixels. Functions that return a VImage
/// throw VError.
namespace layercast::content {

/// Opens a file; reads the header only. Range: any format but kHeif.
vips::VImage opened(ImageFormat format, std::string_view bytes);

/// A picture of 8-bit sRGB with straight alpha, or one of 8 or 16 bits that `to_srgb` converts.
struct StraightImage {
  vips::VImage image;  ///< 3 or 4 bands
  std::optional<ToSrgb> to_srgb;
};

/// Converts to straight pixels: applies the embedded profile, or prepares the conversion that
/// `hint` asks for. Throws VError.
StraightImage straight_image(const vips::VImage& stored, const ColorHint& hint);

/// Whether read_pixels() can read it.
bool has_usual_pixels(const StraightImage& straight);

/// A range of rows in a stored image.
struct Rows {
  int first;
  int count;
};

/// Decodes rows into `upright`, in strips, so that the whole picture is in memory only once.
/// `exif`: the EXIF orientation of the rows, 1 to 8. False when the decoder failed.
bool read_pixels(const StraightImage& straight, const Rows& rows, int exif,
                 frame::ImageView<frame::PremulRgba8> upright);

/// The size of a picture after its EXIF orientation was applied.
base::SizeI upright_size(int exif, base::SizeI stored);

/// All pixels of `stored`, upright. Errors: as decode_by_vips().
base::Result<frame::Image<frame::PremulRgba8>> upright_pixels(const vips::VImage& stored,
                                                              ImageFormat format,
                                                              const ColorHint& hint);

}  // namespace layercast::content
