#include "frame/convert_kernels.h"

#include "frame/convert_weights.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

// NOLINTBEGIN(readability-identifier-naming): Highway's own names.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "frame/convert_kernels.cc"
// NOLINTEND(readability-identifier-naming)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::frame::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// ---- Planes -----------------------------------------------------------------------------------

using D8 = hn::ScalableTag<uint8_t>;

// The last vector of a row overlaps the previous one. Range: rows are at least a vector wide.
template <class D>
HWY_INLINE void copy_rows(D d, Samples source, Plane target) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  const int last = source.width() - lanes;
  for (int y = 0; y < source.height(); ++y) {
    const uint8_t* HWY_RESTRICT from = source.row(y);
    uint8_t* HWY_RESTRICT to = target.row(y);
    for (int x = 0; x < last; x += lanes) hn::StoreU(hn::LoadU(d, from + x), d, to + x);
    hn::StoreU(hn::LoadU(d, from + last), d, to + last);
  }
}

void copy(Samples source, Plane target) {
  const int width = source.width();
  if (width >= static_cast<int>(hn::Lanes(D8()))) return copy_rows(D8(), source, target);
  if (width >= 32) return copy_rows(hn::CappedTag<uint8_t, 32>(), source, target);
  if (width >= 16) return copy_rows(hn::CappedTag<uint8_t, 16>(), source, target);
  if (width >= 8) return copy_rows(hn::CappedTag<uint8_t, 8>(), source, target);
  for (int y = 0; y < source.height(); ++y) {
    std::memcpy(target.row(y), source.row(y), static_cast<size_t>(width));
  }
}

void interleave(Samples first, Samples second, Plane target) {
  const hn::CappedTag<uint8_t, 32> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int y = 0; y < first.height(); ++y) {
    const uint8_t* HWY_RESTRICT from = first.row(y);
    const uint8_t* HWY_RESTRICT other = second.row(y);
    uint8_t* HWY_RESTRICT to = target.row(y);
    int x = 0;
    for (; x + lanes <= first.width(); x += lanes) {
      hn::StoreInterleaved2(hn::LoadU(d, from + x), hn::LoadU(d, other + x), d, to + 2 * x);
    }
    for (; x < first.width(); ++x) {
      to[2 * x] = from[x];
      to[2 * x + 1] = other[x];
    }
  }
}

#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128

bool have_pixel_kernels() { return true; }

enum class Chroma { k420, kNv12, k422, k444 };

// The destinations of two rows of pixels. 4:2:0 has one row of chroma; that of NV12 is `blue`.
struct Places {
  std::array<uint8_t*, 2> luma;
  std::array<uint8_t*, 2> blue;
  std::array<uint8_t*, 2> red;
};

// Adding this to a float below 2²² rounds that float to an integer in the lowest bits.
constexpr float kRoundingBias = 8388608;

// Converts kStep columns of two rows at once, with vectors of D, a tag of int32_t.
template <class D>
struct Step {
  using D16 = hn::Repartition<int16_t, D>;
  using D8 = hn::Repartition<uint8_t, D>;
  using DFloat = hn::Rebind<float, D>;
  using V32 = hn::Vec<D>;
  using V16 = hn::Vec<D16>;
  using V8 = hn::Vec<D8>;

  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
  static constexpr int kBlocks = kLanes / 4;  // of 128 bits
  static constexpr int kStep = 2 * kLanes;

  // ---- Colours --------------------------------------------------------------------------------

  // One pixel, or a sum of pixels, in each lane of 32 bits; green occurs twice.
  struct Colors {
    V16 red_blue;
    V16 green_green;
  };
  struct Columns {
    Colors even;
    Colors odd;
  };

  static HWY_INLINE Colors sum(const Colors& a, const Colors& b) {
    return {hn::Add(a.red_blue, b.red_blue), hn::Add(a.green_green, b.green_green)};
  }

  static HWY_INLINE V8 loaded(const PremulRgba8* pixels) {
    return hn::LoadU(D8(), reinterpret_cast<const uint8_t*>(pixels));
  }

