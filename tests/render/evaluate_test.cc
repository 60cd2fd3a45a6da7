#include "render/evaluate.h"

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/picture/raster.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "scene/model/animation.h"
#include "scene/model/scene.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using base::Affine;
using base::PointF;
using base::RectF;
using base::SceneTime;
using base::SizeF;
using base::SizeI;
using scene::Animation;
using scene::Direction;
using scene::Layer;
using std::chrono::milliseconds;

constexpr SizeI kCanvas{320, 180};

content::Raster raster_of(SizeI size, SizeF box, PointF origin = {}) {
  return {std::make_shared<frame::Picture>(frame::Image<frame::PremulRgba8>(size), origin), box};
}
content::Raster raster_of(SizeI size) {
  return raster_of(size, {static_cast<double>(size.width), static_cast<double>(size.height)});
}

Animation one_second(scene::Effect effect) {
  Animation animation{std::move(effect), {}};
  animation.timing.duration = milliseconds(1000);
  return animation;
}

const scene::LayerRun kNotRun;

std::optional<compose::DrawItem> item_at(const Layer& layer, const content::Raster& raster,
                                         int64_t ms = 0, const scene::LayerRun& run = kNotRun) {
  const content::Part part = part_of(raster);
  const auto placed =
      placed_at({layer, run}, raster.box, {&part, 1}, SceneTime{ms, 1000}, {kCanvas, {}});
  return placed ? draw_item(layer, *placed, part) : std::nullopt;
}

void expect_point(PointF point, double x, double y) {
  EXPECT_NEAR(point.x, x, 1e-9);
  EXPECT_NEAR(point.y, y, 1e-9);
}

// Where the picture lies on the canvas.
RectF place_of(const compose::DrawItem& item) {
  const SizeI size = compose::size_of(item.source);
  return base::bounds_of(item.canvas_from_picture,
                         {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)});
}

/// --- Geometry ---

TEST(DrawItem, WithoutATransformTheBoxLiesInTheCorner) {
  const auto item = item_at(Layer{}, raster_of({40, 20}));
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->canvas_from_picture, Affine{});
  EXPECT_EQ(item->opacity, 255);
  EXPECT_FALSE(item->clip.has_value());
}

TEST(DrawItem, TheAnchorLandsOnThePosition) {
  Layer layer;
  layer.transform = {{100, 50}, {0.25, 1}, {2, 3}, 30};
  const auto item = item_at(layer, raster_of({40, 20}));
  ASSERT_TRUE(item.has_value());
  expect_point(item->canvas_from_picture.map({10, 20}), 100, 50);
}

TEST(DrawItem, ScalesThenTurnsClockwiseAboutTheAnchor) {
  Layer layer;
  layer.transform = {{100, 50}, {0.5, 0.5}, {2, 3}, 90};
  const auto item = item_at(layer, raster_of({40, 20}));
  ASSERT_TRUE(item.has_value());
  // The right end of the box is 20 px from the anchor, stretched to 40, turned to point down.
  expect_point(item->canvas_from_picture.map({40, 10}), 100, 90);
  // Its lower end is 10 px away, stretched to 30, turned to point left.
  expect_point(item->canvas_from_picture.map({20, 20}), 70, 50);
}

TEST(DrawItem, TurnsByAnyAngleAsCssDoes) {
  Layer layer;
  layer.transform = {{100, 50}, {0, 0}, {2, 1}, 30};
  const auto item = item_at(layer, raster_of({40, 20}));
  ASSERT_TRUE(item.has_value());
  const double cosine = std::sqrt(3.0) / 2;
  // matrix(cos, sin, -sin, cos) of CSS, after the scale.
  expect_point(item->canvas_from_picture.map({10, 4}), 100 + 20 * cosine - 4 * 0.5,
               50 + 20 * 0.5 + 4 * cosine);
}

TEST(DrawItem, TheAnchorIsOfTheLayersBoxEvenWhenThePictureIsLarger) {
  Layer layer;
  layer.size = scene::LengthSize{100, 60};
  layer.transform.position = {200, 90};
  layer.transform.anchor = {1, 1};
  // A picture whose ink starts 5 px left of and 3 px above the box.
  const auto item = item_at(layer, raster_of({120, 70}, {100, 60}, {-5, -3}));
  ASSERT_TRUE(item.has_value());
  expect_point(item->canvas_from_picture.map({5, 3}), 100, 30);
  expect_point(item->canvas_from_picture.map({105, 63}), 200, 90);
}

