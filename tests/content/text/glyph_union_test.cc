#include "content/text/glyph_union.h"

#include "tests/content/loaded_font.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

constexpr base::RectI kEverywhere{-4096, -4096, 4096, 4096};

// At a place on the baseline, in px.
PlacedGlyph placed(const LoadedFont& font, const std::string& character, double x) {
  return {font.font(), font.glyph(character), static_cast<int64_t>(x * kPlacesPerPx), 0};
}

int at(const Coverage& coverage, int x, int y) {
  const base::RectI& area = coverage.area;
  if (x < area.left || y < area.top || x >= area.right || y >= area.bottom) return 0;
  return cairo_image_surface_get_data(
      coverage.mask.get())[(y - area.top) * cairo_image_surface_get_stride(coverage.mask.get()) +
                           x - area.left];
}

Coverage united(const std::vector<PlacedGlyph>& glyphs, double stroke_width) {
  GlyphCache cache;
  return united_coverage(glyphs, stroke_width, kEverywhere, cache).value();
}

// The glyphs' outlines filled or stroked as one shape.
Coverage drawn_as_one(const std::vector<PlacedGlyph>& glyphs, double stroke_width,
                      const base::RectI& area) {
  CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, area.width(), area.height()));
  const CairoContext cairo(cairo_create(surface.get()));
  cairo_translate(cairo.get(), -area.left, -area.top);
  for (const PlacedGlyph& each : glyphs) {
    const cairo_glyph_t glyph{each.glyph, static_cast<double>(each.x) / kPlacesPerPx,
                              static_cast<double>(each.y) / kPlacesPerPx};
    cairo_set_scaled_font(cairo.get(), each.font);
    cairo_glyph_path(cairo.get(), &glyph, 1);
  }
  cairo_set_line_width(cairo.get(), stroke_width);
  cairo_set_line_join(cairo.get(), CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cairo.get(), CAIRO_LINE_CAP_ROUND);
  stroke_width > 0 ? cairo_stroke(cairo.get()) : cairo_fill(cairo.get());
  cairo_surface_flush(surface.get());
  return {area, std::move(surface)};
}

TEST(GlyphUnion, OfOneGlyphIsItsMask) {
  const LoadedFont font("monospace", 36);
  GlyphCache cache;
  const PlacedGlyph four = placed(font, "4", 10.25);
  const Coverage coverage = united({four}, 3);
  const GlyphMask& mask = *cache.mask({four.font, four.glyph, 64, 0, 3});
  ASSERT_EQ(coverage.area, (base::RectI{mask.area.left + 10, mask.area.top, mask.area.right + 10,
                                        mask.area.bottom}));
  size_t i = 0;
  for (int y = coverage.area.top; y < coverage.area.bottom; ++y) {
    for (int x = coverage.area.left; x < coverage.area.right; ++x) {
      ASSERT_EQ(at(coverage, x, y), mask.coverage[i++]);
    }
  }
}

TEST(GlyphUnion, EdgesThatRunSideBySideShowNoSeam) {
  // Three underscores that lie over one another between 10 and 20.
  int parts = 0;
  for (int i = 0; i < 40; ++i) {
    const LoadedFont font("monospace", 40 + i / 16.0);
    for (const double stroke_width : {0.0, 2.3, 5.0}) {
      std::vector<PlacedGlyph> glyphs;
      std::vector<Coverage> single;
      for (const double x : {0.0, 2.3, 5.6}) {
        glyphs.push_back(placed(font, "_", x));
        single.push_back(united({glyphs.back()}, stroke_width));
      }
      const Coverage all = united(glyphs, stroke_width);
      for (int y = all.area.top; y < all.area.bottom; ++y) {
        for (int x = 10; x < 20; ++x) {
          int largest = 0;
          for (const Coverage& each : single) largest = std::max(largest, at(each, x, y));
          ASSERT_EQ(at(all, x, y), largest) << x << ", " << y;
          parts += largest > 0 && largest < 255;
        }
      }
    }
  }
  EXPECT_GT(parts, 1000);
}

