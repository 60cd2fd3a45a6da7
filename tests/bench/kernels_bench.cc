// What the inner loops move: bytes of RGBA per second, and the time of each in copies of the same
// pixels on the same thread. Whole 1080p frames sit in the last cache, tiles in the first two.
//
//     kernels_bench [--benchmark_filter=REGEX] [the other options of Google Benchmark]

#include "compose/kernels.h"

#include "base/blend_mode.h"
#include "base/geometry.h"
#include "compose/draw_list.h"
#include "compose/reference.h"
#include "compose/sample_grid.h"
#include "compose/sampling.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "frame/yuv_color.h"
#include "frame/yuv_picture.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <hwy/targets.h>
#include <limits>
#include <memory>
#include <random>
#include <string>

namespace {

using layercast::base::Affine;
using layercast::base::BlendMode;
using layercast::base::RectI;
using layercast::base::SizeI;
using layercast::compose::DrawItem;
using layercast::compose::DrawList;
using layercast::frame::Frame;
using layercast::frame::Image;
using layercast::frame::Picture;
using layercast::frame::PicturePtr;
using layercast::frame::PixelFormat;
using layercast::frame::PremulRgba8;
using layercast::frame::StraightRgba8;

constexpr SizeI kFrame{1920, 1080};
constexpr SizeI kTile{256, 32};

enum class Alpha { kOpaque, kMixed };

// Noise: no two neighbours alike, so that nothing is skipped by chance and no branch is foreseen.
Image<StraightRgba8> noise(SizeI size, Alpha alpha) {
  std::mt19937 random(20240229);
  Image<StraightRgba8> image(size);
  const auto byte = [&random] { return static_cast<uint8_t>(random() >> 24); };
  for (int y = 0; y < size.height; ++y) {
    StraightRgba8* row = image.view().row(y);
    for (int x = 0; x < size.width; ++x) {
      row[x] = {byte(), byte(), byte(), alpha == Alpha::kOpaque ? uint8_t{255} : byte()};
    }
  }
  return image;
}

Image<PremulRgba8> premultiplied_noise(SizeI size, Alpha alpha) {
  Image<StraightRgba8> straight = noise(size, alpha);
  Image<PremulRgba8> image(size);
  layercast::frame::premultiply(straight.view(), image.view());
  return image;
}

void copy(const Image<PremulRgba8>& from, Image<PremulRgba8>& to) {
  std::memcpy(to.view().row(0), from.view().row(0), from.bytes());
  benchmark::ClobberMemory();
}

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What one copy of an image takes: the least of many, for what disturbs it only adds.
double copy_seconds(SizeI size) {
  const Image<PremulRgba8> from = premultiplied_noise(size, Alpha::kMixed);
  Image<PremulRgba8> to(size);
  const auto copies = static_cast<int>(8 * kFrame.area() / size.area());
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 32; ++round) {
    const double start = thread_cpu_seconds();
    for (int i = 0; i < copies; ++i) copy(from, to);
    least = std::min(least, (thread_cpu_seconds() - start) / copies);
  }
  return least;
}

double copy_seconds_once(SizeI size) {
  static const double frame = copy_seconds(kFrame);
  static const double tile = copy_seconds(kTile);
  return size == kFrame ? frame : tile;
}

// Times `work` on as many pixels as `size` has: their bytes per second, and the time in copies.
template <class Work>
void measure(benchmark::State& state, SizeI size, Work work) {
  const double copy = copy_seconds_once(size);
  const double start = thread_cpu_seconds();
  for (auto _ : state) {
    work();
    benchmark::ClobberMemory();
  }
  const double each = (thread_cpu_seconds() - start) / static_cast<double>(state.iterations());
  state.SetBytesProcessed(state.iterations() * size.area() * int64_t{sizeof(PremulRgba8)});
  state.counters["copies"] = each / copy;
}

void memcpy_of_pixels(benchmark::State& state, SizeI size) {
  const Image<PremulRgba8> from = premultiplied_noise(size, Alpha::kMixed);
  Image<PremulRgba8> to(size);
  measure(state, size, [&] { copy(from, to); });
}

