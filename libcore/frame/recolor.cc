#include "frame/recolor.h"

#include "base/check.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "frame/recolor.cc"
#include <hwy/foreach_target.h>
// foreach_target.h must come before highway.h.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::frame {
namespace HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR

void recolor_rows(const Recoloring& recoloring, ImageView<const PremulRgba8> source,
                  ImageView<PremulRgba8> target) {
  for (int y = 0; y < source.height(); ++y) {
    for (int x = 0; x < source.width(); ++x) {
      target.at(x, y) = recolored(recoloring, source.at(x, y));
    }
  }
}

#else
namespace hn = hwy::HWY_NAMESPACE;

// Red is the lowest byte of a pixel.
static_assert(std::endian::native == std::endian::little);

using DF = hn::ScalableTag<float>;
using D32 = hn::RebindToUnsigned<DF>;
using DI = hn::RebindToSigned<DF>;
using VF = hn::Vec<DF>;
using V32 = hn::Vec<D32>;
constexpr DF kDf;
constexpr D32 kD32;
constexpr DI kDi;
constexpr size_t kLanes = hn::MaxLanes(kD32);

// The colours of a vector of pixels: 0..1, not premultiplied.
struct Colors {
  VF red, green, blue;
};

template <int kShift>
HWY_INLINE VF component(V32 pixels) {
  const V32 byte = hn::And(hn::ShiftRight<kShift>(pixels), hn::Set(kD32, 255));
  return hn::ConvertTo(kDf, hn::BitCast(kDi, byte));
}

HWY_INLINE Colors colors_of(V32 pixels, VF inverse_alpha) {
  return {hn::Mul(component<0>(pixels), inverse_alpha),
          hn::Mul(component<8>(pixels), inverse_alpha),
          hn::Mul(component<16>(pixels), inverse_alpha)};
}

// Adds in the order of the scalar twin, so that the bytes are equal.
HWY_INLINE VF product(const float (&row)[4], const Colors& colors) {
  const auto term = [](float factor, VF color) { return hn::Mul(hn::Set(kDf, factor), color); };
  const VF sum = hn::Add(hn::Add(hn::Add(term(row[0], colors.red), term(row[1], colors.green)),
                                 term(row[2], colors.blue)),
                         hn::Set(kDf, row[3]));
  return hn::Min(hn::Max(sum, hn::Zero(kDf)), hn::Set(kDf, 1.0F));
}

HWY_INLINE V32 rounded(VF value) {
  return hn::BitCast(kD32, hn::ConvertTo(kDi, hn::Add(value, hn::Set(kDf, 0.5F))));
}

HWY_INLINE V32 pixels_of(const Colors& colors, VF alpha) {
  const V32 red = rounded(hn::Mul(colors.red, alpha));
  const V32 green = rounded(hn::Mul(colors.green, alpha));
  const V32 blue = rounded(hn::Mul(colors.blue, alpha));
  return hn::Or(hn::Or(red, hn::ShiftLeft<8>(green)),
                hn::Or(hn::ShiftLeft<16>(blue), hn::ShiftLeft<24>(rounded(alpha))));
}

// Two vectors at a time: their independent sums overlap, which hides latency.
struct Pair {
  V32 first, second;
};

HWY_INLINE Pair recolored_with(const Recoloring& recoloring, Pair pixels, VF inverse_first,
                               VF inverse_second, VF alpha_first, VF alpha_second) {
  Colors first = colors_of(pixels.first, inverse_first);
  Colors second = colors_of(pixels.second, inverse_second);
  for (const ColorMatrix& matrix : recoloring.matrices) {
    const auto& rows = matrix.rows;
    first = {product(rows[0], first), product(rows[1], first), product(rows[2], first)};
    second = {product(rows[0], second), product(rows[1], second), product(rows[2], second)};
  }
  const VF opacity = hn::Set(kDf, recoloring.opacity);
  return {pixels_of(first, hn::Mul(alpha_first, opacity)),
          pixels_of(second, hn::Mul(alpha_second, opacity))};
}

