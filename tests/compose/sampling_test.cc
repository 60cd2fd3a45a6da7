#include "compose/sampling.h"

#include "base/geometry.h"
#include "compose/placed_item.h"
#include "compose/sample_grid.h"
#include "frame/yuv_color.h"
#include "tests/compose/made_draws.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace layercast::compose {
namespace {

using base::Affine;
using base::PointI;
using base::SizeI;
using frame::ImageView;
using frame::PremulRgba8;

using Random = std::mt19937;

int between(Random& random, int low, int high) {
  return low + static_cast<int>(random() % static_cast<uint32_t>(high - low + 1));
}
double real(Random& random, double low, double high) {
  return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
}

// Runs `test` on each target of those that the machine has.
template <class Test>
void on_every_target(const Test& test) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    test();
    hwy::SetSupportedTargetsForTest(0);
    if (::testing::Test::HasFailure()) return;
  }
}

// ---- What is read: memory that ends with its last sample, so that a sanitizer sees more ----

uint8_t random_byte(Random& random) {
  constexpr std::array<uint8_t, 4> kCorners{0, 1, 254, 255};
  return random() % 3 == 0 ? kCorners[random() % 4] : static_cast<uint8_t>(random() >> 24);
}

void fill_at_random(Random& random, std::vector<uint8_t>& samples) {
  for (uint8_t& each : samples) each = random_byte(random);
}
void fill_at_random(Random& random, std::vector<PremulRgba8>& pixels) {
  const auto byte = [&] { return random_byte(random); };
  for (PremulRgba8& each : pixels) each = {byte(), byte(), byte(), byte()};
}

template <class Sample>
class Plane {
 public:
  Plane(Random& random, SizeI size, int padding)
      : size_(size),
        row_(size.width + padding),
        samples_(static_cast<size_t>((size.height - 1) * row_ + size.width)) {
    fill_at_random(random, samples_);
  }
  ImageView<const Sample> view() const {
    return {samples_.data(), size_, row_ * ptrdiff_t{sizeof(Sample)}};
  }

 private:
  SizeI size_;
  int row_;
  std::vector<Sample> samples_;
};

// ---- What is written: rows with room for the slack, and a canary after it ----

constexpr int kCanaries = 2;

template <class Sample>
class Target {
 public:
  explicit Target(SizeI size)
      : size_(size),
        row_(size.width + kRowSlack + kCanaries),
        samples_(static_cast<size_t>(row_ * size.height + kCanaries), canary()) {}

  ImageView<Sample> view() {
    return {samples_.data() + kCanaries, size_, row_ * ptrdiff_t{sizeof(Sample)}};
  }
  bool is_alive() const {
    for (int y = 0; y <= size_.height; ++y) {
      for (int i = 0; i < kCanaries; ++i) {
        if (samples_[static_cast<size_t>(y * row_ + i)] != canary()) return false;
      }
    }
    return true;
  }

 private:
  static Sample canary() {
    if constexpr (sizeof(Sample) == 1) {
      return 0xA5;
    } else {
      return {0xA5, 0x5A, 0xC3, 0x3C};
    }
  }

  SizeI size_;
  int row_;
  std::vector<Sample> samples_;
};

// ---- One sample after another, in floating point that holds every product exactly ----

uint8_t mean(const std::array<uint8_t, 4>& samples, double x, double y) {
  const double upper = samples[0] * (1 - x) + samples[1] * x;
  const double lower = samples[2] * (1 - x) + samples[3] * x;
  return static_cast<uint8_t>(upper * (1 - y) + lower * y + 0.5);
}

template <class Sample>
std::array<Sample, 4> neighbours(ImageView<const Sample> plane, PointI at) {
  const auto sample = [&](int x, int y) {
    return plane.at(std::clamp(x, 0, plane.width() - 1), std::clamp(y, 0, plane.height() - 1));
  };
  return {sample(at.x, at.y), sample(at.x + 1, at.y), sample(at.x, at.y + 1),
          sample(at.x + 1, at.y + 1)};
}

struct Place {
  PointI index;
  double x;
  double y;
};
Place place_of(const SampleGrid& grid, PointI canvas) {
  const SamplePlace column = sample_place(grid.x_at(canvas.x, canvas.y));
  const SamplePlace line = sample_place(grid.y_at(canvas.x, canvas.y));
  return {{column.index, line.index}, column.weight / 256.0, line.weight / 256.0};
}

uint8_t naive(const SampledPlane& source, PointI canvas) {
  const Place place = place_of(source.grid, canvas);
  return mean(neighbours(source.samples, place.index), place.x, place.y);
}

