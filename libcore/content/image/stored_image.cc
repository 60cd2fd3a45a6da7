#include "content/image/stored_image.h"

#include "base/check.h"
#include "content/image/icc_intent.h"
#include "content/image/vips_glue.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

namespace layercast::content {
namespace {

using vips::VImage;
using Blob = std::unique_ptr<VipsBlob, VipsAreaFree>;

vips::VOption* loading() {
  return VImage::option()
      ->set("access", VIPS_ACCESS_SEQUENTIAL)
      ->set("fail_on", VIPS_FAIL_ON_ERROR);
}

VImage loaded(ImageFormat format, std::string_view bytes, vips::VOption* options) {
  const Blob blob(vips_blob_new(nullptr, bytes.data(), bytes.size()));
  switch (format) {
    case ImageFormat::kPng:
      return VImage::pngload_buffer(blob.get(), options);
    case ImageFormat::kJpeg:
      return VImage::jpegload_buffer(blob.get(), options);
    case ImageFormat::kWebp:
      return VImage::webpload_buffer(blob.get(), options);
    case ImageFormat::kTiff:
      return VImage::tiffload_buffer(blob.get(), options);
    case ImageFormat::kGif:
    case ImageFormat::kHeif:  // heif_decode.h
      break;
  }
  LAYERCAST_CHECK(format == ImageFormat::kGif);
  return VImage::gifload_buffer(blob.get(), options);
}

// ---- Colours ------------------------------------------------------------------------------------

// Maps 16 and 32-bit integers to 0..255, rounded to nearest. Before any profile is applied, because
// the profile transform of 16-bit pixels uses a coarse table that is several levels off in dark
// tones.
VImage bytes_of_integers(const VImage& image) {
  const bool is_word = image.format() == VIPS_FORMAT_USHORT;
  if (!is_word && image.format() != VIPS_FORMAT_UINT) return image;
  const VipsInterpretation kind = image.interpretation();
  const VipsInterpretation byte_kind = kind == VIPS_INTERPRETATION_RGB16 ? VIPS_INTERPRETATION_sRGB
                                       : kind == VIPS_INTERPRETATION_GREY16
                                           ? VIPS_INTERPRETATION_B_W
                                           : kind;
  return image.linear(is_word ? 1.0 / 257 : 255.0 / 4294967295.0, 0)
      .rint()
      .cast(VIPS_FORMAT_UCHAR)
      .copy(VImage::option()->set("interpretation", byte_kind));
}

VImage byte_alpha_of(const VImage& alpha) {
  if (alpha.format() == VIPS_FORMAT_UCHAR) return alpha;
  return alpha.linear(255, 0).rint().cast(VIPS_FORMAT_UCHAR);  // floating point: 0..1
}

/// The bands of a picture.
struct Bands {
  VImage color;
  std::optional<VImage> alpha;
};

Bands bands_of(const VImage& image) {
  const bool cmyk = image.interpretation() == VIPS_INTERPRETATION_CMYK;
  const int colors = cmyk ? 4 : image.bands() >= 3 ? 3 : 1;
  if (image.bands() == colors) return {image, std::nullopt};
  return {image.extract_band(0, VImage::option()->set("n", colors)), image.extract_band(colors)};
}

VImage joined(const VImage& color, const std::optional<VImage>& alpha) {
  return alpha ? color.bandjoin(*alpha) : color;
}

// CIELAB, XYZ and the like, of which libvips knows the colours without a profile.
bool is_independent_of_devices(const VImage& image) {
  if (image.coding() != VIPS_CODING_NONE) return true;
  switch (image.interpretation()) {
    case VIPS_INTERPRETATION_XYZ:
    case VIPS_INTERPRETATION_LAB:
    case VIPS_INTERPRETATION_LABQ:
    case VIPS_INTERPRETATION_LABS:
    case VIPS_INTERPRETATION_LCH:
    case VIPS_INTERPRETATION_CMC:
    case VIPS_INTERPRETATION_YXY:
    case VIPS_INTERPRETATION_scRGB:
    case VIPS_INTERPRETATION_HSV:
      return true;
    default:
      return false;
  }
}

// Whether the range of the values is known.
bool has_known_values(const VImage& stored) {
  switch (stored.format()) {
    case VIPS_FORMAT_UCHAR:
    case VIPS_FORMAT_USHORT:
    case VIPS_FORMAT_UINT:
    case VIPS_FORMAT_FLOAT:
      return true;
    default:
      return is_independent_of_devices(stored);
  }
}

std::optional<IccIntent> intent_of(const VImage& color) {
  if (color.get_typeof(VIPS_META_ICC_NAME) == 0) return std::nullopt;
  size_t size = 0;
  const auto* profile = static_cast<const char*>(color.get_blob(VIPS_META_ICC_NAME, &size));
  return icc_intent({profile, size}, color.bands());
}

// Converts to three bands of 8-bit sRGB.
VImage srgb_of(const VImage& color, std::optional<IccIntent> intent) {
  if (intent) {
    try {
      return color.icc_transform("srgb", VImage::option()
                                             ->set("embedded", true)
                                             ->set("intent", static_cast<VipsIntent>(*intent))
                                             ->set("depth", 8));
    } catch (const vips::VError&) {
      take_vips_error();  // as in browsers, a broken profile is ignored
    }
  }
  // Floating-point greys are linear light, 0..1, as libvips takes floating-point RGB.
  if (color.bands() == 1 && color.format() == VIPS_FORMAT_FLOAT) {
    return VImage::bandjoin(std::vector<VImage>{color, color, color})
        .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_scRGB))
        .colourspace(VIPS_INTERPRETATION_sRGB)
        .cast(VIPS_FORMAT_UCHAR);
  }
  const VipsInterpretation kind = color.interpretation();
  const bool plain = kind == VIPS_INTERPRETATION_sRGB || kind == VIPS_INTERPRETATION_RGB ||
                     kind == VIPS_INTERPRETATION_MULTIBAND;
  if (plain && color.format() == VIPS_FORMAT_UCHAR && color.bands() == 3) return color;
  return color.colourspace(VIPS_INTERPRETATION_sRGB).cast(VIPS_FORMAT_UCHAR);
}