HWY_INLINE bool all_opaque(Pair pixels) {
  const V32 both = hn::And(pixels.first, pixels.second);
  const V32 alphas = hn::Or(both, hn::Set(kD32, 0x00FFFFFF));
  return hn::AllTrue(kD32, hn::Eq(alphas, hn::Set(kD32, 0xFFFFFFFF)));
}

HWY_INLINE bool all_clear(Pair pixels) {
  return hn::AllTrue(kD32, hn::Eq(hn::Or(pixels.first, pixels.second), hn::Zero(kD32)));
}

HWY_INLINE Pair recolored_pair(const Recoloring& recoloring, Pair pixels) {
  if (all_opaque(pixels)) {
    const VF inverse = hn::Set(kDf, 1 / 255.0F);
    const VF alpha = hn::Set(kDf, 255.0F);
    return recolored_with(recoloring, pixels, inverse, inverse, alpha, alpha);
  }
  if (all_clear(pixels)) return pixels;
  const VF one = hn::Set(kDf, 1.0F);
  const VF first = component<24>(pixels.first);
  const VF second = component<24>(pixels.second);
  return recolored_with(recoloring, pixels, hn::Div(one, hn::Max(first, one)),
                        hn::Div(one, hn::Max(second, one)), first, second);
}

HWY_INLINE void recolor_pair(const Recoloring& recoloring, const uint32_t* from, uint32_t* to) {
  const Pair done =
      recolored_pair(recoloring, {hn::LoadU(kD32, from), hn::LoadU(kD32, from + kLanes)});
  hn::StoreU(done.first, kD32, to);
  hn::StoreU(done.second, kD32, to + kLanes);
}

void recolor_rows(const Recoloring& recoloring, ImageView<const PremulRgba8> source,
                  ImageView<PremulRgba8> target) {
  const auto width = static_cast<size_t>(source.width());
  for (int y = 0; y < source.height(); ++y) {
    const auto* from = reinterpret_cast<const uint32_t*>(source.row(y));
    auto* to = reinterpret_cast<uint32_t*>(target.row(y));
    size_t x = 0;
    for (; x + 2 * kLanes <= width; x += 2 * kLanes) recolor_pair(recoloring, from + x, to + x);
    if (x == width) continue;
    uint32_t rest[2 * kLanes] = {};
    std::memcpy(rest, from + x, (width - x) * sizeof(uint32_t));
    recolor_pair(recoloring, rest, rest);
    std::memcpy(to + x, rest, (width - x) * sizeof(uint32_t));
  }
}

#endif  // HWY_TARGET == HWY_SCALAR
}  // namespace HWY_NAMESPACE
}  // namespace layercast::frame
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::frame {

HWY_EXPORT(recolor_rows);

PremulRgba8 recolored(const Recoloring& recoloring, PremulRgba8 pixel) {
  const auto clamped = [](float value) { return std::min(std::max(value, 0.0F), 1.0F); };
  const float inverse = 1 / std::max(static_cast<float>(pixel.alpha), 1.0F);
  float r = static_cast<float>(pixel.red) * inverse;
  float g = static_cast<float>(pixel.green) * inverse;
  float b = static_cast<float>(pixel.blue) * inverse;
  for (const ColorMatrix& matrix : recoloring.matrices) {
    const auto product = [&](const float(&row)[4]) {
      return clamped(row[0] * r + row[1] * g + row[2] * b + row[3]);
    };
    const float red = product(matrix.rows[0]);
    const float green = product(matrix.rows[1]);
    const float blue = product(matrix.rows[2]);
    r = red;
    g = green;
    b = blue;
  }
  const float alpha = static_cast<float>(pixel.alpha) * recoloring.opacity;
  const auto rounded = [](float value) { return static_cast<uint8_t>(value + 0.5F); };
  return {rounded(r * alpha), rounded(g * alpha), rounded(b * alpha), rounded(alpha)};
}

void recolor(const Recoloring& recoloring, ImageView<const PremulRgba8> source,
             ImageView<PremulRgba8> target) {
  LAYERCAST_CHECK(source.size() == target.size());
  HWY_DYNAMIC_DISPATCH(recolor_rows)(recoloring, source, target);
}

}  // namespace layercast::frame
#endif  // HWY_ONCE
