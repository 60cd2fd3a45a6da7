#include "compose/kernels.h"

#include "base/blend_mode.h"
#include "base/geometry.h"
#include "compose/blend.h"
#include "frame/image.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::compose {
namespace {

using base::BlendMode;
using base::SizeI;
using frame::PremulRgba8;

// ---- What is drawn: memory that ends with its last row, so that a sanitizer sees every step out
// --

template <class Pixel>
class Patch {
 public:
  Patch(SizeI size, int row_pixels)
      : size_(size),
        row_pixels_(row_pixels),
        pixels_(static_cast<size_t>((size.height - 1) * row_pixels + size.width)) {}

  frame::ImageView<Pixel> view() {
    return {pixels_.data(), size_, row_pixels_ * ptrdiff_t{sizeof(Pixel)}};
  }
  /// All there is, what lies between the rows too.
  std::vector<Pixel>& all() { return pixels_; }
  const std::vector<Pixel>& all() const { return pixels_; }

 private:
  SizeI size_;
  int row_pixels_;
  std::vector<Pixel> pixels_;
};

using Random = std::mt19937;

uint8_t random_byte(Random& random) {
  constexpr std::array<uint8_t, 8> kCorners = {0, 1, 2, 127, 128, 129, 254, 255};
  return random() % 2 == 0 ? kCorners[random() % kCorners.size()]
                           : static_cast<uint8_t>(random() >> 24);
}

uint8_t random_component(Random& random, int alpha) {
  const std::array<int, 6> corners = {0, 1, alpha / 2, (alpha + 1) / 2, alpha - 1, alpha};
  const int component = random() % 2 == 0 ? corners[random() % corners.size()]
                                          : static_cast<int>(random() % 256) * alpha / 255;
  return static_cast<uint8_t>(std::clamp(component, 0, alpha));
}

PremulRgba8 random_pixel(Random& random) {
  const uint8_t alpha = random_byte(random);
  const auto component = [&] { return random_component(random, alpha); };
  const uint8_t red = component();
  // Greys are where the non-separable modes divide nothing by nothing.
  if (random() % 4 == 0) return {red, red, red, alpha};
  return {red, component(), component(), alpha};
}

// In runs now and then, for what whole vectors of one kind are let off.
void fill_at_random(Random& random, std::vector<PremulRgba8>& pixels) {
  size_t run = 0;
  uint8_t alpha = 0;
  for (PremulRgba8& each : pixels) {
    each = random_pixel(random);
    if (run == 0 && random() % 64 == 0) {
      run = random() % 100;
      alpha = random() % 2 == 0 ? 255 : 0;
    }
    if (run == 0) continue;
    --run;
    each.alpha = alpha;
    if (alpha == 0) each = {};
  }
}

void fill_at_random(Random& random, std::vector<uint8_t>& coverage) {
  size_t run = 0;
  uint8_t value = 0;
  for (uint8_t& each : coverage) {
    if (run == 0 && random() % 64 == 0) {
      run = random() % 100;
      value = random() % 2 == 0 ? 255 : 0;
    }
    each = run == 0 ? random_byte(random) : value;
    if (run > 0) --run;
  }
}

// ---- The twins side by side ----

// What one call draws with, and on what.
struct Inputs {
  Inputs(SizeI size, int padding_pixels)
      : source(size, size.width + padding_pixels),
        mask(size, size.width + 2 * padding_pixels),
        target(size, size.width + padding_pixels + 1) {}

  Patch<PremulRgba8> source;
  Patch<uint8_t> mask;
  Patch<PremulRgba8> target;
};

Inputs random_inputs(Random& random, SizeI size, int padding_pixels) {
  Inputs inputs(size, padding_pixels);
  fill_at_random(random, inputs.source.all());
  fill_at_random(random, inputs.mask.all());
  fill_at_random(random, inputs.target.all());
  return inputs;
}

// Something drawn on the target of the inputs.
using Draw = std::function<void(Inputs&)>;

std::vector<PremulRgba8> drawn(const Draw& draw, const Inputs& inputs) {
  Inputs copy = inputs;
  draw(copy);
  return copy.target.all();
}

// The first difference says more than all of them.
void expect_same(const Inputs& inputs, const std::vector<PremulRgba8>& actual,
                 const std::vector<PremulRgba8>& expected) {
  const auto [left, right] = std::mismatch(actual.begin(), actual.end(), expected.begin());
  if (left == actual.end()) return;
  const auto at = left - actual.begin();
  ADD_FAILURE() << "pixel " << at << " of " << actual.size() << " is "
                << testing::PrintToString(*left) << ", its twin " << testing::PrintToString(*right)
                << ", on " << testing::PrintToString(inputs.target.all()[static_cast<size_t>(at)]);
}

// Runs on one target of those that the machine has, for as long as it lives.
class OnTarget {
 public:
  explicit OnTarget(int64_t target) { hwy::SetSupportedTargetsForTest(target); }
  ~OnTarget() { hwy::SetSupportedTargetsForTest(0); }
  OnTarget(const OnTarget&) = delete;
  OnTarget& operator=(const OnTarget&) = delete;
};

// `draw` gives what `twin` gives, on every target.
void expect_twins(const Draw& draw, const Draw& twin, const Inputs& inputs) {
  const std::vector<PremulRgba8> expected = drawn(twin, inputs);
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    // That is the twin itself: a look will do.
    if (target == HWY_SCALAR && expected.size() > 1000) continue;
    SCOPED_TRACE(hwy::TargetName(target));
    const OnTarget on(target);
    expect_same(inputs, drawn(draw, inputs), expected);
  }
}