PremulRgba8 naive(const SampledPixels& source, PointI canvas) {
  const Place place = place_of(source.grid, canvas);
  const auto four = neighbours(source.pixels, place.index);
  const auto component = [&](uint8_t PremulRgba8::*of) {
    return mean({four[0].*of, four[1].*of, four[2].*of, four[3].*of}, place.x, place.y);
  };
  return {component(&PremulRgba8::red), component(&PremulRgba8::green),
          component(&PremulRgba8::blue), component(&PremulRgba8::alpha)};
}

// What is wrong with the canvas pixels from `first` on.
template <class Sample, class Source>
std::optional<std::string> fault_of(const Source& source, PointI first, SizeI size) {
  Target<Sample> target(size);
  sample(source, first, target.view());
  if (!target.is_alive()) return "wrote past the slack";
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const Sample expected = naive(source, {first.x + x, first.y + y});
      const Sample actual = target.view().at(x, y);
      if (actual == expected) continue;
      return "pixel " + std::to_string(x) + ", " + std::to_string(y) + " of those from " +
             std::to_string(first.x) + ", " + std::to_string(first.y) + " is " +
             testing::PrintToString(actual) + " instead of " + testing::PrintToString(expected);
    }
  }
  return std::nullopt;
}

constexpr std::array<SizeI, 10> kSmallSizes{SizeI{1, 1}, {2, 3}, {5, 1},  {1, 7},  {3, 2},
                                            {4, 4},      {7, 5}, {16, 3}, {33, 2}, {70, 4}};

// Both kinds of source of one size under one map, all widths, at places across all their edges.
void expect_naive(Random& random, SizeI size, const Affine& plane_from_canvas) {
  const int padding = between(random, 0, 5);
  const Plane<uint8_t> plane(random, size, padding);
  const Plane<PremulRgba8> pixels(random, size, padding);
  const SampleGrid grid = sample_grid(plane_from_canvas);
  for (int width = 1; width <= 70; ++width) {
    const PointI first{between(random, -width - 3, size.width + 3),
                       between(random, -4, size.height + 2)};
    const SizeI part{width, between(random, 1, 4)};
    const auto samples_fault = fault_of<uint8_t>(SampledPlane{plane.view(), grid}, first, part);
    const auto pixels_fault =
        fault_of<PremulRgba8>(SampledPixels{pixels.view(), grid}, first, part);
    ASSERT_EQ(samples_fault, std::nullopt)
        << size.width << "x" << size.height << ", width " << width;
    ASSERT_EQ(pixels_fault, std::nullopt)
        << size.width << "x" << size.height << ", width " << width;
  }
}

void expect_naive_everywhere(const Affine& plane_from_canvas) {
  Random random(1);
  on_every_target([&] {
    for (const SizeI size : kSmallSizes) expect_naive(random, size, plane_from_canvas);
  });
}

// ---- Maps that have ways of their own ----

TEST(Sampling, OnWholePixelsItIsTheSamplesWithEdgesRepeated) {
  expect_naive_everywhere({});
  expect_naive_everywhere(base::translation(-37, 2));
}

TEST(Sampling, MovedByAPartOfAPixelItIsTheMeanOfTwoOrFour) {
  expect_naive_everywhere(base::translation(0.25, 0));
  expect_naive_everywhere(base::translation(0, 0.5));
  expect_naive_everywhere(base::translation(-3.3, 1.7));
  expect_naive_everywhere(base::translation(255 / 256.0, 1 / 256.0));
}

TEST(Sampling, DoubledItIsTheMeanOfNeighboursAtOddAndEvenPlaces) {
  for (const double place : {0.0, 1.0, 7.0, -1.0, 0.3}) {
    for (const double siting : {0.0, 0.25, 0.125}) {
      expect_naive_everywhere(base::translation(siting, 0) * base::scaling(0.5, 0.5) *
                              base::translation(place, -place));
    }
  }
  expect_naive_everywhere(base::translation(0.25, 0) * base::scaling(0.5, 1));
  expect_naive_everywhere(base::translation(0.25, 0) * base::scaling(0.5, 0.37));
}

TEST(Sampling, EnlargedShrunkAndMirroredItIsTheSame) {
  expect_naive_everywhere(base::scaling(0.11, 0.07));
  expect_naive_everywhere(base::scaling(2, 2));
  expect_naive_everywhere(base::scaling(3.7, 1.9));
  expect_naive_everywhere(base::scaling(1, 1.5));
  expect_naive_everywhere(base::translation(30, 1) * base::scaling(-1, 1));
  expect_naive_everywhere(base::translation(4, 3) * base::scaling(-0.5, -0.5));
}

