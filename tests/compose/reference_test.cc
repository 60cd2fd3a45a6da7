#include "compose/reference.h"

#include "base/blend_mode.h"
#include "base/geometry.h"
#include "compose/blend.h"
#include "compose/draw_list.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "frame/recolor.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <numbers>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace layercast::compose {
namespace {

using base::Affine;
using base::BlendMode;
using base::PointF;
using base::SizeF;
using base::SizeI;
using base::translation;
using frame::Image;
using frame::ImageView;
using frame::PicturePtr;
using frame::PremulRgba8;

constexpr PremulRgba8 kClear{};
constexpr PremulRgba8 kBlack{0, 0, 0, 255};
constexpr PremulRgba8 kWhite{255, 255, 255, 255};
constexpr PremulRgba8 kOrange{255, 64, 0, 255};
constexpr PremulRgba8 kTeal{32, 200, 128, 255};

uint8_t byte(int value) { return static_cast<uint8_t>(value); }

template <class PixelAt>
PicturePtr picture_of(SizeI size, PixelAt pixel_at) {
  Image<PremulRgba8> pixels(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) pixels.view().at(x, y) = pixel_at(x, y);
  }
  return std::make_shared<frame::Picture>(std::move(pixels));
}

PicturePtr solid(SizeI size, PremulRgba8 color) {
  return picture_of(size, [=](int, int) { return color; });
}

// Every pixel another colour, asymmetric in x and y, partly transparent.
PicturePtr varied(SizeI size) {
  return picture_of(size, [](int x, int y) {
    const int alpha = (x * 53 + y * 29 + 90) % 256;
    return frame::premultiplied(
        {byte(x * 37 + y), byte(255 - y * 23), byte(x * y * 7 + 11), byte(alpha)});
  });
}

Image<PremulRgba8> composed(const DrawList& list) {
  Image<PremulRgba8> canvas(list.canvas);
  compose_rows(list, {0, list.canvas.height}, canvas.view());
  return canvas;
}

DrawItem placed(PicturePtr picture, const Affine& place) {
  return {std::move(picture), place, 255, BlendMode::kNormal, std::nullopt};
}

Image<PremulRgba8> one_item(SizeI canvas, PremulRgba8 background, const DrawItem& item) {
  return composed({canvas, background, {item}});
}

SizeF size_of(const frame::Picture& picture) {
  return {static_cast<double>(picture.size().width), static_cast<double>(picture.size().height)};
}

/// --- The same picture, evaluated naively: every pixel, every item, no case apart ---

