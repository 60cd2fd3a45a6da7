#include "frame/yuv_picture.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::frame {
namespace {

using Planes = std::array<Image<uint8_t>, 3>;

uint8_t varied(int plane, int x, int y) {
  return static_cast<uint8_t>(7 + 61 * plane + 13 * x + 29 * y + x * y);
}

/// A picture that owns samples of varied().
std::unique_ptr<YuvPicture> picture_of(const YuvLayout& layout) {
  auto planes = std::make_shared<Planes>();
  const std::array sizes = {layout.size, layout.chroma_size(), layout.chroma_size()};
  std::array<YuvPicture::Plane, 3> views;
  for (size_t plane = 0; plane < 3; ++plane) {
    (*planes)[plane] = Image<uint8_t>(sizes[plane]);
    const auto view = (*planes)[plane].view();
    for (int y = 0; y < view.height(); ++y) {
      for (int x = 0; x < view.width(); ++x) view.at(x, y) = varied(static_cast<int>(plane), x, y);
    }
    views[plane] = view;
  }
  return std::make_unique<YuvPicture>(layout, views, planes);
}

/// A picture of one row or more of luma, with chroma of no interest.
std::unique_ptr<YuvPicture> picture_of_luma(const std::vector<std::vector<int>>& rows) {
  const base::SizeI size{static_cast<int>(rows.front().size()), static_cast<int>(rows.size())};
  auto planes = std::make_shared<Planes>(
      Planes{Image<uint8_t>(size), Image<uint8_t>(size), Image<uint8_t>(size)});
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      (*planes)[0].view().at(x, y) =
          static_cast<uint8_t>(rows[static_cast<size_t>(y)][static_cast<size_t>(x)]);
    }
  }
  YuvLayout layout{.size = size};
  layout.chroma_divisor_x = layout.chroma_divisor_y = 1;
  return std::make_unique<YuvPicture>(
      layout,
      std::array<YuvPicture::Plane, 3>{(*planes)[0].view(), (*planes)[1].view(),
                                       (*planes)[2].view()},
      planes);
}

base::PointF chroma_at(const YuvLayout& layout, double x, double y) {
  return chroma_from_luma(layout).map({x, y});
}

TEST(YuvLayout, OddSizesRoundUpToWholeChromaSamples) {
  YuvLayout layout{.size = {7, 5}};
  EXPECT_EQ(layout.chroma_size(), (base::SizeI{4, 3}));
  layout.chroma_divisor_x = 4;
  layout.chroma_divisor_y = 1;
  EXPECT_EQ(layout.chroma_size(), (base::SizeI{2, 5}));
}

TEST(YuvPicture, LevelZeroIsThePlaneItself) {
  const auto picture = picture_of({.size = {6, 4}});
  for (int plane = 0; plane < 3; ++plane) {
    EXPECT_EQ(picture->level(plane, 0).row(0), picture->plane(plane).row(0));
    EXPECT_EQ(picture->level(plane, -3).row(0), picture->plane(plane).row(0));
  }
  EXPECT_EQ(picture->plane(0).size(), picture->size());
  EXPECT_EQ(picture->plane(2).size(), (base::SizeI{3, 2}));
  EXPECT_EQ(picture->plane(2).at(2, 1), varied(2, 2, 1));
}

TEST(YuvPicture, EachSampleOfALevelIsTheRoundedMeanOfFour) {
  const auto picture = picture_of_luma({{10, 20, 0, 0}, {30, 42, 0, 1}});
  const auto half = picture->level(0, 1);
  ASSERT_EQ(half.size(), (base::SizeI{2, 1}));
  EXPECT_EQ(half.at(0, 0), 26);  // 102 / 4 = 25.5: halves go up
  EXPECT_EQ(half.at(1, 0), 0);   // 1 / 4
}

TEST(YuvPicture, OddSizesRoundUpAndRepeatTheEdge) {
  const auto picture = picture_of_luma({{0, 10, 20}, {30, 40, 50}, {60, 70, 80}});
  const auto half = picture->level(0, 1);
  ASSERT_EQ(half.size(), (base::SizeI{2, 2}));
  EXPECT_EQ(half.at(0, 0), 20);  // 0, 10, 30, 40
  EXPECT_EQ(half.at(1, 0), 35);  // 20, 20, 50, 50
  EXPECT_EQ(half.at(0, 1), 65);  // 60, 70, 60, 70
  EXPECT_EQ(half.at(1, 1), 80);
}

