#include "frame/alpha_map.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <utility>

namespace layercast::frame {
namespace {

using base::RectI;
using base::SizeI;

constexpr int kCellSide = 16;

using Random = std::mt19937;

int between(Random& random, int low, int high) {
  return low + static_cast<int>(random() % static_cast<uint32_t>(high - low + 1));
}

// Patches that are clear, opaque or neither, some on cells and some not; now and then a lone pixel.
Image<PremulRgba8> random_image(Random& random) {
  const SizeI size{between(random, 1, 90), between(random, 1, 70)};
  Image<PremulRgba8> image(size);
  constexpr std::array<uint8_t, 6> kAlphas{0, 0, 255, 255, 1, 254};
  for (int patches = between(random, 0, 6); patches > 0; --patches) {
    const uint8_t alpha = kAlphas[random() % kAlphas.size()];
    const int step = random() % 2 == 0 ? kCellSide : 1;
    const int left = between(random, 0, size.width - 1) / step * step;
    const int top = between(random, 0, size.height - 1) / step * step;
    const int right = std::min(size.width, left + between(random, 1, 5) * kCellSide);
    const int bottom = std::min(size.height, top + between(random, 1, 5) * kCellSide);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) image.view().at(x, y) = {0, 0, 0, alpha};
    }
  }
  for (int dots = between(random, 0, 2); dots > 0; --dots) {
    image.view().at(between(random, 0, size.width - 1), between(random, 0, size.height - 1)).alpha =
        kAlphas[random() % kAlphas.size()];
  }
  return image;
}

RectI random_area(Random& random, SizeI size) {
  const int left = between(random, -20, size.width + 10);
  const int top = between(random, -20, size.height + 10);
  return {left, top, left + between(random, -3, size.width + 20),
          top + between(random, -3, size.height + 20)};
}

// The area made of whole cells around `area`; at the image's end a cell may be smaller.
RectI in_cells(const RectI& area, SizeI size) {
  const auto up = [](int value) { return (value + kCellSide - 1) / kCellSide * kCellSide; };
  return {area.left / kCellSide * kCellSide, area.top / kCellSide * kCellSide,
          std::min(up(area.right), size.width), std::min(up(area.bottom), size.height)};
}

bool every_alpha_is(uint8_t alpha, ImageView<const PremulRgba8> pixels, const RectI& area) {
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      if (pixels.at(x, y).alpha != alpha) return false;
    }
  }
  return true;
}

RectI whole(SizeI size) { return {0, 0, size.width, size.height}; }

void expect_right(const AlphaMap& map, ImageView<const PremulRgba8> pixels, const RectI& area) {
  const RectI inside = base::intersection(area, whole(pixels.size()));
  const bool is_within = !area.empty() && inside == area;
  // What it says is so.
  if (map.is_clear(area) && !inside.empty()) {
    ASSERT_TRUE(every_alpha_is(0, pixels, inside));
  }
  if (map.is_opaque(area)) {
    ASSERT_TRUE(is_within);
    ASSERT_TRUE(every_alpha_is(255, pixels, area));
  }
  // What is so for the cells around, it says.
  if (inside.empty()) {
    ASSERT_TRUE(map.is_clear(area));
    return;
  }
  const RectI cells = in_cells(inside, pixels.size());
  ASSERT_EQ(map.is_clear(area), every_alpha_is(0, pixels, cells));
  ASSERT_EQ(map.is_opaque(area), is_within && every_alpha_is(255, pixels, cells));
}

TEST(AlphaMap, SaysOfAnyAreaWhatHoldsForTheCellsAroundIt) {
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    const Image<PremulRgba8> image = random_image(random);
    const AlphaMap map(image.view());
    for (int j = 0; j < 60; ++j) {
      const RectI area = random_area(random, image.size());
      ASSERT_NO_FATAL_FAILURE(expect_right(map, image.view(), area))
          << "image " << i << ": " << area.left << ", " << area.top << " to " << area.right << ", "
          << area.bottom;
    }
  }
}

TEST(AlphaMap, IsExactForWholeCells) {
  Random random(2);
  for (int i = 0; i < 200; ++i) {
    const Image<PremulRgba8> image = random_image(random);
    const AlphaMap map(image.view());
    for (int j = 0; j < 30; ++j) {
      const RectI area = base::intersection(random_area(random, image.size()), whole(image.size()));
      if (area.empty()) continue;
      const RectI cells = in_cells(area, image.size());
      ASSERT_EQ(map.is_clear(cells), every_alpha_is(0, image.view(), cells));
      ASSERT_EQ(map.is_opaque(cells), every_alpha_is(255, image.view(), cells));
    }
  }
}

TEST(AlphaMap, OnePixelMakesTheDifference) {
  Image<PremulRgba8> image({40, 40});
  image.view().at(39, 39).alpha = 1;
  const AlphaMap nearly_clear(image.view());
  EXPECT_FALSE(nearly_clear.is_clear({0, 0, 40, 40}));
  EXPECT_TRUE(nearly_clear.is_clear({0, 0, 40, 32}));
  EXPECT_TRUE(nearly_clear.is_clear({0, 0, 32, 40}));
  EXPECT_FALSE(nearly_clear.is_clear({32, 32, 33, 33}));  // its cell is not
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) image.view().at(x, y).alpha = x == 0 && y == 0 ? 254 : 255;
  }
  const AlphaMap nearly_opaque(image.view());
  EXPECT_FALSE(nearly_opaque.is_opaque({0, 0, 40, 40}));
  EXPECT_TRUE(nearly_opaque.is_opaque({16, 0, 40, 40}));
  EXPECT_TRUE(nearly_opaque.is_opaque({0, 16, 40, 40}));
}

TEST(AlphaMap, OutsideOfTheImageAllIsClearAndNothingOpaque) {
  Image<PremulRgba8> image({20, 20});
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) image.view().at(x, y).alpha = 255;
  }
  const AlphaMap map(image.view());
  EXPECT_TRUE(map.is_opaque({0, 0, 20, 20}));
  for (const RectI& area :
       {RectI{-1, 0, 20, 20}, {0, -1, 20, 20}, {0, 0, 21, 20}, {0, 0, 20, 21}, {30, 0, 40, 10}}) {
    EXPECT_FALSE(map.is_opaque(area));
  }
  for (const RectI& area : {RectI{20, 0, 30, 20}, {0, 20, 20, 30}, {-9, 0, 0, 9}, {5, 5, 5, 9}}) {
    EXPECT_TRUE(map.is_clear(area));
  }
  EXPECT_FALSE(map.is_clear({-9, -9, 1, 1}));
}

}  // namespace
}  // namespace layercast::frame
