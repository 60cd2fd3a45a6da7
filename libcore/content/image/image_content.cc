#include "content/image/image_content.h"

#include "base/check.h"
#include "content/image/decoder.h"
#include "content/image/file_bytes.h"
#include "content/picture/detail.h"
#include "content/picture/fit.h"
#include "content/picture/resample.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

// vector.h does not include what it uses.
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

// Only SVG begins with a tag.
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
  TRY(const auto opened, decoder().svg(std::move(text)));
  Svg& document = *opened;
  TRY(const Placement placement, place(document.size(), fitting.fit, fitting.box));
  TRY(Pixels pixels, document.draw(placement.scaled, placement.visible));
  return raster_of(std::move(pixels), placement);
}

base::RectF rect_of(base::PointF corner, base::SizeF size) {
  return {corner.x, corner.y, corner.x + size.width, corner.y + size.height};
}

base::SizeF size_f(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

// The whole pixels that `rect` touches, at least one.
base::RectI around(const base::RectF& rect) {
  const auto left = static_cast<int>(std::floor(rect.left));
  const auto top = static_cast<int>(std::floor(rect.top));
  return {left, top, std::max(left + 1, static_cast<int>(std::ceil(rect.right))),
          std::max(top + 1, static_cast<int>(std::ceil(rect.bottom)))};
}

// Whether a picture of what `map` makes of `inside` is within the limits.
bool fits(const base::RectF& inside, const base::Affine& map) {
  const base::RectF placed = base::bounds_of(map, inside);
  if (!check_picture_size({placed.width(), placed.height()})) return false;
  const base::RectI canvas = around(placed);
  return check_picture_size(size_f({canvas.width(), canvas.height()})).ok();
}

base::Result<Raster> upright_svg(Svg& document, const base::RectF& inside, base::SizeF box,
                                 const base::Affine& map) {
  const base::RectF placed = base::bounds_of(map, inside);
  TRY_DO(check_picture_size({placed.width(), placed.height()}));
  const base::RectI canvas = around(placed);
  TRY_DO(check_picture_size(size_f({canvas.width(), canvas.height()})));
  TRY(Pixels pixels, document.draw_at(inside, base::translation(-canvas.left, -canvas.top) * map,
                                      {canvas.width(), canvas.height()}));
  return Raster{std::make_shared<const frame::Picture>(
                    std::move(pixels), base::PointF{static_cast<double>(canvas.left),
                                                    static_cast<double>(canvas.top)}),
                box, 0, map};
}

constexpr int kSamples = 4;  // per side of a pixel

// The mean of the pixels at the samples of a target pixel.
frame::PremulRgba8 mean_at(PixelView pixels, base::PointF corner, base::PointF across,
                           base::PointF down) {
  uint32_t sum[4] = {};
  for (int j = 0; j < kSamples; ++j) {
    for (int i = 0; i < kSamples; ++i) {
      const double u = (i + 0.5) / kSamples;
      const double v = (j + 0.5) / kSamples;
      const auto x = static_cast<int>(std::floor(corner.x + across.x * u + down.x * v));
      const auto y = static_cast<int>(std::floor(corner.y + across.y * u + down.y * v));
      if (x < 0 || y < 0 || x >= pixels.width() || y >= pixels.height()) continue;
      const frame::PremulRgba8 pixel = pixels.at(x, y);
      sum[0] += pixel.red;
      sum[1] += pixel.green;
      sum[2] += pixel.blue;
      sum[3] += pixel.alpha;
    }
  }
  const auto mean = [](uint32_t total) {
    constexpr uint32_t kCount = kSamples * kSamples;
    return static_cast<uint8_t>((total + kCount / 2) / kCount);
  };
  return {mean(sum[0]), mean(sum[1]), mean(sum[2]), mean(sum[3])};
}

// Draws the SVG upright at four times the resolution and rotates the pixels, because the renderer
// enlarges the box of a gradient when it rotates a shape.
base::Result<Raster> turned_svg(Svg& document, const base::RectF& inside, base::SizeF box,
                                const base::Affine& map) {
  const base::SizeF scale = scale_of(map);
  const base::Affine finer = base::scaling(kSamples * scale.width, kSamples * scale.height);
  const base::RectF placed = base::bounds_of(map, inside);
  if (!fits(inside, finer) || !check_picture_size({placed.width() + 2, placed.height() + 2})) {
    return upright_svg(document, inside, box, {});
  }
  TRY(const Raster fine, upright_svg(document, inside, box, finer));
  const frame::Picture& source = *fine.picture;
  const base::RectI canvas = around(placed);
  const base::Affine back = base::translation(-source.origin().x, -source.origin().y) * finer *
                            base::inverse(map) * base::translation(canvas.left, canvas.top);
  Pixels pixels({canvas.width(), canvas.height()});
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const base::PointF corner = back.map({static_cast<double>(x), static_cast<double>(y)});
      pixels.view().at(x, y) =
          mean_at(source.view(), corner, {back.xx, back.yx}, {back.xy, back.yy});
    }
  }
  return Raster{std::make_shared<const frame::Picture>(
                    std::move(pixels), base::PointF{static_cast<double>(canvas.left),
                                                    static_cast<double>(canvas.top)}),
                box, 0, map};
}

