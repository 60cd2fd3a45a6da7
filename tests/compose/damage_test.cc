#include "compose/damage.h"

#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "compose/tile_grid.h"
#include "tests/compose/made_draws.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <string>
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

// Tiles that have a sample which a pixel of one of `areas` is a part of: chroma at an even column
// is filtered over both columns beside it.
int64_t tiles_around(SizeI canvas, const std::vector<RectI>& areas) {
  const TileGrid grid(canvas);
  std::set<int> tiles;
  for (const RectI& area : areas) {
    const RectI touched = grid.touched(
        {area.left & ~1, area.top & ~1, (area.right + 2) & ~1, (area.bottom + 1) & ~1});
    for (int line = touched.top; line < touched.bottom; ++line) {
      for (int column = touched.left; column < touched.right; ++column) {
        tiles.insert(line * grid.columns() + column);
      }
    }
  }
  return static_cast<int64_t>(tiles.size());
}

int64_t tiles_of(SizeI canvas) { return TileGrid(canvas).count(); }

// ---- What moves in full HD ----

constexpr SizeI kFullHd{1920, 1080};
constexpr RectI kBox{601, 401, 901, 701};
constexpr int64_t kBoxPixels = 300 * 300;

// A box of 300×300 that shows a little through, over an opaque background.
class BoxOnFullHd : public ::testing::Test {
 protected:
  BoxOnFullHd()
      : list_{kFullHd,
              {0, 0, 0, 255},
              {placed(varied_picture(kFullHd), {}),
               placed(varied_picture({300, 300}, 200), {kBox.left, kBox.top})},
              std::nullopt} {
    watched_.compose(list_);
    EXPECT_EQ(watched_.cost().composed, tiles_of(kFullHd));
  }
  DrawItem& box() { return list_.items[1]; }
  const Cost& cost() const { return watched_.cost(); }
  // The list's frame costs the tiles around `areas` and no other.
  void expect_cost_of(const std::vector<RectI>& areas) {
    static_cast<void>(watched_.compose(list_));
    const int64_t tiles = tiles_around(kFullHd, areas);
    EXPECT_EQ(cost().composed, tiles);
    EXPECT_EQ(cost().skipped, tiles_of(kFullHd) - tiles);
    EXPECT_EQ(cost().fetched, 0);
  }

  Watched watched_{PixelFormat::kYuv420p, kFullHd};
  DrawList list_;
};

TEST_F(BoxOnFullHd, AStepOfAPixelCostsTheBoxAndOneColumn) {
  box().canvas_from_picture.x0 += 1;
  expect_cost_of({kBox, area_of(box())});
  EXPECT_GE(cost().blended, 2 * kBoxPixels);
  EXPECT_LE(cost().blended, 2 * 301 * 300 * 11 / 10);
}

TEST_F(BoxOnFullHd, AStepDownCostsTheBoxAndOneRow) {
  box().canvas_from_picture.y0 += 1;
  expect_cost_of({kBox, area_of(box())});
  EXPECT_GE(cost().blended, 2 * kBoxPixels);
  EXPECT_LE(cost().blended, 2 * 300 * 301 * 11 / 10);
}

TEST_F(BoxOnFullHd, AJumpCostsTheOldAndTheNewPlaceAndNothingBetween) {
  box().canvas_from_picture = base::translation(1301, 21);
  expect_cost_of({kBox, area_of(box())});
  EXPECT_GE(cost().blended, 2 * kBoxPixels);  // where it is now, it and the background
  EXPECT_LE(cost().blended, 3 * 301 * 300 * 11 / 10);
}

TEST_F(BoxOnFullHd, AFadeCostsItsPlace) {
  box().opacity = 100;
  expect_cost_of({kBox});
  EXPECT_LE(cost().blended, 2 * kBoxPixels * 11 / 10);
}