void expect_over_twins(uint8_t opacity, const Inputs& inputs) {
  SCOPED_TRACE("opacity " + std::to_string(opacity));
  expect_twins(
      [&](Inputs& in) { composite_over(in.source.view(), opacity, in.target.view()); },
      [&](Inputs& in) { scalar::composite_over(in.source.view(), opacity, in.target.view()); },
      inputs);
}

void expect_black_over_twins(uint8_t opacity, const Inputs& inputs) {
  SCOPED_TRACE("black at opacity " + std::to_string(opacity));
  expect_twins(
      [&](Inputs& in) { composite_black_over(in.mask.view(), opacity, in.target.view()); },
      [&](Inputs& in) { scalar::composite_black_over(in.mask.view(), opacity, in.target.view()); },
      inputs);
}

void expect_masked_over_twins(const Inputs& inputs) {
  expect_twins(
      [](Inputs& in) { composite_over(in.source.view(), in.mask.view(), in.target.view()); },
      [](Inputs& in) {
        scalar::composite_over(in.source.view(), in.mask.view(), in.target.view());
      },
      inputs);
}

void expect_blended_twins(BlendMode mode, uint8_t opacity, const Inputs& inputs) {
  SCOPED_TRACE("opacity " + std::to_string(opacity));
  expect_twins(
      [&](Inputs& in) { composite_blended(mode, in.source.view(), opacity, in.target.view()); },
      [&](Inputs& in) {
        scalar::composite_blended(mode, in.source.view(), opacity, in.target.view());
      },
      inputs);
}

void expect_masked_blended_twins(BlendMode mode, const Inputs& inputs) {
  expect_twins(
      [&](Inputs& in) {
        composite_blended(mode, in.source.view(), in.mask.view(), in.target.view());
      },
      [&](Inputs& in) {
        scalar::composite_blended(mode, in.source.view(), in.mask.view(), in.target.view());
      },
      inputs);
}

// Every width around the lane counts, few rows, a random picture each.
void for_each_size(const std::function<void(const Inputs&)>& check) {
  Random random(20231105);
  for (int width = 1; width <= 70 && !testing::Test::HasFailure(); ++width) {
    const SizeI size{width, 1 + width % 3};
    SCOPED_TRACE(std::to_string(size.width) + "x" + std::to_string(size.height));
    check(random_inputs(random, size, width % 5));
  }
}

std::string_view name_of(BlendMode mode) {
  return base::kBlendModeNames[static_cast<size_t>(mode)];
}

std::vector<BlendMode> all_modes() {
  std::vector<BlendMode> modes;
  for (size_t i = 0; i < base::kBlendModeNames.size(); ++i) {
    modes.push_back(static_cast<BlendMode>(i));
  }
  return modes;
}

// Those that blend each component with no regard to the other two.
std::vector<BlendMode> separable_modes() {
  std::vector<BlendMode> modes = all_modes();
  std::erase_if(modes, [](BlendMode mode) { return mode >= BlendMode::kHue; });
  return modes;
}

// ---- Fill and copy ----

TEST(Kernels, FillGivesEveryPixelTheColor) {
  for_each_size([](const Inputs& inputs) {
    const PremulRgba8 color{10, 20, 30, 200};
    expect_twins([&](Inputs& in) { fill(color, in.target.view()); },
                 [&](Inputs& in) {
                   for (int y = 0; y < in.target.view().height(); ++y) {
                     std::fill_n(in.target.view().row(y), in.target.view().width(), color);
                   }
                 },
                 inputs);
  });
}

TEST(Kernels, CopyGivesEveryPixelOfTheSource) {
  for_each_size([](const Inputs& inputs) {
    expect_twins([](Inputs& in) { copy(in.source.view(), in.target.view()); },
                 [](Inputs& in) {
                   for (int y = 0; y < in.target.view().height(); ++y) {
                     std::copy_n(in.source.view().row(y), in.target.view().width(),
                                 in.target.view().row(y));
                   }
                 },
                 inputs);
  });
}