TEST(DrawItem, WithoutASizeTheBoxIsTheContents) {
  Layer layer;
  layer.transform.anchor = {0.5, 0.5};
  layer.transform.position = {160, 90};
  const auto item = item_at(layer, raster_of({44, 24}, {40, 20}, {-2, -2}));
  ASSERT_TRUE(item.has_value());
  expect_point(item->canvas_from_picture.map({2, 2}), 140, 80);
}

TEST(DrawItem, TheClipIsTheLayersBoxAndMovesWithIt) {
  Layer layer;
  layer.size = scene::LengthSize{100, 60};
  layer.clip = scene::Clip{24};
  layer.transform = {{10, 20}, {0, 0}, {2, 2}, 0};
  const auto item = item_at(layer, raster_of({120, 70}, {100, 60}, {-5, -3}));
  ASSERT_TRUE(item.has_value() && item->clip.has_value());
  EXPECT_EQ(item->clip->radius, 24);
  EXPECT_EQ(item->clip->box, (SizeF{100, 60}));
  expect_point(item->clip->canvas_from_box.map({0, 0}), 10, 20);
  expect_point(item->clip->canvas_from_box.map({100, 60}), 210, 140);
}

TEST(DrawItem, NothingShowsOfWhatIsClearOrHasNoArea) {
  const auto raster = raster_of({40, 20});
  Layer layer;
  layer.opacity = 0;
  EXPECT_FALSE(item_at(layer, raster).has_value());
  layer.opacity = 0.0019;  // less than half of one level of 255
  EXPECT_FALSE(item_at(layer, raster).has_value());
  layer.opacity = 0.002;
  EXPECT_TRUE(item_at(layer, raster).has_value());
  for (const PointF scale : {PointF{0, 1}, {1, 0}, {0, 0}}) {
    layer.transform.scale = scale;
    EXPECT_FALSE(item_at(layer, raster).has_value());
  }
}

TEST(DrawItem, OpacityIsRoundedToTheNearestOf255) {
  using Case = std::pair<double, int>;
  const std::array cases = {Case{1.0, 255}, Case{0.5, 128}, Case{0.2, 51}, Case{0.998, 254},
                            Case{0.999, 255}};
  for (const auto& [opacity, level] : cases) {
    Layer layer;
    layer.opacity = opacity;
    EXPECT_EQ(item_at(layer, raster_of({1, 1}))->opacity, level) << opacity;
  }
}

/// --- Animations ---

TEST(DrawItem, FadesMultiplyTheLayersOpacityAndEachOther) {
  Layer layer;
  layer.opacity = 0.8;
  layer.animations = {one_second(scene::FadeEffect{0, 1}), one_second(scene::FadeEffect{0.5, 1})};
  const auto raster = raster_of({40, 20});
  EXPECT_FALSE(item_at(layer, raster, 0).has_value());
  EXPECT_EQ(item_at(layer, raster, 500)->opacity, 77);  // 0.8 × 0.5 × 0.75 × 255 = 76.5
  EXPECT_EQ(item_at(layer, raster, 1000)->opacity, 204);
  EXPECT_EQ(item_at(layer, raster, 9000)->opacity, 204);
}

TEST(DrawItem, EffectsAddUpWithTheLayersOwnPlace) {
  Layer layer;
  layer.transform = {{100, 50}, {0.5, 0.5}, {2, 2}, 30};
  layer.animations = {
      one_second(scene::SlideEffect{PointF{-80, 0}, PointF{0, 0}}),
      one_second(scene::SlideEffect{PointF{0, 0}, PointF{0, 10}}),
      one_second(scene::ScaleEffect{{0, 1}, {1, 3}}),
      one_second(scene::RotateEffect{0, 120}),
  };
  const auto item = item_at(layer, raster_of({40, 20}), 500);
  ASSERT_TRUE(item.has_value());
  // Half way: 40 px left, 5 px down, scaled by ½ and 2, turned by 30 and 60 degrees.
  const Affine& map = item->canvas_from_picture;
  expect_point(map.map({20, 10}), 60, 55);
  expect_point(map.map({40, 10}), 60, 55 + 20 * 2 * 0.5);
  expect_point(map.map({20, 20}), 60 - 10 * 2 * 2, 55);
}