TEST(GlyphUnion, PartsThatMeetFillTheirPixel) {
  const LoadedFont font("monospace", 40);
  const Coverage one = united({placed(font, "█", 0)}, 0);
  const int middle = (one.area.top + one.area.bottom) / 2;
  double width = 0;
  for (int x = one.area.left; x < one.area.right; ++x) width += at(one, x, middle) / 255.0;
  for (const double x : {0.25, 0.5, 0.75}) {
    const double next = x + width;
    const Coverage two = united({placed(font, "█", x), placed(font, "█", next)}, 0);
    // Points are a sixteenth of a pixel from its edges.
    for (int column = 2; column < 40; ++column) EXPECT_GE(at(two, column, middle), 240) << column;
  }
}

TEST(GlyphUnion, IsCloseToTheOutlinesDrawnAsOneAndBetweenTheLargestAndTheSum) {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const LoadedFont fonts[] = {{"Inter", 30}, {"serif", 24}, {"monospace", 36}};
  for (int i = 0; i < 300; ++i) {
    const LoadedFont& font = fonts[below(3)];
    const double stroke_width = below(3) == 0 ? 0 : below(20) / 2.0;
    std::vector<PlacedGlyph> glyphs;
    double x = 0;
    for (int k = 0; k < 4; ++k) {
      glyphs.push_back(placed(font, std::string(1, static_cast<char>('!' + below(94))), x));
      x += 6 + below(5000) / 256.0;
    }
    const Coverage coverage = united(glyphs, stroke_width);
    std::vector<Coverage> single;
    single.reserve(glyphs.size());
    for (const PlacedGlyph& glyph : glyphs) single.push_back(united({glyph}, stroke_width));
    const Coverage expected = drawn_as_one(glyphs, stroke_width, coverage.area);
    int64_t differences = 0;
    for (int y = coverage.area.top; y < coverage.area.bottom; ++y) {
      for (int column = coverage.area.left; column < coverage.area.right; ++column) {
        int largest = 0;
        int sum = 0;
        for (const Coverage& each : single) {
          largest = std::max(largest, at(each, column, y));
          sum += at(each, column, y);
        }
        const int level = at(coverage, column, y);
        ASSERT_GE(level, largest);
        ASSERT_LE(level, std::min(255, sum));
        const int difference = std::abs(level - at(expected, column, y));
        differences += difference;
        ASSERT_LE(difference, 48);
      }
    }
    EXPECT_LE(static_cast<double>(differences),
              0.8 * coverage.area.width() * coverage.area.height());
  }
}

TEST(GlyphUnion, StaysInsideTheClip) {
  const LoadedFont font("monospace", 36);
  const std::vector<PlacedGlyph> glyphs = {placed(font, "8", 0), placed(font, "8", 15)};
  const Coverage whole = united(glyphs, 4);
  GlyphCache cache;
  const base::RectI clip{5, -20, 17, -3};
  const Coverage part = united_coverage(glyphs, 4, clip, cache).value();
  EXPECT_EQ(part.area, clip);
  for (int y = clip.top; y < clip.bottom; ++y) {
    for (int x = clip.left; x < clip.right; ++x) EXPECT_EQ(at(part, x, y), at(whole, x, y));
  }
  EXPECT_TRUE(united_coverage(glyphs, 4, {500, 0, 600, 9}, cache).value().area.empty());
  EXPECT_TRUE(united_coverage({}, 4, kEverywhere, cache).value().area.empty());
}

TEST(GlyphUnion, IsTheSameWithACacheThatHoldsOneMask) {
  const LoadedFont font("Inter", 30);
  std::vector<PlacedGlyph> glyphs;
  glyphs.reserve(12);
  for (int i = 0; i < 12; ++i) {
    glyphs.push_back(placed(font, std::string(1, static_cast<char>('K' + i)), 17.3 * i));
  }
  GlyphCache tiny(1);
  const Coverage coverage = united_coverage(glyphs, 5, kEverywhere, tiny).value();
  const Coverage expected = united(glyphs, 5);
  ASSERT_EQ(coverage.area, expected.area);
  for (int y = expected.area.top; y < expected.area.bottom; ++y) {
    for (int x = expected.area.left; x < expected.area.right; ++x) {
      ASSERT_EQ(at(coverage, x, y), at(expected, x, y));
    }
  }
}

TEST(GlyphUnion, IsAbsentWhenAGlyphHasNoMask) {
  const LoadedFont font("Inter", 1000);
  GlyphCache cache;
  const std::vector<PlacedGlyph> glyphs = {placed(font, ".", 0), placed(font, "W", 200)};
  EXPECT_FALSE(united_coverage(glyphs, 0, kEverywhere, cache).has_value());
}

}  // namespace
}  // namespace layercast::content
