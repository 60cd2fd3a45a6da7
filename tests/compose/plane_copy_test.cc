#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "compose/tile_grid.h"
#include "frame/convert.h"
#include "frame/recolor.h"
#include "tests/compose/made_draws.h"

#include <array>
#include <cstdint>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::compose {
namespace {

using base::PointI;
using base::RectI;
using base::SizeI;
using frame::Frame;
using frame::FramePtr;
using frame::PixelFormat;
using frame::YuvLayout;
using frame::YuvPicture;
using frame::YuvPicturePtr;

constexpr SizeI kCanvas{400, 200};

bool is_inside(const RectI& inner, const RectI& outer) {
  return base::intersection(inner, outer) == inner;
}

DrawList alone(DrawItem video, SizeI canvas = kCanvas) {
  return {canvas, {70, 20, 150, 255}, {std::move(video)}, std::nullopt};
}

// The tiles that the video covers wholly.
std::vector<RectI> tiles_in(const RectI& place, SizeI canvas = kCanvas) {
  const TileGrid grid(canvas);
  std::vector<RectI> tiles;
  for (int tile = 0; tile < grid.count(); ++tile) {
    if (is_inside(grid.area(tile), place)) tiles.push_back(grid.area(tile));
  }
  return tiles;
}

// The halves of tiles that lie inside `place`.
std::vector<RectI> halves_in(const RectI& place, SizeI canvas = kCanvas) {
  const TileGrid grid(canvas);
  std::vector<RectI> halves;
  for (int i = 0; i < 2 * grid.count(); ++i) {
    const RectI half = grid.half(i / 2, i % 2);
    if (!half.empty() && is_inside(half, place)) halves.push_back(half);
  }
  return halves;
}

// The frame's sample that lies over luma pixel (x, y), as it stands in memory.
uint8_t sample_of(const Frame& frame, int plane, int x, int y) {
  const frame::FormatLayout& layout = frame::layout_of(frame.format());
  if (plane == 0) return frame.plane(0)[y * frame.row_bytes(0) + x];
  const int column = x / layout.chroma_divisor_x, row = y / layout.chroma_divisor_y;
  if (frame.format() == PixelFormat::kNv12) {
    return frame.plane(1)[row * frame.row_bytes(1) + 2 * column + plane - 1];
  }
  return frame.plane(plane)[row * frame.row_bytes(plane) + column];
}

// The first pixel of `area` whose samples are not the video's own, in words.
std::optional<std::string> strange_sample(const Frame& frame, const YuvPicture& video,
                                          PointI top_left, const RectI& area) {
  const YuvLayout& layout = video.layout();
  for (int plane = 0; plane < 3; ++plane) {
    const int across = plane == 0 ? 1 : layout.chroma_divisor_x;
    const int down = plane == 0 ? 1 : layout.chroma_divisor_y;
    for (int y = area.top; y < area.bottom; ++y) {
      for (int x = area.left; x < area.right; ++x) {
        const uint8_t expected =
            video.plane(plane).at((x - top_left.x) / across, (y - top_left.y) / down);
        if (sample_of(frame, plane, x, y) == expected) continue;
        return "plane " + std::to_string(plane) + " at " + std::to_string(x) + ", " +
               std::to_string(y);
      }
    }
  }
  return std::nullopt;
}

void expect_copied(const YuvLayout& layout, PointI at, PixelFormat format, SizeI canvas = kCanvas) {
  SCOPED_TRACE(testing::Message() << frame::layout_of(format).name << " at " << at.x << ", "
                                  << at.y);
  const YuvPicturePtr video = made_video(layout);
  const DrawList list = alone(placed(video, at), canvas);
  Watched watched(format, canvas);
  const FramePtr frame = watched.compose(list);
  const auto tiles = tiles_in(area_of(list.items[0]), canvas);
  ASSERT_FALSE(tiles.empty());
  EXPECT_EQ(watched.cost().copied, static_cast<int64_t>(tiles.size()));
  for (const RectI& tile : tiles) {
    EXPECT_EQ(strange_sample(*frame, *video, at, tile), std::nullopt);
  }
  EXPECT_EQ(difference(*frame, plainly(list, format)), std::nullopt);
}

void expect_composed(const DrawList& list, PixelFormat format) {
  SCOPED_TRACE(frame::layout_of(format).name);
  Watched watched(format, list.canvas);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(watched.cost().copied, 0);
  EXPECT_EQ(difference(*frame, without_copies(list, format)), std::nullopt);
}

YuvLayout chroma(SizeI size, int divisor_x, int divisor_y) {
  YuvLayout layout;
  layout.size = size;
  layout.chroma_divisor_x = divisor_x;
  layout.chroma_divisor_y = divisor_y;
  return layout;
}

// ---- What is copied ----

TEST(PlaneCopy, TilesUnderAVideoAloneAreItsBytes) {
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
    for (const PointI at : {PointI{0, 0}, {2, 4}, {-6, -2}, {100, 20}}) {
      expect_copied(chroma({290, 180}, 2, 2), at, format);
    }
  }
}