TEST(DrawItem, AnAnimatedClipStaysOnItsLayer) {
  Layer layer;
  layer.clip = scene::Clip{4};
  layer.animations = {one_second(scene::SlideEffect{PointF{0, 0}, PointF{60, 30}})};
  const auto item = item_at(layer, raster_of({40, 20}), 500);
  expect_point(item->clip->canvas_from_box.map({0, 0}), 30, 15);
}

struct Edge {
  Direction direction;
  PointF touches;  ///< which side of the canvas the layer's place touches: -1, 0 or 1 across, down
};

class SlideFrom : public ::testing::TestWithParam<Edge> {};

void expect_just_outside(const RectF& place, PointF side) {
  if (side.x < 0) {
    EXPECT_NEAR(place.right, 0, 1e-9);
  }
  if (side.x > 0) {
    EXPECT_NEAR(place.left, kCanvas.width, 1e-9);
  }
  if (side.y < 0) {
    EXPECT_NEAR(place.bottom, 0, 1e-9);
  }
  if (side.y > 0) {
    EXPECT_NEAR(place.top, kCanvas.height, 1e-9);
  }
}

TEST_P(SlideFrom, ADirectionIsJustOutsideThatEdge) {
  Layer layer;
  layer.transform = {{100, 50}, {0.5, 0.5}, {1, 1}, 0};
  layer.animations = {one_second(scene::SlideEffect{GetParam().direction, PointF{0, 0}})};
  const auto raster = raster_of({40, 20});
  expect_just_outside(place_of(*item_at(layer, raster, 0)), GetParam().touches);
  const RectF arrived = place_of(*item_at(layer, raster, 1000));
  EXPECT_EQ(arrived, (RectF{80, 40, 120, 60}));
}

TEST_P(SlideFrom, IsJustOutsideForATurnedAndScaledLayerWithInkOutsideItsBox) {
  Layer layer;
  layer.size = scene::LengthSize{40, 20};
  layer.transform = {{100, 50}, {0.5, 0.5}, {-1.5, 2}, 33};
  layer.animations = {one_second(scene::SlideEffect{PointF{0, 0}, GetParam().direction})};
  const auto raster = raster_of({50, 30}, {40, 20}, {-5, -5});
  expect_just_outside(place_of(*item_at(layer, raster, 1000)), GetParam().touches);
}

TEST_P(SlideFrom, CountsTheBoxWhereThePictureIsSmaller) {
  Layer layer;
  layer.size = scene::LengthSize{60, 60};
  layer.clip = scene::Clip{0};
  layer.animations = {one_second(scene::SlideEffect{GetParam().direction, PointF{0, 0}})};
  const auto item = item_at(layer, raster_of({20, 20}, {60, 60}, {20, 20}), 0);
  const RectF box = base::bounds_of(item->clip->canvas_from_box, {0, 0, 60, 60});
  expect_just_outside(box, GetParam().touches);
}

std::string name_of(const ::testing::TestParamInfo<Edge>& each) {
  constexpr std::array kEdgeNames = {"left", "right", "up", "down"};
  return kEdgeNames.at(static_cast<size_t>(each.param.direction));
}

INSTANTIATE_TEST_SUITE_P(EveryEdge, SlideFrom,
                         ::testing::Values(Edge{Direction::kLeft, {-1, 0}},
                                           Edge{Direction::kRight, {1, 0}},
                                           Edge{Direction::kUp, {0, -1}},
                                           Edge{Direction::kDown, {0, 1}}),
                         name_of);

/// --- Coming, going, gliding ---