TEST(Sampling, TurnedItIsTheSame) {
  expect_naive_everywhere(base::rotation_degrees(90));
  expect_naive_everywhere(base::translation(3.5, -20.25) * base::rotation_degrees(33));
  expect_naive_everywhere(base::rotation_degrees(-150) * base::scaling(0.3, 2.5));
}

TEST(Sampling, UnderRandomMapsItIsTheSame) {
  Random random(2);
  on_every_target([&] {
    for (int i = 0; i < 60; ++i) {
      const SizeI size{between(random, 1, 90), between(random, 1, 40)};
      const Affine map{real(random, -2, 2), real(random, -2, 2),   real(random, -2, 2),
                       real(random, -2, 2), real(random, -50, 50), real(random, -20, 20)};
      expect_naive(random, size, map);
    }
  });
}

// ---- As items place them, mip levels included ----

DrawItem somewhere(Random& random, Source source) {
  const base::Affine at = base::translation(real(random, -30, 60), real(random, -30, 60));
  // To a hundredth at times: levels far down.
  const double scale = real(random, 0.01, random() % 3 == 0 ? 3 : 0.4);
  const double degrees = random() % 2 == 0 ? 0 : real(random, -180, 180);
  DrawItem item = placed(std::move(source), {});
  item.canvas_from_picture =
      at * base::rotation_degrees(degrees) * base::scaling(scale, scale * real(random, 0.5, 2));
  return item;
}

template <class Sample, class Source>
void expect_naive_part(Random& random, const PlacedItem& item, const Source& source) {
  const base::RectI& bounds = item.bounds();
  if (bounds.empty()) return;
  const PointI first{between(random, bounds.left, bounds.right - 1),
                     between(random, bounds.top, bounds.bottom - 1)};
  const SizeI part{std::min(bounds.right - first.x, between(random, 1, 70)),
                   std::min(bounds.bottom - first.y, between(random, 1, 20))};
  ASSERT_EQ(fault_of<Sample>(source, first, part), std::nullopt);
}

TEST(Sampling, StrongShrinksReadSmallerLevels) {
  Random random(3);
  const base::RectI canvas{0, 0, 200, 120};
  const auto picture = varied_picture({301, 157}, 200);
  const auto video = made_video({.size = {259, 163}});
  int small_levels = 0;
  on_every_target([&] {
    for (int i = 0; i < 300; ++i) {
      const PlacedItem item(somewhere(random, picture), canvas);
      small_levels += item.pixels().pixels.size() == picture->size() ? 0 : 1;
      expect_naive_part<PremulRgba8>(random, item, item.pixels());
      const PlacedItem playing(somewhere(random, video), canvas);
      for (const SampledPlane& plane : playing.planes()) {
        expect_naive_part<uint8_t>(random, playing, plane);
      }
    }
  });
  EXPECT_GT(small_levels, 300);
}

TEST(Sampling, ChromaOfAMovedVideoIsTheSameAtEveryPlace) {
  Random random(4);
  const base::RectI canvas{0, 0, 128, 64};
  on_every_target([&] {
    for (const auto siting : {frame::ChromaSiting::kLeft, frame::ChromaSiting::kCenter,
                              frame::ChromaSiting::kTopLeft}) {
      for (int x = -5; x <= 5; ++x) {
        const frame::YuvLayout layout{.size = {between(random, 1, 90), between(random, 1, 40)},
                                      .siting = siting};
        const auto video = made_video(layout);  // a placed item borrows it
        const PlacedItem item(placed(video, {x, x * 3 % 7}), canvas);
        for (const SampledPlane& plane : item.planes()) {
          for (int i = 0; i < 8; ++i) expect_naive_part<uint8_t>(random, item, plane);
        }
      }
    }
  });
}

// ---- Colours ----

using Coefficients = std::array<frame::YuvCoefficients, 4>;

Coefficients all_coefficients() {
  using frame::YuvMatrix, frame::YuvRange;
  return {frame::yuv_coefficients(YuvMatrix::kBt601, YuvRange::kLimited),
          frame::yuv_coefficients(YuvMatrix::kBt601, YuvRange::kFull),
          frame::yuv_coefficients(YuvMatrix::kBt709, YuvRange::kLimited),
          frame::yuv_coefficients(YuvMatrix::kBt709, YuvRange::kFull)};
}

