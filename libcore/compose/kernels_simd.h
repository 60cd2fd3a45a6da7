// The code that the pixel kernels share. Included once for each target, after hwy/foreach_target.h.
#if defined(LAYERCAST_COMPOSE_KERNELS_SIMD_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LAYERCAST_COMPOSE_KERNELS_SIMD_H
#undef LAYERCAST_COMPOSE_KERNELS_SIMD_H
#else
#define LAYERCAST_COMPOSE_KERNELS_SIMD_H
#endif

#include "compose/kernels.h"
#include "compose/prefetch.h"
#include "frame/image.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hwy/highway.h>
#include <span>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {
#if HWY_TARGET != HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;
using frame::PremulRgba8;

// A vector of pixels, as whole pixels, as 16-bit halves of pixels and as bytes.
using D32 = hn::ScalableTag<uint32_t>;
using D16 = hn::Repartition<uint16_t, D32>;
using D8 = hn::Repartition<uint8_t, D32>;
using V32 = hn::Vec<D32>;
using V16 = hn::Vec<D16>;
using V8 = hn::Vec<D8>;
constexpr D32 kD32;
constexpr D16 kD16;
constexpr D8 kD8;

constexpr size_t kLanes = hn::MaxLanes(kD32);

// ---- Loads and stores ----

HWY_INLINE uint32_t* words(PremulRgba8* pixels) { return reinterpret_cast<uint32_t*>(pixels); }
HWY_INLINE const uint32_t* words(const PremulRgba8* pixels) {
  return reinterpret_cast<const uint32_t*>(pixels);
}

// A whole vector of pixels.
struct All {
  static constexpr size_t count() { return kLanes; }
  HWY_INLINE V32 load(const PremulRgba8* pixels) const { return hn::LoadU(kD32, words(pixels)); }
  HWY_INLINE void store(V32 v, PremulRgba8* pixels) const { hn::StoreU(v, kD32, words(pixels)); }
};

// The first pixels of a vector: the others load as 0 and are not stored.
class Some {
 public:
  explicit Some(size_t count) : count_(count) {}
  HWY_INLINE size_t count() const { return count_; }

#if !HWY_MEM_OPS_MIGHT_FAULT || HWY_TARGET == HWY_AVX2
  // AVX2 masks accesses of 32-bit lanes, though not of narrower ones.
  HWY_INLINE V32 load(const PremulRgba8* pixels) const {
    return hn::MaskedLoad(hn::FirstN(kD32, count_), kD32, words(pixels));
  }
  HWY_INLINE void store(V32 v, PremulRgba8* pixels) const {
    hn::BlendedStore(v, hn::FirstN(kD32, count_), kD32, words(pixels));
  }
#else
  static_assert(kLanes == 4);
  HWY_INLINE V32 load(const PremulRgba8* pixels) const {
    if (count_ == 1) return hn::ZeroExtendVector(kD32, one(pixels));
    const auto two = hn::LoadU(D2(), words(pixels));
    return count_ == 2 ? hn::ZeroExtendVector(kD32, two) : hn::Combine(kD32, one(pixels + 2), two);
  }
  HWY_INLINE void store(V32 v, PremulRgba8* pixels) const {
    const auto low = hn::LowerHalf(D2(), v);
    if (count_ == 1) return hn::StoreU(hn::LowerHalf(D1(), low), D1(), words(pixels));
    hn::StoreU(low, D2(), words(pixels));
    if (count_ == 3) {
      const auto third = hn::LowerHalf(D1(), hn::UpperHalf(D2(), v));
      hn::StoreU(third, D1(), words(pixels + 2));
    }
  }
#endif

 private:
#if HWY_MEM_OPS_MIGHT_FAULT && HWY_TARGET != HWY_AVX2
  using D2 = hn::Half<D32>;
  using D1 = hn::Half<D2>;
  static HWY_INLINE hn::Vec<D2> one(const PremulRgba8* pixel) {
    return hn::ZeroExtendVector(D2(), hn::LoadU(D1(), words(pixel)));
  }
#endif
  size_t count_;
};

// ---- Arithmetic of 16-bit lanes, each a component ----

// The components of a vector of pixels, in 16-bit lanes: red and blue, green and alpha.
struct Halves {
  V16 red_blue;
  V16 green_alpha;
};

HWY_INLINE V16 low_bytes() { return hn::Set(kD16, uint16_t{0x00FF}); }

HWY_INLINE Halves halves_of(V32 pixels) {
  const V16 both = hn::BitCast(kD16, pixels);
  return {hn::And(both, low_bytes()), hn::ShiftRight<8>(both)};
}

// Range: every lane 0..255.
HWY_INLINE V32 pixels_of(Halves h) {
  return hn::BitCast(kD32, hn::Or(h.red_blue, hn::ShiftLeft<8>(h.green_alpha)));
}

// frame::divided_by_255: (t + (t >> 8)) >> 8 is the upper half of t · 257 for all t below 65408.
HWY_INLINE V16 divided_by_255(V16 numerator) {
  const V16 shifted = hn::Add(numerator, hn::Set(kD16, uint16_t{128}));
  return hn::MulHigh(shifted, hn::Set(kD16, uint16_t{257}));
}

HWY_INLINE V16 scaled(V16 component, V16 by) { return divided_by_255(hn::Mul(component, by)); }

