#include "content/image/heif_decode.h"

#include "content/image/heif_boxes.h"
#include "content/image/image_format.h"
#include "content/image/stored_image.h"
#include "content/image/vips_glue.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <libheif/heif.h>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <vips/vips8>

namespace layercast::content {
namespace {

using vips::VImage;

template <class Object, void (*kFree)(Object*)>
struct FreeBy {
  void operator()(Object* object) const { kFree(object); }
};
using Context = std::unique_ptr<heif_context, FreeBy<heif_context, heif_context_free>>;
using Handle = std::unique_ptr<const heif_image_handle,
                               FreeBy<const heif_image_handle, heif_image_handle_release>>;
using Image = std::unique_ptr<const heif_image, FreeBy<const heif_image, heif_image_release>>;
using Options = std::unique_ptr<heif_decoding_options,
                                FreeBy<heif_decoding_options, heif_decoding_options_free>>;
using Nclx = std::unique_ptr<heif_color_profile_nclx,
                             FreeBy<heif_color_profile_nclx, heif_nclx_color_profile_free>>;

// ---- Files --------------------------------------------------------------------------------------

base::Error error_of(const heif_error& error) {
  const std::string_view reason = error.message == nullptr ? "" : error.message;
  switch (error.code) {
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
    case heif_error_Color_profile_does_not_exist:
      return unsupported_image(ImageFormat::kHeif, reason);
    case heif_error_Memory_allocation_error:
      return too_large_image(ImageFormat::kHeif, reason);
    default:
      return damaged_image(ImageFormat::kHeif, reason);
  }
}

base::Result<void> checked(const heif_error& error) {
  if (error.code == heif_error_Ok) return {};
  return error_of(error);
}

/// An opened file and its primary image.
struct File {
  Context context;
  Handle image;

