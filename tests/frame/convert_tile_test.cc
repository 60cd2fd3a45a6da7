#include "base/geometry.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/yuv_picture.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace layercast::frame {
namespace {

using base::PointI;
using base::RectI;
using base::SizeI;

constexpr std::array kFormats = {PixelFormat::kRgba, PixelFormat::kYuv420p, PixelFormat::kYuv422p,
                                 PixelFormat::kYuv444p, PixelFormat::kNv12};
constexpr uint8_t kCanary = 0xA5;

template <class Number>
uint8_t byte(Number value) {
  return static_cast<uint8_t>(value);
}

// Runs `body` with the kernels of every target that this machine has.
template <class Body>
void on_every_target(Body body) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    body();
  }
  hwy::SetSupportedTargetsForTest(0);
}

enum class Colors { kMixed, kSaturated };

// No two neighbours alike; saturated ones are as far from each other as they can be.
Image<PremulRgba8> noise(SizeI size, Colors colors, uint32_t seed) {
  std::mt19937 random(seed);
  Image<PremulRgba8> image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto bits = static_cast<uint32_t>(random());
      const auto color = [&](int shift) {
        return byte(colors == Colors::kMixed ? bits >> shift : 255 * (bits >> shift & 1));
      };
      image.view().at(x, y) = premultiplied({color(0), color(8), color(16), color(24)});
    }
  }
  return image;
}

Frame canaries(PixelFormat format, SizeI size) {
  Frame frame(format, size);
  std::memset(frame.plane(0), kCanary, frame.bytes());
  return frame;
}

bool same_memory(const Frame& a, const Frame& b) {
  return std::memcmp(a.plane(0), b.plane(0), a.bytes()) == 0;
}

// What convert_tile() takes for `area`, in memory that ends with its last row and is aligned to no
// more than a pixel.
class TileSource {
 public:
  TileSource(ImageView<const PremulRgba8> whole, const RectI& area)
      : size_{area.width() + 1, area.height()} {
    pixels_.reserve(static_cast<size_t>(size_.area()) + 1);
    pixels_.emplace_back();
    for (int y = area.top; y < area.bottom; ++y) {
      const PremulRgba8* row = whole.row(y);
      pixels_.push_back(row[std::max(area.left - 1, 0)]);
      pixels_.insert(pixels_.end(), row + area.left, row + area.right);
    }
  }
  ImageView<const PremulRgba8> view() const {
    return {pixels_.data() + 1, size_, size_.width * ptrdiff_t{sizeof(PremulRgba8)}};
  }

 private:
  SizeI size_;
  std::vector<PremulRgba8> pixels_;
};

std::vector<RectI> tiles_of(SizeI size, SizeI tile) {
  std::vector<RectI> tiles;
  for (int y = 0; y < size.height; y += tile.height) {
    for (int x = 0; x < size.width; x += tile.width) {
      tiles.push_back(
          {x, y, std::min(x + tile.width, size.width), std::min(y + tile.height, size.height)});
    }
  }
  return tiles;
}

Frame converted_by_tiles(ImageView<const PremulRgba8> image, PixelFormat format, SizeI tile) {
  Frame frame = canaries(format, image.size());
  for (const RectI& area : tiles_of(image.size(), tile)) {
    convert_tile(TileSource(image, area).view(), area, frame);
  }
  return frame;
}

Frame converted_by_rows(ImageView<const PremulRgba8> image, PixelFormat format) {
  Frame frame = canaries(format, image.size());
  convert_rows(image, {0, image.height()}, frame);
  return frame;
}