namespace naive {

// Wide enough that no place on any canvas can overflow it.
__extension__ using Fixed = __int128;

Fixed fixed_point(double value) {
  return static_cast<Fixed>(std::floor(value * 4294967296.0 + 0.5));
}

int mip_level(const Affine& map) {
  const double across = map.xx * map.xx + map.yx * map.yx;
  const double down = map.xy * map.xy + map.yy * map.yy;
  int level = 0;
  for (double larger = std::max(across, down); level < 15 && larger * 4 <= 1 + 1e-12; larger *= 4) {
    ++level;
  }
  return level;
}

int repeated(Fixed place, int size) {
  return static_cast<int>(std::clamp<Fixed>(place, 0, size - 1));
}

PremulRgba8 bilinear(ImageView<const PremulRgba8> picture, Fixed x, Fixed y) {
  const Fixed column = x >> 32;
  const Fixed line = y >> 32;
  const auto right_weight = static_cast<uint32_t>((x >> 24) & 255);
  const auto lower_weight = static_cast<uint32_t>((y >> 24) & 255);
  const auto at = [&](Fixed across, Fixed down) {
    return picture.at(repeated(across, picture.width()), repeated(down, picture.height()));
  };
  const std::array<PremulRgba8, 4> corners = {at(column, line), at(column + 1, line),
                                              at(column, line + 1), at(column + 1, line + 1)};
  const std::array<uint32_t, 4> weights = {
      (256 - right_weight) * (256 - lower_weight), right_weight * (256 - lower_weight),
      (256 - right_weight) * lower_weight, right_weight * lower_weight};
  const auto mixed = [&](uint8_t PremulRgba8::*component) {
    uint32_t sum = 32768;
    for (size_t i = 0; i < 4; ++i) sum += weights.at(i) * (corners.at(i).*component);
    return static_cast<uint8_t>(sum / 65536);
  };
  return {mixed(&PremulRgba8::red), mixed(&PremulRgba8::green), mixed(&PremulRgba8::blue),
          mixed(&PremulRgba8::alpha)};
}

PremulRgba8 sampled(const DrawItem& item, int x, int y) {
  const int level = mip_level(item.canvas_from_picture);
  const double factor = 1.0 / (1 << level);
  const Affine map = base::scaling(factor, factor) * base::inverse(item.canvas_from_picture);
  constexpr Fixed kHalfWeight = 1 << 23;  // of 256 weights in a pixel of 2^32
  const Fixed at_x = fixed_point(map.x0 + (map.xx + map.xy) * 0.5 - 0.5) + kHalfWeight +
                     fixed_point(map.xx) * x + fixed_point(map.xy) * y;
  const Fixed at_y = fixed_point(map.y0 + (map.yx + map.yy) * 0.5 - 0.5) + kHalfWeight +
                     fixed_point(map.yx) * x + fixed_point(map.yy) * y;
  return bilinear(std::get<frame::PicturePtr>(item.source)->level(level), at_x, at_y);
}

double ramp(double distance) { return std::clamp(distance + 0.5, 0.0, 1.0); }

// Coverage of the ellipse that rounds the corner nearest to `point`: its distance is f / |∇f|.
double corner_coverage(const Affine& box_from_canvas, SizeF size, double radius, PointF point) {
  const double across = std::max({radius - point.x, point.x - (size.width - radius), 0.0});
  const double down = std::max({radius - point.y, point.y - (size.height - radius), 0.0});
  if (across == 0 || down == 0) return 1;
  const double length = std::sqrt(across * across + down * down);
  const double side_x = (point.x < radius ? -across : across) / length;
  const double side_y = (point.y < radius ? -down : down) / length;
  const double slope_x = side_x * box_from_canvas.xx + side_y * box_from_canvas.yx;
  const double slope_y = side_x * box_from_canvas.xy + side_y * box_from_canvas.yy;
  return ramp((radius - length) / std::sqrt(slope_x * slope_x + slope_y * slope_y));
}

// The part that a ramp from 0 at each end to 1 leaves.
double left_by_ramps(double place, double length, double fade) {
  const double reach = std::min(fade, length / 2);
  return reach > 0 ? std::clamp(std::min(place, length - place) / reach, 0.0, 1.0) : 1;
}

uint32_t coverage(const RoundedClip& clip, int x, int y) {
  const SizeF size = clip.box;
  const Affine map = base::inverse(clip.canvas_from_box);
  const PointF point = map.map({x + 0.5, y + 0.5});
  const double step_x = std::sqrt(map.xx * map.xx + map.xy * map.xy);
  const double step_y = std::sqrt(map.yx * map.yx + map.yy * map.yy);
  const double within_x =
      std::max(0.0, ramp(point.x / step_x) + ramp((size.width - point.x) / step_x) - 1);
  const double within_y =
      std::max(0.0, ramp(point.y / step_y) + ramp((size.height - point.y) / step_y) - 1);
  const double within = within_x * within_y;
  double covered = within;
  const double round = std::min({clip.radius, size.width / 2, size.height / 2});
  if (round > 0) covered = std::min(covered, corner_coverage(map, size, round, point));
  if (clip.is_cut) covered *= within;
  covered *= left_by_ramps(point.x, size.width, clip.fade.width) *
             left_by_ramps(point.y, size.height, clip.fade.height);
  return static_cast<uint32_t>(std::floor(covered * 255 + 0.5));
}

PremulRgba8 painted(const DrawItem& item, int x, int y, PremulRgba8 below) {
  uint32_t covered = item.opacity;
  const RoundedClip edges{item.canvas_from_picture,
                          size_of(*std::get<frame::PicturePtr>(item.source))};
  covered = frame::divided_by_255(covered * coverage(edges, x, y));
  if (item.clip) covered = frame::divided_by_255(covered * coverage(*item.clip, x, y));
  PremulRgba8 shown = sampled(item, x, y);
  if (item.recoloring) shown = frame::recolored(*item.recoloring, shown);
  return blended(item.blend, faded(shown, covered), below);
}

PremulRgba8 pixel(const DrawList& list, int x, int y) {
  PremulRgba8 color = list.background;
  for (const DrawItem& item : list.items) color = painted(item, x, y, color);
  return color;
}

}  // namespace naive

void expect_naive(const DrawList& list) {
  const Image<PremulRgba8> canvas = composed(list);
  for (int y = 0; y < list.canvas.height; ++y) {
    for (int x = 0; x < list.canvas.width; ++x) {
      ASSERT_EQ(canvas.view().at(x, y), naive::pixel(list, x, y)) << "at " << x << ", " << y;
    }
  }
}