void premultiply(benchmark::State& state, SizeI size) {
  const Image<StraightRgba8> source = noise(size, Alpha::kMixed);
  Image<PremulRgba8> target(size);
  measure(state, size, [&] { layercast::frame::premultiply(source.view(), target.view()); });
}

void unpremultiply(benchmark::State& state, SizeI size, Alpha alpha) {
  const Image<PremulRgba8> source = premultiplied_noise(size, alpha);
  Image<StraightRgba8> target(size);
  measure(state, size, [&] { layercast::frame::unpremultiply(source.view(), target.view()); });
}

void convert(benchmark::State& state, SizeI size, PixelFormat format) {
  const Image<PremulRgba8> source = premultiplied_noise(size, Alpha::kOpaque);
  Frame target(format, size);
  measure(state, size, [&] {
    layercast::frame::convert_rows(source.view(), {0, size.height}, target);
  });
}

// `over` of each pixel of two images, without what finds the pixels.
void over_rows(benchmark::State& state, SizeI size) {
  const Image<PremulRgba8> source = premultiplied_noise(size, Alpha::kMixed);
  Image<PremulRgba8> target = premultiplied_noise(size, Alpha::kOpaque);
  measure(state, size, [&] {
    for (int y = 0; y < size.height; ++y) {
      const PremulRgba8* from = source.view().row(y);
      PremulRgba8* to = target.view().row(y);
      for (int x = 0; x < size.width; ++x) to[x] = layercast::frame::over(from[x], to[x]);
    }
  });
}

/// One item that covers the whole canvas.
struct Placement {
  Affine canvas_from_picture;
  SizeI picture;
  uint8_t opacity = 255;
  BlendMode blend = BlendMode::kNormal;
};

void compose(benchmark::State& state, SizeI size, const Placement& placement) {
  const auto picture =
      std::make_shared<const Picture>(premultiplied_noise(placement.picture, Alpha::kMixed));
  const DrawList list{size,
                      {20, 40, 80, 255},
                      {DrawItem{picture, placement.canvas_from_picture, placement.opacity,
                                placement.blend, std::nullopt}}};
  Image<PremulRgba8> target(size);
  layercast::compose::compose_rows(list, {0, size.height}, target.view());  // makes the mip levels
  measure(state, size, [&] {
    layercast::compose::compose_rows(list, {0, size.height}, target.view());
  });
}

void compose_background(benchmark::State& state, SizeI size) {
  const DrawList list{size, {20, 40, 80, 255}, {}};
  Image<PremulRgba8> target(size);
  measure(state, size, [&] {
    layercast::compose::compose_rows(list, {0, size.height}, target.view());
  });
}

Placement unscaled(SizeI size) { return {{}, size}; }

Placement faded(SizeI size) { return {{}, size, 204}; }

Placement multiplied(SizeI size) { return {{}, size, 255, BlendMode::kMultiply}; }

// A third larger than life and a little off the grid.
Placement enlarged(SizeI size) {
  using layercast::base::scaling;
  using layercast::base::translation;
  return {translation(-1.25, -0.75) * scaling(1.5, 1.5),
          {size.width * 2 / 3 + 4, size.height * 2 / 3 + 4}};
}

// A picture so much larger that no corner of the canvas is left bare, turned about its middle.
Placement turned(SizeI size) {
  using layercast::base::rotation_degrees;
  using layercast::base::translation;
  const auto side = static_cast<int>(
      std::ceil(std::hypot(static_cast<double>(size.width), static_cast<double>(size.height))));
  return {translation(size.width / 2.0, size.height / 2.0) * rotation_degrees(30) *
              translation(-side / 2.0, -side / 2.0),
          {side, side}};
}

Placement shrunk(SizeI size) {
  return {layercast::base::scaling(0.4, 0.4), {size.width * 5 / 2, size.height * 5 / 2}};
}