  static HWY_INLINE Colors colors_of(V8 pixels) {
    alignas(16) static constexpr uint8_t kGreens[16] = {1, 0x80, 1, 0x80, 5,  0x80, 5,  0x80,
                                                        9, 0x80, 9, 0x80, 13, 0x80, 13, 0x80};
    return {hn::And(hn::BitCast(D16(), pixels), hn::Set(D16(), int16_t{0xFF})),
            hn::BitCast(D16(), hn::TableLookupBytesOr0(pixels, hn::LoadDup128(D8(), kGreens)))};
  }

  static HWY_INLINE Columns columns_of(const PremulRgba8* pixels) {
#if HWY_TARGET == HWY_AVX2
    if constexpr (kLanes == 8) {
      // This order of blocks needs only shuffles within blocks.
      const hn::Half<D8> half;
      const auto block = [&](int x) HWY_ATTR {
        return hn::LoadU(half, reinterpret_cast<const uint8_t*>(pixels + x));
      };
      const __m256 left = _mm256_castsi256_ps(hn::Combine(D8(), block(8), block(0)).raw);
      const __m256 right = _mm256_castsi256_ps(hn::Combine(D8(), block(12), block(4)).raw);
      return {colors_of(V8{_mm256_castps_si256(_mm256_shuffle_ps(left, right, 0x88))}),
              colors_of(V8{_mm256_castps_si256(_mm256_shuffle_ps(left, right, 0xDD))})};
    }
#endif
    const V32 left = hn::BitCast(D(), loaded(pixels));
    const V32 right = hn::BitCast(D(), loaded(pixels + kLanes));
    return {colors_of(hn::BitCast(D8(), hn::ConcatEven(D(), right, left))),
            colors_of(hn::BitCast(D8(), hn::ConcatOdd(D(), right, left)))};
  }

  // ---- Weighted sums --------------------------------------------------------------------------

  // Two 16-bit numbers in every lane of 32.
  static HWY_INLINE V16 pairs(int lower, int upper) {
    const auto bits = static_cast<uint32_t>(static_cast<uint16_t>(lower)) |
                      static_cast<uint32_t>(static_cast<uint16_t>(upper)) << 16;
    return hn::BitCast(D16(), hn::Set(D(), static_cast<int32_t>(bits)));
  }

  // sum + a · b; each lane adds the products of two neighbours.
  static HWY_INLINE V32 mul_add(V16 a, V16 b, V32 sum) {
    V32 nothing = hn::Zero(D());
    return hn::ReorderWidenMulAccumulate(D(), a, b, sum, nothing);
  }

  // sum + weights · colors. `last` is the weight of the second green: the other half of the weight
  // of green, or the weight of the value that replaced it (with_bias()).
  static HWY_INLINE V32 weighted(const Colors& colors, const std::array<int16_t, 3>& weights,
                                 int16_t last, V32 sum) {
    return mul_add(colors.red_blue, pairs(weights[0], weights[2]),
                   mul_add(colors.green_green, pairs(weights[1], last), sum));
  }

  // A sample in the lowest byte of each lane. The second byte is 0; the upper two are arbitrary.
  static HWY_INLINE V32 sample_of(const Colors& colors, const FloatWeights& weights, float offset) {
    const V32 sum = weighted(colors, weights.weights, weights.weights[1], hn::Zero(D()));
    return hn::BitCast(D(),
                       hn::MulAdd(hn::ConvertTo(DFloat(), sum), hn::Set(DFloat(), weights.scale),
                                  hn::Set(DFloat(), kRoundingBias + offset)));
  }

#if HWY_NATIVE_FMA

  static HWY_INLINE V32 luma_of(const Colors& colors) {
    constexpr FloatWeights kWeights = float_weights(kLumaFormula, 13);
    static_assert(is_exact(kWeights, kLumaFormula));
    return sample_of(colors, kWeights, float{kBlack});
  }

#else

  static HWY_INLINE V32 luma_of(const Colors& colors) {
    constexpr FixedLumaWeights kWeights = fixed_luma_weights();
    static_assert(is_exact(kWeights));
    const V32 low = weighted(colors, kWeights.low, 0, hn::Set(D(), kWeights.low_bias));
    const V32 high = weighted(colors, kWeights.high, 0, hn::Set(D(), kWeights.high_bias));
    return hn::ShiftRight<15>(hn::Add(high, hn::ShiftRight<16>(low)));
  }

#endif

  static HWY_INLINE Colors with_bias(const Colors& colors) {
    return {colors.red_blue, hn::OddEven(hn::Set(D16(), int16_t{kBiasFactor}), colors.green_green)};
  }

