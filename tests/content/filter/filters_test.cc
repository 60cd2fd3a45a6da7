#include "content/filter/filters.h"

#include "base/time_limit.h"
#include "content/filter/filter_color.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "scene/model/filter.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using base::PointF;
using base::SizeI;
using frame::Image;
using frame::Picture;
using frame::PicturePtr;
using frame::PremulRgba8;
using frame::StraightRgba8;
using scene::BlurEdge;
using scene::BlurFilter;
using scene::ChromaKeyFilter;
using scene::ColorFilter;
using scene::DropShadowFilter;
using scene::Filter;
using Kind = ColorFilter::Kind;

constexpr PremulRgba8 kClear{};
constexpr PremulRgba8 kOpaque{200, 100, 50, 255};

PicturePtr picture_of(SizeI size, const std::function<PremulRgba8(int x, int y)>& pixel_at,
                      PointF origin = {}) {
  Image<PremulRgba8> pixels(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) pixels.view().at(x, y) = pixel_at(x, y);
  }
  return std::make_shared<Picture>(std::move(pixels), origin);
}

PicturePtr plain(SizeI size, PremulRgba8 color) {
  return picture_of(size, [color](int, int) { return color; });
}

// The same picture for the same seed: premultiplied, with holes.
PicturePtr random_picture(SizeI size, uint32_t seed) {
  const auto next = [&seed] {
    seed = seed * 1664525 + 1013904223;
    return static_cast<uint8_t>(seed >> 24);
  };
  return picture_of(size, [&](int, int) {
    const uint8_t alpha = next() < 60 ? 0 : next();
    const StraightRgba8 straight{next(), next(), next(), alpha};
    return frame::premultiplied(straight);
  });
}

PicturePtr filtered_with(const PicturePtr& source, std::vector<Filter> filters) {
  return filtered(source, filters).value();
}

// The pixel at a place in the layer box; clear outside the picture.
PremulRgba8 at(const Picture& picture, int x, int y) {
  const int column = x - static_cast<int>(picture.origin().x);
  const int row = y - static_cast<int>(picture.origin().y);
  const SizeI size = picture.size();
  const bool is_inside = column >= 0 && row >= 0 && column < size.width && row < size.height;
  return is_inside ? picture.view().at(column, row) : kClear;
}

int difference(PremulRgba8 a, PremulRgba8 b) {
  return std::max({std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue),
                   std::abs(a.alpha - b.alpha)});
}

// ---- Colours ----

PremulRgba8 recolored(PremulRgba8 color, std::vector<Filter> filters) {
  return filtered_with(plain({1, 1}, color), std::move(filters))->view().at(0, 0);
}

struct KnownColor {
  Kind kind;
  double amount;
  PremulRgba8 color;  // of 200, 100, 50
};

class KnownColors : public ::testing::TestWithParam<KnownColor> {};

// By hand, from the equations of Filter Effects Module Level 1.
TEST_P(KnownColors, AreThoseOfTheStandard) {
  const KnownColor& known = GetParam();
  EXPECT_EQ(recolored(kOpaque, {ColorFilter{known.kind, known.amount}}), known.color);
}
INSTANTIATE_TEST_SUITE_P(Filters, KnownColors,
                         ::testing::Values(KnownColor{Kind::kBrightness, 0.5, {100, 50, 25, 255}},
                                           KnownColor{Kind::kBrightness, 2, {255, 200, 100, 255}},
                                           KnownColor{Kind::kBrightness, 0, {0, 0, 0, 255}},
                                           KnownColor{Kind::kContrast, 0, {128, 128, 128, 255}},
                                           KnownColor{Kind::kContrast, 3, {255, 45, 0, 255}},
                                           KnownColor{Kind::kSaturate, 0, {118, 118, 118, 255}},
                                           KnownColor{Kind::kSaturate, 2, {255, 82, 0, 255}},
                                           KnownColor{Kind::kHueRotate, 90, {50, 146, 35, 255}},
                                           KnownColor{Kind::kHueRotate, 360, {200, 100, 50, 255}},
                                           KnownColor{Kind::kGrayscale, 1, {118, 118, 118, 255}},
                                           KnownColor{Kind::kGrayscale, 0.5, {159, 109, 84, 255}},
                                           KnownColor{Kind::kInvert, 1, {55, 155, 205, 255}},
                                           KnownColor{Kind::kInvert, 0.25, {164, 114, 89, 255}},
                                           KnownColor{Kind::kSepia, 1, {165, 147, 114, 255}},
                                           KnownColor{Kind::kOpacity, 0.4, {80, 40, 20, 102}}));

