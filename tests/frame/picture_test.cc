#include "frame/picture.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace layercast::frame {
namespace {

uint8_t byte(int value) { return static_cast<uint8_t>(value); }

PremulRgba8 gray(int level, int alpha = 255) {
  return {byte(level), byte(level), byte(level), byte(alpha)};
}

Image<PremulRgba8> varied(base::SizeI size) {
  Image<PremulRgba8> image(size);
  uint32_t state = 12345;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      state = state * 1664525 + 1013904223;
      image.view().at(x, y) = premultiplied(
          {byte(static_cast<int>(state >> 24)), byte(static_cast<int>(state >> 16 & 255)),
           byte(static_cast<int>(state >> 8 & 255)), byte(x * y % 256)});
    }
  }
  return image;
}

TEST(Picture, LevelZeroIsThePictureItself) {
  const Picture picture(varied({5, 3}), {-2.5, 4});
  EXPECT_EQ(picture.size(), (base::SizeI{5, 3}));
  EXPECT_EQ(picture.origin(), (base::PointF{-2.5, 4}));
  EXPECT_EQ(picture.level(0).row(0), picture.view().row(0));
  EXPECT_EQ(picture.level(-3).row(0), picture.view().row(0));
}

TEST(Picture, EachPixelOfALevelIsTheRoundedMeanOfFour) {
  Image<PremulRgba8> image({4, 2});
  const int levels[2][4] = {{10, 20, 0, 0}, {30, 42, 0, 1}};
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 4; ++x) image.view().at(x, y) = gray(levels[y][x]);
  }
  const Picture picture(std::move(image));
  const auto half = picture.level(1);
  ASSERT_EQ(half.size(), (base::SizeI{2, 1}));
  EXPECT_EQ(half.at(0, 0), gray(26));  // 102 / 4 = 25.5: halves go up
  EXPECT_EQ(half.at(1, 0), gray(0));   // 1 / 4
}

TEST(Picture, OddSizesRoundUpAndRepeatTheEdge) {
  Image<PremulRgba8> image({3, 3});
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 3; ++x) image.view().at(x, y) = gray(10 * (3 * y + x));
  }
  const Picture picture(std::move(image));
  const auto half = picture.level(1);
  ASSERT_EQ(half.size(), (base::SizeI{2, 2}));
  EXPECT_EQ(half.at(0, 0), gray(20));  // 0, 10, 30, 40
  EXPECT_EQ(half.at(1, 0), gray(35));  // 20, 20, 50, 50
  EXPECT_EQ(half.at(0, 1), gray(65));  // 60, 70, 60, 70
  EXPECT_EQ(half.at(1, 1), gray(80));
}

TEST(Picture, TheSmallestLevelIsOnePixel) {
  const Picture picture(varied({100, 7}));
  const base::SizeI sizes[] = {{100, 7}, {50, 4}, {25, 2}, {13, 1}, {7, 1},
                               {4, 1},   {2, 1},  {1, 1},  {1, 1}};
  for (int level = 0; level < 9; ++level) EXPECT_EQ(picture.level(level).size(), sizes[level]);
  EXPECT_EQ(picture.level(1000).size(), (base::SizeI{1, 1}));
}

TEST(Picture, ColourNeverExceedsAlphaAtAnyLevel) {
  const Picture picture(varied({61, 47}));
  for (int level = 0; level < 7; ++level) {
    const auto view = picture.level(level);
    for (int y = 0; y < view.height(); ++y) {
      for (int x = 0; x < view.width(); ++x) {
        const PremulRgba8 pixel = view.at(x, y);
        ASSERT_LE(std::max({pixel.red, pixel.green, pixel.blue}), pixel.alpha);
      }
    }
  }
}

TEST(Picture, AnEvenColourStaysTheSameAtEveryLevel) {
  Image<PremulRgba8> image({37, 21});
  constexpr PremulRgba8 kColor{200, 3, 77, 201};
  for (int y = 0; y < 21; ++y) {
    for (int x = 0; x < 37; ++x) image.view().at(x, y) = kColor;
  }
  const Picture picture(std::move(image));
  for (int level = 0; level < 7; ++level) EXPECT_EQ(picture.level(level).at(0, 0), kColor);
}

TEST(Picture, LevelsHandedOutStayWhereTheyAre) {
  const Picture picture(varied({4096, 2}));
  const auto first = picture.level(1);
  const PremulRgba8 pixel = first.at(17, 0);
  static_cast<void>(picture.level(15));
  EXPECT_EQ(picture.level(1).row(0), first.row(0));
  EXPECT_EQ(first.at(17, 0), pixel);
}

TEST(Picture, CountsTheMemoryOfTheLevelsMade) {
  const Picture picture(varied({64, 64}));
  EXPECT_EQ(picture.bytes(), 64U * 64U * 4U);
  static_cast<void>(picture.level(1));
  EXPECT_EQ(picture.bytes(), 64U * 64U * 4U + 32U * 32U * 4U);
}

TEST(Picture, HasTheAlphasOfBlackAlone) {
  Image<PremulRgba8> image({37, 3});
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 37; ++x) image.view().at(x, y) = gray(0, 7 * x - y < 0 ? 0 : 7 * x - y);
  }
  const Picture black(std::move(image));
  ASSERT_NE(black.black(), nullptr);
  ASSERT_EQ(black.black()->size(), black.size());
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 37; ++x) {
      ASSERT_EQ(black.black()->view().at(x, y), black.view().at(x, y).alpha);
    }
  }
  EXPECT_EQ(black.bytes(), static_cast<size_t>(3 * (aligned_row_bytes(4 * 37) + 64)));

  Image<PremulRgba8> one_blue_pixel({37, 3});
  one_blue_pixel.view().at(36, 2) = {0, 0, 1, 1};
  EXPECT_EQ(Picture(std::move(one_blue_pixel)).black(), nullptr);
}

TEST(Picture, AnyThreadMayAskForAnyLevel) {
  const Picture picture(varied({512, 512}));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&picture, thread] {
      for (int round = 0; round < 10; ++round) {
        const auto view = picture.level((round + thread) % 10);
        EXPECT_EQ(view.width(), 512 >> ((round + thread) % 10));
        EXPECT_LE(view.at(0, 0).red, view.at(0, 0).alpha);
        EXPECT_EQ(picture.view().width(), 512);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(PictureDeathTest, AnEmptyPictureIsABug) {
  EXPECT_DEATH(Picture(Image<PremulRgba8>({0, 5})), "empty");
}

}  // namespace
}  // namespace layercast::frame