std::string text(SizeI size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

TEST(ConvertTile, EqualsConvertRowsAtEveryWidth) {
  for (const Colors colors : {Colors::kMixed, Colors::kSaturated}) {
    for (int width = 1; width <= 70; ++width) {
      for (const int height : {1, 2, 5}) {
        const SizeI size{width, height};
        const auto image = noise(size, colors, static_cast<uint32_t>(width * 8 + height));
        for (const PixelFormat format : kFormats) {
          const Frame wanted = converted_by_rows(std::as_const(image).view(), format);
          on_every_target([&] {
            const Frame frame = converted_by_tiles(std::as_const(image).view(), format, size);
            ASSERT_TRUE(same_memory(frame, wanted)) << layout_of(format).name << " " << text(size);
          });
        }
      }
    }
  }
}

TEST(ConvertTile, TileByTileItEqualsConvertRows) {
  for (const SizeI size : {SizeI{198, 70}, SizeI{131, 67}}) {
    const auto image = noise(size, Colors::kMixed, 7);
    for (const PixelFormat format : kFormats) {
      const Frame wanted = converted_by_rows(std::as_const(image).view(), format);
      for (const SizeI tile : {SizeI{2, 2}, SizeI{6, 4}, SizeI{30, 18}, SizeI{64, 64}}) {
        on_every_target([&] {
          const Frame frame = converted_by_tiles(std::as_const(image).view(), format, tile);
          ASSERT_TRUE(same_memory(frame, wanted))
              << layout_of(format).name << " " << text(size) << " by " << text(tile);
        });
      }
    }
  }
}

TEST(ConvertTile, TheScalarTwinEqualsConvertRowsToo) {
  const SizeI size{67, 37};
  const auto image = noise(size, Colors::kMixed, 8);
  for (const PixelFormat format : kFormats) {
    Frame frame = canaries(format, size);
    for (const RectI& area : tiles_of(size, {30, 18})) {
      scalar::convert_tile(TileSource(std::as_const(image).view(), area).view(), area, frame);
    }
    EXPECT_TRUE(same_memory(frame, converted_by_rows(std::as_const(image).view(), format)));
  }
}

// Where samples of plane `plane` lie that `area` covers, in bytes of a row and in rows.
RectI bytes_of(const FormatLayout& layout, int plane, const RectI& area) {
  const int x = plane == 0 ? 1 : layout.chroma_divisor_x;
  const int y = plane == 0 ? 1 : layout.chroma_divisor_y;
  const int bytes = layout.sample_bytes[static_cast<size_t>(plane)];
  return {area.left / x * bytes, area.top / y, (area.right + x - 1) / x * bytes,
          (area.bottom + y - 1) / y};
}

// `wanted` inside `area`, canaries everywhere else, padding included.
void expect_only(const RectI& area, const Frame& wanted, const Frame& frame) {
  const FormatLayout& layout = layout_of(frame.format());
  for (int plane = 0; plane < frame.planes(); ++plane) {
    const RectI inside = bytes_of(layout, plane, area);
    const SizeI size = plane_size(frame.format(), frame.size(), plane);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < frame.row_bytes(plane); ++x) {
        const ptrdiff_t at = y * frame.row_bytes(plane) + x;
        const bool is_inside =
            inside.left <= x && x < inside.right && inside.top <= y && y < inside.bottom;
        ASSERT_EQ(frame.plane(plane)[at], is_inside ? wanted.plane(plane)[at] : kCanary)
            << layout.name << " plane " << plane << " at " << x << "," << y;
      }
    }
  }
}

// Areas with even edges, and those that end with an odd frame.
std::vector<RectI> some_areas(SizeI size) {
  std::vector<RectI> areas = {{0, 0, 2, 2},     {2, 4, 4, 6},  {30, 10, 60, 28},
                              {64, 0, 128, 20}, {6, 2, 70, 4}, {18, 6, 84, 26}};
  areas.push_back({64, 14, size.width, size.height});
  areas.push_back({0, 0, size.width, size.height});
  areas.push_back({size.width / 2 * 2, 0, size.width, 2});
  areas.erase(std::remove_if(areas.begin(), areas.end(), [](const RectI& a) { return a.empty(); }),
              areas.end());
  return areas;
}