TEST(ColorFilters, WorkOnColoursThatAreNotPremultiplied) {
  // Straight 199, 100, 50: red is at its brightest at half the alpha, the others are not.
  EXPECT_EQ(recolored({100, 50, 25, 128}, {ColorFilter{Kind::kBrightness, 2}}),
            (PremulRgba8{128, 100, 50, 128}));
  EXPECT_EQ(recolored({100, 50, 25, 128}, {ColorFilter{Kind::kInvert, 1}}),
            (PremulRgba8{28, 78, 103, 128}));
}

TEST(ColorFilters, LeaveWhatIsClearClear) {
  EXPECT_EQ(recolored(kClear, {ColorFilter{Kind::kInvert, 1}}), kClear);
}

TEST(ColorFilters, AreClampedButNotRoundedBetweenTwo) {
  EXPECT_EQ(
      recolored(kOpaque, {ColorFilter{Kind::kBrightness, 2}, ColorFilter{Kind::kBrightness, 0.5}}),
      (PremulRgba8{128, 100, 50, 255}));
  EXPECT_EQ(recolored({7, 5, 3, 255},
                      {ColorFilter{Kind::kBrightness, 0.01}, ColorFilter{Kind::kBrightness, 100}}),
            (PremulRgba8{7, 5, 3, 255}));
}

TEST(ColorFilters, ComeInOrder) {
  const ColorFilter invert{Kind::kInvert, 1};
  const ColorFilter darken{Kind::kBrightness, 0.4};
  EXPECT_EQ(recolored(kOpaque, {invert, darken}), (PremulRgba8{22, 62, 82, 255}));
  EXPECT_EQ(recolored(kOpaque, {darken, invert}), (PremulRgba8{175, 215, 235, 255}));
}

TEST(ColorFilters, ThatChangeNothingGiveEveryColourBack) {
  // A matrix that is one, but is worked with all the same.
  const Filter turned = ColorFilter{Kind::kHueRotate, 360};
  const auto source = random_picture({300, 40}, 5);
  const auto result = filtered_with(source, {turned});
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 300; ++x) ASSERT_EQ(at(*result, x, y), at(*source, x, y)) << x << " " << y;
  }
}

// ---- Blur ----

// Components as plainly as it can be written: weights along one axis; outside, transparent or the
// nearest pixel.
struct Plane {
  SizeI size;
  std::vector<double> values;
  BlurEdge edge = BlurEdge::kTransparent;
  double at(int x, int y) const {
    if (edge == BlurEdge::kClamp) {
      x = std::clamp(x, 0, size.width - 1);
      y = std::clamp(y, 0, size.height - 1);
    }
    const bool is_inside = x >= 0 && y >= 0 && x < size.width && y < size.height;
    return is_inside ? values[static_cast<size_t>(y * size.width + x)] : 0;
  }
};

Plane weighed(const Plane& source, const std::vector<double>& weights, int step_x, int step_y) {
  const int reach = static_cast<int>(weights.size() / 2);
  Plane result = source;
  for (int y = 0; y < source.size.height; ++y) {
    for (int x = 0; x < source.size.width; ++x) {
      double sum = 0;
      for (int k = -reach; k <= reach; ++k) {
        sum += weights[static_cast<size_t>(k + reach)] * source.at(x + k * step_x, y + k * step_y);
      }
      result.values[static_cast<size_t>(y * source.size.width + x)] = sum;
    }
  }
  return result;
}