/// --- Random draw lists, the same ones on every machine ---

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  int below(int count) { return static_cast<int>(engine_() % static_cast<uint64_t>(count)); }
  int between(int first, int last) { return first + below(last - first + 1); }
  bool one_in(int count) { return below(count) == 0; }
  double real(double min, double max) {
    return min + (max - min) * (static_cast<double>(engine_() >> 11) / 9007199254740992.0);
  }

 private:
  std::mt19937_64 engine_;
};

PremulRgba8 random_pixel(Dice& dice) {
  const int kind = dice.below(4);
  const int alpha = kind == 0 ? 0 : kind == 1 ? 255 : dice.below(256);
  return frame::premultiplied(
      {byte(dice.below(256)), byte(dice.below(256)), byte(dice.below(256)), byte(alpha)});
}

PicturePtr random_picture(Dice& dice) {
  const SizeI size{dice.between(1, 20), dice.between(1, 20)};
  return picture_of(size, [&](int, int) { return random_pixel(dice); });
}

double random_factor(Dice& dice) {
  const double factor = dice.one_in(3)   ? dice.real(0.02, 0.5)
                        : dice.one_in(3) ? dice.between(1, 4)
                                         : dice.real(0.5, 3);
  return dice.one_in(4) ? -factor : factor;
}

// A layer as a scene can place it: scaled, turned, put somewhere, most of the time on the canvas.
Affine random_place(Dice& dice, SizeI canvas) {
  const double x = dice.real(-0.4, 1.1) * canvas.width;
  const double y = dice.real(-0.4, 1.1) * canvas.height;
  switch (dice.below(6)) {
    case 0:
    case 1:
      return translation(std::floor(x), std::floor(y));
    case 2:
      return translation(x, y);
    case 3:
      return translation(x, y) * base::scaling(random_factor(dice), random_factor(dice));
    case 4:
      return translation(std::floor(x), std::floor(y)) *
             base::rotation_degrees(90.0 * dice.between(-4, 4));
    default:
      return translation(x, y) * base::rotation_degrees(dice.real(-720, 720)) *
             base::scaling(random_factor(dice), random_factor(dice));
  }
}

std::optional<RoundedClip> random_clip(Dice& dice, const DrawItem& item, SizeI canvas) {
  if (!dice.one_in(3)) return std::nullopt;
  const SizeF size = size_of(*std::get<frame::PicturePtr>(item.source));
  constexpr std::array kRadii = {0.0, 1.0, 2.5, 7.0, 100.0};
  RoundedClip clip{item.canvas_from_picture, size, kRadii.at(static_cast<size_t>(dice.below(5)))};
  if (dice.one_in(3)) clip.box = {dice.real(1, 24), dice.real(1, 24)};
  if (dice.one_in(3)) clip.canvas_from_box = random_place(dice, canvas);
  clip.is_cut = dice.one_in(4);
  if (dice.one_in(3)) clip.fade.width = dice.real(0, 12);
  if (dice.one_in(4)) clip.fade.height = dice.real(0, 12);
  return clip;
}

frame::RecoloringPtr random_recoloring(Dice& dice) {
  const auto factor = [&] { return static_cast<float>(dice.real(-2, 2)); };
  frame::Recoloring made;
  for (int i = dice.below(3); i > 0; --i) {
    made.matrices.push_back({{{factor(), factor(), factor(), factor()},
                              {factor(), factor(), factor(), factor()},
                              {factor(), factor(), factor(), factor()}}});
  }
  if (dice.one_in(2)) made.opacity = static_cast<float>(dice.real(0, 1));
  return std::make_shared<const frame::Recoloring>(std::move(made));
}

DrawItem random_item(Dice& dice, SizeI canvas) {
  DrawItem item{random_picture(dice), random_place(dice, canvas), 255, BlendMode::kNormal, {}};
  if (dice.one_in(2)) item.opacity = byte(dice.below(256));
  if (dice.one_in(2)) item.blend = static_cast<BlendMode>(dice.below(16));
  item.clip = random_clip(dice, item, canvas);
  if (dice.one_in(4)) item.recoloring = random_recoloring(dice);
  return item;
}

DrawList random_list(uint64_t seed) {
  Dice dice(seed);
  DrawList list{{dice.between(1, 30), dice.between(1, 24)}, random_pixel(dice), {}};
  const int items = dice.between(0, 5);
  for (int i = 0; i < items; ++i) list.items.push_back(random_item(dice, list.canvas));
  return list;
}

/// --- Placing ---

TEST(Compose, WithoutItemsEveryPixelIsTheBackground) {
  for (const PremulRgba8 background : {kClear, kOrange, PremulRgba8{100, 25, 0, 100}}) {
    const auto canvas = composed({{5, 3}, background, {}});
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 5; ++x) EXPECT_EQ(canvas.view().at(x, y), background);
    }
  }
}

