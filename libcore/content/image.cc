#include "content/image.h"

#include "base/check.h"
#include "content/decode.h"
#include "content/detail.h"
#include "content/file_bytes.h"
#include "content/fit.h"
#include "content/resample.h"
#include "content/svg.h"
#include "scene/limits.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

// vector.h does not include what it needs.
// clang-format off
#include <vips/vips.h>
#include <vips/vector.h>
// clang-format on

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using Pixels = frame::Image<frame::PremulRgba8>;
using PixelView = frame::ImageView<const frame::PremulRgba8>;

// ---- Files --------------------------------------------------------------------------------------

base::Error fault(base::ErrorCode code, std::string what, const std::string& path) {
  return {code, std::move(what), path, nullptr};
}

base::Error at_path(base::Error error, const std::string& path) {
  error.where = path;
  return error;
}

// No image format but SVG begins with a tag.
bool looks_like_svg(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '<';
}

// ---- Fitting ------------------------------------------------------------------------------------

Raster raster_of(Pixels pixels, const Placement& placement) {
  return {std::make_shared<const frame::Picture>(std::move(pixels), placement.origin),
          placement.box};
}

base::Result<Raster> fitted_svg(std::string text, const Fitting& fitting) {
  if (static_cast<int64_t>(text.size()) > limits::kSvgFileBytesMax) {
    return file_too_large(limits::kSvgFileBytesMax, {});
  }
  TRY(const SvgDocument document, SvgDocument::parse(std::move(text)));
  TRY(const Placement placement, place(document.size(), fitting.fit, fitting.box));
  TRY(Pixels pixels, document.draw(placement.scaled, placement.visible));
  return raster_of(std::move(pixels), placement);
}

// As fine as `detail` asks, as far as the limits allow.
base::Result<Raster> contained_svg(std::string text, std::optional<base::SizeF> box,
                                   const Detail& detail) {
  if (static_cast<int64_t>(text.size()) > limits::kSvgFileBytesMax) {
    return file_too_large(limits::kSvgFileBytesMax, {});
  }
  TRY(const SvgDocument document, SvgDocument::parse(std::move(text)));
  const base::SizeF room = box.value_or(document.size());
  const base::SizeF fit = fitted_scale(document.size(), scene::Fit::kContain, room);
  const base::SizeF scaled{document.size().width * fit.width, document.size().height * fit.height};
  const base::RectF inside{(room.width - scaled.width) / 2, (room.height - scaled.height) / 2,
                           (room.width + scaled.width) / 2, (room.height + scaled.height) / 2};
  base::PointF phase = phase_of(detail, room);
  base::SizeF scale = detail.scale;
  if (!check_picture_size({room.width * scale.width + 1, room.height * scale.height + 1})) {
    phase = {};
    scale = {1, 1};
  }
  const base::RectF placed = base::bounds_of(
      base::translation(phase.x, phase.y) * base::scaling(scale.width, scale.height), inside);
  const base::PointF corner{std::floor(placed.left), std::floor(placed.top)};
  const base::SizeF canvas{std::max(1.0, std::ceil(placed.right) - corner.x),
                           std::max(1.0, std::ceil(placed.bottom) - corner.y)};
  TRY_DO(check_picture_size(canvas));
  TRY(Pixels pixels,
      document.draw_at(base::bounds_of(base::translation(-corner.x, -corner.y), placed),
                       {static_cast<int>(canvas.width), static_cast<int>(canvas.height)}));
  return Raster{std::make_shared<const frame::Picture>(
                    std::move(pixels), base::PointF{corner.x - phase.x, corner.y - phase.y}),
                room, 0, scale};
}

base::Result<Raster> fitted_raster(std::string_view bytes, const Fitting& fitting) {
  TRY(const Pixels pixels, decode_image(bytes));
  return fitted_pixels(pixels.view(), fitting);
}