TEST(DrawItem, EnterAndExitAddToTheAnimations) {
  Layer layer;
  layer.opacity = 0.8;
  layer.animations = {one_second(scene::FadeEffect{0.5, 0.5})};
  layer.enter = {one_second(scene::SlideEffect{PointF{-40, 0}, PointF{0, 0}})};
  layer.exit = {one_second(scene::FadeEffect{1, 0})};
  scene::LayerRun run;
  run.shown_since = milliseconds(2000);
  const auto raster = raster_of({40, 20});
  EXPECT_EQ(place_of(*item_at(layer, raster, 2500, run)), (RectF{-20, 0, 20, 20}));
  EXPECT_EQ(place_of(*item_at(layer, raster, 3000, run)), (RectF{0, 0, 40, 20}));
  EXPECT_EQ(item_at(layer, raster, 3000, run)->opacity, 102);
  layer.visible = false;
  run.exit_start = milliseconds(5000);
  EXPECT_EQ(item_at(layer, raster, 5500, run)->opacity, 51);
  EXPECT_TRUE(item_at(layer, raster, 5980, run).has_value());
  EXPECT_FALSE(item_at(layer, raster, 6000, run).has_value());
  EXPECT_FALSE(item_at(layer, raster, 60'000, run).has_value());
}

TEST(DrawItem, AnExitThatLeavesItInSightIsGoneAllTheSame) {
  Layer layer;
  scene::LayerRun run;
  layer.visible = false;
  run.exit_start = milliseconds(0);
  layer.exit = {one_second(scene::SlideEffect{PointF{0, 0}, PointF{9, 0}})};
  EXPECT_TRUE(item_at(layer, raster_of({40, 20}), 999, run).has_value());
  EXPECT_FALSE(item_at(layer, raster_of({40, 20}), 1000, run).has_value());
}

TEST(DrawItem, ATransitionMovesFromTheOldPlace) {
  Layer layer;
  layer.opacity = 0.4;
  layer.transform.position = {100, 0};
  layer.transition = scene::Transition{milliseconds(1000), scene::LinearEasing{}};
  scene::LayerRun run;
  run.transition = scene::TransitionRun{milliseconds(0), 1, milliseconds(500), {}};
  const auto raster = raster_of({40, 20});
  EXPECT_EQ(item_at(layer, raster, 500, run)->opacity, 179);  // 0.7 × 255 = 178.5
  EXPECT_EQ(place_of(*item_at(layer, raster, 500, run)).left, 0);
  EXPECT_EQ(place_of(*item_at(layer, raster, 1000, run)).left, 50);
  EXPECT_EQ(place_of(*item_at(layer, raster, 1500, run)).left, 100);
  EXPECT_EQ(item_at(layer, raster, 1500, run)->opacity, 102);
}

TEST_P(SlideFrom, IsJustOutsideOfWhereATransitionIs) {
  Layer layer;
  layer.transform.position = {100, 50};
  layer.transition = scene::Transition{milliseconds(1000), scene::LinearEasing{}};
  scene::LayerRun run;
  run.transition = scene::TransitionRun{std::nullopt, 1, milliseconds(0), {}};
  layer.animations = {one_second(scene::SlideEffect{GetParam().direction, GetParam().direction})};
  expect_just_outside(place_of(*item_at(layer, raster_of({40, 20}), 500, run)), GetParam().touches);
}

/// --- Frames of another size ---

TEST(FrameFromCanvas, IsNothingForEqualSizes) {
  EXPECT_EQ(frame_from_canvas({1920, 1080}, {1920, 1080}), Affine{});
}

TEST(FrameFromCanvas, ScalesWhenTheShapeIsTheSame) {
  EXPECT_EQ(frame_from_canvas({1920, 1080}, {480, 270}), base::scaling(0.25, 0.25));
  EXPECT_EQ(frame_from_canvas({320, 180}, {640, 360}), base::scaling(2, 2));
}

TEST(FrameFromCanvas, CentresBetweenBarsWhenItIsNot) {
  const Affine tall = frame_from_canvas({320, 180}, {320, 320});
  expect_point(tall.map({0, 0}), 0, 70);
  expect_point(tall.map({320, 180}), 320, 250);
  const Affine wide = frame_from_canvas({320, 180}, {400, 90});
  expect_point(wide.map({0, 0}), 120, 0);
  expect_point(wide.map({320, 180}), 280, 90);
}

TEST(DrawItem, IsPlacedInTheFrameAsOnTheCanvas) {
  Layer layer;
  layer.transform.position = {100, 50};
  layer.clip = scene::Clip{8};
  const Affine frame = frame_from_canvas(kCanvas, {160, 160});
  const content::Raster raster = raster_of({40, 20});
  const content::Part part = part_of(raster);
  const auto placed = placed_at({layer, kNotRun}, raster.box, {&part, 1}, {}, {kCanvas, frame});
  ASSERT_TRUE(placed.has_value());
  const auto item = draw_item(layer, *placed, part);
  ASSERT_TRUE(item.has_value());
  expect_point(item->canvas_from_picture.map({0, 0}), 50, 35 + 25);
  expect_point(item->clip->canvas_from_box.map({40, 20}), 70, 35 + 35);
}

}  // namespace
}  // namespace layercast::render
