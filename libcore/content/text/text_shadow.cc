#include "content/text/text_shadow.h"

#include "base/check.h"
#include "content/picture/cairo_picture.h"

#include <algorithm>
#include <cairo/cairo.h>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace layercast::content {
namespace {

constexpr int kBlurPasses = 3;

/// One pass of a box blur with fractional outermost weights, which gives any standard deviation
/// exactly. Three passes approximate a Gaussian. Integer arithmetic with weights derived from one
/// square root gives the same bytes everywhere.
/// Source: Gwosdek, Grewenig, Bruhn, Weickert, "Theoretical Foundations of Gaussian Convolution by
/// Extended Box Filtering" (2011), equation 9.
struct BoxBlur {
  int radius = 0;          // of the whole weights
  uint32_t inner = 65536;  // weights in 1/65536
  uint32_t outer = 0;

  explicit BoxBlur(double deviation) {
    const double variance = deviation * deviation / kBlurPasses;
    radius = static_cast<int>((std::sqrt(12 * variance + 1) - 1) / 2);
    const double l = radius;
    const double fraction =
        (2 * l + 1) * (l * (l + 1) - 3 * variance) / (6 * (variance - (l + 1) * (l + 1)));
    const auto whole = static_cast<uint32_t>(2 * radius + 1);
    inner = static_cast<uint32_t>(65536 / (2 * l + 1 + 2 * std::clamp(fraction, 0.0, 1.0)));
    inner -= whole * inner % 2;  // so that the two outer weights are equal
    outer = (65536 - whole * inner) / 2;
  }

  int reach() const { return radius + 1; }

  // `line` has reach() more zeros at both ends than `result`.
  void run(const std::vector<uint16_t>& line, std::vector<uint16_t>& result) const {
    const auto r = static_cast<size_t>(radius);
    uint64_t sum = 0;
    for (size_t i = 1; i <= 2 * r + 1; ++i) sum += line[i];
    for (size_t i = 0; i < result.size(); ++i) {
      const uint64_t ends = uint64_t{line[i]} + line[i + 2 * r + 2];
      result[i] = static_cast<uint16_t>((inner * sum + outer * ends + 32768) >> 16);
      sum += line[i + 2 * r + 2];
      sum -= line[i + 1];
    }
  }
};

// Coverage in 1/256 levels, rows packed.
struct Levels {
  base::SizeI size;
  std::vector<uint16_t> values;
};

// Blurs each row and transposes the picture; applied twice, it blurs in both directions.
Levels blurred_and_transposed(const Levels& source, const BoxBlur& blur) {
  const auto width = static_cast<size_t>(source.size.width);
  const auto height = static_cast<size_t>(source.size.height);
  const auto reach = static_cast<size_t>(blur.reach());
  Levels turned{{source.size.height, source.size.width},
                std::vector<uint16_t>(source.values.size())};
  std::vector<uint16_t> line(width + 2 * reach);
  std::vector<uint16_t> result(width);
  for (size_t y = 0; y < height; ++y) {
    std::copy_n(source.values.begin() + static_cast<ptrdiff_t>(y * width), width, result.begin());
    for (int pass = 0; pass < kBlurPasses; ++pass) {
      std::ranges::copy(result, line.begin() + static_cast<ptrdiff_t>(reach));
      blur.run(line, result);
    }
    for (size_t x = 0; x < width; ++x) turned.values[x * height + y] = result[x];
  }
  return turned;
}

void blur_in_place(cairo_surface_t* mask, double deviation) {
  cairo_surface_flush(mask);
  unsigned char* pixels = cairo_image_surface_get_data(mask);
  const ptrdiff_t row_bytes = cairo_image_surface_get_stride(mask);
  Levels coverage{{cairo_image_surface_get_width(mask), cairo_image_surface_get_height(mask)}, {}};
  coverage.values.reserve(static_cast<size_t>(coverage.size.area()));
  for (int y = 0; y < coverage.size.height; ++y) {
    for (int x = 0; x < coverage.size.width; ++x) {
      coverage.values.push_back(static_cast<uint16_t>(pixels[y * row_bytes + x] << 8));
    }
  }
  const BoxBlur blur(deviation);
  coverage = blurred_and_transposed(blurred_and_transposed(coverage, blur), blur);
  size_t index = 0;
  for (int y = 0; y < coverage.size.height; ++y) {
    for (int x = 0; x < coverage.size.width; ++x) {
      pixels[y * row_bytes + x] = static_cast<unsigned char>((coverage.values[index++] + 128) >> 8);
    }
  }
  cairo_surface_mark_dirty(mask);
}

// How far a shadow's blur extends.
double reach_of(const scene::Shadow& shadow) {
  return shadow.blur > 0 ? kBlurPasses * BoxBlur(shadow.blur / 2).reach() : 0;
}

}  // namespace

bool has_shadow(const scene::TextStyle& style) {
  return style.shadow.has_value() && style.shadow->color.alpha > 0;
}

base::RectF shadow_bounds(const scene::Shadow& shadow, const base::RectF& ink) {
  return grown({ink.left + shadow.offset.x, ink.top + shadow.offset.y, ink.right + shadow.offset.x,
                ink.bottom + shadow.offset.y},
               reach_of(shadow));
}

void draw_shadow(cairo_t* cairo, const scene::Shadow& shadow, const Ink& ink,
                 const base::RectI& area) {
  const CairoSurface mask = make_mask_surface({area.width(), area.height()});
  const CairoContext on_mask(cairo_create(mask.get()));
  cairo_matrix_t scale;
  cairo_get_matrix(cairo, &scale);
  cairo_translate(on_mask.get(), -area.left, -area.top);
  cairo_scale(on_mask.get(), scale.xx, scale.yy);
  ink.draw_shape(on_mask.get(), area, shadow.offset);
  if (shadow.blur > 0) blur_in_place(mask.get(), shadow.blur / 2 * std::sqrt(scale.xx * scale.yy));
  set_source(cairo, rgba(shadow.color));
  cairo_save(cairo);
  cairo_scale(cairo, 1 / scale.xx, 1 / scale.yy);
  cairo_mask_surface(cairo, mask.get(), area.left, area.top);
  cairo_restore(cairo);
}

}  // namespace layercast::content