// The picture with a conversion from `color`; empty when its pixels are no RGB or grey integers.
std::optional<StraightImage> converted(const VImage& stored, const StoredColor& color) {
  const bool is_byte = stored.format() == VIPS_FORMAT_UCHAR;
  if (!is_byte && stored.format() != VIPS_FORMAT_USHORT) return std::nullopt;
  const auto [bands, alpha] = bands_of(stored);
  if (bands.bands() != 1 && bands.bands() != 3) return std::nullopt;
  const VImage rgb =
      bands.bands() == 3 ? bands : VImage::bandjoin(std::vector<VImage>{bands, bands, bands});
  auto to_srgb = ToSrgb::create(color, {alpha ? 4 : 3, is_byte ? 1 : 2});
  if (!to_srgb) return std::nullopt;
  return StraightImage{joined(rgb, alpha), std::move(to_srgb)};
}

// ---- Pixels -------------------------------------------------------------------------------------

// Maps the pixels of a stored picture to the upright one: EXIF orientation 1 to 8.
class Orientation {
 public:
  Orientation(int exif, base::SizeI stored)
      : transposed_(exif >= 5),
        mirrored_x_(exif == 2 || exif == 3 || exif == 6 || exif == 7),
        mirrored_y_(exif == 3 || exif == 4 || exif == 7 || exif == 8),
        size_(transposed_ ? base::SizeI{stored.height, stored.width} : stored) {}

  base::SizeI size() const { return size_; }

  // The target of the first pixel of stored row `y`, and the distance between the row's pixels.
  struct Row {
    frame::PremulRgba8* first;
    ptrdiff_t step;
  };
  Row row(frame::ImageView<frame::PremulRgba8> upright, int y) const {
    const ptrdiff_t row_pixels = upright.row_bytes() / ptrdiff_t{sizeof(frame::PremulRgba8)};
    const int right = mirrored_x_ ? size_.width - 1 : 0;
    const int bottom = mirrored_y_ ? size_.height - 1 : 0;
    if (transposed_) {
      return {&upright.at(std::abs(right - y), bottom), mirrored_y_ ? -row_pixels : row_pixels};
    }
    return {&upright.at(right, std::abs(bottom - y)), mirrored_x_ ? -1 : 1};
  }

 private:
  bool transposed_;
  bool mirrored_x_;
  bool mirrored_y_;
  base::SizeI size_;
};