std::vector<double> gaussian(double deviation) {
  const int reach = static_cast<int>(4 * deviation) + 1;
  std::vector<double> weights;
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) {
    weights.push_back(std::exp(-k * k / (2 * deviation * deviation)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Three boxes `width` wide, an odd number.
std::vector<double> three_boxes(int width) {
  std::vector<double> weights{1};
  for (int box = 0; box < 3; ++box) {
    std::vector<double> wider(weights.size() + static_cast<size_t>(width) - 1);
    for (size_t i = 0; i < weights.size(); ++i) {
      for (size_t k = 0; k < static_cast<size_t>(width); ++k) wider[i + k] += weights[i] / width;
    }
    weights = std::move(wider);
  }
  return weights;
}

// The largest difference between `picture` blurred and its twin.
int distance_from_twin(const Picture& picture, double deviation, const std::vector<double>& weights,
                       BlurEdge edge = BlurEdge::kTransparent) {
  const PicturePtr blurred =
      filtered_with(picture_of(picture.size(), [&](int x, int y) { return at(picture, x, y); }),
                    {BlurFilter{deviation, edge}});
  int largest = 0;
  for (uint8_t PremulRgba8::*component :
       {&PremulRgba8::red, &PremulRgba8::green, &PremulRgba8::blue, &PremulRgba8::alpha}) {
    Plane plane{blurred->size(), {}, edge};
    for (int y = 0; y < plane.size.height; ++y) {
      for (int x = 0; x < plane.size.width; ++x) {
        plane.values.push_back(at(picture, x + static_cast<int>(blurred->origin().x),
                                  y + static_cast<int>(blurred->origin().y)).*
                               component);
      }
    }
    plane = weighed(weighed(plane, weights, 1, 0), weights, 0, 1);
    for (int y = 0; y < plane.size.height; ++y) {
      for (int x = 0; x < plane.size.width; ++x) {
        const auto twin = static_cast<int>(std::lround(plane.at(x, y)));
        largest = std::max(largest, std::abs(blurred->view().at(x, y).*component - twin));
      }
    }
  }
  return largest;
}

// Noise, with a wide edge in it: both would show.
PicturePtr busy_picture() {
  const PicturePtr noise = random_picture({90, 70}, 3);
  return picture_of({90, 70}, [&](int x, int y) {
    return x > 30 && y > 20 ? PremulRgba8{255, 180, 20, 255} : at(*noise, x, y);
  });
}

TEST(Blur, IsAGaussianOfItsStandardDeviation) {
  const PicturePtr picture = busy_picture();
  for (const double deviation : {0.75, 1.0, 1.5, 1.99}) {
    EXPECT_LE(distance_from_twin(*picture, deviation, gaussian(deviation)), 1) << deviation;
  }
  for (const double deviation : {2.0, 3.0, 4.0}) {
    EXPECT_LE(distance_from_twin(*picture, deviation, gaussian(deviation)), 4) << deviation;
  }
}

// Source: Filter Effects Module Level 1, feGaussianBlur: d = ⌊s · 3 √(2π) ÷ 4 + ½⌋.
TEST(Blur, OfLargerDeviationsIsThatOfTheStandardsThreeBoxes) {
  const PicturePtr picture = busy_picture();
  EXPECT_LE(distance_from_twin(*picture, 8, three_boxes(15)), 3);
  EXPECT_LE(distance_from_twin(*picture, 10, three_boxes(19)), 3);
  EXPECT_LE(distance_from_twin(*picture, 19.7, three_boxes(37)), 3);
}

// ---- Blur with clamped edges ----

PicturePtr clamped(const PicturePtr& source, double deviation) {
  return filtered_with(source, {BlurFilter{deviation, BlurEdge::kClamp}});
}

TEST(ClampedBlur, OfOneColourIsThatColourUpToTheEdge) {
  for (const PremulRgba8 color : {kOpaque, PremulRgba8{90, 20, 60, 128}}) {
    for (const double deviation : {0.3, 1.0, 2.0, 3.7, 5.0, 8.0, 20.0, 33.3, 250.0}) {
      const SizeI size{131, 67};
      const PicturePtr blurred = clamped(plain(size, color), deviation);
      ASSERT_EQ(blurred->size(), size) << deviation;
      EXPECT_EQ(blurred->origin(), (PointF{0, 0})) << deviation;
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          ASSERT_EQ(at(*blurred, x, y), color) << deviation << ": " << x << " " << y;
        }
      }
    }
  }
}

TEST(ClampedBlur, RepeatsTheOutermostPixels) {
  const PicturePtr picture = busy_picture();
  for (const double deviation : {0.75, 1.0, 1.5, 1.99}) {
    EXPECT_LE(distance_from_twin(*picture, deviation, gaussian(deviation), BlurEdge::kClamp), 1)
        << deviation;
  }
  for (const double deviation : {2.0, 3.0, 4.0}) {
    EXPECT_LE(distance_from_twin(*picture, deviation, gaussian(deviation), BlurEdge::kClamp), 4)
        << deviation;
  }
  EXPECT_LE(distance_from_twin(*picture, 8, three_boxes(15), BlurEdge::kClamp), 3);
  EXPECT_LE(distance_from_twin(*picture, 10, three_boxes(19), BlurEdge::kClamp), 3);
  EXPECT_LE(distance_from_twin(*picture, 19.7, three_boxes(37), BlurEdge::kClamp), 3);
}

// A picture that is larger by more than the blur's reach has the repeated edges in it.
TEST(ClampedBlur, IsTheMiddleOfABlurredPictureWithRepeatedEdges) {
  const SizeI size{61, 45};
  const PicturePtr picture = random_picture(size, 29);
  for (const double deviation : {0.9, 2.5, 6.0, 25.0}) {
    const int border = static_cast<int>(4 * deviation) / 16 * 16 + 32;
    const PicturePtr extended =
        picture_of({size.width + 2 * border, size.height + 2 * border}, [&](int x, int y) {
          return at(*picture, std::clamp(x - border, 0, size.width - 1),
                    std::clamp(y - border, 0, size.height - 1));
        });
    const PicturePtr expected = filtered_with(extended, {BlurFilter{deviation}});
    const PicturePtr blurred = clamped(picture, deviation);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        ASSERT_LE(difference(at(*blurred, x, y), at(*expected, x + border, y + border)), 1)
            << deviation << ": " << x << " " << y;
      }
    }
  }
}