TEST(ConvertTile, TouchesNothingOutsideItsArea) {
  for (const SizeI size : {SizeI{128, 28}, SizeI{133, 29}}) {
    const auto image = noise(size, Colors::kSaturated, 9);
    for (const PixelFormat format : kFormats) {
      const Frame wanted = converted_by_rows(std::as_const(image).view(), format);
      for (const RectI& area : some_areas(size)) {
        on_every_target([&] {
          Frame frame = canaries(format, size);
          convert_tile(TileSource(std::as_const(image).view(), area).view(), area, frame);
          expect_only(area, wanted, frame);
        });
      }
    }
  }
}

TEST(ConvertTile, EveryColorIsExact) {
  const SizeI size{256, 256};
  const RectI all{0, 0, size.width, size.height};
  Image<PremulRgba8> image({size.width + 1, size.height});
  for (int blue = 0; blue < 256; ++blue) {
    for (int green = 0; green < 256; ++green) {
      for (int red = 0; red < 256; ++red) {
        image.view().at(red + 1, green) = {byte(red), byte(green), byte(blue), 255};
      }
    }
    Frame wanted(PixelFormat::kYuv444p, size);
    scalar::convert_tile(std::as_const(image).view(), all, wanted);
    on_every_target([&] {
      Frame frame(PixelFormat::kYuv444p, size);
      convert_tile(std::as_const(image).view(), all, frame);
      ASSERT_TRUE(same_memory(frame, wanted)) << "blue " << blue;
    });
  }
}

// ---- Chroma next to every half ------------------------------------------------------------------

// Sums of red, green and blue over the eight pixels' worth of a 4:2:0 sample.
using Sums = std::array<int, 3>;
constexpr int kSumMax = 8 * 255;

// The sums weighted give a whole number N.
struct ChromaWeights {
  Sums weights;
  int steps_denominator;  // a sample is 128 + 14 N ÷ this
};
constexpr ChromaWeights kBlueChroma = {{-1063, -3576, 4639}, 255 * 4639};
constexpr ChromaWeights kRedChroma = {{3937, -3576, -361}, 255 * 3937};

// Up to two triples of sums with this very N, found at random.
std::vector<Sums> sums_with(const ChromaWeights& chroma, int64_t n, std::mt19937& random) {
  std::vector<Sums> found;
  for (int attempt = 0; attempt < 300 && found.size() < 2; ++attempt) {
    const auto red = static_cast<int>(random() % (kSumMax + 1));
    const int64_t rest = n - int64_t{chroma.weights[0]} * red;
    int blue = 0;  // the only one that leaves a multiple of green's weight, which is larger
    while (blue <= kSumMax && (rest - int64_t{chroma.weights[2]} * blue) % chroma.weights[1] != 0) {
      ++blue;
    }
    const int64_t green = (rest - int64_t{chroma.weights[2]} * blue) / chroma.weights[1];
    if (blue <= kSumMax && green >= 0 && green <= kSumMax) {
      found.push_back({red, static_cast<int>(green), blue});
    }
  }
  return found;
}

// The sums right below and right above each half that a sample may round at.
std::vector<Sums> sums_next_to_halves() {
  std::mt19937 random(11);
  std::vector<Sums> found;
  for (const ChromaWeights& chroma : {kBlueChroma, kRedChroma}) {
    for (int64_t k = -112; k < 112; ++k) {
      // 14 N ÷ denominator = k + ½; rounded down, also below zero.
      const int64_t half = (2 * k + 1) * chroma.steps_denominator;
      const int64_t below = half >= 0 ? half / 28 : -((-half + 27) / 28);
      for (const int64_t n : {below, below + 1}) {
        const auto sums = sums_with(chroma, n, random);
        found.insert(found.end(), sums.begin(), sums.end());
      }
    }
  }
  return found;
}

// The six pixels of two rows whose 1-2-1 sum in one colour is `sum`: left, centre, right.
using SixPixels = std::array<std::array<int, 3>, 2>;
SixPixels pixels_with(int sum) {
  const int each = sum / 8;
  const int rest = sum % 8;
  SixPixels pixels = {{{each, each, each}, {each, each, each}}};
  if ((rest & 4) != 0) pixels[0][1] += 1, pixels[1][1] += 1;  // centres count twice
  if ((rest & 2) != 0) pixels[0][0] += 1, pixels[1][2] += 1;
  if ((rest & 1) != 0) pixels[1][0] += 1;
  return pixels;
}