TEST(Compose, PictureOnWholePixelsIsCopiedExactly) {
  const PicturePtr picture = varied({7, 5});
  const auto canvas = one_item({12, 9}, kClear, placed(picture, translation(3, 2)));
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 12; ++x) {
      const bool inside = x >= 3 && x < 10 && y >= 2 && y < 7;
      EXPECT_EQ(canvas.view().at(x, y), inside ? picture->view().at(x - 3, y - 2) : kClear);
    }
  }
}

TEST(Compose, PictureOverAColorIsPorterDuffOver) {
  const PicturePtr picture = varied({7, 5});
  const auto canvas = one_item({7, 5}, kTeal, placed(picture, {}));
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 7; ++x) {
      EXPECT_EQ(canvas.view().at(x, y), frame::over(picture->view().at(x, y), kTeal));
    }
  }
}

TEST(Compose, OpacityIsExactForEveryLevel) {
  for (int opacity = 0; opacity < 256; ++opacity) {
    DrawItem item = placed(solid({1, 1}, kOrange), {});
    item.opacity = byte(opacity);
    const auto canvas = one_item({1, 1}, kTeal, item);
    const auto mixed = [&](int front, int back) {
      // Orange is opaque, so each factor rounds by itself: the fading, then the backdrop's share.
      const int faded_front = (2 * front * opacity + 255) / 510;
      return byte(faded_front + (2 * back * (255 - opacity) + 255) / 510);
    };
    const PremulRgba8 wanted{mixed(255, 32), mixed(64, 200), mixed(0, 128), 255};
    EXPECT_EQ(canvas.view().at(0, 0), wanted) << opacity;
  }
}

TEST(Compose, FractionalPlaceMixesFourPixelsWithEightBitWeights) {
  const PicturePtr picture = varied({8, 8});
  // A quarter right and three quarters down: a pixel's centre falls that much left and above.
  const auto canvas = one_item({8, 8}, kClear, placed(picture, translation(0.25, 0.75)));
  const auto source = picture->view();
  for (int y = 2; y < 8; ++y) {
    for (int x = 2; x < 8; ++x) {
      const auto mixed = [&](uint8_t PremulRgba8::*component) {
        const int upper =
            source.at(x - 1, y - 1).*component * 64 + source.at(x, y - 1).*component * 192;
        const int lower = source.at(x - 1, y).*component * 64 + source.at(x, y).*component * 192;
        return byte((upper * 192 + lower * 64 + 32768) / 65536);
      };
      const PremulRgba8 wanted{mixed(&PremulRgba8::red), mixed(&PremulRgba8::green),
                               mixed(&PremulRgba8::blue), mixed(&PremulRgba8::alpha)};
      ASSERT_EQ(canvas.view().at(x, y), wanted) << x << ", " << y;
    }
  }
}

TEST(Compose, WeightsAreTheFractionRoundedToTheNearestOf256) {
  const PicturePtr edge = picture_of({4, 1}, [](int x, int) { return x < 2 ? kBlack : kWhite; });
  for (int part = 0; part < 256; ++part) {
    for (const double rest : {-0.4, 0.0, 0.4}) {
      const auto canvas =
          one_item({4, 1}, kClear, placed(edge, translation(-(part + rest) / 256.0, 0)));
      EXPECT_EQ(canvas.view().at(1, 0).red, (part * 255 + 128) / 256) << part << " " << rest;
    }
  }
}

TEST(Compose, QuarterTurnsPermutePixels) {
  const PicturePtr picture = varied({6, 4});
  const auto source = picture->view();
  const auto turned = [&](double degrees, double x, double y, SizeI canvas) {
    return one_item(canvas, kClear,
                    placed(picture, translation(x, y) * base::rotation_degrees(degrees)));
  };
  const auto right = turned(90, 4, 0, {4, 6});
  const auto half = turned(180, 6, 4, {6, 4});
  const auto left = turned(-90, 0, 6, {4, 6});
  const auto many = turned(270 - 3600, 0, 6, {4, 6});
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) {
      const PremulRgba8 pixel = source.at(x, y);
      EXPECT_EQ(right.view().at(3 - y, x), pixel);
      EXPECT_EQ(half.view().at(5 - x, 3 - y), pixel);
      EXPECT_EQ(left.view().at(y, 5 - x), pixel);
      EXPECT_EQ(many.view().at(y, 5 - x), pixel);
    }
  }
}

TEST(Compose, NegativeScaleMirrors) {
  const PicturePtr picture = varied({6, 4});
  const auto mirrored =
      one_item({6, 4}, kClear, placed(picture, translation(6, 0) * base::scaling(-1, 1)));
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) {
      EXPECT_EQ(mirrored.view().at(5 - x, y), picture->view().at(x, y));
    }
  }
}

