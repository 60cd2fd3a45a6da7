#include "frame/recolor.h"

#include "base/geometry.h"
#include "frame/image.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <random>
#include <vector>

namespace layercast::frame {
namespace {

using base::SizeI;

constexpr ColorMatrix kIdentity{{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
constexpr ColorMatrix kInvert{{{-1, 0, 0, 1}, {0, -1, 0, 1}, {0, 0, -1, 1}}};
// Red from green, green from blue, blue from red.
constexpr ColorMatrix kTurn{{{0, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 0, 0}}};

using Random = std::mt19937;

float real(Random& random, double low, double high) {
  return static_cast<float>(low + (high - low) * static_cast<double>(random()) / 4294967295.0);
}

ColorMatrix random_matrix(Random& random) {
  const double reach = random() % 4 == 0 ? 100 : 2;
  ColorMatrix matrix{};
  for (auto& row : matrix.rows) {
    for (float& factor : row) factor = real(random, -reach, reach);
  }
  return matrix;
}

Recoloring random_recoloring(Random& random) {
  Recoloring recoloring;
  for (auto i = random() % 4; i > 0; --i) {
    recoloring.matrices.push_back(random_matrix(random));
  }
  if (random() % 2 == 0) recoloring.opacity = real(random, 0, 1);
  return recoloring;
}

// Runs of clear and of opaque pixels among others: whole vectors of them go another way.
std::vector<PremulRgba8> random_pixels(Random& random, size_t count) {
  std::vector<PremulRgba8> pixels(count);
  size_t run = 0;
  auto kind = random() % 3;
  for (PremulRgba8& pixel : pixels) {
    if (run == 0) {
      run = 1 + random() % 50;
      kind = random() % 3;
    }
    --run;
    const auto byte = [&] { return static_cast<uint8_t>(random() >> 24); };
    const uint8_t alpha = kind == 0 ? uint8_t{0} : kind == 1 ? uint8_t{255} : byte();
    pixel = premultiplied({byte(), byte(), byte(), alpha});
  }
  return pixels;
}

// The same in doubles, straight from the definition.
std::array<double, 4> exactly(const Recoloring& recoloring, PremulRgba8 pixel) {
  if (pixel.alpha == 0) return {};
  const double alpha = pixel.alpha;
  std::array<double, 3> color = {pixel.red / alpha, pixel.green / alpha, pixel.blue / alpha};
  for (const ColorMatrix& matrix : recoloring.matrices) {
    std::array<double, 3> next{};
    for (size_t i = 0; i < 3; ++i) {
      const auto& row = matrix.rows[i];
      const double sum =
          row[0] * color[0] + 1.0 * row[1] * color[1] + 1.0 * row[2] * color[2] + row[3];
      next.at(i) = std::clamp(sum, 0.0, 1.0);
    }
    color = next;
  }
  const double shown = alpha * recoloring.opacity;
  return {color[0] * shown, color[1] * shown, color[2] * shown, shown};
}

TEST(Recolor, IsTheNearestLevelOfWhatIsMeant) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Recoloring recoloring = random_recoloring(random);
    const PremulRgba8 pixel = random_pixels(random, 1).front();
    const PremulRgba8 actual = recolored(recoloring, pixel);
    const auto expected = exactly(recoloring, pixel);
    const std::array<uint8_t, 4> levels = {actual.red, actual.green, actual.blue, actual.alpha};
    // Floats in a long chain of large factors lose a little.
    constexpr double kErrorMax = 0.5 + 0.1;
    for (size_t c = 0; c < 4; ++c) ASSERT_NEAR(levels.at(c), expected.at(c), kErrorMax) << i;
  }
}

TEST(Recolor, ClampsAfterEachMatrix) {
  const ColorMatrix twice{{{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 2, 0}}};
  const ColorMatrix half{{{0.5F, 0, 0, 0}, {0, 0.5F, 0, 0}, {0, 0, 0.5F, 0}}};
  EXPECT_EQ(recolored({{twice, half}, 1}, {200, 100, 51, 255}), (PremulRgba8{128, 100, 51, 255}));
  EXPECT_EQ(recolored({{half, twice}, 1}, {200, 100, 51, 255}), (PremulRgba8{200, 100, 51, 255}));
}

TEST(Recolor, TakesColoursAsTheyAreBeforeTheyArePremultiplied) {
  EXPECT_EQ(recolored({{kInvert}, 1}, {100, 50, 0, 100}), (PremulRgba8{0, 50, 100, 100}));
  EXPECT_EQ(recolored({{kTurn}, 1}, {100, 50, 0, 100}), (PremulRgba8{50, 0, 100, 100}));
  EXPECT_EQ(recolored({{kTurn}, 0.5F}, {100, 50, 0, 100}), (PremulRgba8{25, 0, 50, 50}));
}

TEST(Recolor, LeavesWhatIsClearClear) {
  EXPECT_EQ(recolored({{kInvert}, 1}, {}), PremulRgba8{});
  EXPECT_EQ(recolored({{kInvert}, 0}, {9, 8, 7, 200}), PremulRgba8{});
}

TEST(Recolor, ByWhatDoesNothingGivesEveryPixelBack) {
  for (int alpha = 0; alpha < 256; ++alpha) {
    for (int color = 0; color <= alpha; ++color) {
      const auto level = static_cast<uint8_t>(color);
      const auto last = static_cast<uint8_t>(alpha);
      const PremulRgba8 pixel{level, last, 0, last};
      ASSERT_EQ(recolored({{kIdentity}, 1}, pixel), pixel);
      ASSERT_EQ(recolored({}, pixel), pixel);
    }
  }
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

// Memory that ends with its last row, so that a sanitizer sees every step out of it.
struct Patch {
  SizeI size;
  int row_pixels;
  std::vector<PremulRgba8> pixels;

  ImageView<PremulRgba8> view() {
    return {pixels.data(), size, row_pixels * ptrdiff_t{sizeof(PremulRgba8)}};
  }
};

Patch random_patch(Random& random, SizeI size, int padding) {
  const int row = size.width + padding;
  const auto count = static_cast<size_t>((size.height - 1) * row + size.width);
  return {size, row, random_pixels(random, count)};
}

void expect_twin(Random& random, SizeI size) {
  const Recoloring recoloring = random_recoloring(random);
  Patch source = random_patch(random, size, static_cast<int>(random() % 5));
  Patch target = random_patch(random, size, static_cast<int>(random() % 5));
  std::vector<PremulRgba8> expected = target.pixels;
  std::vector<PremulRgba8> in_place = source.pixels;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const PremulRgba8 pixel = recolored(recoloring, source.view().at(x, y));
      expected.at(static_cast<size_t>(y * target.row_pixels + x)) = pixel;
      in_place.at(static_cast<size_t>(y * source.row_pixels + x)) = pixel;
    }
  }
  recolor(recoloring, source.view(), target.view());
  ASSERT_EQ(target.pixels, expected) << size.width << "x" << size.height;
  recolor(recoloring, source.view(), source.view());
  ASSERT_EQ(source.pixels, in_place) << size.width << "x" << size.height << ", in place";
}

TEST(Recolor, IsTheTwinByteForByteOnEveryTargetAtEverySize) {
  on_every_target([] {
    Random random(7);
    for (int width = 1; width <= 70; ++width) {
      for (int height = 1; height <= 3; ++height) {
        ASSERT_NO_FATAL_FAILURE(expect_twin(random, {width, height}));
      }
    }
    for (int i = 0; i < 20; ++i) ASSERT_NO_FATAL_FAILURE(expect_twin(random, {500, 20}));
  });
}

}  // namespace
}  // namespace layercast::frame
