#include "content/filter/filters.h"

#include "content/filter/filter_blur.h"
#include "content/filter/filter_color.h"
#include "content/picture/detail.h"
#include "content/picture/fit.h"
#include "frame/recolor.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

using frame::Image;
using frame::ImageView;
using frame::Picture;
using frame::PicturePtr;
using frame::PremulRgba8;

// Thrown to leave filters that take too long.
struct GivenUp {};

void check(const base::TimeLimit& limit) {
  if (limit.is_over()) throw GivenUp{};
}

PicturePtr picture_of(Image<PremulRgba8> pixels, base::PointF origin) {
  return std::make_shared<Picture>(std::move(pixels), origin);
}

base::PointF moved(base::PointF origin, double x, double y) { return {origin.x + x, origin.y + y}; }

base::Result<void> check_size(base::SizeI size) {
  auto fits =
      check_picture_size({static_cast<double>(size.width), static_cast<double>(size.height)});
  if (fits) return {};
  return base::with_context(std::move(fits).error(), "the filtered picture is too large");
}

// Rounds to nearest. Sums of floats may be slightly out of range.
uint8_t level(float value) {
  return static_cast<uint8_t>(static_cast<int>(std::clamp(value, 0.0F, 255.0F) + 0.5F));
}

void write_pixels(const float* from, int count, PremulRgba8* to) {
  auto* bytes = reinterpret_cast<uint8_t*>(to);
  for (int x = 0; x < count; ++x, from += 4, bytes += 4) {
    const float alpha = std::min(std::max(from[3], 0.0F), 255.0F);
    for (int c = 0; c < 4; ++c) {
      const float value = std::min(std::max(from[c], 0.0F), alpha);
      bytes[c] = static_cast<uint8_t>(static_cast<int>(value + 0.5F));
    }
  }
}

base::SizeF scaled(double length, base::SizeF scale) {
  return {length * scale.width, length * scale.height};
}

base::Result<PicturePtr> blurred(const Picture& source, base::SizeF deviation, scene::BlurEdge edge,
                                 const base::TimeLimit& limit) {
  const Blur blur(deviation, edge);
  TRY_DO(check_size(blur.blurred_size(source.size())));
  const ImageView<const PremulRgba8> from = source.view();
  Image<PremulRgba8> pixels(blur.blurred_size(source.size()));
  const ImageView<PremulRgba8> to = pixels.view();
  blur.run(
      source.size(), 4,
      [&](int y, int first, int count, float* out) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(from.row(y) + first);
        for (int i = 0; i < 4 * count; ++i) out[i] = bytes[i];
      },
      [&](int y, const float* row) {
        check(limit);
        write_pixels(row, to.width(), to.row(y));
      });
  return picture_of(std::move(pixels), moved(source.origin(), -blur.reach().x, -blur.reach().y));
}

// --- drop-shadow ---

// A length split into whole pixels and a fraction in 1/256.
struct Shift {
  explicit Shift(double length) {
    const auto steps = static_cast<int64_t>(std::floor(length * 256 + 0.5));
    whole = static_cast<int>(steps >> 8);
    rest = static_cast<float>(steps & 255) / 256;
  }
  int whole;
  float rest;
};

// The alpha of a picture moved right and down by a fraction of a pixel, interpolated linearly.
class ShiftedAlpha {
 public:
  ShiftedAlpha(const Picture& picture, float right, float down)
      : pixels_(picture.view()), right_(right), down_(down) {}

  base::SizeI size() const {
    return {pixels_.width() + (right_ > 0 ? 1 : 0), pixels_.height() + (down_ > 0 ? 1 : 0)};
  }

  void read(int y, int first, int count, float* out) const {
    for (int i = 0; i < count; ++i) {
      const int x = first + i;
      const float upper = down_ > 0 ? row_at(x, y - 1) : 0;
      const float lower = row_at(x, y);
      out[i] = lower + (upper - lower) * down_;
    }
  }

 private:
  float row_at(int x, int y) const {
    const float here = at(x, y);
    return right_ > 0 ? here + (at(x - 1, y) - here) * right_ : here;
  }
  float at(int x, int y) const {
    const bool is_inside = x >= 0 && y >= 0 && x < pixels_.width() && y < pixels_.height();
    return is_inside ? static_cast<float>(pixels_.at(x, y).alpha) : 0.0F;
  }

  ImageView<const PremulRgba8> pixels_;
  float right_;
  float down_;
};

// A shadow's coverage and its position, in px of the picture that casts it.
struct Shade {
  Image<uint8_t> coverage;
  base::PointI corner;
};

base::Result<Shade> shade_of(const Picture& source, const scene::DropShadowFilter& filter,
                             base::SizeF scale, const base::TimeLimit& limit) {
  const Shift across(filter.offset.x * scale.width);
  const Shift down(filter.offset.y * scale.height);
  const ShiftedAlpha alpha(source, across.rest, down.rest);
  base::SizeI size = alpha.size();
  Shade shade{{}, {across.whole, down.whole}};
  if (!(filter.blur > 0)) {
    shade.coverage = Image<uint8_t>(size);
    std::vector<float> row(static_cast<size_t>(size.width));
    for (int y = 0; y < size.height; ++y) {
      alpha.read(y, 0, size.width, row.data());
      std::ranges::transform(row, shade.coverage.view().row(y), level);
    }
    return shade;
  }
  const Blur blur(scaled(filter.blur, scale));
  TRY_DO(check_size(blur.blurred_size(size)));
  shade.coverage = Image<uint8_t>(blur.blurred_size(size));
  const auto coverage = shade.coverage.view();
  blur.run(
      size, 1, [&](int y, int first, int count, float* out) { alpha.read(y, first, count, out); },
      [&](int y, const float* row) {
        check(limit);
        std::transform(row, row + coverage.width(), coverage.row(y), level);
      });
  shade.corner = {across.whole - blur.reach().x, down.whole - blur.reach().y};
  return shade;
}