  // A sample in the third byte of each lane. The fourth is 0; the lower two are arbitrary.
  template <ChromaOf kColor, int kPixels>
  static HWY_INLINE V32 chroma_of(const Colors& with_bias) {
    constexpr SampleFormula kFormula = chroma_formula(kColor, kPixels);
    constexpr FixedWeights kWeights = fixed_weights(kFormula);
    static_assert(is_exact(kWeights, kFormula));
    const V32 low = weighted(with_bias, kWeights.low, kWeights.low_bias, hn::Zero(D()));
    return weighted(with_bias, kWeights.high, kWeights.high_bias, hn::ShiftRight<16>(low));
  }

  // ---- Filtered chroma ------------------------------------------------------------------------

  // The lanes of `current` moved up by one; the last lane of `before` moves into the first.
  static HWY_INLINE V16 moved_up(V16 before, V16 current) {
#if HWY_TARGET <= HWY_AVX3
    // Highway has no shift across blocks.
    if constexpr (kLanes == 16) {
      return V16{_mm512_alignr_epi32(current.raw, before.raw, kLanes - 1)};
    }
#endif
    if constexpr (kLanes == 8) {
      const V16 between = hn::ConcatLowerUpper(D16(), current, before);
      return hn::CombineShiftRightBytes<12>(D16(), current, between);
    } else if constexpr (kLanes == 4) {
      return hn::CombineShiftRightBytes<12>(D16(), current, before);
    }
  }

  static HWY_INLINE V16 one_two_one(V16 before, V16 even, V16 odd) {
    return hn::Add(hn::Add(even, even), hn::Add(odd, moved_up(before, odd)));
  }

  // Stores the chroma samples of the even columns, filtered 1-2-1. `odd` holds the odd columns of
  // the previous step, and afterwards those of this step.
  template <int kPixels, Chroma kChroma>
  static HWY_INLINE void store_filtered(const Columns& columns, Colors& odd, uint8_t* blue,
                                        uint8_t* red) {
    const Colors filtered = with_bias(
        {one_two_one(odd.red_blue, columns.even.red_blue, columns.odd.red_blue),
         one_two_one(odd.green_green, columns.even.green_green, columns.odd.green_green)});
    odd = columns.odd;
    store_chroma<kChroma>(chroma_of<ChromaOf::kBlue, kPixels>(filtered),
                          chroma_of<ChromaOf::kRed, kPixels>(filtered), blue, red);
  }

  // ---- Samples to memory ----------------------------------------------------------------------

  // The lowest bytes of `even` and `odd`, interleaved, one in each 16 bits.
  static HWY_INLINE V16 joined(V32 even, V32 odd) {
#if HWY_TARGET <= HWY_AVX3
    // Highway has no masked shuffle of bytes.
    if constexpr (kLanes == 16) {
      alignas(16) static constexpr uint8_t kMovedUp[16] = {0, 0, 0, 1, 0, 0, 4,  5,
                                                           0, 0, 8, 9, 0, 0, 12, 13};
      constexpr __mmask64 kUpperHalves = 0xCCCCCCCCCCCCCCCC;
      return V16{_mm512_mask_shuffle_epi8(even.raw, kUpperHalves, odd.raw,
                                          hn::LoadDup128(D8(), kMovedUp).raw)};
    }
#endif
    return hn::OddEven(hn::BitCast(D16(), hn::ShiftLeft<16>(odd)), hn::BitCast(D16(), even));
  }