TEST(PlaneCopy, WhatHasTheFramesOwnChromaIsCopiedWhereThatLiesOnIt) {
  for (const PointI at : {PointI{0, 0}, {3, 5}, {-7, -1}}) {
    expect_copied(chroma({290, 180}, 1, 1), at, PixelFormat::kYuv444p);
  }
  for (const PointI at : {PointI{0, 0}, {4, 3}, {-2, -1}}) {
    expect_copied(chroma({290, 180}, 2, 1), at, PixelFormat::kYuv422p);
  }
}

TEST(PlaneCopy, SitingIsNothingWhereEveryPixelHasChroma) {
  YuvLayout layout = chroma({290, 180}, 1, 1);
  for (const auto siting : {frame::ChromaSiting::kCenter, frame::ChromaSiting::kTopLeft}) {
    layout.siting = siting;
    expect_copied(layout, {1, 1}, PixelFormat::kYuv444p);
  }
}

TEST(PlaneCopy, AnOddCanvasIsCopiedToItsEdges) {
  constexpr SizeI kOdd{301, 133};
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
    expect_copied(chroma(kOdd, 2, 2), {0, 0}, format, kOdd);
    expect_copied(chroma({400, 300}, 2, 2), {-2, -4}, format, kOdd);
  }
  expect_copied(chroma(kOdd, 2, 1), {0, 0}, PixelFormat::kYuv422p, kOdd);
  expect_copied(chroma(kOdd, 1, 1), {0, 0}, PixelFormat::kYuv444p, kOdd);
}

TEST(PlaneCopy, WhatLiesBelowTheVideoIsNothingToIt) {
  const YuvPicturePtr video = made_video(chroma(kCanvas, 2, 2));
  DrawList list = alone(placed(varied_picture({300, 150}), {33, 21}));
  list.items.push_back(placed(video, {}));
  list.items.push_back(
      placed(made_picture({200, 100}, [](int, int) { return frame::PremulRgba8{}; }), {15, 15}));
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(watched.cost().blended, 0);
  EXPECT_EQ(strange_sample(*frame, *video, {}, {0, 0, 400, 200}), std::nullopt);
}

// ---- What is not ----

TEST(PlaneCopy, AtAnOddPlaceItIsComposed) {
  for (const PointI at : {PointI{1, 0}, {0, 1}, {-3, -3}}) {
    SCOPED_TRACE(testing::Message() << at.x << ", " << at.y);
    for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
      expect_composed(alone(placed(made_video(chroma({410, 210}, 2, 2)), at)), format);
    }
  }
  expect_composed(alone(placed(made_video(chroma({410, 210}, 2, 1)), {-1, 0})),
                  PixelFormat::kYuv422p);
}