TEST(ClampedBlur, OfTheLargestPicturesIsWithinTheLimits) {
  EXPECT_EQ(clamped(plain({16384, 2}, kOpaque), 250)->size(), (SizeI{16384, 2}));
}

TEST(Blur, GrowsSmoothly) {
  const PicturePtr picture = plain({60, 60}, {255, 255, 255, 255});
  PicturePtr before = filtered_with(picture, {BlurFilter{0.75}});
  for (int step = 1; step <= 310; ++step) {
    const double deviation = 0.75 + step / 20.0;
    PicturePtr now = filtered_with(picture, {BlurFilter{deviation}});
    int largest = 0;
    for (int x = -50; x < 60; ++x) {
      largest = std::max(largest, difference(at(*before, x, 30), at(*now, x, 30)));
    }
    EXPECT_LE(largest, 8) << deviation;
    before = std::move(now);
  }
}

TEST(Blur, OfALonePixelIsSymmetricAndKeepsItsLight) {
  for (const double deviation : {1.2, 2.5, 3.9}) {
    const PicturePtr blurred = filtered_with(picture_of({1, 1},
                                                        [](int, int) {
                                                          return PremulRgba8{255, 255, 255, 255};
                                                        }),
                                             {BlurFilter{deviation}});
    const SizeI size = blurred->size();
    EXPECT_EQ(size.width, size.height);
    EXPECT_EQ(blurred->origin(), (PointF{-(size.width - 1) / 2.0, -(size.height - 1) / 2.0}));
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const auto pixel = blurred->view().at(x, y);
        EXPECT_LE(difference(pixel, blurred->view().at(size.width - 1 - x, y)), 1);
        EXPECT_LE(difference(pixel, blurred->view().at(y, x)), 1);
      }
    }
  }
}

// Large ones go through a smaller picture, whose grid an odd place does not fit.
TEST(Blur, MovesNothing) {
  const PicturePtr spot = plain({23, 31}, {255, 255, 255, 255});
  for (const double deviation : {4.5, 10.0, 30.0}) {
    const PicturePtr blurred = filtered_with(spot, {BlurFilter{deviation}});
    for (int k = 0; k < 60; ++k) {
      EXPECT_LE(difference(at(*blurred, 11 - k, 15), at(*blurred, 11 + k, 15)), 1) << deviation;
      EXPECT_LE(difference(at(*blurred, 11, 15 - k), at(*blurred, 11, 15 + k)), 1) << deviation;
    }
  }
}