  // Splits each block into kParts parts and sorts these by their position in the block: the first
  // parts of all blocks, then the second parts, and so on.
  template <int kParts>
  static HWY_INLINE V8 parts_together(V8 bytes) {
    if constexpr (kBlocks == 1) {
      return bytes;
    } else {
      return hn::BitCast(D8(), hn::TableLookupLanes(hn::BitCast(D(), bytes), by_part<kParts>()));
    }
  }
  template <int kParts>
  static HWY_INLINE auto by_part() {
    constexpr int kPartLanes = 4 / kParts;
    alignas(64) static constexpr auto kLaneIndices = [] {
      std::array<int32_t, kLanes> indices{};
      for (int i = 0; i < kLanes; ++i) {
        const int part = i / kPartLanes / kBlocks;
        const int block = i / kPartLanes % kBlocks;
        indices[static_cast<size_t>(i)] = block * 4 + part * kPartLanes + i % kPartLanes;
      }
      return indices;
    }();
    return hn::SetTableIndices(D(), kLaneIndices.data());
  }
  // Narrows to bytes with saturation: each block is that of `first`, then that of `second`. These
  // are intrinsics because hn::ReorderDemote2To does not specify its order.
  static HWY_INLINE V8 packed(V16 first, V16 second) {
    if constexpr (kLanes == 4) {
      return V8{_mm_packus_epi16(first.raw, second.raw)};
#if HWY_TARGET <= HWY_AVX2
    } else if constexpr (kLanes == 8) {
      return V8{_mm256_packus_epi16(first.raw, second.raw)};
#endif
#if HWY_TARGET <= HWY_AVX3
    } else if constexpr (kLanes == 16) {
      return V8{_mm512_packus_epi16(first.raw, second.raw)};
#endif
    }
  }

  // Writes kStep samples of two rows or planes, from the lowest bytes of even and odd columns.
  static HWY_INLINE void store_two(V32 first_even, V32 first_odd, V32 second_even, V32 second_odd,
                                   uint8_t* first, uint8_t* second) {
    const V8 both =
        parts_together<2>(packed(joined(first_even, first_odd), joined(second_even, second_odd)));
    const hn::Half<D8> half;
    hn::StoreU(hn::LowerHalf(half, both), half, first);
    hn::StoreU(hn::UpperHalf(half, both), half, second);
  }

  // Writes kLanes samples of two planes, from the third bytes; for NV12, interleaved to `blue`.
  template <Chroma kChroma>
  static HWY_INLINE void store_chroma(V32 blues, V32 reds, uint8_t* blue, uint8_t* red) {
    alignas(16) static constexpr uint8_t kInTurn[16] = {0, 2, 4, 6, 8, 10, 12, 14,
                                                        0, 2, 4, 6, 8, 10, 12, 14};
    alignas(16) static constexpr uint8_t kApart[16] = {0, 4, 8, 12, 2, 6, 10, 14,
                                                       0, 4, 8, 12, 2, 6, 10, 14};
    constexpr bool kIsInTurn = kChroma == Chroma::kNv12;
    constexpr int kParts = kIsInTurn ? 2 : 4;
    const V8 both = hn::BitCast(
        D8(), hn::OddEven(hn::BitCast(D16(), reds), hn::BitCast(D16(), hn::ShiftRight<16>(blues))));
    const V8 ordered =
        hn::TableLookupBytes(both, hn::LoadDup128(D8(), kIsInTurn ? kInTurn : kApart));
    const hn::Half<D8> half;
    const auto samples = hn::LowerHalf(half, parts_together<kParts>(ordered));
    if constexpr (kIsInTurn) {
      hn::StoreU(samples, half, blue);
    } else {
      const hn::Half<hn::Half<D8>> quarter;
      hn::StoreU(hn::LowerHalf(quarter, samples), quarter, blue);
      hn::StoreU(hn::UpperHalf(quarter, samples), quarter, red);
    }
  }

  // Stores the chroma of each pixel, unfiltered.
  static HWY_INLINE void store_unfiltered(const Columns& columns, uint8_t* blue, uint8_t* red) {
    store_two(own_chroma<ChromaOf::kBlue>(columns.even), own_chroma<ChromaOf::kBlue>(columns.odd),
              own_chroma<ChromaOf::kRed>(columns.even), own_chroma<ChromaOf::kRed>(columns.odd),
              blue, red);
  }

  template <ChromaOf kColor>
  static HWY_INLINE V32 own_chroma(const Colors& colors) {
#if HWY_NATIVE_FMA
    constexpr SampleFormula kFormula = chroma_formula(kColor, 1);
    constexpr FloatWeights kWeights = float_weights(kFormula, 1);
    static_assert(is_exact(kWeights, kFormula));
    return sample_of(colors, kWeights, float{kNeutral});
#else
    return hn::ShiftRight<16>(chroma_of<kColor, 1>(with_bias(colors)));
#endif
  }

  // ---- Two rows of pixels -----------------------------------------------------------------------

  // The odd columns of the previous step, in both rows; their sum where rows share chroma.
  struct Before {
    Colors upper;
    Colors lower;
  };