// Draws at the resolution that `detail` asks for, if the limits allow it.
base::Result<Raster> contained_svg(std::string text, std::optional<base::SizeF> box,
                                   const Detail& detail) {
  if (static_cast<int64_t>(text.size()) > limits::kSvgFileBytesMax) {
    return file_too_large(limits::kSvgFileBytesMax, {});
  }
  TRY(const auto opened, decoder().svg(std::move(text)));
  Svg& document = *opened;
  const base::SizeF room = box.value_or(document.size());
  const base::SizeF fit = fitted_scale(document.size(), scene::Fit::kContain, room);
  const base::SizeF scaled{document.size().width * fit.width, document.size().height * fit.height};
  const base::RectF inside =
      rect_of({(room.width - scaled.width) / 2, (room.height - scaled.height) / 2}, scaled);
  const base::Affine map = pixels_from_box(detail, room);
  if (map.xy == 0 && map.yx == 0 && map.xx > 0 && map.yy > 0) {
    return upright_svg(document, inside, room, fits(inside, map) ? map : base::Affine{});
  }
  return turned_svg(document, inside, room, map);
}

// ---- Images for a place on the canvas -----------------------------------------------------------

// Fades the pixels by the share of them that lies outside `cut`.
void cut_out(const base::RectF& cut, const base::RectI& place, Pixels& pixels) {
  const auto share = [](int at, double first, double last) {
    const double inside = std::min(at + 1.0, last) - std::max<double>(at, first);
    return static_cast<uint32_t>(std::clamp(inside, 0.0, 1.0) * 255 + 0.5);
  };
  const auto faded = [](frame::PremulRgba8& pixel, uint32_t by) {
    for (uint8_t* value : {&pixel.red, &pixel.green, &pixel.blue, &pixel.alpha}) {
      *value = static_cast<uint8_t>(frame::divided_by_255(*value * by));
    }
  };
  for (int y = place.top; y < place.bottom; ++y) {
    frame::PremulRgba8* row = pixels.view().row(y - place.top);
    const uint32_t down = share(y, cut.top, cut.bottom);
    for (int x = place.left; x < place.right; ++x) {
      const uint32_t across = share(x, cut.left, cut.right);
      if (across + down < 510) faded(row[x - place.left], frame::divided_by_255(across * down));
    }
  }
}

// Axes that are not cropped keep the edges of the sampling.
constexpr double kFar = 1e9;

// The part of the box that shows the picture; unbounded along axes that are not cropped.
base::RectF shown_part(const Placement& placement) {
  const base::RectI& visible = placement.visible;
  base::RectF part{-kFar, -kFar, kFar, kFar};
  if (visible.width() < placement.scaled.width) {
    part.left = placement.origin.x;
    part.right = placement.origin.x + visible.width();
  }
  if (visible.height() < placement.scaled.height) {
    part.top = placement.origin.y;
    part.bottom = placement.origin.y + visible.height();
  }
  return part;
}

// The rectangle of the whole picture in the box.
base::RectF whole_place(const Placement& placement) {
  return rect_of(
      {placement.origin.x - placement.visible.left, placement.origin.y - placement.visible.top},
      size_f(placement.scaled));
}