TEST(Compose, WholeEnlargementKeepsPixelCentres) {
  // Threefold: the middle of each block of three by three is the pixel itself.
  const PicturePtr picture = varied({5, 4});
  const auto canvas = one_item({15, 12}, kClear, placed(picture, base::scaling(3, 3)));
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 5; ++x) {
      EXPECT_EQ(canvas.view().at(3 * x + 1, 3 * y + 1), picture->view().at(x, y));
    }
  }
}

/// --- Edges ---

TEST(Compose, EdgesCoverWhatTheyCoverOfAPixel) {
  const PicturePtr white = solid({4, 4}, kWhite);
  for (const double part : {0.0, 0.125, 0.2, 0.25, 0.4, 0.625, 0.8}) {
    const auto canvas = one_item({7, 4}, kClear, placed(white, translation(1 + part, 0)));
    const auto level = [](double share) {
      return byte(static_cast<int>(std::lround(share * 255)));
    };
    EXPECT_EQ(canvas.view().at(0, 1).alpha, 0);
    EXPECT_EQ(canvas.view().at(1, 1).alpha, level(1 - part)) << part;
    EXPECT_EQ(canvas.view().at(2, 1).alpha, 255);
    EXPECT_EQ(canvas.view().at(4, 1).alpha, 255);
    EXPECT_EQ(canvas.view().at(5, 1).alpha, level(part)) << part;
    EXPECT_EQ(canvas.view().at(6, 1).alpha, 0);
  }
}

TEST(Compose, CornersMultiplyTheirTwoEdges) {
  const auto canvas =
      one_item({6, 6}, kClear, placed(solid({4, 4}, kWhite), translation(1.5, 1.25)));
  EXPECT_EQ(canvas.view().at(1, 1).alpha, 96);  // ½ × ¾ × 255, rounded
  EXPECT_EQ(canvas.view().at(5, 1).alpha, 96);
  EXPECT_EQ(canvas.view().at(1, 5).alpha, 32);  // ½ × ¼ × 255
}

TEST(Compose, AThinLineKeepsItsInk) {
  // A white line 0.3 px high, anywhere across a pixel row: 0.3 of white in all.
  const PicturePtr line = solid({8, 1}, kWhite);
  for (const double at : {2.0, 2.1, 2.35, 2.6}) {
    const auto canvas =
        one_item({8, 6}, kClear, placed(line, translation(0, at) * base::scaling(1, 0.3)));
    int ink = 0;
    for (int y = 0; y < 6; ++y) ink += canvas.view().at(4, y).alpha;
    EXPECT_NEAR(ink, 0.3 * 255, 1.0) << at;
  }
}

TEST(Compose, TurnedSquareCoversItsArea) {
  for (const double degrees : {10.0, 30.0, 45.0, 77.0}) {
    const Affine place =
        translation(20, 20) * base::rotation_degrees(degrees) * translation(-10, -10);
    const auto canvas = one_item({40, 40}, kClear, placed(solid({20, 20}, kWhite), place));
    double area = 0;
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 40; ++x) area += canvas.view().at(x, y).alpha / 255.0;
    }
    EXPECT_NEAR(area, 400, 4) << degrees;
  }
}

/// --- Clips ---

Image<PremulRgba8> clipped_box(SizeI canvas, const Affine& place, SizeF box, double radius) {
  DrawItem item = placed(solid(canvas, kWhite), {});
  item.clip = RoundedClip{place, box, radius};
  return one_item(canvas, kClear, item);
}

double ink_in(const Image<PremulRgba8>& canvas, int width, int height) {
  double area = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) area += canvas.view().at(x, y).alpha / 255.0;
  }
  return area;
}

TEST(Clip, AFadeIsALinearRampAtBothEnds) {
  DrawItem item = placed(solid({40, 30}, kWhite), {});
  item.clip = RoundedClip{{}, {40, 30}, 0};
  item.clip->fade = {8, 0};
  const auto across = one_item({40, 30}, kClear, item);
  item.clip->fade = {0, 8};
  const auto down = one_item({40, 30}, kClear, item);
  const auto ramp = [](int place, int length) {
    const double part = std::min({(place + 0.5) / 8, (length - place - 0.5) / 8, 1.0});
    return static_cast<int>(std::floor(part * 255 + 0.5));
  };
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) {
      ASSERT_EQ(across.view().at(x, y).alpha, ramp(x, 40)) << x << ", " << y;
      ASSERT_EQ(down.view().at(x, y).alpha, ramp(y, 30)) << x << ", " << y;
    }
  }
}