  // The sum of `pixels` in every lane. Scalar units add it up, which leaves the vector units free.
  static HWY_INLINE Colors every_lane(std::initializer_list<const PremulRgba8*> pixels) {
    int red_blue = 0;
    int green = 0;
    for (const PremulRgba8* pixel : pixels) {
      red_blue += pixel->red + (pixel->blue << 16);
      green += pixel->green;
    }
    return {hn::BitCast(D16(), hn::Set(D(), red_blue)),
            hn::BitCast(D16(), hn::Set(D(), green + (green << 16)))};
  }

  template <Chroma kChroma>
  static HWY_INLINE Before before(const PremulRgba8* upper, const PremulRgba8* lower) {
    if constexpr (kChroma == Chroma::k422) {
      return {every_lane({upper - 1}), every_lane({lower - 1})};
    } else {
      const Colors both = every_lane({upper - 1, lower - 1});
      return {both, both};
    }
  }

  template <Chroma kChroma>
  static HWY_INLINE void convert(const PremulRgba8* upper, const PremulRgba8* lower,
                                 const Places& to, Before& before) {
    const Columns above = columns_of(upper);
    const Columns below = columns_of(lower);
    store_two(luma_of(above.even), luma_of(above.odd), luma_of(below.even), luma_of(below.odd),
              to.luma[0], to.luma[1]);
    if constexpr (kChroma == Chroma::k444) {
      store_unfiltered(above, to.blue[0], to.red[0]);
      store_unfiltered(below, to.blue[1], to.red[1]);
    } else if constexpr (kChroma == Chroma::k422) {
      store_filtered<4, kChroma>(above, before.upper, to.blue[0], to.red[0]);
      store_filtered<4, kChroma>(below, before.lower, to.blue[1], to.red[1]);
    } else {
      store_filtered<8, kChroma>({sum(above.even, below.even), sum(above.odd, below.odd)},
                                 before.upper, to.blue[0], to.red[0]);
    }
  }
};

// Bytes of chroma in a row of a plane that covers `columns` pixels.
template <Chroma kChroma>
constexpr int chroma_bytes(int columns) {
  if (kChroma == Chroma::k444) return columns;
  return kChroma == Chroma::kNv12 ? (columns + 1) / 2 * 2 : (columns + 1) / 2;
}

template <Chroma kChroma>
HWY_INLINE Places moved(const Places& places, int columns) {
  const int chroma = chroma_bytes<kChroma>(columns);
  return {{places.luma[0] + columns, places.luma[1] + columns},
          {places.blue[0] + chroma, places.blue[1] + chroma},
          {places.red[0] + chroma, places.red[1] + chroma}};
}

// Converts whole steps of columns from `x` on; returns the first column that remains.
template <class D, Chroma kChroma>
HWY_INLINE int convert_steps(const PremulRgba8* upper, const PremulRgba8* lower, int x, int width,
                             const Places& places) {
  using Steps = Step<D>;
  if (width - x < Steps::kStep) return x;
  auto before = Steps::template before<kChroma>(upper + x, lower + x);
  for (; x + Steps::kStep <= width; x += Steps::kStep) {
    Steps::template convert<kChroma>(upper + x, lower + x, moved<kChroma>(places, x), before);
  }
  return x;
}

using Narrow = Step<hn::CappedTag<int32_t, 4>>;

// Converts fewer columns than a narrow step through a buffer, in which the last column repeats.
template <Chroma kChroma>
HWY_NOINLINE void convert_rest(const PremulRgba8* upper, const PremulRgba8* lower, int columns,
                               const Places& places) {
  HWY_ALIGN std::array<std::array<PremulRgba8, Narrow::kStep>, 2> pixels;
  HWY_ALIGN std::array<std::array<uint8_t, Narrow::kStep>, 6> samples;
  for (int x = 0; x < Narrow::kStep; ++x) {
    pixels[0][static_cast<size_t>(x)] = upper[std::min(x, columns - 1)];
    pixels[1][static_cast<size_t>(x)] = lower[std::min(x, columns - 1)];
  }
  const Places aside = {{samples[0].data(), samples[1].data()},
                        {samples[2].data(), samples[3].data()},
                        {samples[4].data(), samples[5].data()}};
  auto before = Narrow::before<kChroma>(upper, lower);
  Narrow::convert<kChroma>(pixels[0].data(), pixels[1].data(), aside, before);
  const int chroma = chroma_bytes<kChroma>(columns);
  for (size_t row = 0; row < 2; ++row) {
    std::copy_n(aside.luma[row], columns, places.luma[row]);
    if (row == 1 && (kChroma == Chroma::k420 || kChroma == Chroma::kNv12)) break;
    std::copy_n(aside.blue[row], chroma, places.blue[row]);
    if (kChroma != Chroma::kNv12) std::copy_n(aside.red[row], chroma, places.red[row]);
  }
}

