#include "content/text/glyph_cache.h"

#include "base/check.h"
#include "content/picture/cairo_picture.h"

#include <algorithm>
#include <bit>
#include <cairo/cairo.h>
#include <cmath>
#include <utility>

namespace layercast::content {
namespace {

constexpr int kPointsAcross = 8;  // points per pixel, in each direction

// Approximate overhead per mask.
constexpr size_t kEntryBytes = 256;

// Adds the glyph's outline relative to the pixel at (x, y).
void add_outline(cairo_t* cairo, const GlyphShape& shape, int x, int y) {
  constexpr double kPxPerPlace = 1.0 / kPlacesPerPx;
  cairo_set_scaled_font(cairo, shape.font);
  const cairo_glyph_t glyph{shape.glyph, x + shape.right * kPxPerPlace,
                            y + shape.down * kPxPerPlace};
  cairo_glyph_path(cairo, &glyph, 1);
}

void draw_outline(cairo_t* cairo, const GlyphShape& shape) {
  if (shape.stroke_width == 0) {
    cairo_fill(cairo);
    return;
  }
  cairo_set_line_width(cairo, shape.stroke_width);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_stroke(cairo);
}

// The pixels that the glyph touches; absent when the area is too large or cairo reports an error.
std::optional<base::RectI> area_of(const GlyphShape& shape) {
  // Unbounded: cairo omits glyphs far outside a bounded surface.
  const CairoSurface surface(cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, nullptr));
  const CairoContext cairo(cairo_create(surface.get()));
  add_outline(cairo.get(), shape, 0, 0);
  base::RectF outline;
  cairo_path_extents(cairo.get(), &outline.left, &outline.top, &outline.right, &outline.bottom);
  if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS) return std::nullopt;
  if (!(outline.width() > 0 || outline.height() > 0)) return base::RectI{};
  constexpr double kRounding = 1.0 / 32;  // error of the stroke's outline
  const double reach = shape.stroke_width > 0 ? shape.stroke_width / 2 + kRounding : 0;
  const double left = std::floor(outline.left - reach);
  const double top = std::floor(outline.top - reach);
  const double right = std::ceil(outline.right + reach);
  const double bottom = std::ceil(outline.bottom + reach);
  const bool fits = right - left <= GlyphCache::kSideMax && bottom - top <= GlyphCache::kSideMax &&
                    std::abs(left) < 1e6 && std::abs(top) < 1e6;
  if (!fits) return std::nullopt;
  return base::RectI{static_cast<int>(left), static_cast<int>(top), static_cast<int>(right),
                     static_cast<int>(bottom)};
}

std::optional<GlyphMask> draw_mask(const GlyphShape& shape) {
  const auto area = area_of(shape);
  if (!area.has_value()) return std::nullopt;
  GlyphMask mask{*area, {}, {}};
  if (area->empty()) return mask;
  const CairoSurface surface = make_mask_surface({area->width(), area->height()});
  const CairoContext cairo(cairo_create(surface.get()));
  add_outline(cairo.get(), shape, -area->left, -area->top);
  draw_outline(cairo.get(), shape);
  if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS) return std::nullopt;
  cairo_surface_flush(surface.get());
  const unsigned char* pixels = cairo_image_surface_get_data(surface.get());
  const ptrdiff_t row_bytes = cairo_image_surface_get_stride(surface.get());
  mask.coverage.reserve(static_cast<size_t>(area->width()) * static_cast<size_t>(area->height()));
  for (int y = 0; y < area->height(); ++y) {
    const unsigned char* row = pixels + y * row_bytes;
    mask.coverage.insert(mask.coverage.end(), row, row + area->width());
  }
  return mask;
}

// Packs 8×8 bytes, each 0 or 255, into bits.
uint64_t bits_of(const unsigned char* bytes, ptrdiff_t row_bytes) {
  uint64_t bits = 0;
  for (int y = 0; y < kPointsAcross; ++y) {
    for (int x = 0; x < kPointsAcross; ++x) {
      bits = bits << 1 | (bytes[y * row_bytes + x] & 1U);
    }
  }
  return bits;
}

