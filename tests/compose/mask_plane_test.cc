#include "compose/mask_plane.h"

#include "base/geometry.h"
#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "compose/reference.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "tests/compose/made_draws.h"
#include "tests/compose/print_pixel.h"
#include "tests/compose/random_draws.h"

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <utility>

namespace layercast::compose {
namespace {

using base::RectI;
using base::SizeI;
using frame::PremulRgba8;
using frame::StraightRgba8;

constexpr StraightRgba8 kRed{255, 0, 0, 255};
constexpr StraightRgba8 kBlue{0, 0, 255, 255};

frame::PicturePtr plain(SizeI size, StraightRgba8 color) {
  return made_picture(size, [&](int, int) { return frame::premultiplied(color); });
}

// One level everywhere in `area`.
MaskPtr plain_mask(SizeI canvas, const RectI& area, uint8_t level) {
  frame::Image<uint8_t> coverage(canvas);
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) coverage.view().at(x, y) = level;
  }
  return std::make_shared<const MaskPlane>(std::move(coverage), area);
}

StraightRgba8 composed_at(const DrawList& list, int x, int y) {
  Compositor compositor({frame::PixelFormat::kRgba, list.canvas, 1, Verify::kEveryFrame});
  return compositor.compose(list)->rgba().at(x, y);
}

TEST(Masks, MultiplyTheCoverageOfAnItem) {
  const SizeI canvas{200, 60};
  DrawList list{canvas, frame::premultiplied(kBlue), {placed(plain(canvas, kRed), {0, 0})}};
  list.items[0].mask = plain_mask(canvas, {20, 10, 120, 50}, 51);  // a fifth
  EXPECT_EQ(composed_at(list, 60, 30), (StraightRgba8{51, 0, 204, 255}));
  EXPECT_EQ(composed_at(list, 19, 30), kBlue);
  EXPECT_EQ(composed_at(list, 60, 9), kBlue);
  EXPECT_EQ(composed_at(list, 120, 30), kBlue);
  list.items[0].opacity = 128;
  EXPECT_EQ(composed_at(list, 60, 30).red, 26);  // 25.6
  list.items[0].mask = plain_mask(canvas, {20, 10, 120, 50}, 255);
  list.items[0].opacity = 255;
  EXPECT_EQ(composed_at(list, 119, 49), kRed);
  EXPECT_EQ(composed_at(list, 120, 49), kBlue);
}

TEST(Masks, ThatLeaveNothingDrawNothing) {
  const SizeI canvas{200, 60};
  DrawList list{canvas, frame::premultiplied(kBlue), {placed(plain(canvas, kRed), {0, 0})}};
  list.items[0].mask = plain_mask(canvas, {}, 0);
  Compositor compositor({frame::PixelFormat::kRgba, canvas, 1, Verify::kEveryFrame});
  EXPECT_EQ(compositor.compose(list)->rgba().at(100, 30), kBlue);
  EXPECT_EQ(compositor.stats().pixels_blended, 0);
}

TEST(Masks, AreKeptOutOfCopiedVideos) {
  const SizeI canvas{256, 96};
  frame::YuvLayout layout;
  layout.size = canvas;
  DrawList list{canvas, frame::premultiplied(kBlue), {placed(made_video(layout), {0, 0})}};
  list.items[0].mask = plain_mask(canvas, {0, 0, 256, 96}, 90);
  Compositor compositor({frame::PixelFormat::kYuv420p, canvas, 1, Verify::kEveryFrame});
  compositor.compose(list);
  EXPECT_EQ(compositor.stats().tiles_copied, 0);
  list.items[0].mask = nullptr;
  compositor.compose(list);
  EXPECT_GT(compositor.stats().tiles_copied, 0);
}

TEST(Masks, OfLumaWeighTheColoursAsBt709) {
  const auto luma = [](StraightRgba8 color) {
    return static_cast<int>(coverage_of(MaskMode::kLuma, frame::premultiplied(color)));
  };
  EXPECT_EQ(luma({255, 255, 255, 255}), 255);
  EXPECT_EQ(luma({0, 0, 0, 255}), 0);
  EXPECT_NEAR(luma({255, 0, 0, 255}), 0.2126 * 255, 1);
  EXPECT_NEAR(luma({0, 255, 0, 255}), 0.7152 * 255, 1);
  EXPECT_NEAR(luma({0, 0, 255, 255}), 0.0722 * 255, 1);
  EXPECT_EQ(luma({255, 255, 255, 100}), 100);
  EXPECT_EQ(coverage_of(MaskMode::kAlpha, frame::premultiplied({9, 90, 200, 77})), 77);
}

TEST(Masks, AreWhatTheirListDraws) {
  MaskMaker maker;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    RandomDraws draws(seed);
    DrawList list = draws.list();
    list.background = {};
    frame::Image<PremulRgba8> pixels(list.canvas);
    compose_rows(list, {0, list.canvas.height}, pixels.view());
    for (const MaskMode mode : {MaskMode::kAlpha, MaskMode::kLuma}) {
      const MaskPtr mask = maker.make(list, mode);
      for (int y = 0; y < list.canvas.height; ++y) {
        for (int x = 0; x < list.canvas.width; ++x) {
          const int expected = coverage_of(mode, pixels.view().at(x, y));
          ASSERT_EQ(int{mask->coverage().at(x, y)}, expected) << seed << ": " << x << " " << y;
          const RectI& bounds = mask->bounds();
          const bool is_inside =
              x >= bounds.left && y >= bounds.top && x < bounds.right && y < bounds.bottom;
          ASSERT_TRUE(is_inside || expected == 0) << seed << ": " << x << " " << y;
          const RectI pixel{x, y, x + 1, y + 1};
          ASSERT_TRUE(expected == 0 || !mask->is_clear(pixel));
          ASSERT_TRUE(expected == 255 || !mask->is_full(pixel));
        }
      }
    }
  }
}

TEST(Masks, UseTheMemoryOfMasksThatAreNotShownAnyMore) {
  MaskMaker maker;
  const SizeI canvas{130, 50};
  DrawList list{canvas, {}, {placed(plain({40, 40}, kRed), {0, 0})}};
  MaskPtr first = maker.make(list, MaskMode::kAlpha);
  list.items[0].canvas_from_picture = base::translation(60, 5);
  MaskPtr second = maker.make(list, MaskMode::kAlpha);
  EXPECT_NE(first, second);
  EXPECT_EQ(first->coverage().at(10, 10), 255);
  const MaskPlane* memory = first.get();
  first.reset();
  list.items[0].canvas_from_picture = base::translation(80, 0);
  const MaskPtr third = maker.make(list, MaskMode::kAlpha);
  EXPECT_EQ(third.get(), memory);
  EXPECT_EQ(third->coverage().at(10, 10), 0);
  EXPECT_EQ(third->coverage().at(119, 39), 255);
}

TEST(Masks, OfLargerFramesAreCutAtThem) {
  const SizeI canvas{300, 100};
  MaskMaker maker;
  DrawList list{canvas, {}, {placed(plain({600, 400}, kRed), {-100, -100})}};
  list.shown = RectI{10, 0, 290, 100};
  const MaskPtr mask = maker.make(list, MaskMode::kAlpha);
  EXPECT_EQ(mask->bounds(), (RectI{10, 0, 290, 100}));
  EXPECT_EQ(mask->coverage().at(9, 50), 0);
  EXPECT_EQ(mask->coverage().at(10, 50), 255);
  EXPECT_TRUE(mask->is_full({32, 16, 256, 80}));
}

}  // namespace
}  // namespace layercast::compose