TEST(ConvertTile, ChromaNextToEveryHalfIsExact) {
  const auto all_sums = sums_next_to_halves();
  ASSERT_GT(all_sums.size(), 1000U);
  // One sample in four columns: its neighbours are its own.
  const auto count = static_cast<int>(all_sums.size());
  Image<PremulRgba8> image({4 * count, 2});
  for (int i = 0; i < count; ++i) {
    const Sums& sums = all_sums[static_cast<size_t>(i)];
    const std::array<SixPixels, 3> colors = {pixels_with(sums[0]), pixels_with(sums[1]),
                                             pixels_with(sums[2])};
    for (size_t y = 0; y < 2; ++y) {
      for (size_t x = 0; x < 3; ++x) {
        image.view().at(4 * i + 1 + static_cast<int>(x), static_cast<int>(y)) = {
            byte(colors[0][y][x]), byte(colors[1][y][x]), byte(colors[2][y][x]), 255};
      }
    }
  }
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
    const Frame wanted = converted_by_rows(std::as_const(image).view(), format);
    on_every_target([&] {
      EXPECT_TRUE(same_memory(converted_by_tiles(std::as_const(image).view(), format, image.size()),
                              wanted));
    });
  }
}

TEST(ConvertTile, EveryStraightColorIsExact) {
  Image<PremulRgba8> image({256, 256});
  for (int alpha = 0; alpha < 256; ++alpha) {
    for (int x = 0; x < 256; ++x) {
      const int color = x % (alpha + 1);
      image.view().at(x, alpha) = {byte(color), byte(alpha - color),
                                   byte((color + alpha / 2) % (alpha + 1)), byte(alpha)};
    }
  }
  const Frame wanted = converted_by_rows(std::as_const(image).view(), PixelFormat::kRgba);
  on_every_target([&] {
    EXPECT_TRUE(same_memory(
        converted_by_tiles(std::as_const(image).view(), PixelFormat::kRgba, {64, 64}), wanted));
  });
}

TEST(ConvertTileDeathTest, OddEdgesAndWrongSizesAreBugs) {
  const Image<PremulRgba8> pixels({5, 4});
  Frame frame(PixelFormat::kYuv420p, {9, 8});
  EXPECT_DEATH(convert_tile(pixels.view(), {1, 0, 5, 4}, frame), "left");
  EXPECT_DEATH(convert_tile(pixels.view(), {0, 1, 4, 5}, frame), "top");
  EXPECT_DEATH(convert_tile(pixels.view(), {4, 0, 7, 4}, frame), "right");
  EXPECT_DEATH(convert_tile(pixels.view(), {0, 6, 4, 10}, frame), "bottom");
  EXPECT_DEATH(convert_tile(pixels.view(), {0, 0, 2, 4}, frame), "size");
}

// ---- Copies -------------------------------------------------------------------------------------

// A picture of noise whose planes end with their last rows.
YuvPicture yuv_noise(SizeI size, int divisor_x, int divisor_y, uint32_t seed) {
  std::mt19937 random(seed);
  YuvLayout layout;
  layout.size = size;
  layout.chroma_divisor_x = divisor_x;
  layout.chroma_divisor_y = divisor_y;
  auto samples = std::make_shared<std::array<std::vector<uint8_t>, 3>>();
  std::array<YuvPicture::Plane, 3> planes;
  for (size_t i = 0; i < 3; ++i) {
    const SizeI plane = i == 0 ? size : layout.chroma_size();
    (*samples)[i].resize(static_cast<size_t>(plane.area()));
    for (uint8_t& sample : (*samples)[i]) sample = byte(random());
    planes[i] = {(*samples)[i].data(), plane, plane.width};
  }
  return {layout, planes, samples};
}