TEST(Clip, AFadeIsAtMostHalfOfTheBoxAndTurnsWithIt) {
  DrawItem item = placed(solid({60, 60}, kWhite), {});
  item.clip = RoundedClip{translation(60, 0) * base::rotation_degrees(90), {60, 60}, 0};
  item.clip->fade = {1000, 0};
  const auto canvas = one_item({60, 60}, kClear, item);
  for (int y = 0; y < 60; ++y) {
    const double part = std::min(y + 0.5, 59.5 - y) / 30;
    ASSERT_EQ(canvas.view().at(7, y).alpha, std::floor(part * 255 + 0.5)) << y;
  }
}

TEST(Clip, CornerCoversAQuarterOfADisc) {
  for (const int radius : {8, 13, 24, 60}) {
    const auto canvas = clipped_box({130, 140}, {}, {130, 140}, radius);
    const double quarter = std::numbers::pi / 4 * radius * radius;
    EXPECT_NEAR(ink_in(canvas, radius, radius), quarter, 0.01 * quarter) << radius;
  }
}

TEST(Clip, CornerOfAStretchedBoxCoversAQuarterOfAnEllipse) {
  const auto canvas = clipped_box({160, 80}, base::scaling(2, 0.75), {80, 80}, 24);
  const double quarter = std::numbers::pi / 4 * 48 * 18;
  EXPECT_NEAR(ink_in(canvas, 48, 18), quarter, 0.01 * quarter);
}

TEST(Clip, IsSymmetric) {
  for (const double radius : {1.0, 3.5, 9.0, 20.0}) {
    const SizeI size{40, 48};
    const auto canvas = clipped_box(size, translation(2.25, 3.75), {35.5, 40.5}, radius);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        EXPECT_EQ(canvas.view().at(x, y), canvas.view().at(size.width - 1 - x, y));
        EXPECT_EQ(canvas.view().at(x, y), canvas.view().at(x, size.height - 1 - y));
      }
    }
  }
}

TEST(Clip, WithoutARadiusCutsStraight) {
  const auto canvas = clipped_box({6, 6}, translation(1, 2), {3, 2}, 0);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 6; ++x) {
      const bool inside = x >= 1 && x < 4 && y >= 2 && y < 4;
      EXPECT_EQ(canvas.view().at(x, y), inside ? kWhite : kClear);
    }
  }
}

TEST(Clip, RadiusIsAtMostHalfTheShorterSide) {
  const auto greedy = clipped_box({40, 20}, {}, {40, 20}, 500);
  const auto half = clipped_box({40, 20}, {}, {40, 20}, 10);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 40; ++x) EXPECT_EQ(greedy.view().at(x, y), half.view().at(x, y));
  }
}

/// --- Shrinking ---

TEST(Mip, CheckerboardShrunkToAnEighthIsMidGrey) {
  const PicturePtr board =
      picture_of({256, 256}, [](int x, int y) { return (x + y) % 2 == 0 ? kBlack : kWhite; });
  for (const double factor : {1.0 / 8, 1.0 / 7.3, 0.11, 0.25}) {
    for (const double shift : {0.0, 0.3}) {
      const auto canvas =
          one_item({26, 26}, kClear,
                   placed(board, translation(shift, shift) * base::scaling(factor, factor)));
      for (int y = 1; y < 25; ++y) {
        for (int x = 1; x < 25; ++x) {
          ASSERT_EQ(canvas.view().at(x, y), (PremulRgba8{128, 128, 128, 255})) << factor;
        }
      }
    }
  }
}

TEST(Mip, StripesThinnerThanAPixelDoNotBeat) {
  // 3 px wide stripes at a tenth: without the right level some pixels would be black, some white.
  const PicturePtr stripes =
      picture_of({400, 40}, [](int x, int) { return x / 3 % 2 == 0 ? kBlack : kWhite; });
  const auto canvas = one_item({40, 4}, kClear, placed(stripes, base::scaling(0.1, 0.1)));
  for (int x = 1; x < 39; ++x) EXPECT_NEAR(canvas.view().at(x, 2).red, 127.5, 45) << x;
}

TEST(Mip, AnyPictureShrunkToOnePixelIsItsMean) {
  const PicturePtr halves =
      picture_of({64, 64}, [](int x, int) { return x < 32 ? kOrange : kTeal; });
  const auto canvas = one_item({1, 1}, kClear, placed(halves, base::scaling(1 / 64., 1 / 64.)));
  EXPECT_EQ(canvas.view().at(0, 0), (PremulRgba8{144, 132, 64, 255}));
}

/// --- Order and background ---

