#include "render/sampling_plan.h"

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/picture/raster.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "scene/model/animation.h"
#include "scene/model/scene.h"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace layercast::render {
namespace {

using base::Affine;
using base::SceneTime;
using scene::Animation;
using scene::Layer;
using std::chrono::milliseconds;

Animation one_second(scene::Effect effect) {
  Animation animation{std::move(effect), {}};
  animation.timing.duration = milliseconds(1000);
  return animation;
}

SceneTime at(int64_t ms) { return {ms, 1000}; }

/// --- Alignment ---

TEST(Alignment, HasFourKinds) {
  EXPECT_EQ(alignment_of({}), Alignment::kAligned);
  EXPECT_EQ(alignment_of(base::translation(-7, 12)), Alignment::kAligned);
  EXPECT_EQ(alignment_of(base::translation(7.25, 12)), Alignment::kShifted);
  EXPECT_EQ(alignment_of(base::scaling(2, 1)), Alignment::kScaled);
  EXPECT_EQ(alignment_of(base::scaling(1, 0.5)), Alignment::kScaled);
  EXPECT_EQ(alignment_of(base::rotation_degrees(90)), Alignment::kTurned);
  EXPECT_EQ(alignment_of(base::rotation_degrees(1)), Alignment::kTurned);
  EXPECT_EQ(alignment_of(base::scaling(-1, 1)), Alignment::kTurned);
}

/// --- The table ---

constexpr base::SizeI kSize{40, 20};
const Affine kAligned = base::translation(10, 20);
const Affine kShifted = base::translation(10.5, 20);
const Affine kScaled = base::translation(10.5, 20) * base::scaling(0.5, 0.5);
const Affine kTurned = base::rotation_degrees(30);

constexpr LayerSampling kMoves{};
constexpr LayerSampling kMovesConstant{.is_constant = true};
constexpr LayerSampling kStays{.stays = true};
constexpr LayerSampling kStaysConstant{.stays = true, .is_constant = true};
constexpr LayerSampling kTextMoves{.is_constant = true, .is_text = true};
constexpr LayerSampling kTextStays{.stays = true, .is_constant = true, .is_text = true};
constexpr LayerSampling kClockStays{.stays = true, .is_text = true};  // changes from frame to frame

constexpr auto kOwn = SourcePicture::kOwn;
constexpr auto kFiner = SourcePicture::kFiner;

struct Row {
  std::string_view name;
  PlacedPicture own;
  std::optional<Affine> finer;  // its place
  LayerSampling layer;
  SamplingPlan plan;
};

const Row kRows[] = {
    // An aligned picture is copied, whatever the layer does and whatever else there is.
    {"aligned", {kSize, kAligned}, {}, kMoves, {kOwn, Sampling::kNative}},
    {"aligned, stays", {kSize, kAligned}, {}, kStaysConstant, {kOwn, Sampling::kNative}},
    {"aligned text", {kSize, kAligned}, {}, kTextStays, {kOwn, Sampling::kNative}},
    {"aligned video", {kSize, kAligned, true}, {}, kMoves, {kOwn, Sampling::kNative}},
    {"aligned, finer", {kSize, kAligned}, kScaled, kMoves, {kOwn, Sampling::kNative}},

    // Between pixels, only a text that stays is moved.
    {"shifted", {kSize, kShifted}, {}, kStaysConstant, {kOwn, Sampling::kPerFrame}},
    {"shifted video", {kSize, kShifted, true}, {}, kStays, {kOwn, Sampling::kPerFrame}},
    {"shifted text stays", {kSize, kShifted}, {}, kTextStays, {kOwn, Sampling::kSnapped}},
    {"shifted clock stays", {kSize, kShifted}, {}, kClockStays, {kOwn, Sampling::kSnapped}},
    {"shifted text moves", {kSize, kShifted}, {}, kTextMoves, {kOwn, Sampling::kPerFrame}},

    // A constant picture is resampled once; a finer one only where the layer stays.
    {"scaled stays", {kSize, kScaled}, {}, kStaysConstant, {kOwn, Sampling::kResampled}},
    {"scaled moves", {kSize, kScaled}, {}, kMovesConstant, {kOwn, Sampling::kResampled}},
    {"scaled text stays", {kSize, kScaled}, {}, kTextStays, {kOwn, Sampling::kResampled}},
    {"scaled, changes", {kSize, kScaled}, {}, kStays, {kOwn, Sampling::kPerFrame}},
    {"scaled, changes and moves", {kSize, kScaled}, {}, kMoves, {kOwn, Sampling::kPerFrame}},
    {"scaled clock", {kSize, kScaled}, {}, kClockStays, {kOwn, Sampling::kPerFrame}},
    {"scaled video", {kSize, kScaled, true}, {}, kStaysConstant, {kOwn, Sampling::kPerFrame}},
    {"too large", {kSize, base::scaling(4000, 1)}, {}, kStaysConstant, {kOwn, Sampling::kPerFrame}},

    // A finer picture replaces one that is not aligned.
    {"finer moves", {kSize, kShifted}, kScaled, kMovesConstant, {kFiner, Sampling::kPerFrame}},
    {"finer stays", {kSize, kShifted}, kScaled, kStaysConstant, {kFiner, Sampling::kResampled}},
    {"finer text stays", {kSize, kShifted}, kScaled, kTextStays, {kFiner, Sampling::kResampled}},
    {"finer turned", {kSize, kTurned}, kTurned, kStaysConstant, {kFiner, Sampling::kPerFrame}},
    {"finer aligned", {kSize, kScaled}, kAligned, kMoves, {kFiner, Sampling::kNative}},
    {"finer shifted text", {kSize, kScaled}, kShifted, kTextStays, {kFiner, Sampling::kSnapped}},

    // Nothing is kept of a turned picture.
    {"turned", {kSize, kTurned}, {}, kStaysConstant, {kOwn, Sampling::kPerFrame}},
    {"turned text", {kSize, kTurned}, {}, kTextStays, {kOwn, Sampling::kPerFrame}},
    {"mirrored", {kSize, base::scaling(-2, 2)}, {}, kStaysConstant, {kOwn, Sampling::kPerFrame}},
};

TEST(SamplingPlan, IsAsTheTableSays) {
  for (const Row& row : kRows) {
    PlacedPicture finer{{70, 35}};
    if (row.finer) finer.frame_from_picture = *row.finer;
    const SamplingPlan plan = sampling_plan(row.own, row.finer ? &finer : nullptr, row.layer);
    EXPECT_EQ(plan.picture, row.plan.picture) << row.name;
    EXPECT_EQ(plan.sampling, row.plan.sampling) << row.name;
  }
}

/// --- The layer ---

TEST(KeepsItsScale, KnowsWhenALayerIsOnItsWay) {
  Layer layer;
  scene::LayerRun run;
  EXPECT_TRUE(keeps_its_scale({layer, run}, at(0)));
  layer.enter = {one_second(scene::ScaleEffect{{0.5, 0.5}, {1, 1}})};
  EXPECT_FALSE(keeps_its_scale({layer, run}, at(999)));
  EXPECT_TRUE(keeps_its_scale({layer, run}, at(1000)));
  layer.enter = {one_second(scene::FadeEffect{0, 1})};
  EXPECT_TRUE(keeps_its_scale({layer, run}, at(500)));
  layer.exit = {one_second(scene::RotateEffect{0, 90})};
  EXPECT_TRUE(keeps_its_scale({layer, run}, at(5000)));
  layer.visible = false;
  run.exit_start = milliseconds(5000);
  EXPECT_FALSE(keeps_its_scale({layer, run}, at(5000)));
  Layer glides;
  glides.transition = scene::Transition{milliseconds(1000), scene::LinearEasing{}};
  glides.transform.position = {50, 50};
  scene::LayerRun from;
  from.transition = scene::TransitionRun{std::nullopt, 1, milliseconds(0), {}};
  EXPECT_TRUE(keeps_its_scale({glides, from}, at(500)));
  glides.transform.scale = {2, 2};
  EXPECT_FALSE(keeps_its_scale({glides, from}, at(500)));
  EXPECT_TRUE(keeps_its_scale({glides, from}, at(1000)));
}

TEST(LayerSampling, KnowsWhetherTheLayerStays) {
  const scene::LayerRun run;
  const LayerContent content{};
  Layer layer;
  EXPECT_TRUE(layer_sampling({layer, run}, content, at(0)).stays);
  layer.animations = {one_second(scene::FadeEffect{0, 1})};
  EXPECT_TRUE(layer_sampling({layer, run}, content, at(500)).stays);
  layer.enter = {one_second(scene::SlideEffect{base::PointF{0, 0}, base::PointF{9, 0}})};
  EXPECT_FALSE(layer_sampling({layer, run}, content, at(500)).stays);
  EXPECT_TRUE(layer_sampling({layer, run}, content, at(1000)).stays);
  layer.animations = layer.enter;
  EXPECT_FALSE(layer_sampling({layer, run}, content, at(5000)).stays);
}

TEST(LayerSampling, IsConstantForOnePictureAtOneScale) {
  const scene::LayerRun run;
  LayerContent content;
  Layer layer;
  EXPECT_TRUE(layer_sampling({layer, run}, content, at(0)).is_constant);
  content.changes = true;
  EXPECT_FALSE(layer_sampling({layer, run}, content, at(0)).is_constant);
  content.changes = false;
  layer.transform.rotation = 90;
  EXPECT_FALSE(layer_sampling({layer, run}, content, at(0)).is_constant);
}

/// --- The item ---

content::Part part_of_size(base::SizeI size) {
  return {std::make_shared<const frame::Picture>(frame::Image<frame::PremulRgba8>(size)), {}};
}

PlacedLayer placed_by(const Affine& map) { return {map, {40, 20}, 1}; }

const Layer kLayer{};

TEST(SampledItem, IsTheDrawItemWhereNothingIsToBeDone) {
  const content::Part part = part_of_size(kSize);
  ResampledPictures resampled;
  for (const Affine& map : {kAligned, kShifted, kTurned}) {
    EXPECT_EQ(sampled_item(kLayer, placed_by(map), part, kStaysConstant, resampled),
              draw_item(kLayer, placed_by(map), part));
  }
}

TEST(SampledItem, MovesATextAndItsClipToTheNearestPixels) {
  Layer layer;
  layer.clip = scene::Clip{3};
  const content::Part part = part_of_size(kSize);
  ResampledPictures resampled;
  const auto item =
      sampled_item(layer, placed_by(base::translation(10.75, 20.25)), part, kTextStays, resampled);
  ASSERT_TRUE(item.has_value() && item->clip.has_value());
  EXPECT_EQ(item->source, part.picture);
  EXPECT_EQ(item->canvas_from_picture, base::translation(11, 20));
  EXPECT_EQ(item->clip->canvas_from_box, base::translation(11, 20));
}

TEST(SampledItem, ResamplesAPictureOnceForAllItsFrames) {
  const content::Part part = part_of_size(kSize);
  ResampledPictures resampled;
  const auto stays = sampled_item(kLayer, placed_by(kScaled), part, kStaysConstant, resampled);
  ASSERT_TRUE(stays.has_value());
  EXPECT_NE(stays->source, part.picture);
  EXPECT_EQ(compose::size_of(stays->source), (base::SizeI{21, 10}));  // half a pixel at each end
  EXPECT_EQ(stays->canvas_from_picture, base::translation(10, 20));
  EXPECT_EQ(sampled_item(kLayer, placed_by(kScaled), part, kStaysConstant, resampled), stays);
  const auto moves = sampled_item(kLayer, placed_by(kScaled), part, kMovesConstant, resampled);
  ASSERT_TRUE(moves.has_value());
  EXPECT_EQ(compose::size_of(moves->source), (base::SizeI{20, 10}));
  EXPECT_EQ(moves->canvas_from_picture, base::translation(10.5, 20));
}

TEST(SampledItem, ShowsTheFinerPictureBetweenPixels) {
  content::Part part = part_of_size(kSize);
  part.finer = std::get<frame::PicturePtr>(part_of_size({80, 40}).picture);
  part.box_from_finer = base::scaling(0.5, 0.5);
  ResampledPictures resampled;
  const auto on = sampled_item(kLayer, placed_by(kAligned), part, kMovesConstant, resampled);
  const auto between = sampled_item(kLayer, placed_by(kShifted), part, kMovesConstant, resampled);
  ASSERT_TRUE(on.has_value() && between.has_value());
  EXPECT_EQ(on->source, part.picture);
  EXPECT_EQ(between->source, frame::AnyPicture(part.finer));
  EXPECT_EQ(between->canvas_from_picture, kScaled);
}

}  // namespace
}  // namespace layercast::render
