// The code that the sampling kernels share. Included once for each target, after
// hwy/foreach_target.h.
#if defined(LAYERCAST_COMPOSE_SAMPLING_SIMD_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LAYERCAST_COMPOSE_SAMPLING_SIMD_H
#undef LAYERCAST_COMPOSE_SAMPLING_SIMD_H
#else
#define LAYERCAST_COMPOSE_SAMPLING_SIMD_H
#endif

#include "compose/prefetch.h"
#include "compose/sampling.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using frame::ImageView;
using frame::PremulRgba8;

constexpr uint64_t kOne = uint64_t{1} << 32;

// The scalar way, for too few samples to fill a vector.
inline uint8_t mean(uint32_t upper_left, uint32_t upper_right, uint32_t lower_left,
                    uint32_t lower_right, uint32_t weight_x, uint32_t weight_y) {
  const uint32_t upper = upper_left * (256 - weight_x) + upper_right * weight_x;
  const uint32_t lower = lower_left * (256 - weight_x) + lower_right * weight_x;
  return static_cast<uint8_t>((upper * (256 - weight_y) + lower * weight_y + 32768) >> 16);
}

struct RowPair {
  int upper;
  int lower;
  uint32_t weight;  // of the lower row, out of 256
};
inline RowPair row_pair(int64_t at, int height) {
  const SamplePlace place = sample_place(at);
  return {std::clamp(place.index, 0, height - 1), std::clamp(place.index + 1, 0, height - 1),
          place.weight};
}

inline uint8_t sample_at(const uint8_t* upper, const uint8_t* lower, int width, SamplePlace column,
                         uint32_t weight_y) {
  const int left = std::clamp(column.index, 0, width - 1);
  const int right = std::clamp(column.index + 1, 0, width - 1);
  return mean(upper[left], upper[right], lower[left], lower[right], column.weight, weight_y);
}

#if HWY_TARGET != HWY_SCALAR

using U32 = hn::ScalableTag<uint32_t>;
using I32 = hn::RebindToSigned<U32>;
using U64 = hn::Repartition<uint64_t, U32>;
using U16 = hn::Repartition<uint16_t, U32>;
using I16 = hn::RebindToSigned<U16>;
using V32 = hn::Vec<U32>;
using V64 = hn::Vec<U64>;
using V16 = hn::Vec<U16>;

constexpr U32 kU32;
constexpr I32 kI32;
constexpr U64 kU64;
constexpr U16 kU16;

HWY_INLINE V16 as_16(V32 v) { return hn::BitCast(kU16, v); }
HWY_INLINE V32 as_32(V16 v) { return hn::BitCast(kU32, v); }

// In each lane, the product of the lower halves plus that of the upper halves; halves are signed.
HWY_INLINE V32 sum_of_products(V32 a, V32 b) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
  const I16 i16;
  auto unused = hn::Zero(kI32);
  return hn::BitCast(kU32,
                     hn::ReorderWidenMulAccumulate(kI32, hn::BitCast(i16, a), hn::BitCast(i16, b),
                                                   hn::Zero(kI32), unused));
#else
  const auto low = [](V32 v) {
    return hn::ShiftRight<16>(hn::BitCast(kI32, hn::ShiftLeft<16>(v)));
  };
  const auto high = [](V32 v) { return hn::ShiftRight<16>(hn::BitCast(kI32, v)); };
  return hn::BitCast(kU32, hn::Add(hn::Mul(low(a), low(b)), hn::Mul(high(a), high(b))));
#endif
}

// Reads words at byte offsets, which may be unaligned.
HWY_INLINE V32 gather(const uint8_t* base, V32 offsets) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::GatherOffset(kU32, reinterpret_cast<const uint32_t*>(base),
                          hn::BitCast(kI32, offsets));
#else
  HWY_ALIGN uint32_t at[hn::MaxLanes(kU32)];
  HWY_ALIGN uint32_t words[hn::MaxLanes(kU32)];
  hn::Store(offsets, kU32, at);
  for (size_t i = 0; i < hn::Lanes(kU32); ++i) std::memcpy(&words[i], base + at[i], 4);
  return hn::Load(kU32, words);
#endif
}

// A vector of positions on one axis that advances by its length.
class Walk {
 public:
  Walk(int64_t first, uint64_t step) {
    const uint64_t lanes = hn::Lanes(kU64);
    HWY_ALIGN uint64_t places[hn::MaxLanes(kU64)];
    for (uint64_t i = 0; i < lanes; ++i) places[i] = static_cast<uint64_t>(first) + step * i;
    low_ = hn::Load(kU64, places);
    high_ = hn::Add(low_, hn::Set(kU64, step * lanes));
    stride_ = hn::Set(kU64, step * 2 * lanes);
  }

  // Returns the samples before the positions and the weights of the samples after; then advances.
  HWY_INLINE void next(V32& index, V32& weight) {
    const V32 low = hn::BitCast(kU32, low_);
    const V32 high = hn::BitCast(kU32, high_);
    index = hn::ConcatOdd(kU32, high, low);
    weight = hn::ShiftRight<24>(hn::ConcatEven(kU32, high, low));
    low_ = hn::Add(low_, stride_);
    high_ = hn::Add(high_, stride_);
  }

 private:
  V64 low_;
  V64 high_;
  V64 stride_;
};

HWY_INLINE V32 clamped(V32 index, int last) {
  const auto signed_index = hn::BitCast(kI32, index);
  return hn::BitCast(kU32, hn::Min(hn::Max(signed_index, hn::Zero(kI32)), hn::Set(kI32, last)));
}

// Copies `count` samples of a row from column `first` on; edges repeat.
inline void copy_row(const uint8_t* row, int width, int first, int count, uint8_t* out) {
  const int inner = std::clamp(-first, 0, count);
  const int outer = std::clamp(width - first, inner, count);
  std::memset(out, row[0], static_cast<size_t>(inner));
  if (outer > inner) {
    std::memcpy(out + inner, row + first + inner, static_cast<size_t>(outer - inner));
  }
  std::memset(out + outer, row[width - 1], static_cast<size_t>(count - outer));
}

// The maximum number of samples in a row of a tile, plus what a vector may read past them.
constexpr int kRowMax = 192;
static_assert(kWidthAtOnceMax + 32 <= kRowMax);

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#endif  // LAYERCAST_COMPOSE_SAMPLING_SIMD_H