  base::SizeI size() const {
    return {heif_image_handle_get_ispe_width(image.get()),
            heif_image_handle_get_ispe_height(image.get())};
  }
  bool has_alpha() const { return heif_image_handle_has_alpha_channel(image.get()) != 0; }
  bool has_words() const { return heif_image_handle_get_luma_bits_per_pixel(image.get()) > 8; }
};

base::Result<File> opened_file(std::string_view bytes) {
  File file;
  file.context.reset(heif_context_alloc());
  const heif_error error = heif_context_read_from_memory_without_copy(
      file.context.get(), bytes.data(), bytes.size(), nullptr);
  if (error.code != heif_error_Ok) {
    // libheif says of an image of an unknown coding that it does not exist.
    const auto reason = unsupported_in_heif(bytes);
    return reason ? unsupported_image(ImageFormat::kHeif, *reason) : error_of(error);
  }
  heif_image_handle* handle = nullptr;
  TRY_DO(checked(heif_context_get_primary_image_handle(file.context.get(), &handle)));
  file.image.reset(handle);
  TRY_DO(check_image_size(file.size()));
  return file;
}

struct Request {
  heif_colorspace colorspace = heif_colorspace_undefined;
  heif_chroma chroma = heif_chroma_undefined;
  bool transforms = false;  ///< whether libheif crops, rotates and mirrors
};

base::Result<Image> decoded(const heif_image_handle* handle, const Request& request) {
  const Options options(heif_decoding_options_alloc());
  options->ignore_transformations = request.transforms ? 0 : 1;
  heif_image* image = nullptr;
  TRY_DO(checked(
      heif_decode_image(handle, &image, request.colorspace, request.chroma, options.get())));
  return Image(image);
}

// ---- Colours ------------------------------------------------------------------------------------

Nclx nclx_of(const heif_image* image) {
  heif_color_profile_nclx* nclx = nullptr;
  const heif_error error = heif_image_get_nclx_color_profile(image, &nclx);
  return Nclx(error.code == heif_error_Ok ? nclx : nullptr);
}

bool is_limited(const heif_image* image) {
  const Nclx nclx = nclx_of(image);
  return nclx != nullptr && nclx->full_range_flag == 0;
}

ColorHint color_hint(const File& file, const heif_image* image) {
  heif_color_profile_nclx* stored = nullptr;
  const heif_error error = heif_image_handle_get_nclx_color_profile(file.image.get(), &stored);
  const Nclx nclx = error.code == heif_error_Ok ? Nclx(stored) : nclx_of(image);
  if (nclx == nullptr) return {};
  auto color = color_of_code_points({nclx->color_primaries, nclx->transfer_characteristics},
                                    CodePointRules::kHeif);
  if (color && heif_image_has_content_light_level(image) != 0) {
    heif_content_light_level level{};
    heif_image_get_content_light_level(image, &level);
    if (level.max_content_light_level > 0) color->peak_nits = level.max_content_light_level;
  }
  return {color, false};
}

// Whether the alpha plane is coded in limited range. libheif keeps its values as they are.
base::Result<bool> has_limited_alpha(const File& file) {
  constexpr std::array<std::string_view, 3> kAlpha = {"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                                                      "urn:mpeg:hevc:2015:auxid:1",
                                                      "urn:mpeg:avc:2015:auxid:1"};
  const heif_image_handle* image = file.image.get();
  const int count = heif_image_handle_get_number_of_auxiliary_images(image, 0);
  std::vector<heif_item_id> items(static_cast<size_t>(std::max(count, 0)));
  heif_image_handle_get_list_of_auxiliary_image_IDs(image, 0, items.data(), count);
  for (const heif_item_id item : items) {
    heif_image_handle* raw = nullptr;
    TRY_DO(checked(heif_image_handle_get_auxiliary_image_handle(image, item, &raw)));
    const Handle auxiliary(raw);
    const char* type = nullptr;
    TRY_DO(checked(heif_image_handle_get_auxiliary_type(auxiliary.get(), &type)));
    const bool is_alpha = std::ranges::find(kAlpha, std::string_view(type)) != kAlpha.end();
    heif_image_handle_free_auxiliary_types(auxiliary.get(), &type);
    if (!is_alpha) continue;
    TRY(const Image alpha, decoded(auxiliary.get(), {}));
    return is_limited(alpha.get());
  }
  return false;
}

// ---- Values -------------------------------------------------------------------------------------

/// Maps coded values to 0..maximum.
using ValueTable = std::vector<uint16_t>;

struct Coding {
  int bits;
  bool is_limited;
};

ValueTable value_table(const Coding& coding, int maximum) {
  const double first = coding.is_limited ? 16 << (coding.bits - 8) : 0;
  const double last = coding.is_limited ? 235 << (coding.bits - 8) : (1 << coding.bits) - 1;
  ValueTable table(size_t{1} << coding.bits);
  for (size_t i = 0; i < table.size(); ++i) {
    const double share = std::clamp((static_cast<double>(i) - first) / (last - first), 0.0, 1.0);
    table[i] = static_cast<uint16_t>(share * maximum + 0.5);
  }
  return table;
}

/// A band of a decoded plane.
struct Band {
  const uint8_t* first = nullptr;
  int row_bytes = 0;
  int bits = 0;
  int value_step = 1;  ///< values from one pixel to the next
  ValueTable table;