// Copies byte `kByte` of each pixel to the low byte of both its halves; the high bytes are 0.
template <int kByte>
HWY_INLINE V16 spread(V32 pixels) {
  alignas(16) static constexpr std::array<uint8_t, 16> kFrom = {
      kByte,     0x80, kByte,     0x80, kByte + 4,  0x80, kByte + 4,  0x80,
      kByte + 8, 0x80, kByte + 8, 0x80, kByte + 12, 0x80, kByte + 12, 0x80};
  const V8 from = hn::LoadDup128(kD8, kFrom.data());
  return hn::BitCast(kD16, hn::TableLookupBytesOr0(hn::BitCast(kD8, pixels), from));
}

HWY_INLINE V16 alpha_of(V32 pixels) { return spread<3>(pixels); }
HWY_INLINE V16 alpha_of(Halves h) { return spread<2>(hn::BitCast(kD32, h.green_alpha)); }

// Whether all pixels are transparent.
HWY_INLINE bool all_clear(V32 pixels) { return hn::AllTrue(kD32, hn::Eq(pixels, hn::Zero(kD32))); }

// 255 - alpha. Range: 0..255.
HWY_INLINE V16 complement(V16 alpha) { return hn::Xor(alpha, low_bytes()); }

// faded(): every component times `coverage` ÷ 255.
HWY_INLINE Halves faded(Halves h, V16 coverage) {
  return {scaled(h.red_blue, coverage), scaled(h.green_alpha, coverage)};
}

// ---- Coverage of a vector of pixels ----

enum class Covered : uint8_t { kNothing, kPart, kWhole };

// One coverage for all pixels.
class Uniform {
 public:
  explicit Uniform(uint8_t opacity)
      : lanes_(hn::Set(kD16, opacity)),
        covered_(opacity == 255 ? Covered::kWhole : Covered::kPart) {}

  HWY_INLINE void start_row(int /*y*/) {}
  template <class Access>
  HWY_INLINE Covered covered(Access /*access*/, size_t /*x*/) const {
    return covered_;
  }
  template <class Access>
  HWY_INLINE V16 lanes_at(Access /*access*/, size_t /*x*/) const {
    return lanes_;
  }

 private:
  V16 lanes_;
  Covered covered_;
};

using DBytes = hn::Rebind<uint8_t, D32>;

// Loads one byte for each pixel of a vector, into the lowest byte of its lane.
HWY_INLINE V32 load_bytes(All /*access*/, const uint8_t* bytes) {
  return hn::PromoteTo(kD32, hn::LoadU(DBytes(), bytes));
}
HWY_INLINE V32 load_bytes(Some access, const uint8_t* bytes) {
#if HWY_MEM_OPS_MIGHT_FAULT
  static_assert(kLanes <= sizeof(uint64_t));
  uint64_t word = 0;
  for (size_t i = access.count(); i-- > 0;) word = word << 8 | bytes[i];
  return hn::PromoteTo(kD32, hn::LoadU(DBytes(), reinterpret_cast<const uint8_t*>(&word)));
#else
  return hn::PromoteTo(kD32, hn::MaskedLoad(hn::FirstN(DBytes(), access.count()), DBytes(), bytes));
#endif
}

// A coverage of its own for each pixel.
class Masked {
 public:
  explicit Masked(Mask mask) : mask_(mask) {}

  HWY_INLINE void start_row(int y) { row_ = mask_.row(y); }

  HWY_INLINE Covered covered(All /*access*/, size_t x) const {
    using Word = std::conditional_t<kLanes % 8 == 0, uint64_t, uint32_t>;
    std::array<Word, (kLanes + sizeof(Word) - 1) / sizeof(Word)> word;
    std::memcpy(word.data(), row_ + x, kLanes);
    return covered_by(word, static_cast<Word>(~Word{0}));
  }
  HWY_INLINE Covered covered(Some access, size_t x) const {
    return covered_by(std::span(row_ + x, access.count()), uint8_t{255});
  }

  template <class Access>
  HWY_INLINE V16 lanes_at(Access access, size_t x) const {
    return spread<0>(load_bytes(access, row_ + x));
  }

 private:
  template <class Words, class Word>
  static HWY_INLINE Covered covered_by(const Words& words, Word whole) {
    Word all = whole;
    Word any = 0;
    for (const Word each : words) {
      all = static_cast<Word>(all & each);
      any = static_cast<Word>(any | each);
    }
    if (all == whole) return Covered::kWhole;
    return any == 0 ? Covered::kNothing : Covered::kPart;
  }

  Mask mask_;
  const uint8_t* row_ = nullptr;
};

// ---- The walk over a picture ----

// For each row, calls `kernel.start_row(y)` and then `kernel.at(access, x, source + x, target + x)`
// for one vector after another.
template <class Sources, class Kernel>
HWY_INLINE void walk(Sources source, Target target, Kernel kernel) {
  const auto width = static_cast<size_t>(target.width());
  for (int y = 0; y < target.height(); ++y) {
    const auto* from = source.row(y);
    PremulRgba8* to = target.row(y);
    if (y + kRowsAhead < target.height()) prefetch_row(source.row(y + kRowsAhead), target.width());
    kernel.start_row(y);
    size_t x = 0;
    for (; x + kLanes <= width; x += kLanes) kernel.at(All(), x, from + x, to + x);
    if (x < width) kernel.at(Some(width - x), x, from + x, to + x);
  }
}

#endif  // HWY_TARGET != HWY_SCALAR
}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#endif  // LAYERCAST_COMPOSE_KERNELS_SIMD_H
