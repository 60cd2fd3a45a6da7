#include "frame/color_kernels.h"

#include <array>
#include <cstdint>
#include <cstring>

// NOLINTBEGIN(readability-identifier-naming): Highway's own names.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "frame/color_kernels.cc"
// NOLINTEND(readability-identifier-naming)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::frame::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<int32_t>;
using DFloat = hn::Rebind<float, D32>;
using D16 = hn::Rebind<uint16_t, D32>;
using D8 = hn::Rebind<uint8_t, D32>;
using VFloat = hn::Vec<DFloat>;
using V32 = hn::Vec<D32>;
using Tables = ColorTransform::Tables;

constexpr size_t kLanesMax = hn::MaxLanes(D32());

template <int kSteps>
HWY_INLINE V32 step_of(VFloat part) {
  const DFloat d;
  const VFloat inside = hn::Min(hn::Max(part, hn::Zero(d)), hn::Set(d, 1.0F));
  const VFloat place = hn::Mul(inside, hn::Set(d, float{kSteps}));
  return hn::ConvertTo(D32(), hn::Add(place, hn::Set(d, 0.5F)));
}

// Neither the order nor the rounding of these operations may differ from the scalar twin.
HWY_INLINE VFloat weighted(const std::array<float, 3>& weights,
                           const std::array<VFloat, 3>& values) {
  const DFloat d;
  const VFloat two = hn::Add(hn::Mul(hn::Set(d, weights[0]), values[0]),
                             hn::Mul(hn::Set(d, weights[1]), values[1]));
  return hn::Add(two, hn::Mul(hn::Set(d, weights[2]), values[2]));
}

// The levels of red, green and blue of a vector of pixels.
HWY_INLINE std::array<V32, 3> levels_of(const Tables& tables, const SampleRows& source, int x) {
  const DFloat d;
  std::array<VFloat, 3> centred;
  for (size_t i = 0; i < 3; ++i) {
    const auto samples = hn::PromoteTo(D32(), hn::LoadU(D16(), source.samples[i] + x));
    centred[i] = hn::Sub(hn::ConvertTo(d, samples), hn::Set(d, tables.offsets[i]));
  }
  std::array<VFloat, 3> light;
  for (size_t i = 0; i < 3; ++i) {
    light[i] = hn::GatherIndex(
        d, tables.light.data(),
        step_of<ColorTransform::kSignalSteps>(weighted(tables.rgb_from_samples[i], centred)));
  }
  VFloat factor = hn::Set(d, 1.0F);
  if (tables.has_ootf) {
    factor = hn::GatherIndex(
        d, tables.ootf.data(),
        step_of<ColorTransform::kSteps>(hn::Sqrt(weighted(tables.luminance, light))));
  }
  std::array<V32, 3> levels;
  for (size_t i = 0; i < 3; ++i) {
    const VFloat converted = hn::Mul(weighted(tables.to_bt709[i], light), factor);
    levels[i] =
        hn::GatherIndex(D32(), tables.levels.data(),
                        step_of<ColorTransform::kSteps>(hn::Sqrt(hn::Max(converted, hn::Zero(d)))));
  }
  return levels;
}

HWY_INLINE void store(const Tables& /*tables*/, const std::array<V32, 3>& levels,
                      const RgbRows& target, int x) {
  for (size_t i = 0; i < 3; ++i) {
    hn::StoreU(hn::DemoteTo(D16(), levels[i]), D16(), target.levels[i] + x);
  }
}

HWY_INLINE void store(const Tables& tables, const std::array<V32, 3>& levels, const YuvRows& target,
                      int x) {
  const D32 d;
  for (size_t i = 0; i < 3; ++i) {
    const auto& weights = tables.yuv_weights[i];
    V32 sum = hn::Set(d, tables.yuv_addends[i]);
    for (size_t c = 0; c < 3; ++c) sum = hn::Add(sum, hn::Mul(hn::Set(d, weights[c]), levels[c]));
    const V32 codes = hn::ShiftRight<ColorTransform::kYuvShift>(sum);
    hn::StoreU(hn::DemoteTo(D8(), codes), D8(), target.samples[i] + x);
  }
}

const std::array<uint16_t*, 3>& planes_of(const RgbRows& rows) { return rows.levels; }
const std::array<uint8_t*, 3>& planes_of(const YuvRows& rows) { return rows.samples; }

template <class Rows, class Sample>
HWY_INLINE void transform_rows(const Tables& tables, const SampleRows& source, const Rows& target,
                               int count) {
  const int lanes = static_cast<int>(hn::Lanes(D32()));
  int x = 0;
  for (; x + lanes <= count; x += lanes) store(tables, levels_of(tables, source, x), target, x);
  if (x == count) return;
  std::array<std::array<uint16_t, kLanesMax>, 3> samples{};
  std::array<std::array<Sample, kLanesMax>, 3> rest{};
  const auto left = static_cast<size_t>(count - x);
  for (size_t i = 0; i < 3; ++i) {
    std::memcpy(samples[i].data(), source.samples[i] + x, left * sizeof(uint16_t));
  }
  const SampleRows padded{{samples[0].data(), samples[1].data(), samples[2].data()}};
  store(tables, levels_of(tables, padded, 0),
        Rows{{rest[0].data(), rest[1].data(), rest[2].data()}}, 0);
  for (size_t i = 0; i < 3; ++i) {
    std::memcpy(planes_of(target)[i] + x, rest[i].data(), left * sizeof(Sample));
  }
}

void transform_to_rgb(const Tables& tables, const SampleRows& source, const RgbRows& target,
                      int count) {
  transform_rows<RgbRows, uint16_t>(tables, source, target, count);
}

void transform_to_yuv(const Tables& tables, const SampleRows& source, const YuvRows& target,
                      int count) {
  transform_rows<YuvRows, uint8_t>(tables, source, target, count);
}

}  // namespace layercast::frame::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::frame::kernels {

HWY_EXPORT(transform_to_rgb);
HWY_EXPORT(transform_to_yuv);

void transform_colors(const ColorTransform::Tables& tables, const SampleRows& source,
                      const RgbRows& target, int count) {
  HWY_DYNAMIC_DISPATCH(transform_to_rgb)(tables, source, target, count);
}
void transform_colors(const ColorTransform::Tables& tables, const SampleRows& source,
                      const YuvRows& target, int count) {
  HWY_DYNAMIC_DISPATCH(transform_to_yuv)(tables, source, target, count);
}

}  // namespace layercast::frame::kernels
#endif
