#include "content/text/glyph_cache.h"

#include "tests/content/loaded_font.h"

#include <bit>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace layercast::content {
namespace {

GlyphShape shape_of(const LoadedFont& font, char letter, double stroke_width = 0,
                    uint8_t right = 0) {
  return {font.font(), font.glyph(std::string(1, letter)), right, 0, stroke_width};
}

int total(const GlyphMask& mask) {
  int sum = 0;
  for (const uint8_t coverage : mask.coverage) sum += coverage;
  return sum;
}

TEST(GlyphCache, StrokeReachesHalfItsWidthOutOfTheFill) {
  const LoadedFont font("monospace", 40);
  GlyphCache cache;
  const GlyphMask fill = *cache.mask(shape_of(font, '0'));
  const GlyphMask stroke = *cache.mask(shape_of(font, '0', 6));
  EXPECT_NEAR(fill.area.left - stroke.area.left, 3, 1);
  EXPECT_NEAR(fill.area.top - stroke.area.top, 3, 1);
  EXPECT_NEAR(stroke.area.right - fill.area.right, 3, 1);
  EXPECT_NEAR(stroke.area.bottom - fill.area.bottom, 3, 1);
  EXPECT_LT(fill.area.bottom, 3);  // it stands on the baseline
}

TEST(GlyphCache, GlyphBetweenPixelsCoversAsMuchOfThem) {
  const LoadedFont font("monospace", 40);
  GlyphCache cache;
  const GlyphMask at_an_edge = *cache.mask(shape_of(font, '8'));
  const GlyphMask moved = *cache.mask(shape_of(font, '8', 0, 100));
  EXPECT_NE(at_an_edge.coverage, moved.coverage);
  EXPECT_NEAR(total(moved), total(at_an_edge), total(at_an_edge) * 0.005);
}

TEST(GlyphCache, PointsTellWhichPartOfAPixelIsCovered) {
  const LoadedFont font("monospace", 40);
  GlyphCache cache;
  for (const double stroke_width : {0.0, 3.0}) {
    const GlyphMask& mask = cache.mask_with_points(shape_of(font, 'R', stroke_width));
    ASSERT_EQ(mask.points.size(), mask.coverage.size());
    for (size_t i = 0; i < mask.points.size(); ++i) {
      EXPECT_NEAR(std::popcount(mask.points[i]) * 255.0 / 64, mask.coverage[i], 40);
    }
  }
}

TEST(GlyphCache, SpaceIsAnEmptyMask) {
  const LoadedFont font("monospace", 40);
  GlyphCache cache;
  const GlyphMask* mask = cache.mask(shape_of(font, ' ', 3));
  ASSERT_NE(mask, nullptr);
  EXPECT_TRUE(mask->area.empty());
  EXPECT_TRUE(cache.mask_with_points(shape_of(font, ' ', 3)).points.empty());
}

TEST(GlyphCache, VeryLargeGlyphHasNoMask) {
  const LoadedFont font("monospace", 1000);
  GlyphCache cache;
  EXPECT_EQ(cache.mask(shape_of(font, '0')), nullptr);
  EXPECT_NE(cache.mask(shape_of(font, '.')), nullptr);
  EXPECT_EQ(cache.mask(shape_of(font, '.', 200)), nullptr);
}

TEST(GlyphCache, HoldsNoMoreThanItsBytesAndReturnsTheSame) {
  const LoadedFont font("monospace", 40);
  GlyphCache large;
  constexpr size_t kBytesMax = 20'000;
  GlyphCache small(kBytesMax);
  for (int round = 0; round < 2; ++round) {
    for (char letter = '!'; letter <= '~'; ++letter) {
      for (const double stroke_width : {0.0, 3.0}) {
        const GlyphShape shape = shape_of(font, letter, stroke_width);
        const GlyphMask& expected = large.mask_with_points(shape);
        const GlyphMask& mask = small.mask_with_points(shape);
        ASSERT_EQ(mask.area, expected.area);
        ASSERT_EQ(mask.coverage, expected.coverage);
        ASSERT_EQ(mask.points, expected.points);
        ASSERT_LE(small.bytes(), kBytesMax);
      }
    }
  }
  EXPECT_GT(large.bytes(), 4 * kBytesMax);
  EXPECT_LE(large.bytes(), GlyphCache::kBytesMax);
}

TEST(GlyphCache, OneTooManyFontsEmptiesIt) {
  GlyphCache cache;
  std::vector<std::unique_ptr<LoadedFont>> fonts;
  for (size_t i = 0; i <= GlyphCache::kFontsMax; ++i) {
    fonts.push_back(std::make_unique<LoadedFont>("monospace", 20 + static_cast<double>(i)));
    const size_t before = cache.bytes();
    cache.mask(shape_of(*fonts.back(), '0'));
    EXPECT_EQ(cache.bytes() > before, i < GlyphCache::kFontsMax) << i;
  }
  cache.clear();
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(GlyphCache, KeepsTheFontsItHasMasksOf) {
  GlyphCache cache;
  const auto coverage_at = [&](double size) {
    const LoadedFont font("monospace", size);  // gone afterwards: its address is free again
    return cache.mask(shape_of(font, '8'))->coverage;
  };
  for (int round = 0; round < 3; ++round) {
    for (const double size : {20.0, 30.0, 40.0}) {
      const LoadedFont font("monospace", size);
      GlyphCache fresh;
      EXPECT_EQ(coverage_at(size), fresh.mask(shape_of(font, '8'))->coverage);
    }
  }
}

}  // namespace
}  // namespace layercast::content