base::Result<Raster> fitted(std::string bytes, const Fitting& fitting) {
  if (looks_like_svg(bytes)) return fitted_svg(std::move(bytes), fitting);
  if (bytes.starts_with("\x1f\x8b")) {
    return fault(base::ErrorCode::kUnsupported, "is compressed: unpack it with gunzip", {});
  }
  return fitted_raster(bytes, fitting);
}

// ---- Texture ------------------------------------------------------------------------------------

frame::PremulRgba8 textured(frame::PremulRgba8 source, frame::PremulRgba8 texture) {
  const uint32_t uncovered = 255U - texture.alpha;
  const auto multiplied = [uncovered](uint32_t color, uint32_t by) {
    return static_cast<uint8_t>(frame::divided_by_255(color * (uncovered + by)));
  };
  return {multiplied(source.red, texture.red), multiplied(source.green, texture.green),
          multiplied(source.blue, texture.blue), source.alpha};
}

Pixels textured_pixels(PixelView pixels, PixelView texture) {
  LAYERCAST_CHECK(pixels.size() == texture.size());
  Pixels result(pixels.size());
  for (int y = 0; y < pixels.height(); ++y) {
    for (int x = 0; x < pixels.width(); ++x) {
      result.view().at(x, y) = textured(pixels.at(x, y), texture.at(x, y));
    }
  }
  return result;
}

}  // namespace

void initialise_images() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_log_set_handler(
        "VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK),
        [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
    LAYERCAST_CHECK(VIPS_INIT("layercast") == 0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoadSvgBuffer", FALSE);
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    vips_vector_set_enabled(FALSE);
  });
}

base::Result<Raster> rasterise_image(const ImageRequest& request) {
  initialise_images();
  TRY(std::string bytes, read_file(request.path, limits::kImageFileBytesMax));
  base::Result<Raster> raster = fitted(std::move(bytes), {request.fit, request.box});
  if (!raster.ok()) return at_path(std::move(raster).error(), request.path);
  return raster;
}

base::Result<Raster> rasterise_character(const std::string& source,
                                         const std::optional<std::string>& texture,
                                         std::optional<base::SizeF> box) {
  TRY(Raster raster, rasterise_image({source, scene::Fit::kContain, box}));
  if (!texture.has_value()) return raster;
  return Texture(*texture).over(raster);
}

base::Result<Raster> fitted_pixels(PixelView pixels, const Fitting& fitting) {
  const base::SizeF natural{static_cast<double>(pixels.size().width),
                            static_cast<double>(pixels.size().height)};
  TRY(const Placement placement, place(natural, fitting.fit, fitting.box));
  return raster_of(resampled(pixels, placement.scaled, placement.visible), placement);
}

base::Result<Raster> Texture::over(const Raster& source) {
  const base::SizeI size = source.picture->size();
  if (covering_ == nullptr || covering_->size() != size) {
    const base::SizeF box{static_cast<double>(size.width), static_cast<double>(size.height)};
    TRY(const Raster covering, rasterise_image({path_, scene::Fit::kCover, box}));
    covering_ = covering.picture;
  }
  Raster result = source;
  result.picture = std::make_shared<const frame::Picture>(
      textured_pixels(source.picture->view(), covering_->view()), source.picture->origin());
  return result;
}

base::Result<Raster> rasterise_svg(const scene::SvgContent& content, const std::string& path,
                                   std::optional<base::SizeF> box, const Detail& detail) {
  initialise_images();
  if (content.svg.has_value()) return contained_svg(*content.svg, box, detail);
  TRY(std::string bytes, read_file(path, limits::kSvgFileBytesMax));
  base::Result<Raster> raster =
      looks_like_svg(bytes) ? contained_svg(std::move(bytes), box, detail)
                            : fault(base::ErrorCode::kInvalidInput, "not an SVG image", path);
  if (!raster.ok()) return at_path(std::move(raster).error(), path);
  return raster;
}

}  // namespace layercast::content