TEST(Blur, OfAnAreaLeavesItsMiddleAndFadesOutAroundIt) {
  for (const double deviation : {1.0, 3.0, 8.0, 9.0, 30.0}) {
    const PicturePtr blurred = filtered_with(plain({400, 300}, kOpaque), {BlurFilter{deviation}});
    EXPECT_LE(difference(at(*blurred, 200, 150), kOpaque), deviation < 30 ? 0 : 1) << deviation;
    EXPECT_EQ(at(*blurred, static_cast<int>(-3.2 * deviation) - 1, 150), kClear) << deviation;
    EXPECT_NEAR(at(*blurred, 0, 150).alpha + at(*blurred, -1, 150).alpha, 255, 2) << deviation;
    EXPECT_NEAR(at(*blurred, 399, 150).alpha + at(*blurred, 400, 150).alpha, 255, 2) << deviation;
    EXPECT_NEAR(at(*blurred, 200, 300).alpha + at(*blurred, 200, 299).alpha, 255, 2) << deviation;
  }
}

TEST(Blur, IsPremultipliedSoThatWhatIsClearHasNoColour) {
  // Red beside clear pixels stays red, and no component is above alpha.
  const PicturePtr half = picture_of({40, 8}, [](int x, int) {
    return x < 20 ? PremulRgba8{255, 0, 0, 255} : kClear;
  });
  for (const double deviation : {1.5, 4.0, 12.0}) {
    const PicturePtr blurred = filtered_with(half, {BlurFilter{deviation}});
    for (int x = -30; x < 70; ++x) {
      const PremulRgba8 pixel = at(*blurred, x, 4);
      EXPECT_EQ(pixel, (PremulRgba8{pixel.alpha, 0, 0, pixel.alpha}));
    }
  }
  const PicturePtr noise = filtered_with(random_picture({200, 150}, 8), {BlurFilter{2.5}});
  for (int y = 0; y < noise->size().height; ++y) {
    for (int x = 0; x < noise->size().width; ++x) {
      const PremulRgba8 pixel = noise->view().at(x, y);
      ASSERT_LE(std::max({pixel.red, pixel.green, pixel.blue}), pixel.alpha);
    }
  }
}

// Rows and columns are worked on in bands and strips: what lies where must not matter.
TEST(Blur, IsTheSameWhereverAPictureLies) {
  const PicturePtr small = random_picture({37, 29}, 11);
  for (const double deviation : {1.0, 2.2, 3.9}) {
    const PicturePtr alone = filtered_with(small, {BlurFilter{deviation}});
    for (const auto& [left, top] : {std::pair{3, 115}, std::pair{30, 100}, std::pair{65, 240}}) {
      const PicturePtr within = filtered_with(
          picture_of({130, 290}, [&, left = left, top = top](
                                     int x, int y) { return at(*small, x - left, y - top); }),
          {BlurFilter{deviation}});
      for (int y = -30; y < 60; ++y) {
        for (int x = -30; x < 60; ++x) {
          ASSERT_EQ(at(*alone, x, y), at(*within, x + left, y + top)) << x << " " << y;
        }
      }
    }
  }
}