// The frame whose every sample comes from `source`, sample by sample; canaries where it has none.
Frame placed(const YuvPicture& source, PointI top_left, PixelFormat format, SizeI size) {
  const FormatLayout& layout = layout_of(format);
  Frame frame = canaries(format, size);
  for (int plane = 0; plane < 3; ++plane) {
    const SizeI samples = plane_size(format, size, plane);
    const auto& from = source.plane(plane);
    for (int y = 0; y < samples.height; ++y) {
      for (int x = 0; x < samples.width; ++x) {
        const int from_x = x - top_left.x / (plane == 0 ? 1 : layout.chroma_divisor_x);
        const int from_y = y - top_left.y / (plane == 0 ? 1 : layout.chroma_divisor_y);
        if (from_x < 0 || from_y < 0 || from_x >= from.width() || from_y >= from.height()) continue;
        const uint8_t sample = from.at(from_x, from_y);
        if (format == PixelFormat::kNv12 && plane > 0) {
          frame.plane(1)[y * frame.row_bytes(1) + 2 * x + plane - 1] = sample;
        } else {
          frame.plane(plane)[y * frame.row_bytes(plane) + x] = sample;
        }
      }
    }
  }
  return frame;
}

TEST(CopyPlanes, MovesEverySampleOfItsAreaAndNoOther) {
  for (const SizeI size : {SizeI{128, 28}, SizeI{133, 29}}) {
    for (const PointI top_left : {PointI{0, 0}, PointI{-6, -4}}) {
      const SizeI picture{size.width - top_left.x, size.height - top_left.y};
      for (const PixelFormat format : kFormats) {
        if (format == PixelFormat::kRgba) continue;
        const FormatLayout& layout = layout_of(format);
        const auto source =
            yuv_noise(picture, layout.chroma_divisor_x, layout.chroma_divisor_y, 12);
        const Frame wanted = placed(source, top_left, format, size);
        for (const RectI& area : some_areas(size)) {
          on_every_target([&] {
            Frame frame = canaries(format, size);
            copy_planes(source, top_left, area, frame);
            expect_only(area, wanted, frame);
          });
        }
      }
    }
  }
}

TEST(CopyPlanes, ASmallPictureFillsItsPlace) {
  const SizeI size{64, 32};
  const auto source = yuv_noise({30, 18}, 2, 2, 13);
  const PointI top_left{20, 6};
  for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12}) {
    on_every_target([&] {
      Frame frame = canaries(format, size);
      copy_planes(source, top_left, {20, 6, 50, 24}, frame);
      EXPECT_TRUE(same_memory(frame, placed(source, top_left, format, size)));
    });
  }
}

TEST(CopyPlanesDeathTest, WhatDoesNotFitIsABug) {
  Frame frame(PixelFormat::kYuv420p, {16, 16});
  const auto source = yuv_noise({16, 16}, 2, 2, 14);
  EXPECT_DEATH(copy_planes(source, {2, 0}, {0, 0, 16, 16}, frame), "left");
  EXPECT_DEATH(copy_planes(source, {-1, 0}, {0, 0, 8, 8}, frame), "top_left");
  EXPECT_DEATH(copy_planes(yuv_noise({16, 16}, 1, 1, 15), {0, 0}, {0, 0, 8, 8}, frame), "divisor");
}

TEST(CopyArea, MovesEverySampleOfItsAreaAndNoOther) {
  for (const SizeI size : {SizeI{128, 28}, SizeI{133, 29}}) {
    const auto image = noise(size, Colors::kMixed, 16);
    for (const PixelFormat format : kFormats) {
      const Frame source = converted_by_rows(std::as_const(image).view(), format);
      for (const RectI& area : some_areas(size)) {
        on_every_target([&] {
          Frame frame = canaries(format, size);
          copy_area(source, area, frame);
          expect_only(area, source, frame);
        });
      }
    }
  }
}

}  // namespace
}  // namespace layercast::frame
