#include "content/text/glyph_union.h"

#include "base/check.h"
#include "content/picture/cairo_picture.h"
#include "frame/image.h"

#include <algorithm>
#include <bit>
#include <cairo/cairo.h>
#include <cstddef>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

// Rounds down, also for negative values.
int pixel_of(int64_t place) {
  static_assert(kPlacesPerPx == 1 << 8);
  return static_cast<int>(place >> 8);
}

// uint8_t instead of bool, so that compilers vectorise the loops.
uint8_t is_part(uint8_t coverage) { return static_cast<uint8_t>(coverage - 1) < 254 ? 1 : 0; }

// A pixel that several glyphs cover partly.
struct SharedPixel {
  size_t index = 0;
  uint32_t coverage = 0;
  uint64_t points = 0;

  void add(uint32_t more, uint64_t more_points) {
    coverage = std::min<uint32_t>(255, coverage + more - common_with(more, more_points));
    points |= more_points;
  }

  // How much of the pixel both cover.
  uint32_t common_with(uint32_t more, uint64_t more_points) const {
    const uint32_t smaller = std::min(coverage, more);
    const auto fewer =
        static_cast<uint32_t>(std::min(std::popcount(points), std::popcount(more_points)));
    const auto in_both = static_cast<uint32_t>(std::popcount(points & more_points));
    if (fewer > 0) return (smaller * in_both + fewer / 2) / fewer;
    // Too thin to cover a point. Two such parts are probably the same edge; a single one is treated
    // as independent of the other part.
    return points == more_points ? smaller : frame::divided_by_255(coverage * more);
  }
};

/// Combines glyph masks into one coverage.
class Union {
 public:
  Union(std::span<const PlacedGlyph> glyphs, double stroke_width, GlyphCache& cache)
      : glyphs_(glyphs), stroke_width_(stroke_width), cache_(cache) {}

  std::optional<Coverage> make(const base::RectI& clip) {
    const auto bounds = bounds_of_masks();
    if (!bounds.has_value()) return std::nullopt;
    area_ = base::intersection(*bounds, clip);
    if (area_.empty()) return Coverage{};
    CairoSurface surface = make_mask_surface({area_.width(), area_.height()});
    cairo_surface_flush(surface.get());
    pixels_ = cairo_image_surface_get_data(surface.get());
    row_bytes_ = static_cast<size_t>(cairo_image_surface_get_stride(surface.get()));
    take_the_largest();
    if (!shared_.empty()) join_shared_pixels();
    cairo_surface_mark_dirty(surface.get());
    return Coverage{area_, std::move(surface)};
  }

 private:
  GlyphShape shape_of(const PlacedGlyph& placed) const {
    return {placed.font, placed.glyph, static_cast<uint8_t>(placed.x & (kPlacesPerPx - 1)),
            static_cast<uint8_t>(placed.y & (kPlacesPerPx - 1)), stroke_width_};
  }

  static base::RectI area_of(const PlacedGlyph& placed, const GlyphMask& mask) {
    const int x = pixel_of(placed.x);
    const int y = pixel_of(placed.y);
    return {mask.area.left + x, mask.area.top + y, mask.area.right + x, mask.area.bottom + y};
  }

  std::optional<base::RectI> bounds_of_masks() {
    base::RectI bounds;
    for (const PlacedGlyph& placed : glyphs_) {
      const GlyphMask* mask = cache_.mask(shape_of(placed));
      if (mask == nullptr) return std::nullopt;
      if (mask->area.empty()) continue;
      const base::RectI area = area_of(placed, *mask);
      if (bounds.empty()) bounds = area;
      bounds = {std::min(bounds.left, area.left), std::min(bounds.top, area.top),
                std::max(bounds.right, area.right), std::max(bounds.bottom, area.bottom)};
    }
    return bounds;
  }

  // Calls `function` for each row of the mask inside the union, with the index of its first pixel
  // in the mask, that in the union, and the number of pixels.
  template <class Function>
  void for_each_row(const PlacedGlyph& placed, const GlyphMask& mask, Function function) const {
    const base::RectI whole = area_of(placed, mask);
    const base::RectI inside = base::intersection(whole, area_);
    if (inside.empty()) return;
    const auto length = static_cast<size_t>(inside.width());
    const auto mask_width = static_cast<size_t>(whole.width());
    for (int y = inside.top; y < inside.bottom; ++y) {
      function(static_cast<size_t>(y - whole.top) * mask_width +
                   static_cast<size_t>(inside.left - whole.left),
               static_cast<size_t>(y - area_.top) * row_bytes_ +
                   static_cast<size_t>(inside.left - area_.left),
               length);
    }
  }

  // Takes the maximum, which is exact unless several glyphs cover a pixel partly; records those.
  void take_the_largest() {
    for (const PlacedGlyph& placed : glyphs_) {
      const GlyphMask& mask = *cache_.mask(shape_of(placed));
      for_each_row(placed, mask, [&](size_t from, size_t to, size_t length) {
        cover_row(mask.coverage.data() + from, to, length);
      });
    }
    std::ranges::sort(shared_, {}, &SharedPixel::index);
  }

  void cover_row(const uint8_t* from, size_t index, size_t length) {
    uint8_t* to = pixels_ + index;
    uint8_t shared = 0;
    for (size_t i = 0; i < length; ++i) {
      shared = static_cast<uint8_t>(shared | (is_part(from[i]) & is_part(to[i])));
    }
    for (size_t i = 0; shared != 0 && i < length; ++i) {
      if (is_part(from[i]) != 0 && is_part(to[i]) != 0) take_note(index + i);
    }
    for (size_t i = 0; i < length; ++i) to[i] = std::max(to[i], from[i]);
  }

  void take_note(size_t index) {
    if (is_shared_.empty()) is_shared_.resize(row_bytes_ * static_cast<size_t>(area_.height()));
    if (is_shared_[index]) return;
    is_shared_[index] = true;
    shared_.push_back({index});
  }

  void join_shared_pixels() {
    for (const PlacedGlyph& placed : glyphs_) {
      const GlyphMask* mask = cache_.mask(shape_of(placed));
      for_each_row(placed, *mask, [&](size_t from, size_t to, size_t length) {
        auto pixel = std::ranges::lower_bound(shared_, to, {}, &SharedPixel::index);
        for (; pixel != shared_.end() && pixel->index < to + length; ++pixel) {
          const size_t at = from + (pixel->index - to);
          if (mask->coverage[at] == 0) continue;
          if (mask->points.empty()) mask = &cache_.mask_with_points(shape_of(placed));
          pixel->add(mask->coverage[at], mask->points[at]);
        }
      });
    }
    for (const SharedPixel& pixel : shared_) {
      pixels_[pixel.index] = static_cast<uint8_t>(pixel.coverage);
    }
  }

  std::span<const PlacedGlyph> glyphs_;
  double stroke_width_;
  GlyphCache& cache_;
  base::RectI area_;
  unsigned char* pixels_ = nullptr;
  size_t row_bytes_ = 0;
  std::vector<SharedPixel> shared_;
  std::vector<bool> is_shared_;  // empty when there are none
};

}  // namespace

std::optional<Coverage> united_coverage(std::span<const PlacedGlyph> glyphs, double stroke_width,
                                        const base::RectI& clip, GlyphCache& cache) {
  return Union(glyphs, stroke_width, cache).make(clip);
}

}  // namespace layercast::content