void copy_opaque(const VipsPel* from, int count, const Orientation::Row& to) {
  for (int i = 0; i < count; ++i, from += 3)
    to.first[i * to.step] = {from[0], from[1], from[2], 255};
}

void copy_premultiplied(const VipsPel* from, int count, const Orientation::Row& to) {
  for (int i = 0; i < count; ++i, from += 4) {
    to.first[i * to.step] =
        frame::premultiplied(frame::StraightRgba8{from[0], from[1], from[2], from[3]});
  }
}

struct RegionFree {
  void operator()(VipsRegion* region) const { g_object_unref(region); }
};

const VipsPel* row_of(const VipsRegion& region, int y) {
  return region.data + ptrdiff_t{region.bpl} * (y - region.valid.top);
}

}  // namespace

vips::VImage opened(ImageFormat format, std::string_view bytes) {
  return loaded(format, bytes, loading());
}

StraightImage straight_image(const VImage& stored, const ColorHint& hint) {
  if (is_independent_of_devices(stored)) {
    const auto [color, alpha] =
        bands_of(stored.colourspace(VIPS_INTERPRETATION_sRGB).cast(VIPS_FORMAT_UCHAR));
    return {joined(color, alpha), std::nullopt};
  }
  const Bands words = bands_of(stored);
  const auto intent = intent_of(words.color);
  const bool uses_hint = hint.color && (hint.overrides_profile || !intent);
  if (uses_hint && !is_srgb(*hint.color)) {
    if (auto straight = converted(stored, *hint.color)) return std::move(*straight);
  }
  const auto [color, alpha] = bands_of(bytes_of_integers(stored));
  const VImage srgb = srgb_of(color, uses_hint ? std::nullopt : intent);
  return {alpha ? srgb.bandjoin(byte_alpha_of(*alpha)) : srgb, std::nullopt};
}

bool has_usual_pixels(const StraightImage& straight) {
  const VImage& image = straight.image;
  return (image.format() == VIPS_FORMAT_UCHAR ||
          (image.format() == VIPS_FORMAT_USHORT && straight.to_srgb)) &&
         image.bands() >= 3 && image.bands() <= 4;
}

bool read_pixels(const StraightImage& straight, const Rows& rows, int exif,
                 frame::ImageView<frame::PremulRgba8> upright) {
  constexpr int kStripRows = 64;
  const VImage& image = straight.image;
  const Orientation orientation(exif, {image.width(), rows.count});
  const auto copy = image.bands() == 3 ? copy_opaque : copy_premultiplied;
  const std::unique_ptr<VipsRegion, RegionFree> region(vips_region_new(image.get_image()));
  std::vector<uint8_t> converted_row;
  if (straight.to_srgb) {
    converted_row.resize(static_cast<size_t>(image.width()) * static_cast<size_t>(image.bands()));
  }
  for (int top = 0; top < rows.count; top += kStripRows) {
    const VipsRect strip{0, rows.first + top, image.width(),
                         std::min(kStripRows, rows.count - top)};
    if (vips_region_prepare(region.get(), &strip) != 0) return false;
    for (int y = top; y < top + strip.height; ++y) {
      const VipsPel* row = row_of(*region, rows.first + y);
      if (straight.to_srgb) {
        straight.to_srgb->convert(row, converted_row.data(), image.width());
        row = converted_row.data();
      }
      copy(row, image.width(), orientation.row(upright, y));
    }
  }
  return true;
}

base::SizeI upright_size(int exif, base::SizeI stored) { return Orientation(exif, stored).size(); }

base::Result<frame::Image<frame::PremulRgba8>> upright_pixels(const VImage& stored,
                                                              ImageFormat format,
                                                              const ColorHint& hint) {
  const base::SizeI size{stored.width(), stored.height()};
  TRY_DO(check_image_size(size));
  const int exif = vips_image_get_orientation(stored.get_image());
  std::optional<StraightImage> straight;
  try {
    straight = straight_image(stored, hint);
  } catch (const vips::VError&) {
    return unsupported_image(format, take_vips_error());
  }
  if (!has_known_values(stored) || !has_usual_pixels(*straight)) {
    return unsupported_image(format, "its pixel format");
  }
  frame::Image<frame::PremulRgba8> upright(upright_size(exif, size));
  if (!read_pixels(*straight, {0, size.height}, exif, upright.view())) {
    return decoder_error(format, take_vips_errors());
  }
  return upright;
}

}  // namespace layercast::content
