#include "content/image/decode.h"

#include "content/image/gif_check.h"
#include "content/image/vips_glue.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <vips/vips8>

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using vips::VImage;
using Blob = std::unique_ptr<VipsBlob, VipsAreaFree>;

struct Format {
  std::string_view name;
  VImage (*load)(VipsBlob* bytes, vips::VOption* options);
};

bool is_heif(std::string_view bytes) {
  constexpr std::array<std::string_view, 8> kBrands = {"avif", "avis", "heic", "heix",
                                                       "heim", "heis", "mif1", "msf1"};
  return bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp" &&
         std::find(kBrands.begin(), kBrands.end(), bytes.substr(8, 4)) != kBrands.end();
}

bool is_tiff(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv) ||
         bytes.starts_with("II+\0"sv) || bytes.starts_with("MM\0+"sv);
}

// Detects the format from the first bytes, so that only its own decoder sees the file.
base::Result<Format> format_of(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return Format{"PNG", VImage::pngload_buffer};
  if (bytes.starts_with("\xff\xd8\xff")) return Format{"JPEG", VImage::jpegload_buffer};
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    return Format{"WebP", VImage::webpload_buffer};
  }
  if (is_heif(bytes)) return Format{"AVIF or HEIF", VImage::heifload_buffer};
  if (is_tiff(bytes)) return Format{"TIFF", VImage::tiffload_buffer};
  if (bytes.starts_with("GIF8")) return Format{"GIF", VImage::gifload_buffer};
  return base::invalid_input(
      "not an image; expected PNG, JPEG, WebP, AVIF, HEIF, TIFF, GIF or SVG");
}

base::Error damaged(const Format& format) {
  const std::string reason = take_vips_error();
  return base::invalid_input("the " + std::string(format.name) + " image is damaged or cut short" +
                             (reason.empty() ? "" : " (" + reason + ")"));
}

base::Result<base::SizeI> size_within_limits(const VImage& image) {
  const base::SizeI size{image.width(), image.height()};
  if (std::max(size.width, size.height) > limits::kImageSideMax ||
      size.area() > limits::kImagePixelsMax) {
    return base::over_limit("the image has " + std::to_string(size.width) + " x " +
                            std::to_string(size.height) + " pixels, above the limit of " +
                            std::to_string(limits::kImageSideMax) + " a side and " +
                            std::to_string(limits::kImagePixelsMax) + " in all");
  }
  return size;
}

vips::VOption* loading() {
  return VImage::option()
      ->set("access", VIPS_ACCESS_SEQUENTIAL)
      ->set("fail_on", VIPS_FAIL_ON_ERROR);
}

// Reads the header only. Throws VError.
VImage opened(const Format& format, std::string_view bytes) {
  const Blob blob(vips_blob_new(nullptr, bytes.data(), bytes.size()));
  return format.load(blob.get(), loading());
}

// All pictures stacked vertically. Reads the header only. Throws VError.
VImage opened_with_all_pages(const Format& format, std::string_view bytes) {
  const Blob blob(vips_blob_new(nullptr, bytes.data(), bytes.size()));
  return format.load(blob.get(), loading()->set("n", -1));
}

// Maps 0..65535 to 0..255, rounded to nearest. Before any profile is applied, because the profile
// transform of 16-bit pixels uses a coarse table that is several levels off in dark tones. Throws
// VError.
VImage bytes_of_words(const VImage& image) {
  const VipsInterpretation kind = image.interpretation();
  const VipsInterpretation byte_kind = kind == VIPS_INTERPRETATION_RGB16 ? VIPS_INTERPRETATION_sRGB
                                       : kind == VIPS_INTERPRETATION_GREY16
                                           ? VIPS_INTERPRETATION_B_W
                                           : kind;
  return image.linear(1.0 / 257, 0)
      .rint()
      .cast(VIPS_FORMAT_UCHAR)
      .copy(VImage::option()->set("interpretation", byte_kind));
}