std::vector<uint64_t> draw_points(const GlyphShape& shape, const GlyphMask& mask) {
  const base::RectI& area = mask.area;
  const CairoSurface surface =
      make_mask_surface({area.width() * kPointsAcross, area.height() * kPointsAcross});
  const CairoContext cairo(cairo_create(surface.get()));
  cairo_set_antialias(cairo.get(), CAIRO_ANTIALIAS_NONE);
  // A copied path scales exactly; a scaled context would use the outline of a larger font.
  add_outline(cairo.get(), shape, -area.left, -area.top);
  cairo_path_t* outline = cairo_copy_path(cairo.get());
  cairo_new_path(cairo.get());
  cairo_scale(cairo.get(), kPointsAcross, kPointsAcross);
  cairo_append_path(cairo.get(), outline);
  cairo_path_destroy(outline);
  draw_outline(cairo.get(), shape);
  cairo_surface_flush(surface.get());
  const unsigned char* pixels = cairo_image_surface_get_data(surface.get());
  const ptrdiff_t row_bytes = cairo_image_surface_get_stride(surface.get());
  std::vector<uint64_t> points;
  points.reserve(mask.coverage.size());
  for (int y = 0; y < area.height(); ++y) {
    for (int x = 0; x < area.width(); ++x) {
      const uint8_t coverage = mask.coverage[points.size()];
      const bool is_part = coverage != 0 && coverage != 255;
      points.push_back(is_part ? bits_of(pixels + kPointsAcross * (y * row_bytes + x), row_bytes)
                       : coverage == 0 ? 0
                                       : ~uint64_t{0});
    }
  }
  return points;
}

}  // namespace

size_t GlyphCache::Entry::bytes() const {
  if (!mask.has_value()) return kEntryBytes;
  return kEntryBytes + mask->coverage.capacity() + mask->points.capacity() * sizeof(uint64_t);
}

size_t GlyphCache::Hash::operator()(const GlyphShape& shape) const {
  uint64_t hash = std::bit_cast<uint64_t>(shape.stroke_width);
  const auto mix = [&hash](uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  };
  mix(reinterpret_cast<uintptr_t>(shape.font));
  mix(uint64_t{shape.glyph} << 16 | uint64_t{shape.right} << 8 | shape.down);
  return hash;
}

void GlyphCache::ReleaseFont::operator()(cairo_scaled_font_t* font) const {
  cairo_scaled_font_destroy(font);
}

const GlyphMask* GlyphCache::mask(const GlyphShape& shape) {
  const Entry& entry = entry_of(shape);
  return entry.mask.has_value() ? &*entry.mask : nullptr;
}

const GlyphMask& GlyphCache::mask_with_points(const GlyphShape& shape) {
  Entry& entry = entry_of(shape);
  LAYERCAST_CHECK(entry.mask.has_value());
  if (entry.mask->points.empty() && !entry.mask->area.empty()) {
    bytes_ -= entry.bytes();
    entry.mask->points = draw_points(shape, *entry.mask);
    bytes_ += entry.bytes();
    drop_oldest();
  }
  return *entry.mask;
}

void GlyphCache::clear() {
  places_.clear();
  entries_.clear();
  fonts_.clear();
  bytes_ = 0;
}

GlyphCache::Entry& GlyphCache::entry_of(const GlyphShape& shape) {
  if (const auto found = places_.find(shape); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front();
  }
  keep(shape.font);
  entries_.push_front({shape, draw_mask(shape)});
  places_.emplace(shape, entries_.begin());
  bytes_ += entries_.front().bytes();
  drop_oldest();
  return entries_.front();
}

void GlyphCache::keep(cairo_scaled_font_t* font) {
  const auto is_kept = [font](const auto& kept) { return kept.get() == font; };
  if (std::ranges::any_of(fonts_, is_kept)) return;
  if (fonts_.size() >= kFontsMax) clear();
  fonts_.emplace_back(cairo_scaled_font_reference(font));
}

void GlyphCache::drop_oldest() {
  while (bytes_ > bytes_max_ && entries_.size() > 1) {
    bytes_ -= entries_.back().bytes();
    places_.erase(entries_.back().shape);
    entries_.pop_back();
  }
}

}  // namespace layercast::content