// Scales onto the pixels that `map` assigns to the box. Range: `map` is upright.
base::Result<Raster> scaled_onto(PixelView pixels, const Placement& placement,
                                 const base::Affine& map) {
  const base::RectF shown =
      rect_of(placement.origin, {static_cast<double>(placement.visible.width()),
                                 static_cast<double>(placement.visible.height())});
  const base::RectI canvas = around(base::bounds_of(map, shown));
  TRY_DO(check_picture_size(size_f({canvas.width(), canvas.height()})));
  Pixels made = resampled_into(pixels, base::bounds_of(map, whole_place(placement)), canvas);
  cut_out(base::bounds_of(map, shown_part(placement)), canvas, made);
  return Raster{std::make_shared<const frame::Picture>(
                    std::move(made), base::PointF{static_cast<double>(canvas.left),
                                                  static_cast<double>(canvas.top)}),
                placement.box, 0, map};
}

// Copies `part` of the pixels; outside of `kept`, edge pixels repeat.
Pixels part_of(PixelView pixels, const base::RectI& kept, const base::RectI& part) {
  Pixels made({part.width(), part.height()});
  for (int y = part.top; y < part.bottom; ++y) {
    const frame::PremulRgba8* from = pixels.row(std::clamp(y, kept.top, kept.bottom - 1));
    frame::PremulRgba8* to = made.view().row(y - part.top);
    for (int x = part.left; x < part.right; ++x) {
      to[x - part.left] = from[std::clamp(x, kept.left, kept.right - 1)];
    }
  }
  return made;
}

// Keeps the picture unscaled for sampling, reduced to the largest size at which it is shown. A
// picture that the box crops extends a few pixels beyond it, so that only the crop determines the
// edge.
Raster unscaled(PixelView pixels, const Placement& placement, base::SizeF scale) {
  constexpr int kAround = 4;
  Pixels small = reduced(
      pixels, {placement.scaled.width * scale.width, placement.scaled.height * scale.height});
  const base::RectF whole = whole_place(placement);
  const base::Affine map =
      base::scaling(small.size().width / whole.width(), small.size().height / whole.height()) *
      base::translation(-whole.left, -whole.top);
  const bool is_cut = placement.visible.width() < placement.scaled.width ||
                      placement.visible.height() < placement.scaled.height;
  if (!is_cut) {
    return {std::make_shared<const frame::Picture>(std::move(small)), placement.box, 0, map};
  }
  const base::RectI kept = base::intersection(
      {0, 0, small.size().width, small.size().height},
      around(base::bounds_of(
          map, rect_of(placement.origin, {static_cast<double>(placement.visible.width()),
                                          static_cast<double>(placement.visible.height())}))));
  const int across = placement.origin.x > 0 ? 0 : kAround;
  const int down = placement.origin.y > 0 ? 0 : kAround;
  const base::RectI part{kept.left - across, kept.top - down, kept.right + across,
                         kept.bottom + down};
  const base::PointF corner{static_cast<double>(part.left), static_cast<double>(part.top)};
  return {std::make_shared<const frame::Picture>(part_of(std::as_const(small).view(), kept, part),
                                                 corner),
          placement.box, 0, map, true};
}

base::Result<Raster> detailed_pixels(PixelView pixels, const Fitting& fitting,
                                     const Detail& detail) {
  if (detail == Detail{}) return fitted_pixels(pixels, fitting);
  TRY(const Placement placement, place(size_f(pixels.size()), fitting.fit, fitting.box));
  if (detail.is_sampled) return unscaled(pixels, placement, detail.scale);
  auto raster = scaled_onto(pixels, placement, pixels_from_box(detail, placement.box));
  if (raster) return raster;
  return fitted_pixels(pixels, fitting);  // it is too large
}

base::Result<Raster> fitted(std::string bytes, const Fitting& fitting, const Detail& detail) {
  if (looks_like_svg(bytes)) return fitted_svg(std::move(bytes), fitting);
  if (bytes.starts_with("\x1f\x8b")) {
    return base::unsupported("is compressed: unpack it with gunzip");
  }
  TRY(const Pixels pixels, decoder().image(bytes));
  return detailed_pixels(pixels.view(), fitting, detail);
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
  const std::string& name = request.pattern.empty() ? request.path : request.pattern;
  TRY(std::string bytes, read_file(request.path, name, limits::kImageFileBytesMax));
  base::Result<Raster> raster =
      fitted(std::move(bytes), {request.fit, request.box}, request.detail);
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
  base::Result<Raster> raster = looks_like_svg(bytes) ? contained_svg(std::move(bytes), box, detail)
                                                      : base::invalid_input("not an SVG image");
  if (!raster.ok()) return at_path(std::move(raster).error(), path);
  return raster;
}

}  // namespace layercast::content