// Converts to three bands of 8-bit sRGB. Throws VError.
VImage srgb_of(const VImage& color) {
  if (color.get_typeof(VIPS_META_ICC_NAME) != 0) {
    try {
      return color.icc_transform("srgb", VImage::option()
                                             ->set("embedded", true)
                                             ->set("intent", VIPS_INTENT_RELATIVE)
                                             ->set("depth", 8));
    } catch (const vips::VError&) {
      take_vips_error();  // as in browsers, a broken profile is ignored
    }
  }
  const VipsInterpretation kind = color.interpretation();
  const bool plain = kind == VIPS_INTERPRETATION_sRGB || kind == VIPS_INTERPRETATION_RGB ||
                     kind == VIPS_INTERPRETATION_MULTIBAND;
  if (plain && color.format() == VIPS_FORMAT_UCHAR && color.bands() == 3) return color;
  return color.colourspace(VIPS_INTERPRETATION_sRGB).cast(VIPS_FORMAT_UCHAR);
}

VImage byte_alpha_of(const VImage& alpha) {
  if (alpha.format() == VIPS_FORMAT_UCHAR) return alpha;
  return alpha.linear(255, 0).rint().cast(VIPS_FORMAT_UCHAR);  // floating point: 0..1
}

// Converts to three bands of 8-bit sRGB, plus straight alpha if there is any. Throws VError.
VImage straight_srgb_of(const VImage& stored) {
  const VImage image = stored.format() == VIPS_FORMAT_USHORT ? bytes_of_words(stored) : stored;
  const bool cmyk = image.interpretation() == VIPS_INTERPRETATION_CMYK;
  const int colors = cmyk ? 4 : image.bands() >= 3 ? 3 : 1;
  const VImage color =
      image.bands() == colors ? image : image.extract_band(0, VImage::option()->set("n", colors));
  const VImage srgb = srgb_of(color);
  return image.bands() > colors ? srgb.bandjoin(byte_alpha_of(image.extract_band(colors))) : srgb;
}

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

// A range of rows in a stored image.
struct Rows {
  int first;
  int count;
};

// Decodes in strips, so that the whole picture is in memory only once.
// False when the decoder failed.
bool read_pixels(const VImage& image, const Rows& rows, const Orientation& orientation,
                 frame::ImageView<frame::PremulRgba8> upright) {
  constexpr int kStripRows = 64;
  const std::unique_ptr<VipsRegion, RegionFree> region(vips_region_new(image.get_image()));
  for (int top = 0; top < rows.count; top += kStripRows) {
    const VipsRect strip{0, rows.first + top, image.width(),
                         std::min(kStripRows, rows.count - top)};
    if (vips_region_prepare(region.get(), &strip) != 0) return false;
    for (int y = top; y < top + strip.height; ++y) {
      const auto copy = image.bands() == 3 ? copy_opaque : copy_premultiplied;
      copy(row_of(*region, rows.first + y), image.width(), orientation.row(upright, y));
    }
  }
  return true;
}

bool has_usual_pixels(const VImage& straight) {
  return straight.format() == VIPS_FORMAT_UCHAR && straight.bands() >= 3 && straight.bands() <= 4;
}

base::Error unusual(const Format& format) {
  return base::unsupported("the " + std::string(format.name) +
                           " image has an unsupported pixel format");
}

bool has_pages(const Format& format) { return format.name == "GIF" || format.name == "WebP"; }

base::Result<void> check_pages(base::SizeI size, int count) {
  if (count <= limits::kAnimatedPicturesMax && size.area() * count <= limits::kAnimatedPixelsMax &&
      int64_t{size.height} * count <= VIPS_MAX_COORD) {
    return {};
  }
  return base::over_limit("the animation has " + std::to_string(count) + " pictures of " +
                          std::to_string(size.width) + " x " + std::to_string(size.height) +
                          " pixels, above the limit of " +
                          std::to_string(limits::kAnimatedPicturesMax) + " pictures and " +
                          std::to_string(limits::kAnimatedPixelsMax) + " pixels in all");
}

}  // namespace