// ---- Over ----

TEST(Kernels, OverOfEverySizeEqualsItsTwin) {
  for_each_size([](const Inputs& inputs) {
    for (const uint8_t opacity : {uint8_t{255}, uint8_t{254}, uint8_t{128}, uint8_t{0}}) {
      expect_over_twins(opacity, inputs);
      expect_black_over_twins(opacity, inputs);
    }
    expect_masked_over_twins(inputs);
  });
}

TEST(Kernels, OverOfRandomPixelsEqualsItsTwin) {
  Random random(1);
  const Inputs inputs = random_inputs(random, {509, 257}, 2);
  expect_over_twins(255, inputs);
  expect_over_twins(77, inputs);
  expect_black_over_twins(255, inputs);
  expect_black_over_twins(77, inputs);
  expect_masked_over_twins(inputs);
}

// Every color of every alpha, three to a pixel.
Patch<PremulRgba8> every_component() {
  std::vector<PremulRgba8> pixels;
  for (int alpha = 0; alpha < 256; ++alpha) {
    for (int color = 0; color <= alpha; color += 3) {
      const auto component = [&](int more) {
        return static_cast<uint8_t>(std::min(color + more, alpha));
      };
      pixels.push_back({component(0), component(1), component(2), static_cast<uint8_t>(alpha)});
    }
  }
  Patch<PremulRgba8> patch({static_cast<int>(pixels.size()), 1}, static_cast<int>(pixels.size()));
  patch.all() = pixels;
  return patch;
}

TEST(Kernels, EveryOpacityOfEveryComponentEqualsItsTwin) {
  const Patch<PremulRgba8> source = every_component();
  Random random(2);
  Inputs inputs({static_cast<int>(source.all().size()), 1}, 0);
  inputs.source = source;
  fill_at_random(random, inputs.target.all());
  for (int opacity = 0; opacity < 256 && !testing::Test::HasFailure(); ++opacity) {
    expect_over_twins(static_cast<uint8_t>(opacity), inputs);
  }
}

// ---- Blend modes ----

class Blended : public testing::TestWithParam<BlendMode> {};

TEST_P(Blended, OfEverySizeEqualsItsTwin) {
  for_each_size([](const Inputs& inputs) {
    for (const uint8_t opacity : {uint8_t{255}, uint8_t{101}}) {
      expect_blended_twins(GetParam(), opacity, inputs);
    }
    expect_masked_blended_twins(GetParam(), inputs);
  });
}

TEST_P(Blended, RandomPixelsEqualTheirTwins) {
  Random random(static_cast<uint32_t>(GetParam()));
  const Inputs inputs = random_inputs(random, {509, 257}, 2);
  expect_blended_twins(GetParam(), 255, inputs);
  expect_masked_blended_twins(GetParam(), inputs);
}

// Where saturation is nothing: the non-separable modes divide by what is left of rounding there.
TEST_P(Blended, EveryPairOfGreysEqualsItsTwin) {
  Inputs inputs({256, 256}, 0);
  for (const uint8_t alpha : {uint8_t{255}, uint8_t{151}}) {
    for (int y = 0; y < 256; ++y) {
      for (int x = 0; x < 256; ++x) {
        const auto grey = [alpha](int level) {
          const auto component = static_cast<uint8_t>(std::min<int>(level, alpha));
          return PremulRgba8{component, component, component, alpha};
        };
        inputs.source.view().at(x, y) = grey(x);
        inputs.target.view().at(x, y) = grey(y);
      }
    }
    expect_blended_twins(GetParam(), 255, inputs);
  }
}

// Every component of a source on every component of backdrops of one alpha.
class BlendedByComponent : public testing::TestWithParam<BlendMode> {};

TEST_P(BlendedByComponent, EveryPairOfComponentsEqualsItsTwin) {
  const Patch<PremulRgba8> source = every_component();
  Inputs inputs({static_cast<int>(source.all().size()), 1}, 0);
  inputs.source = source;
  for (const int alpha : {255, 60}) {
    for (int color = 0; color <= alpha && !testing::Test::HasFailure(); ++color) {
      const auto component = static_cast<uint8_t>(color);
      std::ranges::fill(inputs.target.all(),
                        PremulRgba8{component, component, component, static_cast<uint8_t>(alpha)});
      expect_blended_twins(GetParam(), 255, inputs);
    }
  }
}

std::string test_name(const testing::TestParamInfo<BlendMode>& mode) {
  std::string name(name_of(mode.param));
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(AllModes, Blended, testing::ValuesIn(all_modes()), test_name);
INSTANTIATE_TEST_SUITE_P(SeparableModes, BlendedByComponent, testing::ValuesIn(separable_modes()),
                         test_name);

}  // namespace
}  // namespace layercast::compose