TEST(PlaneCopy, OtherColoursAreComposed) {
  YuvLayout bt601 = chroma(kCanvas, 2, 2), full = bt601, centred = bt601, top_left = bt601;
  bt601.matrix = frame::YuvMatrix::kBt601;
  full.range = frame::YuvRange::kFull;
  centred.siting = frame::ChromaSiting::kCenter;
  top_left.siting = frame::ChromaSiting::kTopLeft;
  for (const YuvLayout& layout : {bt601, full, centred, top_left}) {
    expect_composed(alone(placed(made_video(layout), {})), PixelFormat::kYuv420p);
  }
}

TEST(PlaneCopy, OtherChromaIsComposed) {
  const std::vector<std::pair<YuvLayout, PixelFormat>> pairs{
      {chroma(kCanvas, 2, 2), PixelFormat::kYuv444p},
      {chroma(kCanvas, 2, 2), PixelFormat::kYuv422p},
      {chroma(kCanvas, 2, 2), PixelFormat::kRgba},
      {chroma(kCanvas, 1, 1), PixelFormat::kYuv420p},
      {chroma(kCanvas, 1, 1), PixelFormat::kRgba},
      {chroma(kCanvas, 2, 1), PixelFormat::kNv12},
      {chroma(kCanvas, 4, 1), PixelFormat::kYuv422p}};
  for (const auto& [layout, format] : pairs) {
    expect_composed(alone(placed(made_video(layout), {})), format);
  }
}

TEST(PlaneCopy, WhatIsFadedBlendedScaledRecoloredOrMovedByLessThanAPixelIsComposed) {
  const DrawItem video = placed(made_video(chroma({410, 210}, 2, 2)), {});
  std::array<DrawItem, 6> items{video, video, video, video, video, video};
  items[0].opacity = 254;
  items[1].blend = base::BlendMode::kMultiply;
  items[2].canvas_from_picture = base::scaling(1.01, 1);
  items[3].canvas_from_picture = base::translation(-0.5, 0);
  items[4].canvas_from_picture = base::translation(410, 0) * base::scaling(-1, 1);
  items[5].recoloring = std::make_shared<const frame::Recoloring>();
  for (const DrawItem& item : items) expect_composed(alone(item), PixelFormat::kYuv420p);
}

TEST(PlaneCopy, TilesThatAClipTouchesAreComposed) {
  const YuvPicturePtr video = made_video(chroma(kCanvas, 2, 2));
  DrawItem item = placed(video, {});
  item.clip = RoundedClip{{}, {400, 200}, 40};
  const DrawList list = alone(item);
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
  const RectI corner = TileGrid(kCanvas).half(0, 0);
  EXPECT_EQ(difference(*frame, without_copies(list, PixelFormat::kYuv420p), corner), std::nullopt);
  const auto tiles = TileGrid(kCanvas).count();
  EXPECT_LE(watched.cost().copied, tiles - 4);
  EXPECT_GT(watched.cost().copied, 0);
}

TEST(PlaneCopy, HalvesThatAnOverlayTouchesAreComposedAndNoOther) {
  const YuvPicturePtr video = made_video(chroma(kCanvas, 2, 2));
  DrawList list = alone(placed(video, {}));
  list.items.push_back(placed(varied_picture({30, 20}, 120), {131, 70}));
  const RectI overlay = area_of(list.items[1]);
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
    Watched watched(format, kCanvas);
    const FramePtr frame = watched.compose(list);
    const Frame composed = without_copies(list, format);
    for (const RectI& tile : halves_in({0, 0, 400, 200})) {
      if (base::intersection(tile, overlay).empty()) {
        EXPECT_EQ(strange_sample(*frame, *video, {}, tile), std::nullopt);
      } else {
        EXPECT_EQ(difference(*frame, composed, tile), std::nullopt);
      }
    }
  }
}

// ---- One after another ----

