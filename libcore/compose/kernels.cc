#include "compose/kernels.h"

#include "compose/blend.h"
#include "frame/image.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compose/kernels.cc"
#include <hwy/foreach_target.h>

// After foreach_target.h.
#include "compose/kernels_simd.h"

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR

void fill_target(frame::PremulRgba8 color, Target target) {
  for (int y = 0; y < target.height(); ++y) std::fill_n(target.row(y), target.width(), color);
}
void copy_pixels(Pixels source, Target target) {
  for (int y = 0; y < target.height(); ++y) {
    std::copy_n(source.row(y), source.width(), target.row(y));
  }
}
void over_uniform(Pixels source, uint8_t opacity, Target target) {
  scalar::composite_over(source, opacity, target);
}
void black_over_uniform(BlackPixels source, uint8_t opacity, Target target) {
  scalar::composite_black_over(source, opacity, target);
}
void over_masked(Pixels source, Mask mask, Target target) {
  scalar::composite_over(source, mask, target);
}

#else

void fill_target(PremulRgba8 color, Target target) {
  const V32 all = hn::Set(kD32, std::bit_cast<uint32_t>(color));
  const auto width = static_cast<size_t>(target.width());
  for (int y = 0; y < target.height(); ++y) {
    PremulRgba8* to = target.row(y);
    size_t x = 0;
    for (; x + kLanes <= width; x += kLanes) All().store(all, to + x);
    if (x < width) Some(width - x).store(all, to + x);
  }
}

struct Copy {
  HWY_INLINE void start_row(int /*y*/) {}
  template <class Access>
  HWY_INLINE void at(Access access, size_t /*x*/, const PremulRgba8* from, PremulRgba8* to) {
    access.store(access.load(from), to);
  }
};

void copy_pixels(Pixels source, Target target) { walk(source, target, Copy()); }

HWY_INLINE bool all_opaque(V32 pixels) {
  const V32 all_ones = hn::Set(kD32, 0xFFFFFFFF);
  return hn::AllTrue(kD32, hn::Eq(hn::Or(pixels, hn::Set(kD32, 0x00FFFFFF)), all_ones));
}

// over(). The products of green and alpha stay in the upper bytes, where the result has them.
HWY_INLINE V32 over(V32 source, V32 target) {
  const V16 below = complement(alpha_of(source));
  const Halves back = halves_of(target);
  const V16 red_blue = scaled(back.red_blue, below);
  const V16 shifted = hn::Add(hn::Mul(back.green_alpha, below), hn::Set(kD16, uint16_t{128}));
  const V16 green_alpha = hn::Add(shifted, hn::ShiftRight<8>(shifted));
  const V16 shown = hn::OrAnd(red_blue, green_alpha, hn::Set(kD16, uint16_t{0xFF00}));
  return hn::BitCast(kD32, hn::Add(hn::BitCast(kD8, source), hn::BitCast(kD8, shown)));
}

// over() of `source` at `coverage`.
HWY_INLINE V32 over(V32 source, V16 coverage, V32 target) {
  const Halves front = faded(halves_of(source), coverage);
  const V16 below = complement(alpha_of(front));
  const Halves back = faded(halves_of(target), below);
  return pixels_of(
      {hn::Add(front.red_blue, back.red_blue), hn::Add(front.green_alpha, back.green_alpha)});
}

struct Over {
  HWY_INLINE void start_row(int /*y*/) {}

  // The first pixel predicts whether it is worth testing all of them.
  template <class Access>
  HWY_INLINE void at(Access access, size_t /*x*/, const PremulRgba8* from, PremulRgba8* to) {
    const V32 source = access.load(from);
    if (from->alpha == 255 && all_opaque(source)) {
      access.store(source, to);
    } else if (from->alpha != 0 || !all_clear(source)) {
      access.store(over(source, access.load(to)), to);
    }
  }
};

template <class Coverage>
struct FadedOver {
  Coverage coverage;

  HWY_INLINE void start_row(int y) { coverage.start_row(y); }

  template <class Access>
  HWY_INLINE void at(Access access, size_t x, const PremulRgba8* from, PremulRgba8* to) {
    const Covered covered = coverage.covered(access, x);
    if (covered == Covered::kWhole) {
      Over().at(access, x, from, to);
    } else if (covered == Covered::kPart) {
      const V32 source = access.load(from);
      if (from->alpha == 0 && all_clear(source)) return;
      access.store(over(source, coverage.lanes_at(access, x), access.load(to)), to);
    }
  }
};

void over_uniform(Pixels source, uint8_t opacity, Target target) {
  if (opacity == 255) {
    walk(source, target, Over());
  } else {
    walk(source, target, FadedOver<Uniform>{Uniform(opacity)});
  }
}

// A black source adds only its alpha.
template <bool kFaded>
struct BlackOver {
  V16 opacity;

  HWY_INLINE void start_row(int /*y*/) {}

  template <class Access>
  HWY_INLINE void at(Access access, size_t /*x*/, const uint8_t* from, PremulRgba8* to) {
    V32 alphas = load_bytes(access, from);
    if (*from == 0 && all_clear(alphas)) return;
    if (kFaded) alphas = hn::BitCast(kD32, scaled(hn::BitCast(kD16, alphas), opacity));
    access.store(over(hn::ShiftLeft<24>(alphas), access.load(to)), to);
  }
};

void black_over_uniform(BlackPixels source, uint8_t opacity, Target target) {
  const V16 lanes = hn::Set(kD16, opacity);
  if (opacity == 255) {
    walk(source, target, BlackOver<false>{lanes});
  } else {
    walk(source, target, BlackOver<true>{lanes});
  }
}

void over_masked(Pixels source, Mask mask, Target target) {
  walk(source, target, FadedOver<Masked>{Masked(mask)});
}

#endif  // HWY_TARGET == HWY_SCALAR
}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::compose {

HWY_EXPORT(fill_target);
HWY_EXPORT(copy_pixels);
HWY_EXPORT(over_uniform);
HWY_EXPORT(black_over_uniform);
HWY_EXPORT(over_masked);

void fill(frame::PremulRgba8 color, Target target) {
  HWY_DYNAMIC_DISPATCH(fill_target)(color, target);
}

void copy(Pixels source, Target target) { HWY_DYNAMIC_DISPATCH(copy_pixels)(source, target); }

void composite_over(Pixels source, uint8_t opacity, Target target) {
  HWY_DYNAMIC_DISPATCH(over_uniform)(source, opacity, target);
}

void composite_black_over(BlackPixels source, uint8_t opacity, Target target) {
  HWY_DYNAMIC_DISPATCH(black_over_uniform)(source, opacity, target);
}

void composite_over(Pixels source, Mask mask, Target target) {
  HWY_DYNAMIC_DISPATCH(over_masked)(source, mask, target);
}

}  // namespace layercast::compose
#endif  // HWY_ONCE