TEST(Blur, ThatWouldMakeTooLargeAPictureIsRefused) {
  const auto result = filtered(plain({16384, 2}, kOpaque), std::vector<Filter>{BlurFilter{250}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, base::ErrorCode::kLimit);
}

// ---- Drop shadow ----

TEST(DropShadow, LiesBelowThePictureAndReachesOutOfIt) {
  const PicturePtr shadowed =
      filtered_with(plain({20, 10}, kOpaque), {DropShadowFilter{{0, 0, 255, 128}, 0, {-7, 5}}});
  EXPECT_EQ(shadowed->origin(), (PointF{-7, 0}));
  EXPECT_EQ(shadowed->size(), (SizeI{27, 15}));
  EXPECT_EQ(at(*shadowed, 0, 0), kOpaque);
  EXPECT_EQ(at(*shadowed, 12, 9), kOpaque);
  EXPECT_EQ(at(*shadowed, -7, 5), (PremulRgba8{0, 0, 128, 128}));
  EXPECT_EQ(at(*shadowed, 12, 14), (PremulRgba8{0, 0, 128, 128}));
  EXPECT_EQ(at(*shadowed, 13, 14), kClear);
  EXPECT_EQ(at(*shadowed, -7, 4), kClear);
}

TEST(DropShadow, ShowsThroughWhatIsTranslucent) {
  const PicturePtr shadowed =
      filtered_with(plain({8, 8}, {0, 60, 0, 60}), {DropShadowFilter{{255, 0, 0, 255}, 0, {0, 0}}});
  // A shadow of 60 below 60: 60 + 60 · 195 ÷ 255.
  EXPECT_EQ(at(*shadowed, 4, 4), (PremulRgba8{46, 60, 0, 106}));
}

// As browsers have it, and text shadows not: the blur is the standard deviation, not twice it.
TEST(DropShadow, IsAsSoftAsABlurOfTheSameRadius) {
  const PicturePtr source = plain({30, 20}, {255, 255, 255, 255});
  const PicturePtr shadowed =
      filtered_with(source, {DropShadowFilter{{255, 255, 255, 255}, 6, {0, 200}}});
  const PicturePtr blurred = filtered_with(source, {BlurFilter{6}});
  for (int y = -30; y < 50; ++y) {
    for (int x = -30; x < 60; ++x) {
      ASSERT_LE(difference(at(*shadowed, x, y + 200), at(*blurred, x, y)), 1);
    }
  }
}

TEST(DropShadow, MovesByPartsOfAPixel) {
  const PicturePtr shadowed = filtered_with(plain({10, 10}, {0, 0, 0, 255}),
                                            {DropShadowFilter{{0, 0, 0, 255}, 0, {20.25, 0.5}}});
  EXPECT_EQ(at(*shadowed, 20, 5).alpha, 191);
  EXPECT_EQ(at(*shadowed, 30, 5).alpha, 64);
  EXPECT_EQ(at(*shadowed, 25, 0).alpha, 128);
  EXPECT_EQ(at(*shadowed, 25, 10).alpha, 128);
  EXPECT_EQ(at(*shadowed, 25, 5).alpha, 255);
}

// ---- Chroma key ----

TEST(ChromaKey, TakesTheScreenAwayAndLeavesTheRest) {
  const PicturePtr picture = picture_of({90, 9}, [](int x, int) {
    if (x < 30) return PremulRgba8{0, 255, 0, 255};
    return x < 60 ? PremulRgba8{220, 40, 30, 255} : PremulRgba8{20, 200, 40, 255};
  });
  const PicturePtr keyed = filtered_with(picture, {ChromaKeyFilter{}});
  EXPECT_EQ(at(*keyed, 10, 4), kClear);
  EXPECT_EQ(at(*keyed, 45, 4), (PremulRgba8{220, 40, 30, 255}));
  EXPECT_EQ(at(*keyed, 75, 4), kClear);  // a screen in the shade
}

TEST(ChromaKey, KeysOnAnyColour) {
  const PicturePtr blue = plain({9, 9}, {10, 30, 240, 255});
  EXPECT_EQ(at(*filtered_with(blue, {ChromaKeyFilter{{0, 0, 255, 255}, 0.3, 0.1, 0.1}}), 4, 4),
            kClear);
  EXPECT_EQ(at(*filtered_with(blue, {ChromaKeyFilter{}}), 4, 4), (PremulRgba8{10, 30, 240, 255}));
}

TEST(ChromaKey, OfADarkerScreenLeavesWhatOneOfABrightScreenDoes) {
  const ChromaKeyFilter studio{{0, 177, 64, 255}};  // the green that screens are painted with
  for (const PremulRgba8 kept : {PremulRgba8{128, 128, 128, 255}, PremulRgba8{180, 120, 90, 255},
                                 PremulRgba8{20, 20, 24, 255}}) {
    EXPECT_EQ(at(*filtered_with(plain({9, 9}, kept), {studio}), 4, 4).alpha, 255);
    EXPECT_EQ(at(*filtered_with(plain({9, 9}, kept), {ChromaKeyFilter{}}), 4, 4).alpha, 255);
  }
  for (const PremulRgba8 lit : {PremulRgba8{0, 177, 64, 255}, PremulRgba8{20, 200, 80, 255},
                                PremulRgba8{0, 140, 50, 255}}) {
    EXPECT_EQ(at(*filtered_with(plain({9, 9}, lit), {studio}), 4, 4), kClear);
  }
}

TEST(ChromaKey, OfAGreyScreenTakesGreyAway) {
  const ChromaKeyFilter grey{{128, 128, 128, 255}, 0.5, 0.1, 0.1};
  EXPECT_EQ(at(*filtered_with(plain({9, 9}, {90, 90, 90, 255}), {grey}), 4, 4), kClear);
  EXPECT_EQ(at(*filtered_with(plain({9, 9}, kOpaque), {grey}), 4, 4).alpha, 255);
}

TEST(ChromaKey, BecomesOpaqueSmoothlyTowardsOtherColours) {
  // From the screen's green to a white that is not near it.
  const PicturePtr ramp = picture_of({256, 9}, [](int x, int) {
    const auto level = static_cast<uint8_t>(x);
    return PremulRgba8{level, 255, level, 255};
  });
  const PicturePtr keyed = filtered_with(ramp, {ChromaKeyFilter{{0, 255, 0, 255}, 0.2, 0.2, 0.1}});
  int steps = 0;
  for (int x = 1; x < 256; ++x) {
    ASSERT_GE(at(*keyed, x, 4).alpha, at(*keyed, x - 1, 4).alpha);
    ASSERT_LE(at(*keyed, x, 4).alpha - at(*keyed, x - 1, 4).alpha, 6);
    steps += at(*keyed, x, 4).alpha != at(*keyed, x - 1, 4).alpha ? 1 : 0;
  }
  EXPECT_EQ(at(*keyed, 0, 4).alpha, 0);
  EXPECT_EQ(at(*keyed, 255, 4).alpha, 255);
  EXPECT_GT(steps, 80);
}

TEST(ChromaKey, TakesTheScreensLightOffWhatStays) {
  const PremulRgba8 lit{150, 200, 150, 255};  // grey beside a green screen
  const PicturePtr picture = plain({9, 9}, lit);
  const auto keyed_with = [&](double spill) {
    return at(*filtered_with(picture, {ChromaKeyFilter{{0, 255, 0, 255}, 0.2, 0.05, spill}}), 4, 4);
  };
  EXPECT_EQ(keyed_with(0), lit);
  const PremulRgba8 less = keyed_with(0.5);
  const PremulRgba8 least = keyed_with(1);
  EXPECT_LT(less.green - less.red, 40);
  EXPECT_LT(least.green - least.red, less.green - less.red);
  EXPECT_EQ(least.alpha, 255);
}

// ---- All of them ----

TEST(Filters, ThatDoNothingGiveTheSamePicture) {
  const PicturePtr picture = plain({5, 5}, kOpaque);
  EXPECT_EQ(filtered_with(picture, {}), picture);
  EXPECT_EQ(filtered_with(picture,
                          {BlurFilter{0}, ColorFilter{Kind::kContrast, 1},
                           ColorFilter{Kind::kSepia, 0}, DropShadowFilter{{0, 0, 0, 0}, 5, {3, 3}},
                           ChromaKeyFilter{{0, 255, 0, 255}, 0, 0, 0}}),
            picture);
}

TEST(Filters, KeepTheBoxAndMoveTheOrigin) {
  const Raster source{picture_of({20, 10}, [](int, int) { return kOpaque; }, {-2.5, 4}), {15, 18}};
  const Raster result =
      filtered(source, std::vector<Filter>{BlurFilter{1}, ColorFilter{Kind::kInvert, 1}}).value();
  EXPECT_EQ(result.box, source.box);
  EXPECT_EQ(result.picture->origin(), (PointF{-5.5, 1}));
  EXPECT_EQ(result.picture->size(), (SizeI{26, 16}));
}

TEST(Filters, MeasureInThePictureAsItIsScaled) {
  const PicturePtr source = plain({60, 60}, {255, 255, 255, 255});
  const PicturePtr blurred = filtered(source, std::vector<Filter>{BlurFilter{3}}, {3, 0.5}).value();
  const PicturePtr across = filtered_with(source, {BlurFilter{9}});
  const PicturePtr down = filtered_with(source, {BlurFilter{1.5}});
  for (int i = -40; i < 60; ++i) {
    ASSERT_LE(difference(at(*blurred, i, 30), at(*across, i, 30)), 2) << i;
    ASSERT_LE(difference(at(*blurred, 30, i), at(*down, 30, i)), 1) << i;
  }
  const Raster raster{source, {20, 120}, 0, base::scaling(3, 0.5)};
  const std::vector<Filter> shadow = {DropShadowFilter{{0, 0, 0, 255}, 0, {30, 140}}};
  const Raster shadowed = filtered(raster, shadow).value();
  EXPECT_EQ(shadowed.picture->size(), (SizeI{150, 130}));
  EXPECT_EQ(shadowed.pixels_from_box, raster.pixels_from_box);
}

base::TimeLimit limit_in(std::chrono::nanoseconds time) {
  return base::TimeLimit(std::chrono::steady_clock::now() + time);
}

TEST(Filters, AreGivenUpWhenTheyTakeTooLong) {
  const PicturePtr source = random_picture({200, 100}, 7);
  const std::vector<std::vector<Filter>> lists = {{BlurFilter{1}},
                                                  {BlurFilter{20}},
                                                  {BlurFilter{20, BlurEdge::kClamp}},
                                                  {DropShadowFilter{{0, 0, 0, 255}, 9, {4, 4}}},
                                                  {ChromaKeyFilter{}},
                                                  {ColorFilter{Kind::kSepia, 1}, BlurFilter{3}}};
  for (const std::vector<Filter>& filters : lists) {
    const auto late = filtered(source, filters, {1, 1}, limit_in(std::chrono::nanoseconds(-1)));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, base::ErrorCode::kLimit);
    const auto whole = filtered(source, filters, {1, 1}, limit_in(std::chrono::hours(1)));
    ASSERT_TRUE(whole);
    const PicturePtr expected = filtered_with(source, filters);
    ASSERT_EQ(whole.value()->size(), expected->size());
    for (int y = 0; y < expected->size().height; ++y) {
      const auto* row = expected->view().row(y);
      ASSERT_TRUE(std::equal(row, row + expected->size().width, whole.value()->view().row(y)));
    }
  }
}