TEST(YuvPicture, EachPlaneEndsAtOneSampleOfItsOwn) {
  const auto picture = picture_of({.size = {100, 7}});
  const base::SizeI luma[] = {{100, 7}, {50, 4}, {25, 2}, {13, 1}, {7, 1},
                              {4, 1},   {2, 1},  {1, 1},  {1, 1}};
  for (int level = 0; level < 9; ++level) EXPECT_EQ(picture->level(0, level).size(), luma[level]);
  EXPECT_EQ(picture->level(1, 5).size(), (base::SizeI{2, 1}));
  EXPECT_EQ(picture->level(1, 6).size(), (base::SizeI{1, 1}));
  EXPECT_EQ(picture->level(1, 1000).size(), (base::SizeI{1, 1}));
  EXPECT_EQ(picture->level(2, 1000).row(0), picture->level(2, 6).row(0));
}

TEST(YuvPicture, LevelsHandedOutStayWhereTheyAre) {
  const auto picture = picture_of({.size = {4096, 2}});
  const auto first = picture->level(0, 1);
  const uint8_t sample = first.at(17, 0);
  static_cast<void>(picture->level(0, 12));
  EXPECT_EQ(picture->level(0, 1).row(0), first.row(0));
  EXPECT_EQ(first.at(17, 0), sample);
}

TEST(YuvPicture, KeepsTheOwnerOfItsSamples) {
  auto owner = std::make_shared<Image<uint8_t>>(base::SizeI{4, 4});
  const std::weak_ptr<Image<uint8_t>> watched = owner;
  YuvLayout layout{.size = {4, 4}};
  layout.chroma_divisor_x = layout.chroma_divisor_y = 1;
  const YuvPicture::Plane plane = owner->view();
  auto picture = std::make_unique<YuvPicture>(
      layout, std::array<YuvPicture::Plane, 3>{plane, plane, plane}, std::move(owner));
  EXPECT_FALSE(watched.expired());
  picture.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(YuvPicture, AnyThreadMayAskForAnyLevel) {
  const auto picture = picture_of({.size = {512, 512}});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&picture, thread] {
      for (int round = 0; round < 10; ++round) {
        const int level = (round + thread) % 10;
        EXPECT_EQ(picture->level(0, level).width(), 512 >> level);
        EXPECT_EQ(picture->level(1, level).width(), std::max(1, 256 >> level));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(YuvPictureDeathTest, PlanesOfAnotherSizeAreABug) {
  const Image<uint8_t> plane({4, 4});
  const YuvPicture::Plane view = plane.view();
  EXPECT_DEATH(YuvPicture({.size = {4, 4}}, {view, view, view}, nullptr), "chroma_size");
}

TEST(ChromaFromLuma, LeftSitingSharesTheFirstColumnsCentre) {
  const YuvLayout layout{.size = {8, 8}, .siting = ChromaSiting::kLeft};
  EXPECT_EQ(chroma_at(layout, 0.5, 1), (base::PointF{0.5, 0.5}));
  EXPECT_EQ(chroma_at(layout, 2.5, 3), (base::PointF{1.5, 1.5}));  // luma column 2: chroma 1
  EXPECT_EQ(chroma_at(layout, 1.5, 2), (base::PointF{1.0, 1.0}));  // between two samples
}

TEST(ChromaFromLuma, CentredSitingLiesBetweenTheSamplesItCovers) {
  const YuvLayout layout{.size = {8, 8}, .siting = ChromaSiting::kCenter};
  EXPECT_EQ(chroma_at(layout, 1, 1), (base::PointF{0.5, 0.5}));
  EXPECT_EQ(chroma_at(layout, 8, 8), (base::PointF{4, 4}));
}

TEST(ChromaFromLuma, TopLeftSitingSharesTheFirstSamplesCentre) {
  const YuvLayout layout{.size = {8, 8}, .siting = ChromaSiting::kTopLeft};
  EXPECT_EQ(chroma_at(layout, 0.5, 0.5), (base::PointF{0.5, 0.5}));
  EXPECT_EQ(chroma_at(layout, 2.5, 4.5), (base::PointF{1.5, 2.5}));
}

TEST(ChromaFromLuma, AFourthOfTheColumnsIsSitedAlike) {
  YuvLayout layout{.size = {16, 4}, .chroma_divisor_x = 4, .chroma_divisor_y = 1};
  EXPECT_EQ(chroma_at(layout, 0.5, 2.25), (base::PointF{0.5, 2.25}));
  EXPECT_EQ(chroma_at(layout, 4.5, 0), (base::PointF{1.5, 0}));
  layout.siting = ChromaSiting::kCenter;
  EXPECT_EQ(chroma_at(layout, 2, 0), (base::PointF{0.5, 0}));  // 1.5 px right of column 0's centre
}

TEST(ChromaFromLuma, FullSizeChromaLiesOnTheLumaWhateverTheSiting) {
  YuvLayout layout{.size = {8, 8}, .chroma_divisor_x = 1, .chroma_divisor_y = 1};
  for (const auto siting : {ChromaSiting::kLeft, ChromaSiting::kCenter, ChromaSiting::kTopLeft}) {
    layout.siting = siting;
    EXPECT_EQ(chroma_from_luma(layout), base::Affine{});
  }
}

}  // namespace
}  // namespace layercast::frame