TEST_F(BoxOnFullHd, WhatLeavesTheCanvasCostsWhereItWas) {
  box().canvas_from_picture = base::translation(-400, 401);
  expect_cost_of({kBox});
  EXPECT_LE(cost().blended, kBoxPixels * 11 / 10);
  box().canvas_from_picture = base::translation(-5000, 401);
  expect_cost_of({});
}

TEST_F(BoxOnFullHd, ASubpixelStepCostsItsPlace) {
  box().canvas_from_picture.x0 += 0.25;
  expect_cost_of({{kBox.left, kBox.top, kBox.right + 1, kBox.bottom}});
}

TEST_F(BoxOnFullHd, AnotherBackgroundColorBehindAnOpaquePictureIsNotTold) {
  // Nobody looks through the picture for it: a colour that changes is all of the frame.
  list_.background = {9, 9, 9, 255};
  static_cast<void>(watched_.compose(list_));
  EXPECT_EQ(cost().composed, tiles_of(kFullHd));
}

TEST_F(BoxOnFullHd, TheSameListIsTheSameFrame) {
  const FramePtr first = watched_.compose(list_);
  EXPECT_EQ(cost().repeated, 1);
  const DrawList equal = list_;
  const FramePtr second = watched_.compose(equal);
  EXPECT_EQ(cost().repeated, 1);
  EXPECT_EQ(first, second);
  EXPECT_EQ(cost().composed + cost().fetched + cost().skipped + cost().blended, 0);
  box().opacity = 3;
  EXPECT_NE(watched_.compose(list_), first);
  EXPECT_EQ(cost().repeated, 0);
}

// ---- Every kind of change ----

constexpr SizeI kCanvas{500, 200};

// Two layers that overlap (2 and 3) and two that touch nothing but the background (1 and 4).
DrawList scene() {
  return {kCanvas,
          {10, 20, 30, 255},
          {placed(varied_picture(kCanvas), {}), placed(varied_picture({60, 40}, 255, 1), {11, 9}),
           placed(varied_picture({50, 50}, 200, 2), {301, 21}),
           placed(varied_picture({60, 60}, 130, 3), {320, 50}),
           placed(varied_picture({70, 30}, 255, 4), {30, 151})},
          std::nullopt};
}

struct Change {
  std::string_view name;
  std::vector<size_t> layers;  // that it is about, of the list before
  std::function<void(DrawList&)> change;
  std::vector<RectI> also;  // where they are afterwards
  bool shows = true;
};

RoundedClip clip(base::PointI at, SizeI box, double radius) {
  return {base::translation(at.x, at.y),
          {static_cast<double>(box.width), static_cast<double>(box.height)},
          radius};
}