base::Result<frame::Image<frame::PremulRgba8>> decode_image(std::string_view bytes) {
  TRY(const Format format, format_of(bytes));
  try {
    const VImage stored = opened(format, bytes);
    TRY(const base::SizeI size, size_within_limits(stored));
    const Orientation orientation(vips_image_get_orientation(stored.get_image()), size);
    const VImage straight = straight_srgb_of(stored);
    if (!has_usual_pixels(straight)) return unusual(format);
    frame::Image<frame::PremulRgba8> upright(orientation.size());
    const Rows all{0, size.height};
    if (!read_pixels(straight, all, orientation, upright.view())) return damaged(format);
    return upright;
  } catch (const vips::VError&) {
    return damaged(format);
  }
}

base::Result<base::SizeI> image_size(std::string_view bytes) {
  TRY(const Format format, format_of(bytes));
  try {
    return size_within_limits(opened(format, bytes));
  } catch (const vips::VError&) {
    return damaged(format);
  }
}

struct PageReader::State {
  std::shared_ptr<const std::string> bytes;
  Format format;
  base::SizeI size;
  int count = 1;
  std::vector<int> delays;
  int plays = 0;
  std::optional<VImage> straight;  // all pages stacked, read up to `next`
  int next = 0;
};

PageReader::PageReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PageReader::~PageReader() = default;

base::SizeI PageReader::size() const { return state_->size; }
int PageReader::count() const { return state_->count; }
const std::vector<int>& PageReader::delays() const { return state_->delays; }
int PageReader::plays() const { return state_->plays; }

base::Result<std::unique_ptr<PageReader>> PageReader::open(
    std::shared_ptr<const std::string> bytes) {
  TRY(const Format format, format_of(*bytes));
  if (format.name == "GIF" && !is_whole_gif(*bytes)) return damaged(format);
  auto state = std::make_unique<State>();
  state->format = format;
  try {
    const VImage first = opened(format, *bytes);
    TRY(state->size, size_within_limits(first));
    if (has_pages(format) && first.get_typeof(VIPS_META_N_PAGES) != 0) {
      state->count = first.get_int(VIPS_META_N_PAGES);
      TRY_DO(check_pages(state->size, state->count));
    }
    if (state->count > 1) {
      if (first.get_typeof("delay") != 0) state->delays = first.get_array_int("delay");
      if (first.get_typeof("loop") != 0) state->plays = first.get_int("loop");
    } else {
      const Orientation orientation(vips_image_get_orientation(first.get_image()), state->size);
      state->size = orientation.size();
    }
  } catch (const vips::VError&) {
    return damaged(format);
  }
  state->bytes = std::move(bytes);
  return std::unique_ptr<PageReader>(new PageReader(std::move(state)));
}

base::Result<frame::Image<frame::PremulRgba8>> PageReader::picture(int number) {
  State& state = *state_;
  if (state.count == 1) return decode_image(*state.bytes);
  try {
    if (!state.straight || number < state.next) {
      state.straight = straight_srgb_of(opened_with_all_pages(state.format, *state.bytes));
      state.next = 0;
    }
    if (!has_usual_pixels(*state.straight)) return unusual(state.format);
    frame::Image<frame::PremulRgba8> picture(state.size);
    for (; state.next <= number; ++state.next) {
      const Rows rows{state.next * state.size.height, state.size.height};
      if (!read_pixels(*state.straight, rows, Orientation(1, state.size), picture.view())) {
        state.straight.reset();
        return damaged(state.format);
      }
    }
    return picture;
  } catch (const vips::VError&) {
    state.straight.reset();
    return damaged(state.format);
  }
}

}  // namespace layercast::content
