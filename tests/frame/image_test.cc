#include "frame/image.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <new>
#include <type_traits>
#include <utility>

namespace layercast::frame {
namespace {

uint8_t byte(int value) { return static_cast<uint8_t>(value); }

TEST(DividedBy255, RoundsToNearestForEverySixteenBitNumber) {
  for (uint32_t numerator = 0; numerator <= 65535; ++numerator) {
    // Never a tie: 255 is odd.
    ASSERT_EQ(divided_by_255(numerator), (2 * numerator + 255) / 510) << numerator;
  }
}

TEST(Premultiply, IsTheExactProductRoundedForEveryPair) {
  for (int color = 0; color < 256; ++color) {
    for (int alpha = 0; alpha < 256; ++alpha) {
      const PremulRgba8 pixel = premultiplied({byte(color), byte(255 - color), 0, byte(alpha)});
      ASSERT_EQ(pixel.red, (2 * color * alpha + 255) / 510);
      ASSERT_EQ(pixel.green, (2 * (255 - color) * alpha + 255) / 510);
      ASSERT_EQ(pixel.blue, 0);
      ASSERT_EQ(pixel.alpha, alpha);
      ASSERT_LE(pixel.red, pixel.alpha);
    }
  }
}

TEST(Unpremultiply, IsTheExactQuotientRoundedForEveryPair) {
  for (int alpha = 1; alpha < 256; ++alpha) {
    for (int color = 0; color <= alpha; ++color) {
      const StraightRgba8 pixel = unpremultiplied({byte(color), byte(alpha), 0, byte(alpha)});
      const long double exact = 255.0L * color / alpha;
      ASSERT_LE(pixel.red, exact + 0.5L);
      ASSERT_GE(pixel.red, exact - 0.5L);
      ASSERT_EQ(pixel.green, 255);
      ASSERT_EQ(pixel.blue, 0);
      ASSERT_EQ(pixel.alpha, alpha);
    }
  }
}

TEST(Unpremultiply, ThenPremultiplyingGivesEveryPixelBack) {
  for (int alpha = 0; alpha < 256; ++alpha) {
    for (int color = 0; color <= alpha; ++color) {
      const PremulRgba8 pixel{byte(color), byte(alpha - color), byte(color / 2), byte(alpha)};
      ASSERT_EQ(premultiplied(unpremultiplied(pixel)), pixel) << color << " " << alpha;
    }
  }
}

TEST(Unpremultiply, TransparentIsTransparentBlack) {
  EXPECT_EQ(unpremultiplied({0, 0, 0, 0}), (StraightRgba8{0, 0, 0, 0}));
  EXPECT_EQ(premultiplied({200, 100, 50, 0}), (PremulRgba8{0, 0, 0, 0}));
}

TEST(Image, StartsTransparentWithAlignedRows) {
  const Image<PremulRgba8> image({17, 3});
  EXPECT_EQ(image.view().row_bytes(), 128);
  EXPECT_EQ(image.bytes(), 3U * 128U);
  for (int y = 0; y < 3; ++y) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(image.view().row(y)) % 64, 0U);
    for (int x = 0; x < 17; ++x) EXPECT_EQ(image.view().at(x, y), PremulRgba8{});
  }
}

TEST(Image, RowsOfWholeAlignmentHaveNoPadding) {
  EXPECT_EQ(aligned_row_bytes(0), 0);
  EXPECT_EQ(aligned_row_bytes(1), 64);
  EXPECT_EQ(aligned_row_bytes(64), 64);
  EXPECT_EQ(aligned_row_bytes(65), 128);
}

TEST(ImageView, APartIsTheSamePixelsFromItsCorner) {
  Image<StraightRgba8> image({8, 6});
  image.view().at(3, 2) = {1, 2, 3, 4};
  const auto part = image.view().part({3, 2, 7, 6});
  EXPECT_EQ(part.size(), (base::SizeI{4, 4}));
  EXPECT_EQ(&part.at(0, 0), &image.view().at(3, 2));
  EXPECT_EQ(&part.at(3, 3), &image.view().at(6, 5));
  EXPECT_EQ(part.row_bytes(), image.view().row_bytes());
}

TEST(ImageViewDeathTest, APartOutsideIsABug) {
  Image<StraightRgba8> image({8, 6});
  EXPECT_DEATH(static_cast<void>(image.view().part({0, 0, 9, 6})), "does not hold");
  EXPECT_DEATH(static_cast<void>(image.view().part({-1, 0, 4, 6})), "does not hold");
}

TEST(ImageView, WritableBecomesReadableAndNeverTheReverse) {
  using Writable = ImageView<PremulRgba8>;
  using Readable = ImageView<const PremulRgba8>;
  EXPECT_TRUE((std::is_convertible_v<Writable, Readable>));
  EXPECT_FALSE((std::is_convertible_v<Readable, Writable>));
  EXPECT_FALSE((std::is_convertible_v<ImageView<StraightRgba8>, Readable>));
}

TEST(Premultiply, OfAnImageTouchesItsPixelsOnly) {
  Image<StraightRgba8> source({19, 5});
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 19; ++x) {
      source.view().at(x, y) = {byte(13 * x), byte(50 * y), byte(255 - x), byte(x * y * 3)};
    }
  }
  Image<PremulRgba8> canvas({23, 9});
  constexpr PremulRgba8 kCanary{7, 7, 7, 7};
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 23; ++x) canvas.view().at(x, y) = kCanary;
  }
  const base::RectI hole{2, 3, 21, 8};
  premultiply(source.view(), canvas.view().part(hole));
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 23; ++x) {
      const bool inside = x >= hole.left && x < hole.right && y >= hole.top && y < hole.bottom;
      const PremulRgba8 wanted =
          inside ? premultiplied(source.view().at(x - hole.left, y - hole.top)) : kCanary;
      ASSERT_EQ(canvas.view().at(x, y), wanted) << x << "," << y;
    }
  }
  Image<StraightRgba8> back({19, 5});
  unpremultiply(canvas.view().part(hole), back.view());
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 19; ++x) {
      ASSERT_EQ(back.view().at(x, y), unpremultiplied(premultiplied(source.view().at(x, y))));
    }
  }
}

TEST(ImageMemory, CountsTheImagesThatExist) {
  const int64_t before = image_bytes();
  {
    Image<PremulRgba8> image({16, 10});
    EXPECT_EQ(image_bytes() - before, 64 * 10);
    const Image<PremulRgba8> moved = std::move(image);
    EXPECT_EQ(image_bytes() - before, 64 * 10);
    const AlignedBytes other = allocate_aligned(1000);  // no image
    EXPECT_EQ(image_bytes() - before, 64 * 10);
  }
  EXPECT_EQ(image_bytes(), before);
}

TEST(ImageMemory, IsBounded) {
  const int64_t unbounded = image_bytes_max();
  EXPECT_TRUE(has_image_memory(int64_t{1} << 60));
  set_image_bytes_max(image_bytes() + 1000);
  EXPECT_TRUE(has_image_memory(1000));
  EXPECT_FALSE(has_image_memory(1001));
  set_image_bytes_max(unbounded);
}

TEST(ImageMemory, ThatDoesNotExistIsNoBug) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer aborts when memory is exhausted";
#endif
  EXPECT_THROW(static_cast<void>(allocate_aligned(size_t{1} << 60)), std::bad_alloc);
  EXPECT_THROW(Image<PremulRgba8>({1 << 30, 1 << 30}), std::bad_alloc);
}

}  // namespace
}  // namespace layercast::frame
