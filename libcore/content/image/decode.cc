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
#include "scene/model/limits.h"

#include <chrono>
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

struct PageReader::State {
  std::shared_ptr<const std::string> bytes;
  base::SizeI size;
  int count = 1;
  std::vector<int> delays;  // milliseconds
  int plays = 0;
  std::optional<StraightImage> straight;  // all pages stacked, read up to `next`
  int next = 0;
};

PageReader::PageReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PageReader::~PageReader() = default;

base::SizeI PageReader::size() const { return state_->size; }
int PageReader::count() const { return state_->count; }
std::vector<base::Duration> PageReader::delays() const {
  std::vector<base::Duration> delays;
  for (const int delay : state_->delays) delays.emplace_back(std::chrono::milliseconds(delay));
  return delays;
}
int PageReader::plays() const { return state_->plays; }

base::Result<std::unique_ptr<PageReader>> PageReader::open(
    std::shared_ptr<const std::string> bytes) {
  TRY(const ImageFormat format, image_format(*bytes));
  auto state = std::make_unique<State>();
  TRY(state->size, image_size(*bytes));
  state->bytes = std::move(bytes);
  if (format == ImageFormat::kHeif || format == ImageFormat::kGif) {
    return std::unique_ptr<PageReader>(new PageReader(std::move(state)));
  }
  try {
    const VImage first = opened(format, *state->bytes);
    if (format == ImageFormat::kWebp && first.get_typeof(VIPS_META_N_PAGES) != 0) {
      state->count = first.get_int(VIPS_META_N_PAGES);
      TRY_DO(check_pages(state->size, state->count));
    }
    if (state->count > 1) {
      if (first.get_typeof("delay") != 0) state->delays = first.get_array_int("delay");
      if (first.get_typeof("loop") != 0) state->plays = first.get_int("loop");
    } else {
      state->size = upright_size(vips_image_get_orientation(first.get_image()), state->size);
    }
  } catch (const vips::VError&) {
    return decoder_error(format, take_vips_errors());
  }
  return std::unique_ptr<PageReader>(new PageReader(std::move(state)));
}

base::Result<frame::Image<frame::PremulRgba8>> PageReader::picture(int number) {
  State& state = *state_;
  if (state.count == 1) return decode_image(*state.bytes);
  try {
    if (!state.straight || number < state.next) {
      state.straight = straight_image(opened_with_all_pages(ImageFormat::kWebp, *state.bytes), {});
      state.next = 0;
    }
    if (!has_usual_pixels(*state.straight)) {
      return unsupported_image(ImageFormat::kWebp, "its pixel format");
    }
    frame::Image<frame::PremulRgba8> picture(state.size);
    for (; state.next <= number; ++state.next) {
      const Rows rows{state.next * state.size.height, state.size.height};
      if (!read_pixels(*state.straight, rows, 1, picture.view())) {
        state.straight.reset();
        return decoder_error(ImageFormat::kWebp, take_vips_errors());
      }
    }
    return picture;
  } catch (const vips::VError&) {
    state.straight.reset();
    return decoder_error(ImageFormat::kWebp, take_vips_errors());
  }
}

}  // namespace layercast::content