// NOLINTNEXTLINE(readability-function-size): a table
std::vector<Change> changes() {
  using List = DrawList&;
  const auto item = [](List list, size_t i) -> DrawItem& { return list.items[i]; };
  const auto position = [](size_t i) { return static_cast<ptrdiff_t>(i); };
  return {
      {"moved",
       {2},
       [=](List l) { item(l, 2).canvas_from_picture = base::translation(190, 100); },
       {{190, 100, 240, 150}}},
      {"faded", {3}, [=](List l) { item(l, 3).opacity = 77; }, {}},
      {"faded away", {3}, [=](List l) { item(l, 3).opacity = 0; }, {}},
      {"blended", {2}, [=](List l) { item(l, 2).blend = base::BlendMode::kMultiply; }, {}},
      {"clipped",
       {1},
       [=](List l) {
         item(l, 1).clip = clip({15, 15}, {30, 20}, 8);
       },
       {}},
      {"swapped",
       {4},
       [=](List l) {
         item(l, 4).source = varied_picture({70, 30}, 90, 9);
       },
       {}},
      {"swapped for a larger one",
       {4},
       [=](List l) {
         item(l, 4).source = varied_picture({90, 40}, 255, 9);
       },
       {{30, 151, 120, 191}}},
      {"swapped for a video",
       {1},
       [=](List l) {
         item(l, 1).source = made_video({.size = {60, 40}});
       },
       {}},
      {"restacked over another", {2, 3}, [=](List l) { std::swap(item(l, 2), item(l, 3)); }, {}},
      {"restacked apart", {1, 4}, [=](List l) { std::swap(item(l, 1), item(l, 4)); }, {}, false},
      {"removed", {2}, [=](List l) { l.items.erase(l.items.begin() + position(2)); }, {}},
      {"removed from the top", {4}, [=](List l) { l.items.pop_back(); }, {}},
      {"inserted",
       {},
       [=](List l) {
         l.items.insert(l.items.begin() + position(1), placed(varied_picture({40, 40}), {200, 90}));
       },
       {{200, 90, 240, 130}}},
      {"inserted below others",
       {},
       [=](List l) {
         l.items.insert(l.items.begin() + position(2), placed(varied_picture({40, 40}), {310, 40}));
       },
       {{310, 40, 350, 80}}},
      {"two removed",
       {1, 3},
       [=](List l) {
         l.items.erase(l.items.begin() + position(3));
         l.items.erase(l.items.begin() + position(1));
       },
       {}},
      {"one removed, two inserted",
       {1},
       [=](List l) {
         l.items.erase(l.items.begin() + position(1));
         l.items.push_back(placed(varied_picture({20, 20}, 100), {400, 120}));
         l.items.push_back(placed(varied_picture({20, 20}, 100), {410, 130}));
       },
       {{400, 120, 430, 150}}},
      {"turned",
       {1},
       [=](List l) {
         item(l, 1).canvas_from_picture =
             base::translation(40, 30) * base::rotation_degrees(90) * base::translation(-30, -20);
       },
       {{19, -1, 61, 61}}},
  };
}

void expect_costs_its_place(const Change& change, PixelFormat format) {
  SCOPED_TRACE(testing::Message() << change.name << ", " << frame::layout_of(format).name);
  DrawList list = scene();
  std::vector<RectI> areas = change.also;
  for (const size_t layer : change.layers) areas.push_back(area_of(list.items[layer]));
  Watched watched(format, kCanvas);
  const frame::Frame before = copy_of(*watched.compose(list));
  change.change(list);
  const FramePtr after = watched.compose(list);
  EXPECT_EQ(difference(*after, plainly(list, format)), std::nullopt);
  EXPECT_EQ(difference(*after, before).has_value(), change.shows);
  const int64_t tiles = watched.cost().composed + watched.cost().fetched;
  EXPECT_LE(tiles, tiles_around(kCanvas, areas));
  EXPECT_EQ(watched.cost().skipped, tiles_of(kCanvas) - tiles);
}

TEST(Damage, EveryChangeCostsItsPlaceAlone) {
  for (const Change& change : changes()) expect_costs_its_place(change, PixelFormat::kYuv420p);
}

TEST(Damage, AndSoDoesEveryChangeBack) {
  for (const Change& change : changes()) {
    SCOPED_TRACE(change.name);
    const DrawList original = scene();
    DrawList changed = original;
    change.change(changed);
    std::vector<RectI> areas = change.also;
    for (const size_t layer : change.layers) areas.push_back(area_of(original.items[layer]));
    Watched watched(PixelFormat::kRgba, kCanvas);
    watched.compose(changed);
    const FramePtr frame = watched.compose(original);
    EXPECT_EQ(difference(*frame, plainly(original, PixelFormat::kRgba)), std::nullopt);
    EXPECT_LE(watched.cost().composed, tiles_around(kCanvas, areas));
  }
}

TEST(Damage, AClipThatMovesCostsWhereItsLayerIsClippedDifferently) {
  DrawList list = scene();
  list.items[0].clip = clip({100, 40}, {128, 64}, 0);
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  watched.compose(list);
  list.items[0].clip = clip({110, 40}, {128, 64}, 0);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
  EXPECT_LE(watched.cost().composed, tiles_around(kCanvas, {{99, 39, 239, 105}}));
}