TEST(Compose, LaterItemsLieNearer) {
  const DrawItem orange = placed(solid({2, 2}, kOrange), {});
  const DrawItem teal = placed(solid({2, 2}, kTeal), {});
  EXPECT_EQ(composed({{2, 2}, kBlack, {orange, teal}}).view().at(0, 0), kTeal);
  EXPECT_EQ(composed({{2, 2}, kBlack, {teal, orange}}).view().at(0, 0), kOrange);
}

TEST(Compose, RecolorsWhatIsSampledBeforeItIsClippedFadedAndBlended) {
  const frame::ColorMatrix invert{{{-1, 0, 0, 1}, {0, -1, 0, 1}, {0, 0, -1, 1}}};
  DrawItem item = placed(solid({4, 4}, {200, 100, 0, 200}), translation(1, 1));
  item.recoloring = std::make_shared<const frame::Recoloring>(frame::Recoloring{{invert}, 0.5F});
  const Image<PremulRgba8> canvas = one_item({6, 6}, kClear, item);
  EXPECT_EQ(canvas.view().at(0, 0), kClear);
  EXPECT_EQ(canvas.view().at(1, 1), (PremulRgba8{0, 50, 100, 100}));
  item.opacity = 51;
  EXPECT_EQ(one_item({6, 6}, kClear, item).view().at(1, 1), (PremulRgba8{0, 10, 20, 20}));
  item.blend = BlendMode::kMultiply;
  EXPECT_EQ(one_item({6, 6}, kBlack, item).view().at(1, 1), kBlack);
}

TEST(Compose, BlendModeSeesWhatLiesBelowItAndNothingElse) {
  DrawItem multiplied = placed(solid({2, 2}, kOrange), {});
  multiplied.blend = BlendMode::kMultiply;
  const DrawItem teal = placed(solid({1, 2}, kTeal), {});
  const auto canvas = composed({{2, 2}, kWhite, {teal, multiplied}});
  EXPECT_EQ(canvas.view().at(0, 0), blended(BlendMode::kMultiply, kOrange, kTeal));
  EXPECT_EQ(canvas.view().at(1, 0), kOrange);
}

TEST(Compose, TranslucentBackgroundStaysTranslucent) {
  const PremulRgba8 background{50, 10, 0, 64};
  DrawItem item = placed(solid({1, 1}, {0, 60, 100, 128}), {});
  const auto canvas = one_item({2, 1}, background, item);
  // 64 × 127 ÷ 255 = 31.9, 50 × 127 ÷ 255 = 24.9, 10 × 127 ÷ 255 = 4.98
  EXPECT_EQ(canvas.view().at(0, 0), (PremulRgba8{25, 65, 100, 160}));
  EXPECT_EQ(canvas.view().at(1, 0), background);
}

/// --- Far away and very large ---

TEST(Compose, ItemsOutsideLeaveTheCanvasAsItIs) {
  const SizeI size{16, 12};
  for (const double away : {20.0, 1e3, 1e5, 1e9, 1e15}) {
    for (const auto& [x, y] : {PointF{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {1, -1}, {-0.25, 0.5}}) {
      for (const double factor : {1.0, 0.5, 3.0}) {
        const auto canvas = one_item(
            size, kOrange,
            placed(solid({8, 8}, kWhite), translation(x * away, y * away) *
                                              base::scaling(factor, factor) * translation(-8, -8)));
        if (x * away > -24 && x * away < 16 + 24 && y * away > -24 && y * away < 12 + 24) continue;
        for (int row = 0; row < size.height; ++row) {
          for (int column = 0; column < size.width; ++column) {
            ASSERT_EQ(canvas.view().at(column, row), kOrange) << away << " " << x << " " << y;
          }
        }
      }
    }
  }
}

TEST(Compose, HugeItemsShowTheirPartOnTheCanvas) {
  const PicturePtr halves = picture_of({2, 2}, [](int x, int y) {
    return x == 0 ? kOrange : y == 0 ? kTeal : kWhite;
  });
  for (const double factor : {1e3, 1e6}) {
    for (const double degrees : {0.0, 90.0, 180.0, 270.0}) {
      // The middle of the picture lies in the middle of the canvas.
      const Affine place = translation(8, 8) * base::rotation_degrees(degrees) *
                           base::scaling(factor, factor) * translation(-1, -1);
      expect_naive({{16, 16}, kClear, {placed(halves, place)}});
      expect_naive({{16, 16}, kClear, {placed(halves, translation(factor / 2, 0) * place)}});
    }
  }
}

TEST(Compose, SlimmestItemsAreDrawnWithoutOverflow) {
  // What an entrance passes through: a layer that is nearly nothing in one direction, and as large
  // as the limits allow in the other.
  const PicturePtr picture = varied({19, 17});
  for (const double thin : {1e-2, 1e-4, 1e-7, 1e-9, 1e-12}) {
    for (const double wide : {1.0, 1e3, 1e6}) {
      for (const double degrees : {0.0, 45.0, 90.0, 123.0}) {
        for (const auto& anchor : {PointF{0, 0}, PointF{9.5, 8.5}, PointF{1e5, -1e5}}) {
          const Affine place = translation(8.5, 7.5) * base::rotation_degrees(degrees) *
                               base::scaling(wide, thin) * translation(-anchor.x, -anchor.y);
          expect_naive({{16, 16}, kTeal, {placed(picture, place)}});
        }
      }
    }
  }
}

/// --- Everything at once ---

TEST(Compose, IsTheNaiveEvaluationByteForByteForThousandsOfRandomLists) {
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    ASSERT_NO_FATAL_FAILURE(expect_naive(random_list(seed))) << "seed " << seed;
  }
}