#define LAYERCAST_KERNEL(function, name, ...)                                 \
  BENCHMARK_CAPTURE(function, name##frame, kFrame __VA_OPT__(, ) __VA_ARGS__) \
      ->Unit(benchmark::kMillisecond);                                        \
  BENCHMARK_CAPTURE(function, name##tile, kTile __VA_OPT__(, ) __VA_ARGS__)   \
      ->Unit(benchmark::kMicrosecond)
#define LAYERCAST_COMPOSE(placement)                                       \
  BENCHMARK_CAPTURE(compose, placement##_frame, kFrame, placement(kFrame)) \
      ->Unit(benchmark::kMillisecond);                                     \
  BENCHMARK_CAPTURE(compose, placement##_tile, kTile, placement(kTile))    \
      ->Unit(benchmark::kMicrosecond)

LAYERCAST_KERNEL(memcpy_of_pixels, );
LAYERCAST_KERNEL(over_rows, );
LAYERCAST_KERNEL(premultiply, );
LAYERCAST_KERNEL(unpremultiply, opaque_, Alpha::kOpaque);
LAYERCAST_KERNEL(unpremultiply, mixed_, Alpha::kMixed);
LAYERCAST_KERNEL(convert, i420_, PixelFormat::kYuv420p);
LAYERCAST_KERNEL(convert, nv12_, PixelFormat::kNv12);
LAYERCAST_KERNEL(convert, 444_, PixelFormat::kYuv444p);
LAYERCAST_KERNEL(compose_background, );
LAYERCAST_COMPOSE(unscaled);
LAYERCAST_COMPOSE(faded);
LAYERCAST_COMPOSE(multiplied);
LAYERCAST_COMPOSE(enlarged);
LAYERCAST_COMPOSE(turned);
LAYERCAST_COMPOSE(shrunk);

// ---- The compositor's kernels: a frame of noise, tile by tile, onto tiles that stay in the first
// cache; once for each target of the machine ----

enum class Cover { kWhole, kOpacity, kMask };

template <class Draw>
void each_tile(Draw draw) {
  constexpr int kSide = 64;
  for (int top = 0; top < kFrame.height; top += kSide) {
    for (int left = 0; left < kFrame.width; left += kSide) {
      draw(RectI{left, top, std::min(left + kSide, kFrame.width),
                 std::min(top + kSide, kFrame.height)});
    }
  }
}

void composite(benchmark::State& state, BlendMode mode, Cover cover) {
  const int64_t target =
      hwy::SupportedAndGeneratedTargets().at(static_cast<size_t>(state.range(0)));
  state.SetLabel(hwy::TargetName(target));
  const Image<PremulRgba8> source = premultiplied_noise(kFrame, Alpha::kMixed);
  const Image<PremulRgba8> mask = premultiplied_noise(kFrame, Alpha::kMixed);
  Image<PremulRgba8> scratch = premultiplied_noise({80, 64}, Alpha::kOpaque);
  hwy::SetSupportedTargetsForTest(target);
  measure(state, kFrame, [&] {
    each_tile([&](const RectI& tile) {
      const auto onto = scratch.view().part({0, 0, tile.width(), tile.height()});
      const auto from = source.view().part(tile);
      if (cover == Cover::kMask) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(mask.view().part(tile).row(0));
        const layercast::compose::Mask part(bytes, onto.size(), mask.view().row_bytes());
        layercast::compose::composite_blended(mode, from, part, onto);
      } else {
        const auto opacity = static_cast<uint8_t>(cover == Cover::kWhole ? 255 : 200);
        layercast::compose::composite_blended(mode, from, opacity, onto);
      }
    });
  });
  hwy::SetSupportedTargetsForTest(0);
}

void composite_black(benchmark::State& state) {
  const int64_t target =
      hwy::SupportedAndGeneratedTargets().at(static_cast<size_t>(state.range(0)));
  state.SetLabel(hwy::TargetName(target));
  const Image<PremulRgba8> noise = premultiplied_noise(kFrame, Alpha::kMixed);
  Image<PremulRgba8> black(kFrame);
  for (int y = 0; y < kFrame.height; ++y) {
    for (int x = 0; x < kFrame.width; ++x)
      black.view().at(x, y).alpha = noise.view().at(x, y).alpha;
  }
  const layercast::frame::Picture picture(std::move(black));
  Image<PremulRgba8> scratch = premultiplied_noise({80, 64}, Alpha::kOpaque);
  hwy::SetSupportedTargetsForTest(target);
  measure(state, kFrame, [&] {
    each_tile([&](const RectI& tile) {
      layercast::compose::composite_black_over(
          picture.black()->view().part(tile), 255,
          scratch.view().part({0, 0, tile.width(), tile.height()}));
    });
  });
  hwy::SetSupportedTargetsForTest(0);
}

int register_composites() {
  const auto targets = static_cast<int64_t>(hwy::SupportedAndGeneratedTargets().size());
  const auto add = [&](const std::string& name, BlendMode mode, Cover cover) {
    benchmark::RegisterBenchmark(("composite/" + name).c_str(), composite, mode, cover)
        ->DenseRange(0, targets - 1)
        ->Unit(benchmark::kMillisecond);
  };
  benchmark::RegisterBenchmark("composite/black_over", composite_black)
      ->DenseRange(0, targets - 1)
      ->Unit(benchmark::kMillisecond);
  add("over_opacity", BlendMode::kNormal, Cover::kOpacity);
  add("over_mask", BlendMode::kNormal, Cover::kMask);
  for (size_t i = 0; i < layercast::base::kBlendModeNames.size(); ++i) {
    const std::string name = i == 0 ? "over" : std::string(layercast::base::kBlendModeNames[i]);
    add(name, static_cast<BlendMode>(i), Cover::kWhole);
  }
  return 0;
}
[[maybe_unused]] const int kComposites = register_composites();

// ---- Conversion, tile by tile, on every target --------------------------------------------------

constexpr int kTileSide = 64;

// A frame from one tile that stays in the first cache, as the compositor has it.
void convert_by_tiles(benchmark::State& state, int64_t target, PixelFormat format, Alpha alpha) {
  using layercast::frame::ImageView;
  // The column left of the tile ends a cache line, so that the tile begins one.
  const Image<PremulRgba8> image = premultiplied_noise({16 + kTileSide, kTileSide}, alpha);
  const ImageView<const PremulRgba8> pixels = image.view();
  Frame frame(format, kFrame);
  hwy::SetSupportedTargetsForTest(target);
  measure(state, kFrame, [&] {
    for (int y = 0; y < kFrame.height; y += kTileSide) {
      for (int x = 0; x < kFrame.width; x += kTileSide) {
        const int width = std::min(kTileSide, kFrame.width - x);
        const int height = std::min(kTileSide, kFrame.height - y);
        layercast::frame::convert_tile(pixels.part({15, 0, 16 + width, height}),
                                       {x, y, x + width, y + height}, frame);
      }
    }
  });
  hwy::SetSupportedTargetsForTest(0);
}

void copy_by_tiles(benchmark::State& state, int64_t target, PixelFormat format) {
  const Frame from(format, kFrame);
  Frame to(format, kFrame);
  hwy::SetSupportedTargetsForTest(target);
  measure(state, kFrame, [&] {
    for (int y = 0; y < kFrame.height; y += kTileSide) {
      for (int x = 0; x < kFrame.width; x += kTileSide) {
        layercast::frame::copy_area(
            from,
            {x, y, std::min(x + kTileSide, kFrame.width), std::min(y + kTileSide, kFrame.height)},
            to);
      }
    }
  });
  hwy::SetSupportedTargetsForTest(0);
}

bool register_conversions() {
  using benchmark::RegisterBenchmark;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const auto name = [target](const char* work, PixelFormat format, const char* more) {
      return std::string(work) + "/" + std::string(layercast::frame::layout_of(format).name) +
             more + "/" + hwy::TargetName(target);
    };
    for (const PixelFormat format : {PixelFormat::kYuv420p, PixelFormat::kNv12,
                                     PixelFormat::kYuv422p, PixelFormat::kYuv444p}) {
      RegisterBenchmark(name("convert_by_tiles", format, "").c_str(), convert_by_tiles, target,
                        format, Alpha::kOpaque)
          ->Unit(benchmark::kMillisecond);
    }
    for (const Alpha alpha : {Alpha::kOpaque, Alpha::kMixed}) {
      const char* const more = alpha == Alpha::kOpaque ? "_opaque" : "_mixed";
      RegisterBenchmark(name("convert_by_tiles", PixelFormat::kRgba, more).c_str(),
                        convert_by_tiles, target, PixelFormat::kRgba, alpha)
          ->Unit(benchmark::kMillisecond);
    }
    RegisterBenchmark(name("copy_by_tiles", PixelFormat::kYuv420p, "").c_str(), copy_by_tiles,
                      target, PixelFormat::kYuv420p)
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}
const bool kConversionsAreRegistered = register_conversions();

// ---- Sampling, tile by tile, on every target ----------------------------------------------------

using layercast::base::Affine;

void sample_by_tiles(benchmark::State& state, int64_t target, const Affine& frame_from_picture) {
  const Image<PremulRgba8> picture = premultiplied_noise(kFrame, Alpha::kMixed);
  const layercast::compose::SampledPixels source{
      picture.view(),
      layercast::compose::sample_grid(layercast::base::inverse(frame_from_picture))};
  Image<PremulRgba8> scratch({96, 64});
  hwy::SetSupportedTargetsForTest(target);
  measure(state, kFrame, [&] {
    each_tile([&](const RectI& tile) {
      layercast::compose::sample(source, {tile.left, tile.top},
                                 scratch.view().part({0, 0, tile.width(), tile.height()}));
    });
  });
  hwy::SetSupportedTargetsForTest(0);
}

// A 4:2:0 video at `frame_from_video`: three planes, then R'G'B'.
void sample_video_by_tiles(benchmark::State& state, int64_t target,
                           const Affine& frame_from_video) {
  const Image<PremulRgba8> noise = premultiplied_noise(kFrame, Alpha::kMixed);
  const auto* bytes = reinterpret_cast<const uint8_t*>(noise.view().row(0));
  layercast::frame::YuvLayout layout;
  layout.size = kFrame;
  const Affine luma = layercast::base::inverse(frame_from_video);
  const Affine chroma = layercast::frame::chroma_from_luma(layout) * luma;
  using layercast::compose::sample_grid, layercast::compose::SampledPlane;
  using Plane = layercast::frame::ImageView<const uint8_t>;
  const std::array planes{
      SampledPlane{Plane(bytes, kFrame, kFrame.width), sample_grid(luma)},
      SampledPlane{Plane(bytes, layout.chroma_size(), kFrame.width), sample_grid(chroma)},
      SampledPlane{Plane(bytes, layout.chroma_size(), kFrame.width), sample_grid(chroma)}};
  const auto coefficients = layercast::frame::yuv_coefficients(layout.matrix, layout.range);
  std::array<Image<uint8_t>, 3> samples;
  for (auto& plane : samples) plane = Image<uint8_t>({96, 64});
  Image<PremulRgba8> scratch({96, 64});
  hwy::SetSupportedTargetsForTest(target);
  measure(state, kFrame, [&] {
    each_tile([&](const RectI& tile) {
      const RectI part{0, 0, tile.width(), tile.height()};
      for (size_t i = 0; i < 3; ++i) {
        layercast::compose::sample(planes[i], {tile.left, tile.top}, samples[i].view().part(part));
      }
      layercast::compose::rgb_from_yuv(coefficients,
                                       {samples[0].view().part(part), samples[1].view().part(part),
                                        samples[2].view().part(part)},
                                       scratch.view().part(part));
    });
  });
  hwy::SetSupportedTargetsForTest(0);
}

bool register_sampling() {
  using layercast::base::scaling, layercast::base::translation;
  const std::array<std::pair<const char*, Affine>, 4> places{
      std::pair{"unscaled", Affine{}},
      {"moved", translation(0.4, 0.7)},
      {"enlarged", scaling(1.5, 1.5)},
      {"turned",
       translation(960, 540) * layercast::base::rotation_degrees(30) * translation(-960, -540)}};
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    for (const auto& [place, map] : places) {
      const auto name = [place = place, target](const char* work) {
        return std::string(work) + "/" + place + "/" + hwy::TargetName(target);
      };
      benchmark::RegisterBenchmark(name("sample_by_tiles").c_str(), sample_by_tiles, target, map)
          ->Unit(benchmark::kMillisecond);
      benchmark::RegisterBenchmark(name("sample_video_by_tiles").c_str(), sample_video_by_tiles,
                                   target, map)
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}
const bool kSamplingIsRegistered = register_sampling();

}  // namespace

BENCHMARK_MAIN();