// ---- What is transparent ----

constexpr SizeI kWide{768, 160};

DrawList over_background(DrawItem item, SizeI canvas = kWide) {
  return {
      canvas, {0, 0, 0, 255}, {placed(varied_picture(canvas), {}), std::move(item)}, std::nullopt};
}

TEST(Damage, TransparentPartsOfAPictureCauseNone) {
  const auto half = made_picture({512, 64}, [](int x, int) {
    return x < 256 ? PremulRgba8{} : PremulRgba8{100, 50, 20, 128};
  });
  DrawList list = over_background(placed(half, {128, 32}));
  Watched watched(PixelFormat::kYuv420p, kWide);
  watched.compose(list);
  list.items[1].opacity = 100;
  watched.compose(list);
  EXPECT_EQ(watched.cost().composed, tiles_around(kWide, {{384, 32, 640, 96}}));
  list.items[1].canvas_from_picture.y0 += 32;
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(watched.cost().composed, tiles_around(kWide, {{384, 32, 640, 128}}));
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

TEST(Damage, APictureOfNothingMovesForNothing) {
  DrawList list =
      over_background(placed(made_picture({300, 100}, [](int, int) { return PremulRgba8{}; }), {}));
  Watched watched(PixelFormat::kYuv420p, kWide);
  watched.compose(list);
  list.items[1].canvas_from_picture = base::translation(99.5, 7);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(watched.cost().skipped, tiles_of(kWide));
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

TEST(Damage, ASlantedBarCostsLessThanTheBoxAroundIt) {
  constexpr SizeI kSquare{1280, 1280};
  const auto slanted = [](double degrees) {
    return base::translation(640, 640) * base::rotation_degrees(degrees) *
           base::translation(-600, -4);
  };
  DrawItem bar = placed(varied_picture({1200, 8}, 255, 1), {});
  bar.canvas_from_picture = slanted(45);
  DrawList list = over_background(bar, kSquare);
  Watched watched(PixelFormat::kYuv420p, kSquare);
  watched.compose(list);
  list.items[1].canvas_from_picture = slanted(46);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
  EXPECT_LE(watched.cost().composed, tiles_around(kSquare, {{216, 216, 1064, 1064}}) / 2);
}

TEST(Damage, AVideoThatTurnsWithinOneBoxCostsWhereItWasToo) {
  // Mirrored about the upright, it has the same box around it.
  const auto turned = [](double degrees) {
    DrawItem bar = placed(made_video({.size = {400, 16}}), {});
    bar.canvas_from_picture =
        base::translation(384, 200) * base::rotation_degrees(degrees) * base::translation(-200, -8);
    return bar;
  };
  DrawList list = over_background(turned(30), {768, 400});
  Watched watched(PixelFormat::kYuv420p, list.canvas);
  watched.compose(list);
  list.items[1] = turned(-30);
  const FramePtr frame = watched.compose(list);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

// ---- Memory of some age ----

constexpr std::array kFormats{PixelFormat::kYuv420p, PixelFormat::kNv12, PixelFormat::kRgba};

// A box that moves in every frame; another one, at the far end, in one of them.
class TwoBoxes {
 public:
  explicit TwoBoxes(size_t held_max, PixelFormat format = PixelFormat::kYuv420p)
      : held_max_(held_max),
        watched_(format, {640, 160}),
        list_(over_background(placed(varied_picture({50, 40}, 180, 1), {3, 5}), {640, 160})) {
    list_.items.push_back(placed(varied_picture({60, 60}, 180, 2), {501, 77}));
  }

  void move_other() { list_.items[2].canvas_from_picture.x0 += 5; }
  void step() {
    double& x = list_.items[1].canvas_from_picture.x0;
    x = x > 200 ? 3 : x + 7;
    FramePtr frame = watched_.compose(list_);
    held_.push_back({frame, copy_of(*frame)});
    frame.reset();
    while (held_.size() > held_max_) {
      EXPECT_EQ(difference(*held_.front().frame, held_.front().copy), std::nullopt)
          << "changed while it was held";
      held_.pop_front();
    }
  }
  const DrawList& list() const { return list_; }
  const frame::Frame& last() const { return *held_.back().frame; }
  const ComposeStats& stats() const { return watched_.compositor().stats(); }
  size_t frames_made() const { return watched_.compositor().frames_made(); }

 private:
  struct Held {
    FramePtr frame;
    frame::Frame copy;
  };

  size_t held_max_;
  Watched watched_;
  DrawList list_;
  std::deque<Held> held_;
};

TEST(BufferAge, FramesAreRightAndStayAsTheyAreWhileAnEncoderHoldsThem) {
  for (size_t held = 1; held <= 4; ++held) {
    TwoBoxes boxes(held, kFormats.at(held % kFormats.size()));
    for (size_t i = 0; i < held + 6; ++i) {
      if (i == held + 2) boxes.move_other();
      boxes.step();
      ASSERT_EQ(difference(boxes.last(), plainly(boxes.list(), boxes.last().format())),
                std::nullopt)
          << held << " held, frame " << i;
    }
    EXPECT_EQ(boxes.frames_made(), held + 1);
  }
}

TEST(BufferAge, WhatChangedInAnEarlierFrameIsFetchedAndNotBlendedAgain) {
  for (size_t held = 1; held <= 4; ++held) {
    TwoBoxes plain(held);
    TwoBoxes moving(held);
    for (size_t i = 0; i < 2 * held + 2; ++i) {  // until all memory is made
      plain.step();
      moving.step();
    }
    moving.move_other();
    moving.step();
    plain.step();
    const ComposeStats plain_before = plain.stats();
    const ComposeStats moving_before = moving.stats();
    for (size_t i = 0; i < held + 2; ++i) {
      plain.step();
      moving.step();
    }
    EXPECT_EQ(moving.stats().pixels_blended - moving_before.pixels_blended,
              plain.stats().pixels_blended - plain_before.pixels_blended)
        << held;
    // Once into each other memory.
    const int64_t tiles = tiles_around({640, 160}, {{501, 77, 566, 137}});
    EXPECT_EQ(moving.stats().tiles_fetched - moving_before.tiles_fetched,
              plain.stats().tiles_fetched - plain_before.tiles_fetched +
                  tiles * static_cast<int64_t>(held))
        << held;
  }
}

TEST(BufferAge, HeldFramesDoNotMakeTheNextOneDearer) {
  for (size_t held = 1; held <= 4; ++held) {
    TwoBoxes holding(held);
    TwoBoxes alone(0);
    for (int i = 0; i < 8; ++i) {
      holding.step();
      alone.step();
    }
    const int64_t holding_before = holding.stats().pixels_blended;
    const int64_t alone_before = alone.stats().pixels_blended;
    for (int i = 0; i < 8; ++i) {
      holding.step();
      alone.step();
    }
    const int64_t cost = holding.stats().pixels_blended - holding_before;
    // A part that is a little larger than what changed is composed as a whole.
    EXPECT_LE(cost, (alone.stats().pixels_blended - alone_before) * 4 / 3) << held;
  }
}

TEST(BufferAge, NewMemoryIsFilledFromTheLastFrame) {
  Watched watched(PixelFormat::kYuv420p, kCanvas);
  DrawList list = scene();
  const FramePtr held = watched.compose(list);
  list.items[1].opacity = 50;
  const FramePtr frame = watched.compose(list);
  const int64_t changed = tiles_around(kCanvas, {area_of(list.items[1])});
  EXPECT_EQ(watched.cost().composed, changed);
  EXPECT_EQ(watched.cost().fetched, tiles_of(kCanvas) - changed);
  EXPECT_EQ(difference(*frame, plainly(list, PixelFormat::kYuv420p)), std::nullopt);
}

}  // namespace
}  // namespace layercast::compose