void expect_colors(Random& random, const frame::YuvCoefficients& coefficients, SizeI size) {
  const SizeI padded{size.width + kRowSlack, size.height};
  const Plane<uint8_t> y(random, padded, 0), u(random, padded, 1), v(random, padded, 2);
  const base::RectI part{0, 0, size.width, size.height};
  Target<PremulRgba8> target(size);
  rgb_from_yuv(coefficients, {y.view().part(part), u.view().part(part), v.view().part(part)},
               target.view());
  ASSERT_TRUE(target.is_alive());
  for (int line = 0; line < size.height; ++line) {
    for (int x = 0; x < size.width; ++x) {
      ASSERT_EQ(target.view().at(x, line),
                frame::rgb_from_yuv(coefficients, y.view().at(x, line), u.view().at(x, line),
                                    v.view().at(x, line)))
          << "pixel " << x << " of " << size.width;
    }
  }
}

TEST(RgbFromYuv, EqualsItsTwinAtEveryWidth) {
  Random random(5);
  on_every_target([&] {
    for (const frame::YuvCoefficients& coefficients : all_coefficients()) {
      for (int width = 1; width <= 70; ++width) expect_colors(random, coefficients, {width, 3});
    }
  });
}

TEST(RgbFromYuv, EqualsItsTwinForManyColors) {
  Random random(6);
  on_every_target([&] {
    for (const frame::YuvCoefficients& coefficients : all_coefficients()) {
      expect_colors(random, coefficients, {512, 200});
    }
  });
}

// ---- Videos on whole pixels, sampled and converted in one pass ----

PremulRgba8 naive_color(const PlacedItem& item, PointI at) {
  std::array<uint8_t, 3> samples;
  for (size_t i = 0; i < 3; ++i) samples[i] = naive(item.planes()[i], at);
  return frame::rgb_from_yuv(item.coefficients(), samples[0], samples[1], samples[2]);
}

void expect_naive_video(const PlacedItem& item, const base::RectI& part) {
  const PointI first{part.left, part.top};
  ASSERT_TRUE(is_sampled_at_once(item.planes(), first, part.width()));
  Target<PremulRgba8> target({part.width(), part.height()});
  sample(item.coefficients(), item.planes(), first, target.view());
  ASSERT_TRUE(target.is_alive());
  for (int y = part.top; y < part.bottom; ++y) {
    for (int x = part.left; x < part.right; ++x) {
      ASSERT_EQ(target.view().at(x - part.left, y - part.top), naive_color(item, {x, y}))
          << "pixel " << x << ", " << y << " of " << part.left << " to " << part.right;
    }
  }
}

TEST(VideoAtOnce, EqualsItsTwinAtEveryWidthAndOffset) {
  Random random(7);
  const base::RectI canvas{0, 0, 400, 64};
  on_every_target([&] {
    for (const auto siting : {frame::ChromaSiting::kLeft, frame::ChromaSiting::kTopLeft}) {
      for (int width = 1; width <= kWidthAtOnceMax; ++width) {
        const frame::YuvLayout layout{.size = {width + between(random, 0, 150), 9},
                                      .siting = siting};
        const auto video = made_video(layout);  // a placed item borrows it
        const PointI place{between(random, 0, 40), between(random, 0, 40)};
        const PlacedItem item(placed(video, place), canvas);
        for (const int left :
             {0, layout.size.width - width, between(random, 0, layout.size.width - width)}) {
          expect_naive_video(item, {place.x + left, place.y + between(random, 0, 4),
                                    place.x + left + width, place.y + 9});
        }
      }
    }
  });
}

TEST(VideoAtOnce, IsRefusedWhereChromaLiesElsewhere) {
  const base::RectI canvas{0, 0, 200, 64};
  const auto is_taken = [&](const frame::YuvLayout& layout, base::PointF at, int width) {
    const auto video = made_video(layout);
    DrawItem item = placed(video, {});
    item.canvas_from_picture = base::translation(at.x, at.y);
    return is_sampled_at_once(PlacedItem(item, canvas).planes(), {3, 3}, width);
  };
  const SizeI size{180, 40};
  EXPECT_TRUE(is_taken({.size = size}, {1, 2}, kWidthAtOnceMax));
  EXPECT_FALSE(is_taken({.size = size}, {1, 2}, kWidthAtOnceMax + 1));
  EXPECT_FALSE(is_taken({.size = size}, {1.5, 2}, 100));
  EXPECT_FALSE(is_taken({.size = size}, {1, 2.25}, 100));
  EXPECT_FALSE(is_taken({.size = size, .siting = frame::ChromaSiting::kCenter}, {1, 2}, 100));
  EXPECT_FALSE(is_taken({.size = size, .chroma_divisor_x = 1}, {1, 2}, 100));
}

}  // namespace
}  // namespace layercast::compose
