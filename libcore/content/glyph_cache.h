#pragma once

#include "base/geometry.h"
#include "content/cairo_picture.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): cairo's own name
using cairo_scaled_font_t = struct _cairo_scaled_font;

namespace layercast::content {

/// Cairo's places are multiples of 1/256 px: a glyph looks the same wherever it lies between the
/// same pixels.
inline constexpr int kPlacesPerPx = 256;

/// The fill or the stroke of one glyph, as its place between the pixels makes it.
struct GlyphShape {
  cairo_scaled_font_t* font = nullptr;  ///< borrowed
  uint32_t glyph = 0;                   ///< the font's number for it
  uint8_t right = 0;                    ///< 1/256 px from a pixel's left edge to the glyph's origin
  uint8_t down = 0;                     ///< and from its top edge
  double stroke_width = 0;              ///< px, joins are round; 0: the fill
  bool operator==(const GlyphShape&) const = default;
};

/// How much of each pixel a glyph covers, as cairo draws it.
struct GlyphMask {
  base::RectI area;               ///< px from the pixel in which the glyph's origin lies
  std::vector<uint8_t> coverage;  ///< 0..255; the rows of `area`, packed
  /// Which of 8×8 points in each pixel the glyph covers, one bit each; empty until asked for.
  std::vector<uint64_t> points;
};

/// Glyphs as masks, drawn once and kept: a clock that changes with every frame shows the same few.
/// Holds `bytes_max` of masks at most (more only where one alone is larger) and the masks of
/// kFontsMax sizes of fonts; past that, those that were not used for the longest time go, or all of
/// them. What it returns does not depend on what it holds.
/// Thread: one at a time.
class GlyphCache {
 public:
  static constexpr size_t kBytesMax = size_t{8} << 20;
  static constexpr size_t kFontsMax = 64;
  static constexpr int kSideMax = 256;  ///< px, of a mask

  explicit GlyphCache(size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  /// The glyph's mask; nullptr for one that is larger than kSideMax or that cairo cannot draw.
  /// Ownership: borrowed until the next call.
  const GlyphMask* mask(const GlyphShape& shape);
  /// The same, with its points. Range: shapes that have a mask.
  const GlyphMask& mask_with_points(const GlyphShape& shape);

  /// Memory held now.
  size_t bytes() const { return bytes_; }
  /// Forgets all masks and lets go of their fonts.
  void clear();

 private:
  struct Entry {
    GlyphShape shape;
    std::optional<GlyphMask> mask;
    size_t bytes() const;
  };
  struct Hash {
    size_t operator()(const GlyphShape& shape) const;
  };
  struct ReleaseFont {
    void operator()(cairo_scaled_font_t* font) const;
  };

  Entry& entry_of(const GlyphShape& shape);
  void keep(cairo_scaled_font_t* font);
  void drop_oldest();

  size_t bytes_max_;
  size_t bytes_ = 0;
  // While a font is held, no other one can have its address.
  std::vector<std::unique_ptr<cairo_scaled_font_t, ReleaseFont>> fonts_;
  std::list<Entry> entries_;  // the one used last comes first
  std::unordered_map<GlyphShape, std::list<Entry>::iterator, Hash> places_;
};

}  // namespace layercast::content