template <Chroma kChroma>
HWY_INLINE void convert(Pixels source, Plane luma, Plane blue, Plane red) {
  constexpr int kChromaRows = kChroma == Chroma::k422 || kChroma == Chroma::k444 ? 1 : 2;
  using Wide = hn::ScalableTag<int32_t>;
  using Middle = hn::CappedTag<int32_t, 8>;
  const int width = luma.width();
  for (int y = 0; y < luma.height(); y += 2) {
    // A last row without a partner takes both places: it is written twice.
    const int next = std::min(y + 1, luma.height() - 1);
    const PremulRgba8* upper = source.row(y) + 1;
    const PremulRgba8* lower = source.row(next) + 1;
    const Places places = {{luma.row(y), luma.row(next)},
                           {blue.row(y / kChromaRows), blue.row(next / kChromaRows)},
                           {red.row(y / kChromaRows), red.row(next / kChromaRows)}};
    int x = convert_steps<Wide, kChroma>(upper, lower, 0, width, places);
    if (x == width) continue;
    x = convert_steps<Middle, kChroma>(upper, lower, x, width, places);
    x = convert_steps<hn::CappedTag<int32_t, 4>, kChroma>(upper, lower, x, width, places);
    if (x == width) continue;
    convert_rest<kChroma>(upper + x, lower + x, width - x, moved<kChroma>(places, x));
  }
}

void convert_420(Pixels source, Plane luma, Plane blue, Plane red) {
  convert<Chroma::k420>(source, luma, blue, red);
}
void convert_nv12(Pixels source, Plane luma, Plane chroma) {
  convert<Chroma::kNv12>(source, luma, chroma, chroma);
}
void convert_422(Pixels source, Plane luma, Plane blue, Plane red) {
  convert<Chroma::k422>(source, luma, blue, red);
}
void convert_444(Pixels source, Plane luma, Plane blue, Plane red) {
  convert<Chroma::k444>(source, luma, blue, red);
}

// ---- Straight alpha ---------------------------------------------------------------------------

using D32 = hn::ScalableTag<int32_t>;
using DFloat = hn::Rebind<float, D32>;
using V8 = hn::Vec<D8>;
using V32 = hn::Vec<D32>;
using VFloat = hn::Vec<DFloat>;

constexpr int kLanes = static_cast<int>(HWY_LANES(int32_t));  // pixels of a vector

HWY_INLINE V8 load(const void* bytes) {
  return hn::LoadU(D8(), static_cast<const uint8_t*>(bytes));
}

// 255 ÷ alpha · (1 + 2⁻¹⁸), with a relative error below 2⁻²⁰. Where the true quotient is a half, a
// colour times this is never below it; where it is not, the next half is at least 1 ÷ 510 away, and
// the product does not reach it.
HWY_INLINE VFloat scale_from(V32 alpha) {
  const DFloat d;
  const VFloat divisor = hn::ConvertTo(d, hn::Max(alpha, hn::Set(D32(), 1)));
  const VFloat estimate = hn::ApproximateReciprocal(divisor);
  const VFloat refined = hn::Mul(estimate, hn::NegMulAdd(divisor, estimate, hn::Set(d, 2.0F)));
  return hn::Mul(refined, hn::Set(d, 255.0F * (1 + 1.0F / (1 << 18))));
}

// The colour at bit `kBits` of each pixel, times `scale`, in the lowest byte.
template <int kBits>
HWY_INLINE V32 straight(V32 pixels, VFloat scale) {
  const DFloat d;
  const V32 color = hn::And(pixels, hn::Set(D32(), 0xFF << kBits));
  const VFloat unit = hn::Mul(scale, hn::Set(d, 1.0F / (1 << kBits)));
  return hn::BitCast(D32(), hn::MulAdd(hn::ConvertTo(d, color), unit, hn::Set(d, kRoundingBias)));
}