// An overlay that comes, moves over the edges of tiles, fades and goes; the video plays now and
// then.
std::vector<DrawList> sequence() {
  const auto video = [](uint32_t seed) {
    return placed(made_video(chroma(kCanvas, 2, 2), seed), {});
  };
  DrawList list = alone(video(1));
  std::vector<DrawList> lists{list};
  list.items.push_back(placed(varied_picture({40, 30}, 140), {20, 10}));
  lists.push_back(list);
  for (const PointI at : {PointI{88, 10}, {100, 20}, {127, 40}, {128, 64}, {250, 100}, {249, 34}}) {
    list.items[1].canvas_from_picture = base::translation(at.x, at.y);
    lists.push_back(list);
  }
  list.items[0] = video(2);
  lists.push_back(list);
  list.items[1].opacity = 0;
  lists.push_back(list);
  list.items.pop_back();
  lists.push_back(list);
  list.items[0] = video(3);
  lists.push_back(list);
  list.items[0].canvas_from_picture = base::translation(1, 0);
  lists.push_back(list);
  list.items[0].canvas_from_picture = base::translation(2, 0);
  lists.push_back(list);
  list.items[0].canvas_from_picture = base::translation(0, 0);
  lists.push_back(list);
  return lists;
}

TEST(PlaneCopy, TilesTurnFromCopiedToComposedAndBack) {
  const std::vector<DrawList> lists = sequence();
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
    std::vector<Frame> expected;
    for (const DrawList& list : lists) expected.push_back(plainly(list, format));
    for (size_t held_max = 0; held_max <= 2; ++held_max) {
      Watched watched(format, kCanvas);
      std::deque<FramePtr> held;
      for (size_t step = 0; step < lists.size(); ++step) {
        held.push_back(watched.compose(lists[step]));
        EXPECT_EQ(difference(*held.back(), expected[step]), std::nullopt)
            << "step " << step << ", " << held_max << " held";
        while (held.size() > held_max) held.pop_front();
      }
    }
  }
}

TEST(PlaneCopy, AnOverlayThatGoesLeavesTheVideosBytes) {
  const YuvPicturePtr video = made_video(chroma(kCanvas, 2, 2));
  const DrawList plain = alone(placed(video, {}));
  DrawList list = plain;
  list.items.push_back(placed(varied_picture({40, 30}, 140), {108, 50}));
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  watched.compose(plain);
  watched.compose(list);
  const int64_t touched = watched.cost().composed;
  EXPECT_EQ(watched.cost().copied, 0);
  const FramePtr frame = watched.compose(plain);
  EXPECT_EQ(watched.cost().copied, touched);
  EXPECT_EQ(strange_sample(*frame, *video, {}, {0, 0, 400, 200}), std::nullopt);
}

TEST(PlaneCopy, AVideoThatPlaysIsCopiedAgain) {
  const auto playing = [](uint32_t seed) { return made_video(chroma({288, 136}, 2, 2), seed); };
  DrawList list = alone(placed(playing(1), {0, 0}));
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  watched.compose(list);
  const YuvPicturePtr next = playing(2);
  list.items[0].source = next;
  const FramePtr frame = watched.compose(list);
  EXPECT_GE(watched.cost().copied, std::ssize(tiles_in({0, 0, 288, 136})));
  EXPECT_EQ(strange_sample(*frame, *next, {}, {0, 0, 288, 136}), std::nullopt);
}

TEST(PlaneCopy, AVideoIsCopiedUpToItsEdgesWithinTiles) {
  const YuvPicturePtr video = made_video(chroma({284, 180}, 2, 2));
  const PointI at{36, 22};
  DrawList list = alone(placed(varied_picture({400, 300}, 255), {0, 0}));
  list.items.push_back(placed(video, at));
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(strange_sample(*frame, *video, at, {36, 22, 320, 200}), std::nullopt);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

// Too little of a half tile to be worth a copy, 6 px of the last one: as any other layer.
TEST(PlaneCopy, AVideosNarrowRestIsComposed) {
  const YuvPicturePtr video = made_video(chroma({290, 180}, 2, 2));
  const DrawList list = alone(placed(video, {36, 22}));
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  const FramePtr frame = watched.compose(list);
  EXPECT_NE(strange_sample(*frame, *video, {36, 22}, {320, 22, 326, 200}), std::nullopt);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

}  // namespace
}  // namespace layercast::compose