  int bytes_per_value() const { return bits > 8 ? 2 : 1; }
};

// `Stored`: of the band; `Value`: of the result, every `bands` of them.
template <class Stored, class Value>
void copy_values(const Band& band, base::SizeI size, int bands, Value* to) {
  const size_t mask = band.table.size() - 1;
  for (int y = 0; y < size.height; ++y) {
    const auto* from = reinterpret_cast<const Stored*>(band.first + ptrdiff_t{y} * band.row_bytes);
    for (int x = 0; x < size.width; ++x, from += band.value_step, to += bands) {
      *to = static_cast<Value>(band.table[*from & mask]);
    }
  }
}

template <class Value>
void unpremultiply(std::vector<Value>& pixels) {
  constexpr uint64_t kMax = std::numeric_limits<Value>::max();
  for (size_t i = 0; i + 3 < pixels.size(); i += 4) {
    const uint64_t alpha = pixels[i + 3];
    for (size_t k = i; k < i + 3; ++k) {
      const uint64_t straight = alpha == 0 ? 0 : (pixels[k] * kMax * 2 + alpha) / (2 * alpha);
      pixels[k] = static_cast<Value>(std::min(straight, kMax));
    }
  }
}

// The pixels of all bands, interleaved: a picture that owns its memory.
template <class Value>
VImage interleaved(const std::vector<Band>& bands, base::SizeI size, bool is_premultiplied) {
  const auto count = static_cast<int>(bands.size());
  std::vector<Value> pixels(static_cast<size_t>(size.area()) * bands.size());
  for (size_t i = 0; i < bands.size(); ++i) {
    if (bands[i].bytes_per_value() == 1) {
      copy_values<uint8_t>(bands[i], size, count, pixels.data() + i);
    } else {
      copy_values<uint16_t>(bands[i], size, count, pixels.data() + i);
    }
  }
  if (is_premultiplied && count == 4) unpremultiply(pixels);
  constexpr bool kIsByte = sizeof(Value) == 1;
  return VImage(vips_image_new_from_memory_copy(pixels.data(), pixels.size() * sizeof(Value),
                                                size.width, size.height, count,
                                                kIsByte ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT))
      .copy(VImage::option()->set("interpretation",
                                  kIsByte ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_RGB16));
}

// ---- Pictures -----------------------------------------------------------------------------------

base::SizeI size_of(const heif_image* image) {
  return {heif_image_get_primary_width(image), heif_image_get_primary_height(image)};
}

// The plane of a channel; empty unless it covers the picture.
std::optional<Band> plane_of(const heif_image* image, heif_channel channel) {
  if (heif_image_has_channel(image, channel) == 0) return std::nullopt;
  const base::SizeI size = size_of(image);
  if (heif_image_get_width(image, channel) < size.width ||
      heif_image_get_height(image, channel) < size.height) {
    return std::nullopt;
  }
  Band band;
  band.bits = heif_image_get_bits_per_pixel_range(image, channel);
  band.first = heif_image_get_plane_readonly(image, channel, &band.row_bytes);
  if (band.first == nullptr || band.bits < 8 || band.bits > 16) return std::nullopt;
  return band;
}

int maximum_of(const Band& color) { return color.bits > 8 ? 65535 : 255; }

// The bands of a picture without chroma; empty when its planes are unusual.
std::vector<Band> grey_bands(const heif_image* image, bool has_alpha, bool has_limited_alpha) {
  auto luma = plane_of(image, heif_channel_Y);
  if (!luma) return {};
  luma->table = value_table({luma->bits, is_limited(image)}, maximum_of(*luma));
  std::vector<Band> bands(3, *luma);
  if (!has_alpha) return bands;
  auto alpha = plane_of(image, heif_channel_Alpha);
  if (!alpha) return {};
  alpha->table = value_table({alpha->bits, has_limited_alpha}, maximum_of(*luma));
  bands.push_back(std::move(*alpha));
  return bands;
}

// The bands of a picture that libheif converted to interleaved RGB or RGBA; empty when it did not.
std::vector<Band> color_bands(const heif_image* image, bool has_alpha, bool has_limited_alpha) {
  const auto pixels = plane_of(image, heif_channel_interleaved);
  if (!pixels) return {};
  const int count = has_alpha ? 4 : 3;
  std::vector<Band> bands(static_cast<size_t>(count), *pixels);
  for (int i = 0; i < count; ++i) {
    Band& band = bands[static_cast<size_t>(i)];
    band.first += ptrdiff_t{i} * band.bytes_per_value();
    band.value_step = count;
    band.table = value_table({band.bits, i == 3 && has_limited_alpha}, maximum_of(band));
  }
  return bands;
}

Request request_for(const File& file, const std::optional<HeifStructure>& structure) {
  if (structure && structure->is_monochrome) return {};
  const heif_chroma byte_chroma =
      file.has_alpha() ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
  const heif_chroma word_chroma =
      file.has_alpha() ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE;
  return {heif_colorspace_RGB, file.has_words() ? word_chroma : byte_chroma, !structure};
}

void set_profile(const File& file, const VImage& image) {
  const size_t size = heif_image_handle_get_raw_color_profile_size(file.image.get());
  if (size == 0) return;
  std::vector<uint8_t> profile(size);
  const heif_error error =
      heif_image_handle_get_raw_color_profile(file.image.get(), profile.data());
  if (error.code != heif_error_Ok) return;
  vips_image_set_blob_copy(image.get_image(), VIPS_META_ICC_NAME, profile.data(), profile.size());
}

VImage transformed(VImage image, const std::vector<HeifStep>& steps) {
  constexpr std::array kAngles = {VIPS_ANGLE_D0, VIPS_ANGLE_D270, VIPS_ANGLE_D180, VIPS_ANGLE_D90};
  for (const HeifStep& step : steps) {
    switch (step.kind) {
      case HeifStep::Kind::kRotate:
        image = image.rot(kAngles[static_cast<size_t>(step.quarter_turns)]);
        break;
      case HeifStep::Kind::kMirror:
        image =
            image.flip(step.swaps_left_right ? VIPS_DIRECTION_HORIZONTAL : VIPS_DIRECTION_VERTICAL);
        break;
      case HeifStep::Kind::kCrop: {
        const base::RectI part = kept_part(step, {image.width(), image.height()});
        image = image.extract_area(part.left, part.top, part.width(), part.height());
        break;
      }
    }
  }
  return image;
}

// The picture as it is stored, before its transformations and the conversion of its colours.
base::Result<VImage> stored_picture(const File& file, const heif_image* image) {
  bool has_limited = false;
  if (file.has_alpha()) {
    TRY(has_limited, has_limited_alpha(file));
  }
  const bool is_grey = heif_image_get_colorspace(image) == heif_colorspace_monochrome;
  const std::vector<Band> bands = is_grey ? grey_bands(image, file.has_alpha(), has_limited)
                                          : color_bands(image, file.has_alpha(), has_limited);
  const base::SizeI size = size_of(image);
  if (bands.empty() || size.empty()) {
    return unsupported_image(ImageFormat::kHeif, "its pixel format");
  }
  TRY_DO(check_image_size(size));
  const bool is_premultiplied = heif_image_handle_is_premultiplied_alpha(file.image.get()) != 0;
  VImage picture = bands.front().bits > 8 ? interleaved<uint16_t>(bands, size, is_premultiplied)
                                          : interleaved<uint8_t>(bands, size, is_premultiplied);
  set_profile(file, picture);
  return picture;
}

}  // namespace

base::Result<frame::Image<frame::PremulRgba8>> decode_heif(std::string_view bytes) {
  TRY(const File file, opened_file(bytes));
  const auto structure = read_heif_boxes(bytes);
  TRY(const Image image, decoded(file.image.get(), request_for(file, structure)));
  try {
    TRY(VImage picture, stored_picture(file, image.get()));
    if (structure) picture = transformed(picture, structure->steps);
    return upright_pixels(picture, ImageFormat::kHeif, color_hint(file, image.get()));
  } catch (const vips::VError&) {
    return unsupported_image(ImageFormat::kHeif, take_vips_error());
  }
}

base::Result<base::SizeI> heif_size(std::string_view bytes) {
  TRY(const File file, opened_file(bytes));
  const auto structure = read_heif_boxes(bytes);
  if (structure) return transformed_size(file.size(), structure->steps);
  return base::SizeI{heif_image_handle_get_width(file.image.get()),
                     heif_image_handle_get_height(file.image.get())};
}

}  // namespace layercast::content