base::RectI rect_at(base::PointI corner, base::SizeI size) {
  return {corner.x, corner.y, corner.x + size.width, corner.y + size.height};
}

base::Result<PicturePtr> shadowed(const Picture& source, const scene::DropShadowFilter& filter,
                                  base::SizeF scale, const base::TimeLimit& limit) {
  TRY(const Shade shade, shade_of(source, filter, scale, limit));
  check(limit);
  const base::RectI above = rect_at({0, 0}, source.size());
  const base::RectI below = rect_at(shade.corner, shade.coverage.size());
  const base::RectI all{std::min(above.left, below.left), std::min(above.top, below.top),
                        std::max(above.right, below.right), std::max(above.bottom, below.bottom)};
  TRY_DO(check_size({all.width(), all.height()}));
  Image<PremulRgba8> pixels({all.width(), all.height()});
  const PremulRgba8 color = frame::premultiplied(
      {filter.color.red, filter.color.green, filter.color.blue, filter.color.alpha});
  std::vector<PremulRgba8> shades(256);
  for (uint32_t level = 0; level < 256; ++level) {
    const auto faded = [level](uint8_t value) {
      return static_cast<uint8_t>(frame::divided_by_255(value * level));
    };
    shades[level] = {faded(color.red), faded(color.green), faded(color.blue), faded(color.alpha)};
  }
  for (int y = below.top; y < below.bottom; ++y) {
    const uint8_t* coverage = shade.coverage.view().row(y - below.top);
    PremulRgba8* to = pixels.view().row(y - all.top) + (below.left - all.left);
    for (int x = 0; x < below.width(); ++x) to[x] = shades[coverage[x]];
  }
  for (int y = above.top; y < above.bottom; ++y) {
    const PremulRgba8* from = source.view().row(y);
    PremulRgba8* to = pixels.view().row(y - all.top) - all.left;
    for (int x = 0; x < above.right; ++x) to[x] = frame::over(from[x], to[x]);
  }
  return picture_of(std::move(pixels), moved(source.origin(), all.left, all.top));
}

// --- All filters ---

PicturePtr recolored(const Picture& source, std::span<const scene::ColorFilter> filters) {
  Image<PremulRgba8> pixels(source.size());
  frame::recolor(recoloring(filters), source.view(), pixels.view());
  return picture_of(std::move(pixels), source.origin());
}

// Applies a single filter; filtered() combines colour filters.
struct Apply {
  const Picture& source;
  base::SizeF scale;
  const base::TimeLimit& limit;

  base::Result<PicturePtr> operator()(const scene::BlurFilter& filter) const {
    return blurred(source, scaled(filter.radius, scale), filter.edge, limit);
  }
  base::Result<PicturePtr> operator()(const scene::ColorFilter& filter) const {
    return recolored(source, {&filter, 1});
  }
  base::Result<PicturePtr> operator()(const scene::DropShadowFilter& filter) const {
    return shadowed(source, filter, scale, limit);
  }
  base::Result<PicturePtr> operator()(const scene::ChromaKeyFilter& filter) const {
    TRY_DO(check_size(source.size()));
    Image<PremulRgba8> pixels(source.size());
    apply_chroma_key(filter, source.view(), pixels.view());
    return picture_of(std::move(pixels), source.origin());
  }
};

base::Result<PicturePtr> all_applied(PicturePtr source, std::span<const scene::Filter> filters,
                                     base::SizeF scale, const base::TimeLimit& limit) {
  std::vector<scene::ColorFilter> colors;  // pending; applied together
  const auto recolor = [&] {
    if (!colors.empty()) source = recolored(*source, colors);
    colors.clear();
  };
  for (const scene::Filter& filter : filters) {
    if (scene::does_nothing(filter)) continue;
    check(limit);
    if (const auto* color = std::get_if<scene::ColorFilter>(&filter)) {
      colors.push_back(*color);
      continue;
    }
    recolor();
    TRY(source, std::visit(Apply{*source, scale, limit}, filter));
  }
  recolor();
  return source;
}

}  // namespace

base::Result<PicturePtr> filtered(PicturePtr source, std::span<const scene::Filter> filters,
                                  base::SizeF scale, const base::TimeLimit& limit) {
  try {
    return all_applied(std::move(source), filters, scale, limit);
  } catch (const GivenUp&) {
    return base::over_limit("the filters take too long");
  } catch (const std::bad_alloc&) {
    return lacks_memory("the filtered picture cannot be made");
  }
}

base::Result<Raster> filtered(const Raster& source, std::span<const scene::Filter> filters) {
  Raster result = source;
  TRY(result.picture, filtered(source.picture, filters, scale_of(source.pixels_from_box)));
  if (source.behind != nullptr) {
    TRY(result.behind, filtered(source.behind, filters, {1, 1}));
  }
  if (source.finer != nullptr) {
    const auto finer = filtered(source.finer, filters, scale_of(source.finer_from_box));
    result.finer = finer ? finer.value() : nullptr;
  }
  return result;
}

}  // namespace layercast::content