// The time of a call.
template <class Call>
std::chrono::nanoseconds time_of(const Call& call) {
  const auto began = std::chrono::steady_clock::now();
  call();
  return std::chrono::steady_clock::now() - began;
}

TEST(Filters, AreGivenUpWithinOneOfThem) {
  const PicturePtr source = random_picture({1500, 1500}, 9);
  for (const double deviation : {2.0, 60.0}) {
    const std::vector<Filter> blur = {BlurFilter{deviation}};
    // A busy machine may stand still for one try.
    bool is_short = false;
    for (int i = 0; i < 20 && !is_short; ++i) {
      const auto whole = time_of([&] { static_cast<void>(filtered(source, blur)); });
      const auto part = time_of([&] {
        EXPECT_FALSE(filtered(source, blur, {1, 1}, limit_in(whole / 20)));
      });
      is_short = part < whole * 3 / 4;
    }
    EXPECT_TRUE(is_short) << deviation;
  }
}

TEST(Filters, OfAPixelOrALineAreThere) {
  for (const SizeI size : {SizeI{1, 1}, SizeI{300, 1}, SizeI{1, 300}}) {
    for (const double deviation : {0.6, 5.0, 60.0}) {
      const PicturePtr result = filtered_with(
          plain(size, kOpaque), {ChromaKeyFilter{}, BlurFilter{deviation},
                                 DropShadowFilter{{0, 0, 0, 255}, deviation, {1, 1}}});
      EXPECT_GT(result->size().width, size.width);
    }
  }
}

}  // namespace
}  // namespace layercast::content
