#pragma once

#include "base/geometry.h"
#include "content/picture/cairo_picture.h"

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

/// Cairo rounds glyph positions to multiples of 1/256 px: glyphs at the same fraction of a pixel
/// are rendered alike.
inline constexpr int kPlacesPerPx = 256;

/// The fill or the stroke of one glyph at a fraction of a pixel.
struct GlyphShape {
  cairo_scaled_font_t* font = nullptr;  ///< borrowed
  uint32_t glyph = 0;                   ///< the glyph's index in the font
  uint8_t right = 0;                    ///< 1/256 px from a pixel's left edge to the glyph's origin
  uint8_t down = 0;                     ///< and from its top edge to the origin
  double stroke_width = 0;              ///< px, with round joins; 0: the fill
  bool operator==(const GlyphShape&) const = default;
};

/// How much of each pixel a glyph covers, as cairo renders it.
struct GlyphMask {
  base::RectI area;               ///< px, relative to the pixel of the glyph's origin
  std::vector<uint8_t> coverage;  ///< 0..255; the rows of `area`, packed
  /// Which of 8×8 points in each pixel the glyph covers, one bit each; empty until requested.
  std::vector<uint64_t> points;
};

/// A cache of glyph masks, so that a clock that changes every frame renders each digit once.
/// Holds at most `bytes_max` bytes of masks (more only for a single larger one), least recently
/// used first out, and masks of at most kFontsMax scaled fonts, then starts over. Results do not
/// depend on the cache's content.
/// Thread: one at a time.
class GlyphCache {
 public:
  static constexpr size_t kBytesMax = size_t{8} << 20;
  static constexpr size_t kFontsMax = 64;
  static constexpr int kSideMax = 256;  ///< px, largest side of a mask

  explicit GlyphCache(size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  /// The mask of a glyph; nullptr when it is larger than kSideMax or cairo cannot render it.
  /// Ownership: borrowed until the next call.
  const GlyphMask* mask(const GlyphShape& shape);
  /// The same with its points. Range: shapes that have a mask.
  const GlyphMask& mask_with_points(const GlyphShape& shape);

  /// Bytes in use.
  size_t bytes() const { return bytes_; }
  /// Removes all masks and releases their fonts.
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
  // Holding a reference keeps another font from reusing the address.
  std::vector<std::unique_ptr<cairo_scaled_font_t, ReleaseFont>> fonts_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<GlyphShape, std::list<Entry>::iterator, Hash> places_;
};

}  // namespace layercast::content