TEST(Compose, AlignedItemsWithClipsAreTheNaiveEvaluation) {
  // The usual case has most of the shortcuts: whole pixels, a rounded clip, some opacity.
  for (uint64_t seed = 0; seed < 600; ++seed) {
    Dice dice(seed ^ 0xa11ed);
    DrawList list{{dice.between(8, 40), dice.between(8, 30)}, random_pixel(dice), {}};
    for (int i = 0; i < 3; ++i) {
      const Affine place = translation(dice.between(-10, 20), dice.between(-10, 20));
      const SizeI size{dice.between(1, 40), dice.between(1, 40)};
      DrawItem item = placed(picture_of(size, [&](int, int) { return random_pixel(dice); }), place);
      if (dice.one_in(2)) item.opacity = byte(dice.below(256));
      item.clip =
          RoundedClip{place, size_of(*std::get<frame::PicturePtr>(item.source)), dice.real(0, 24)};
      if (dice.one_in(3))
        item.clip->fade = {dice.real(0, 15), dice.one_in(2) ? 0 : dice.real(0, 9)};
      list.items.push_back(std::move(item));
    }
    ASSERT_NO_FATAL_FAILURE(expect_naive(list)) << "seed " << seed;
  }
}

TEST(Compose, ClipsWithLargeRadiiAreTheNaiveEvaluation) {
  const PicturePtr picture = varied({640, 330});
  for (const double radius : {150.0, 300.0}) {
    DrawItem item = placed(picture, translation(-20, 0));
    item.clip = RoundedClip{translation(-20, 0), {640, 600}, radius};
    expect_naive({{320, 240}, kTeal, {item}});
  }
}

TEST(Compose, TurnedClipsOfAlignedPicturesAreTheNaiveEvaluation) {
  for (int degrees = 3; degrees < 90; degrees += 6) {
    DrawItem item = placed(varied({80, 80}), translation(2, 1));
    item.clip = RoundedClip{translation(42, 42) * base::rotation_degrees(degrees) *
                                base::scaling(1.3, 0.8) * translation(-30, -30),
                            {60, 60},
                            22};
    expect_naive({{84, 84}, kClear, {item}});
  }
}

TEST(Compose, RowsDoNotDependOnEachOther) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const DrawList list = random_list(seed);
    const auto whole = composed(list);
    Dice dice(seed);
    Image<PremulRgba8> pieces(list.canvas);
    std::vector<frame::RowRange> bands;
    for (int first = 0; first < list.canvas.height;) {
      const int last = std::min(first + dice.between(1, 7), list.canvas.height);
      bands.push_back({first, last});
      first = last;
    }
    std::ranges::reverse(bands);
    for (const auto& band : bands) compose_rows(list, band, pieces.view());
    for (int y = 0; y < list.canvas.height; ++y) {
      for (int x = 0; x < list.canvas.width; ++x) {
        ASSERT_EQ(pieces.view().at(x, y), whole.view().at(x, y)) << "seed " << seed;
      }
    }
  }
}

TEST(Compose, TouchesOnlyTheRowsItWasAskedFor) {
  const PremulRgba8 canary{1, 2, 3, 4};
  Image<PremulRgba8> canvas({9, 8});
  for (int y = 0; y < 8; ++y) std::fill_n(canvas.view().row(y), 9, canary);
  const DrawList list{{9, 8}, kOrange, {placed(solid({9, 8}, kTeal), translation(0.5, 0.5))}};
  compose_rows(list, {3, 5}, canvas.view());
  for (int x = 0; x < 9; ++x) {
    EXPECT_EQ(canvas.view().at(x, 2), canary);
    EXPECT_NE(canvas.view().at(x, 3), canary);
    EXPECT_NE(canvas.view().at(x, 4), canary);
    EXPECT_EQ(canvas.view().at(x, 5), canary);
  }
}

}  // namespace
}  // namespace layercast::compose
