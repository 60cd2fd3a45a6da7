#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "compose/tile_grid.h"
#include "frame/recolor.h"
#include "tests/compose/made_draws.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::compose {
namespace {

using base::RectI;
using base::SizeI;
using frame::FramePtr;
using frame::PixelFormat;
using frame::PremulRgba8;

constexpr SizeI kCanvas{640, 384};
constexpr int kCellSide = 16;  // of an alpha map
constexpr PremulRgba8 kRed{255, 0, 0, 255};

DrawList list_of(std::vector<DrawItem> items) {
  return {kCanvas, {40, 40, 40, 255}, std::move(items), std::nullopt};
}

// Pixels that the first frame of `list` blends.
int64_t blended(const DrawList& list, PixelFormat format = PixelFormat::kYuv420p) {
  Watched watched(format, kCanvas);
  watched.compose(list);
  return watched.cost().blended;
}

// Fifty layers of many kinds, each somewhere on the canvas.
std::vector<DrawItem> fifty_layers() {
  std::vector<DrawItem> items;
  for (int i = 0; i < 50; ++i) {
    items.push_back(placed(varied_picture({200, 100}, static_cast<uint8_t>(255 - 5 * i), i),
                           {i * 37 % 500, i * 53 % 300}));
    items.back().blend = static_cast<base::BlendMode>(i % 12);
    if (i % 3 == 0) items.back().canvas_from_picture.xx = 1.25;
  }
  return items;
}

std::vector<DrawItem> with(std::vector<DrawItem> items, DrawItem top) {
  items.push_back(std::move(top));
  return items;
}

DrawItem scaled(Source source, base::PointI at, base::PointF factors) {
  DrawItem item = placed(std::move(source), {});
  item.canvas_from_picture = base::translation(at.x, at.y) * base::scaling(factors.x, factors.y);
  return item;
}

// ---- Opaque pictures ----

struct Top {
  std::string_view name;
  DrawItem item;
};

std::vector<Top> opaque_tops() {
  return {
      {"a picture", placed(varied_picture(kCanvas), {})},
      {"a larger picture", placed(varied_picture({700, 450}), {-31, -17})},
      {"a picture with a clip around the canvas",
       {varied_picture(kCanvas),
        {},
        255,
        base::BlendMode::kNormal,
        RoundedClip{base::translation(-99, -99), {900, 700}, 50}}},
      {"a picture enlarged to the canvas", scaled(varied_picture({400, 256}), {}, {1.6, 1.5})},
      {"a picture enlarged beyond it", scaled(varied_picture({400, 260}), {-3, -1}, {1.7, 1.5})},
      {"a video in other colours",
       placed(made_video({.size = kCanvas, .matrix = frame::YuvMatrix::kBt601}), {})},
      {"a video", placed(made_video({.size = kCanvas}), {})}};
}

TEST(Culling, AnOpaqueTopCostsTheSameOverFiftyLayersAsAlone) {
  for (const Top& top : opaque_tops()) {
    SCOPED_TRACE(top.name);
    const DrawList list = list_of(with(fifty_layers(), top.item));
    EXPECT_EQ(blended(list), blended(list_of({top.item})));
    // The canvas, and a column more for every tile.
    EXPECT_LE(blended(list), kCanvas.area() * 102 / 100);
    Watched watched(PixelFormat::kYuv420p, kCanvas);
    EXPECT_EQ(
        difference(*watched.compose(list), plainly(list_of({top.item}), PixelFormat::kYuv420p)),
        std::nullopt);
  }
}

TEST(Culling, FiftyLayersWithoutItCostAll) {
  EXPECT_GT(blended(list_of(fifty_layers())), 40 * 200 * 100);
}

TEST(Culling, OnlyTilesUnderAnOpaquePictureAreSpared) {
  // Over the upper half, and a picture above it that hides nothing.
  std::vector<DrawItem> layers = fifty_layers();
  layers.resize(12);
  std::vector<DrawItem> items = with(layers, placed(varied_picture({640, 192}), {}));
  items.push_back(placed(varied_picture({640, 20}, 90), {0, 180}));
  const DrawList list = list_of(items);
  int64_t below = 0;
  for (const DrawItem& item : layers) {
    const RectI half{0, 192, 640, 384};
    below += std::max(0, base::intersection(area_of(item), half).height()) * int64_t{256};
  }
  EXPECT_LE(blended(list), below + 640 * 192 + 640 * 40 + 8000);
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  EXPECT_EQ(difference(*watched.compose(list), plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

// ---- What hides nothing it should not ----

std::vector<Top> tops_that_let_through() {
  const auto whole = [] { return placed(varied_picture(kCanvas), {}); };
  const auto changed = [&](const std::function<void(DrawItem&)>& change) {
    DrawItem item = whole();
    change(item);
    return item;
  };
  const auto hole = made_picture(kCanvas, [](int x, int y) {
    return PremulRgba8{9, 9, 9, x == 333 && y == 222 ? uint8_t{254} : uint8_t{255}};
  });
  return {
      {"one level from opaque", changed([](DrawItem& item) { item.opacity = 254; })},
      {"blended", changed([](DrawItem& item) { item.blend = base::BlendMode::kLighten; })},
      {"clipped round", changed([](DrawItem& item) {
         item.clip = RoundedClip{{}, {640, 384}, 30};
       })},
      {"clipped by half a pixel", changed([](DrawItem& item) {
         item.clip = RoundedClip{base::translation(0.5, 0), {640, 384}, 0};
       })},
      {"moved by half a pixel",
       changed([](DrawItem& item) { item.canvas_from_picture = base::translation(0.5, 0); })},
      {"turned a little",
       changed([](DrawItem& item) { item.canvas_from_picture = base::rotation_degrees(0.2); })},
      {"shrunk a little",
       changed([](DrawItem& item) { item.canvas_from_picture = base::scaling(0.999, 1); })},
      {"with one pixel that is not opaque", placed(hole, {})},
      {"a video, faded",
       [] {
         DrawItem item = placed(made_video({.size = kCanvas}), {});
         item.opacity = 254;
         return item;
       }()},
      {"a picture whose colours are filtered to be fainter",
       [] {
         DrawItem item = placed(made_picture(kCanvas, [](int, int) { return kRed; }), {});
         item.recoloring = std::make_shared<const frame::Recoloring>(frame::Recoloring{{}, 0.9F});
         return item;
       }()},
  };
}

TEST(Culling, WhatLetsAnythingThroughHidesNothingThere) {
  const DrawItem red = placed(made_picture(kCanvas, [](int, int) { return kRed; }), {});
  const DrawItem blue = placed(made_picture(kCanvas,
                                            [](int, int) {
                                              return PremulRgba8{0, 0, 255, 255};
                                            }),
                               {});
  for (const Top& top : tops_that_let_through()) {
    SCOPED_TRACE(top.name);
    Watched over_red(PixelFormat::kRgba, kCanvas), over_blue(PixelFormat::kRgba, kCanvas);
    const DrawList red_list = list_of({red, top.item});
    const FramePtr on_red = over_red.compose(red_list);
    const FramePtr on_blue = over_blue.compose(list_of({blue, top.item}));
    EXPECT_EQ(difference(*on_red, plainly(red_list, PixelFormat::kRgba)), std::nullopt);
    EXPECT_NE(difference(*on_red, *on_blue), std::nullopt);
  }
}

// ---- Transparent parts ----

// What a picture at the canvas's corner may cost at least and at most: whole tiles in which it
// shows, those too that a cell of its map or the column on their left reaches into.
struct Bounds {
  int64_t least = 0;
  int64_t most = 0;
};

bool shows(const frame::Picture& picture, const RectI& area) {
  const RectI part = base::intersection(area, {0, 0, picture.size().width, picture.size().height});
  for (int y = part.top; y < part.bottom; ++y) {
    for (int x = part.left; x < part.right; ++x) {
      if (picture.view().at(x, y).alpha != 0) return true;
    }
  }
  return false;
}

Bounds bounds_of(const frame::Picture& picture) {
  const TileGrid grid(kCanvas);
  Bounds bounds;
  for (int tile = 0; tile < grid.count(); ++tile) {
    const RectI area = grid.area(tile);
    if (shows(picture, area)) bounds.least += int64_t{area.width()} * area.height();
    if (shows(picture, {area.left - kCellSide, area.top, area.right, area.bottom})) {
      bounds.most += int64_t{area.width() + 1} * area.height();
    }
  }
  return bounds;
}

void expect_costs_what_shows(const frame::PicturePtr& picture, int64_t most_of_canvas_percent) {
  const DrawItem background = placed(varied_picture(kCanvas, 200), {});
  const DrawList list = list_of({background, placed(picture, {})});
  const int64_t cost = blended(list) - blended(list_of({background}));
  const Bounds bounds = bounds_of(*picture);
  EXPECT_GE(cost, bounds.least);
  EXPECT_LE(cost, bounds.most);
  EXPECT_LE(bounds.most, kCanvas.area() * most_of_canvas_percent / 100);
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  EXPECT_EQ(difference(*watched.compose(list), plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

TEST(Culling, AVignettesClearMiddleCostsNothing) {
  expect_costs_what_shows(made_picture(kCanvas,
                                       [](int x, int y) {
                                         const int edge = std::min({x, y, 639 - x, 383 - y});
                                         const auto alpha =
                                             static_cast<uint8_t>(std::max(0, 120 - 2 * edge));
                                         return PremulRgba8{0, 0, 0, alpha};
                                       }),
                          75);
}

TEST(Culling, ABadgesEmptyCornersCostNothing) {
  expect_costs_what_shows(
      made_picture(
          kCanvas,
          [](int x, int y) {
            const double a = (x - 319.5) / 320, b = (y - 191.5) / 192;
            return std::abs(a) + std::abs(b) < 1 ? PremulRgba8{200, 100, 0, 200} : PremulRgba8{};
          }),
      90);
}

TEST(Culling, APictureOfNothingCostsNothing) {
  const auto nothing = made_picture(kCanvas, [](int, int) { return PremulRgba8{}; });
  EXPECT_EQ(blended(list_of({placed(nothing, {}), scaled(nothing, {}, {0.7, 0.8})})), 0);
}

TEST(Culling, ASlantedBarCostsNothingBesideIt) {
  DrawItem bar = placed(varied_picture({700, 10}, 200), {});
  bar.canvas_from_picture = base::translation(20, 10) * base::rotation_degrees(30);
  const DrawList list = list_of({bar});
  EXPECT_LE(blended(list), kCanvas.area() / 2);
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  EXPECT_EQ(difference(*watched.compose(list), plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

TEST(Culling, WhatLiesOutsideOfItsClipCostsNothing) {
  DrawItem item = placed(varied_picture(kCanvas, 200), {});
  item.clip = RoundedClip{base::translation(130, 70), {100, 50}, 10};
  EXPECT_LE(blended(list_of({item})), 104 * 54);
}

TEST(Culling, WhatLiesBesideTheCanvasCostsNothing) {
  EXPECT_EQ(blended(list_of({placed(varied_picture({100, 100}, 200), {-100, 50}),
                             placed(varied_picture({100, 100}, 200), {50, 384}),
                             placed(varied_picture({100, 100}, 200), {100'000'000, 0})})),
            0);
}

}  // namespace
}  // namespace layercast::compose
