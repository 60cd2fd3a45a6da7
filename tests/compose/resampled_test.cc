#include "base/geometry.h"
#include "compose/compositor.h"
#include "tests/compose/made_draws.h"

#include <gtest/gtest.h>

namespace layercast::compose {
namespace {

using base::SizeI;
using frame::PixelFormat;

constexpr SizeI kCanvas{400, 200};

// An enlarged picture, a rotated one and one at a fractional position, over a video that plays and
// below a picture that moves; the pictures that do not move fade.
DrawList fading(int frame) {
  const auto pictures = [] {
    return std::array{varied_picture({90, 60}), varied_picture({70, 50}, 200, 1),
                      varied_picture({60, 40}, 90, 2), varied_picture({30, 20}, 255, 3)};
  };
  static const auto [large, turned, between, moving] = pictures();
  frame::YuvLayout layout;
  layout.size = {200, 120};
  const auto opacity = static_cast<uint8_t>(255 - 9 * (frame % 20));
  DrawList list{kCanvas, {40, 50, 60, 255}, {}};
  list.items.push_back(placed(made_video(layout, static_cast<uint32_t>(frame)), {40, 20}));
  DrawItem item = placed(large, {20, 30});
  item.canvas_from_picture = item.canvas_from_picture * base::scaling(1.5, 1.25);
  item.opacity = opacity;
  list.items.push_back(item);
  item = placed(turned, {200, 60});
  item.canvas_from_picture = item.canvas_from_picture * base::Affine{0.8, -0.6, 0.6, 0.8, 0, 0};
  item.opacity = opacity;
  list.items.push_back(item);
  item = placed(between, {250, 100});
  item.canvas_from_picture.x0 += 0.4;
  list.items.push_back(item);
  list.items.push_back(placed(moving, {3 * frame, 40 + 2 * frame}));
  return list;
}

void expect_plain_frames(Compositor& compositor, int first, int last) {
  for (int i = first; i < last; ++i) {
    const DrawList list = fading(i);
    const frame::FramePtr frame = compositor.compose(list);
    ASSERT_EQ(difference(*frame, plainly(list, frame->format())), std::nullopt) << "frame " << i;
  }
}

TEST(Resampled, WhatStandsIsSampledOnceAndLooksAsBefore) {
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kRgba}) {
    for (const int threads : {1, 3}) {
      Compositor compositor({.format = format, .size = kCanvas, .threads = threads});
      expect_plain_frames(compositor, 0, 5);
      EXPECT_EQ(compositor.stats().pictures_resampled, 0);
      expect_plain_frames(compositor, 5, 40);
      EXPECT_EQ(compositor.stats().pictures_resampled, 3);
    }
  }
}

TEST(Resampled, WhatMovesIsSampledEveryTime) {
  Compositor compositor({.format = PixelFormat::kYuv420p, .size = kCanvas});
  for (int i = 0; i < 30; ++i) {
    DrawList list = fading(i);
    for (DrawItem& item : list.items) item.canvas_from_picture.x0 += 0.3 * i;
    const frame::FramePtr frame = compositor.compose(list);
    ASSERT_EQ(difference(*frame, plainly(list, frame->format())), std::nullopt) << "frame " << i;
  }
  EXPECT_EQ(compositor.stats().pictures_resampled, 0);
}

// Nearer layers that come and go leave it as it is, or make it anew: it looks the same.
TEST(Resampled, LayersComeAndGoBelowWhatStands) {
  Compositor compositor({.format = PixelFormat::kYuv420p, .size = kCanvas});
  expect_plain_frames(compositor, 0, 12);
  DrawList fewer = fading(12);
  fewer.items.erase(fewer.items.begin());
  const frame::FramePtr frame = compositor.compose(fewer);
  EXPECT_EQ(difference(*frame, plainly(fewer, frame->format())), std::nullopt);
  expect_plain_frames(compositor, 13, 30);
}

}  // namespace
}  // namespace layercast::compose