HWY_INLINE V8 unpremultiplied_vector(V8 premultiplied) {
  const D32 d;
  const V32 pixels = hn::BitCast(d, premultiplied);
  const V32 alpha_bits = hn::Set(d, static_cast<int32_t>(0xFF000000U));
  const V32 alpha = hn::And(pixels, alpha_bits);
  if (hn::AllTrue(d, hn::Eq(alpha, alpha_bits))) return premultiplied;
  const VFloat scale = scale_from(
      hn::BitCast(d, hn::ShiftRight<24>(hn::BitCast(hn::RebindToUnsigned<D32>(), pixels))));
  const V32 red = hn::And(straight<0>(pixels, scale), hn::Set(d, 0xFF));
  const V32 green = hn::And(hn::ShiftLeft<8>(straight<8>(pixels, scale)), hn::Set(d, 0xFF00));
  const V32 blue = hn::ShiftLeft<16>(hn::And(straight<16>(pixels, scale), hn::Set(d, 0xFF)));
  return hn::BitCast(D8(), hn::Or(hn::Or(red, green), hn::Or(blue, alpha)));
}

void unpremultiply(Pixels source, ImageView<StraightRgba8> target) {
  const int width = source.width();
  for (int y = 0; y < source.height(); ++y) {
    const PremulRgba8* from = source.row(y);
    auto* to = reinterpret_cast<uint8_t*>(target.row(y));
    int x = 0;
    for (; x + kLanes <= width; x += kLanes) {
      hn::StoreU(unpremultiplied_vector(load(from + x)), D8(), to + 4 * x);
    }
    if (x == width) continue;
    HWY_ALIGN std::array<PremulRgba8, kLanes> rest = {};
    std::copy_n(from + x, width - x, rest.begin());
    hn::StoreU(unpremultiplied_vector(load(rest.data())), D8(),
               reinterpret_cast<uint8_t*>(rest.data()));
    std::memcpy(to + 4 * x, rest.data(), static_cast<size_t>(4 * (width - x)));
  }
}

#else

bool have_pixel_kernels() { return false; }
void convert_420(Pixels, Plane, Plane, Plane) { LAYERCAST_CHECK(false); }
void convert_nv12(Pixels, Plane, Plane) { LAYERCAST_CHECK(false); }
void convert_422(Pixels, Plane, Plane, Plane) { LAYERCAST_CHECK(false); }
void convert_444(Pixels, Plane, Plane, Plane) { LAYERCAST_CHECK(false); }
void unpremultiply(Pixels, ImageView<StraightRgba8>) { LAYERCAST_CHECK(false); }

#endif

}  // namespace layercast::frame::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::frame::kernels {

HWY_EXPORT(have_pixel_kernels);
HWY_EXPORT(convert_420);
HWY_EXPORT(convert_nv12);
HWY_EXPORT(convert_422);
HWY_EXPORT(convert_444);
HWY_EXPORT(unpremultiply);
HWY_EXPORT(copy);
HWY_EXPORT(interleave);

bool have_pixel_kernels() { return HWY_DYNAMIC_DISPATCH(have_pixel_kernels)(); }
void convert_420(Pixels source, Plane luma, Plane blue, Plane red) {
  HWY_DYNAMIC_DISPATCH(convert_420)(source, luma, blue, red);
}
void convert_nv12(Pixels source, Plane luma, Plane chroma) {
  HWY_DYNAMIC_DISPATCH(convert_nv12)(source, luma, chroma);
}
void convert_422(Pixels source, Plane luma, Plane blue, Plane red) {
  HWY_DYNAMIC_DISPATCH(convert_422)(source, luma, blue, red);
}
void convert_444(Pixels source, Plane luma, Plane blue, Plane red) {
  HWY_DYNAMIC_DISPATCH(convert_444)(source, luma, blue, red);
}
void unpremultiply(Pixels source, ImageView<StraightRgba8> target) {
  HWY_DYNAMIC_DISPATCH(unpremultiply)(source, target);
}
void copy(Samples source, Plane target) { HWY_DYNAMIC_DISPATCH(copy)(source, target); }
void interleave(Samples first, Samples second, Plane target) {
  HWY_DYNAMIC_DISPATCH(interleave)(first, second, target);
}

}  // namespace layercast::frame::kernels
#endif
