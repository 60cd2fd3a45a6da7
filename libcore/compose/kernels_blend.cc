#include "base/blend_mode.h"
#include "base/check.h"
#include "compose/blend.h"
#include "compose/kernels.h"
#include "frame/image.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compose/kernels_blend.cc"
#include <hwy/foreach_target.h>

// After foreach_target.h.
#include "compose/kernels_simd.h"

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {

using base::BlendMode;

#if HWY_TARGET == HWY_SCALAR

void blended_uniform(BlendMode mode, Pixels source, uint8_t opacity, Target target) {
  scalar::composite_blended(mode, source, opacity, target);
}
void blended_masked(BlendMode mode, Pixels source, Mask mask, Target target) {
  scalar::composite_blended(mode, source, mask, target);
}

#else

// ---- Modes in 16-bit integers ----
//
// With s, d the components of source and backdrop and a, b their alphas, the result of a mode is
// (255 - b)·s + (255 - a)·d + a·b·B, divided by 255 and rounded to nearest; a·b·B is a polynomial.
// That numerator is 255·(s + d) - X, where X = s·b + d·a - a·b·B is within 0..255². The result is
// therefore s + d minus X divided by 255 and rounded to nearest: a multiple of 1/255 is never
// half-way, since 255 is odd. The lane of alpha has s = a, d = b; over() requires X = a·b there.

// Two components of each pixel, one in each lane.
struct Components {
  V16 source;
  V16 source_alpha;
  V16 backdrop;
  V16 backdrop_alpha;
  // All ones where the component is a color.
  V16 colors;
};

HWY_INLINE V16 sum_less(const Components& c, V16 x) {
  return hn::Sub(hn::Add(c.source, c.backdrop), divided_by_255(x));
}

// As sum_less(), for an X of 0..510·255 that is `x` for alpha and twice `x` for colors.
HWY_INLINE V16 sum_less_twice(const Components& c, V16 x) {
  const V16 sum = hn::Add(c.source, c.backdrop);
  const V16 all = hn::Sub(hn::ShiftLeft<8>(sum), sum);  // Modulo 2^16, as the next line.
  return divided_by_255(hn::Sub(hn::Sub(all, x), hn::And(x, c.colors)));
}

HWY_INLINE V16 source_part(const Components& c) { return hn::Mul(c.source, c.backdrop_alpha); }
HWY_INLINE V16 backdrop_part(const Components& c) { return hn::Mul(c.backdrop, c.source_alpha); }

struct Multiply {
  static HWY_INLINE V16 blended(const Components& c) {
    const V16 uncovered = hn::Mul(c.backdrop, hn::Sub(c.source_alpha, c.source));
    return sum_less(c, hn::Add(source_part(c), uncovered));
  }
};

struct Screen {
  static HWY_INLINE V16 blended(const Components& c) {
    return sum_less(c, hn::Mul(c.source, c.backdrop));
  }
};

struct Darken {
  static HWY_INLINE V16 blended(const Components& c) {
    return sum_less(c, hn::Max(source_part(c), backdrop_part(c)));
  }
};

struct Lighten {
  static HWY_INLINE V16 blended(const Components& c) {
    return sum_less(c, hn::Min(source_part(c), backdrop_part(c)));
  }
};

struct Difference {
  static HWY_INLINE V16 blended(const Components& c) {
    return sum_less_twice(c, hn::Min(source_part(c), backdrop_part(c)));
  }
};

struct Exclusion {
  static HWY_INLINE V16 blended(const Components& c) {
    return sum_less_twice(c, hn::Mul(c.source, c.backdrop));
  }
};

// Multiplies where twice `tested` is at most `whole`, screens elsewhere.
HWY_INLINE V16 hard_light(const Components& c, V16 tested, V16 whole) {
  using DSigned = hn::RebindToSigned<D16>;
  const V16 multiplied = hn::Add(hn::Mul(c.source, hn::Sub(c.backdrop_alpha, c.backdrop)),
                                 hn::Mul(c.backdrop, hn::Sub(c.source_alpha, c.source)));
  const V16 screened = hn::Sub(hn::Mul(c.source_alpha, c.backdrop_alpha), multiplied);
  const auto light =
      hn::Gt(hn::BitCast(DSigned(), hn::Add(tested, tested)), hn::BitCast(DSigned(), whole));
  return sum_less(c, hn::IfThenElse(hn::RebindMask(kD16, light), screened, multiplied));
}

struct HardLight {
  static HWY_INLINE V16 blended(const Components& c) {
    return hard_light(c, c.source, c.source_alpha);
  }
};

struct Overlay {
  static HWY_INLINE V16 blended(const Components& c) {
    return hard_light(c, c.backdrop, c.backdrop_alpha);
  }
};

// Applies a mode of 16-bit lanes to both halves of each pixel.
template <class Mode>
struct InHalves {
  static HWY_INLINE V32 blended(Halves front, V32 backdrop) {
    const Halves back = halves_of(backdrop);
    const V16 front_alpha = alpha_of(front);
    const V16 back_alpha = alpha_of(backdrop);
    const V16 all = hn::Set(kD16, uint16_t{0xFFFF});
    const V16 green = hn::BitCast(kD16, hn::Set(kD32, 0x0000FFFF));
    return pixels_of(
        {Mode::blended({front.red_blue, front_alpha, back.red_blue, back_alpha, all}),
         Mode::blended({front.green_alpha, front_alpha, back.green_alpha, back_alpha, green})});
  }
};

// ---- 32-bit lanes, one component of a pixel in each ----

struct Wide {
  V32 red;
  V32 green;
  V32 blue;
  V32 alpha;
};

HWY_INLINE Wide wide(Halves h) {
  const V32 low = hn::Set(kD32, 0xFFFF);
  const V32 red_blue = hn::BitCast(kD32, h.red_blue);
  const V32 green_alpha = hn::BitCast(kD32, h.green_alpha);
  return {hn::And(red_blue, low), hn::And(green_alpha, low), hn::ShiftRight<16>(red_blue),
          hn::ShiftRight<16>(green_alpha)};
}

HWY_INLINE V32 pixels_of(const Wide& w) {
  return hn::Or(hn::Or(w.red, hn::ShiftLeft<8>(w.green)),
                hn::Or(hn::ShiftLeft<16>(w.blue), hn::ShiftLeft<24>(w.alpha)));
}

// The alpha that over() gives.
HWY_INLINE V32 alpha_over(V32 front, V32 back) {
  const V16 narrow_front = hn::BitCast(kD16, front);
  const V16 narrow_back = hn::BitCast(kD16, back);
  return hn::BitCast(
      kD32, hn::Sub(hn::Add(narrow_front, narrow_back), scaled(narrow_front, narrow_back)));
}

// ---- Dodge and burn, in floats that hold only integers ----
//
// In these modes αs·αb·B is N ÷ D. D, 255·D and M = uncovered·D + N are at most 255³ and so exact
// in 24 bits; the remainder of a quotient is exact too.

using DF = hn::Repartition<float, D32>;
using VF = hn::Vec<DF>;
constexpr DF kDF;

HWY_INLINE VF floats(V32 v) {
  return hn::ConvertTo(kDF, hn::BitCast(hn::RebindToSigned<D32>(), v));
}

struct Rounded {
  VF whole;
  V32 byte;
};

// Rounds to the nearest integer. Range: above -0.5 to below 255.5.
HWY_INLINE Rounded rounded(VF v) {
  const VF without_fractions = hn::Set(kDF, 8388608);  // 2^23
  const VF moved = hn::Add(v, without_fractions);
  return {hn::Sub(moved, without_fractions),
          hn::And(hn::BitCast(kD32, moved), hn::Set(kD32, 0xFF))};
}

struct FloatComponent {
  VF source;
  VF source_alpha;
  VF backdrop;
  VF backdrop_alpha;
};

struct Ratio {
  VF numerator;
  VF denominator;
};

// Replaces a denominator of 0 by a power of two so small that the minimum and the maximum in the
// modes choose as for an infinite quotient.
HWY_INLINE VF at_least_tiny(VF v) { return hn::Max(v, hn::Set(kDF, 1.0F / 65536)); }

struct ColorDodge {
  static HWY_INLINE Ratio blend(const FloatComponent& c) {
    const VF headroom = at_least_tiny(hn::Sub(c.source_alpha, c.source));
    const VF full = hn::Mul(c.source_alpha, c.backdrop_alpha);
    const VF lifted = hn::Mul(hn::Mul(c.backdrop, c.source_alpha), c.source_alpha);
    return {hn::Min(lifted, hn::Mul(full, headroom)), headroom};
  }
};

struct ColorBurn {
  static HWY_INLINE Ratio blend(const FloatComponent& c) {
    const VF source = at_least_tiny(c.source);
    const VF full = hn::Mul(c.source_alpha, c.backdrop_alpha);
    const VF sunk =
        hn::Mul(hn::Mul(hn::Sub(c.backdrop_alpha, c.backdrop), c.source_alpha), c.source_alpha);
    return {hn::Max(hn::Sub(hn::Mul(full, source), sunk), hn::Zero(kDF)), source};
  }
};

// (uncovered + ratio) ÷ 255, rounded to nearest, halves up.
HWY_INLINE V32 composited(const FloatComponent& c, const Ratio& ratio) {
  const VF all = hn::Set(kDF, 255);
  const VF uncovered = hn::Add(hn::Mul(hn::Sub(all, c.backdrop_alpha), c.source),
                               hn::Mul(hn::Sub(all, c.source_alpha), c.backdrop));
  const VF numerator = hn::Add(hn::Mul(uncovered, ratio.denominator), ratio.numerator);
  const VF denominator = hn::Mul(all, ratio.denominator);
  // Slightly too low on purpose: this is the result, or one less.
  const Rounded low = rounded(hn::Sub(hn::Div(numerator, denominator), hn::Set(kDF, 0.01F)));
  const VF rest = hn::Sub(numerator, hn::Mul(low.whole, denominator));
  const auto up = hn::Ge(rest, hn::Mul(hn::Set(kDF, 127.5F), ratio.denominator));
  return hn::Sub(low.byte, hn::VecFromMask(kD32, hn::RebindMask(kD32, up)));
}

template <class Mode>
struct InFloats {
  static HWY_INLINE V32 blended(Halves front, V32 backdrop) {
    const Wide source = wide(front);
    const Wide target = wide(halves_of(backdrop));
    const VF source_alpha = floats(source.alpha);
    const VF target_alpha = floats(target.alpha);
    const auto component = [&](V32 from, V32 to) HWY_ATTR {
      const FloatComponent c{floats(from), source_alpha, floats(to), target_alpha};
      return composited(c, Mode::blend(c));
    };
    return pixels_of({component(source.red, target.red), component(source.green, target.green),
                      component(source.blue, target.blue), alpha_over(source.alpha, target.alpha)});
  }
};

// ---- Modes that blended() evaluates in doubles: floats determine most bytes ----
//
// blended() is within 1e-10 of the exact result before it rounds. So the floats determine a byte
// unless they are half-way between two bytes up to their error bound; blended() computes the other
// pixels, about one in fifty. u is 2^-24, the relative error of one operation.

// A color, or a multiple of one.
struct Rgb {
  VF red;
  VF green;
  VF blue;
};

// Source or backdrop of a vector of pixels, premultiplied, 0..255.
struct FloatPixels {
  Rgb color;
  VF alpha;
  VF one_by_alpha;  // 1 where alpha is 0.
};

HWY_INLINE FloatPixels float_pixels(const Wide& w) {
  const VF alpha = floats(w.alpha);
  const VF one = hn::Set(kDF, 1);
  return {
      {floats(w.red), floats(w.green), floats(w.blue)}, alpha, hn::Div(one, hn::Max(alpha, one))};
}

HWY_INLINE Rgb times(const Rgb& c, VF by) {
  return {hn::Mul(c.red, by), hn::Mul(c.green, by), hn::Mul(c.blue, by)};
}

HWY_INLINE VF lowest(const Rgb& c) { return hn::Min(hn::Min(c.red, c.green), c.blue); }
HWY_INLINE VF highest(const Rgb& c) { return hn::Max(hn::Max(c.red, c.green), c.blue); }
HWY_INLINE VF saturation(const Rgb& c) { return hn::Sub(highest(c), lowest(c)); }

constexpr float kRedLight = 0.3F;
constexpr float kGreenLight = 0.59F;
constexpr float kBlueLight = 0.11F;

HWY_INLINE VF weighed(VF first, float by_first, VF second, float by_second) {
  return hn::MulAdd(first, hn::Set(kDF, by_first), hn::Mul(second, hn::Set(kDF, by_second)));
}

HWY_INLINE VF luminosity(const Rgb& c) {
  return hn::MulAdd(c.blue, hn::Set(kDF, kBlueLight),
                    weighed(c.red, kRedLight, c.green, kGreenLight));
}

// Each component minus the luminosity: exactly 0 for greys. The relative error of the lowest and of
// the highest component is at most 3u, because their sums have no cancellation.
HWY_INLINE Rgb tint(const Rgb& c) {
  const VF red_green = hn::Sub(c.red, c.green);
  const VF red_blue = hn::Sub(c.red, c.blue);
  const VF green_blue = hn::Sub(c.green, c.blue);
  return {weighed(red_green, kGreenLight, red_blue, kBlueLight),
          weighed(red_green, -kRedLight, green_blue, kBlueLight),
          weighed(red_blue, -kRedLight, green_blue, -kGreenLight)};
}

// `light` plus `tint`, reduced until the sum is a color: with_luminosity() of blend.cc.
// Maximum error: 120u, reached where the highest tint is 8.1 times the lowest one.
HWY_INLINE Rgb lit(const Rgb& tint, VF light) {
  const VF one = hn::Set(kDF, 1);
  const VF tiny = hn::Set(kDF, 1e-6F);
  const VF below = hn::Max(hn::Neg(lowest(tint)), tiny);
  const VF above = hn::Max(highest(tint), tiny);
  const VF kept = hn::Mul(hn::Min(hn::Div(light, below), one),
                          hn::Min(hn::Div(hn::Sub(one, light), above), one));
  return {hn::MulAdd(tint.red, kept, light), hn::MulAdd(tint.green, kept, light),
          hn::MulAdd(tint.blue, kept, light)};
}

HWY_INLINE VF straight_luminosity(const FloatPixels& p) {
  return hn::Mul(luminosity(p.color), p.one_by_alpha);
}

// The tint of `of` at the saturation of `like`.
HWY_INLINE Rgb saturated_tint(const FloatPixels& of, const FloatPixels& like) {
  const VF amount = hn::Mul(saturation(like.color), like.one_by_alpha);
  const VF range = hn::Max(saturation(of.color), hn::Set(kDF, 1));  // Integers: 0 or at least 1.
  return times(tint(of.color), hn::Div(amount, range));
}

// Error bounds of the modes, in units of a byte: 255 times those of lit() and soft_light(), plus
// the 7.5e-5 of composited(). The largest error in a hundred million random pixels is 8 times less.
constexpr float kErrorWhenLit = 1.0F / 512;
constexpr float kErrorOfSoftLight = 1.0F / 1024;

struct Hue {
  static constexpr BlendMode kMode = BlendMode::kHue;
  static constexpr float kError = kErrorWhenLit;
  static HWY_INLINE Rgb blend(const FloatPixels& front, const FloatPixels& back) {
    return lit(saturated_tint(front, back), straight_luminosity(back));
  }
};

struct Saturation {
  static constexpr BlendMode kMode = BlendMode::kSaturation;
  static constexpr float kError = kErrorWhenLit;
  static HWY_INLINE Rgb blend(const FloatPixels& front, const FloatPixels& back) {
    return lit(saturated_tint(back, front), straight_luminosity(back));
  }
};

struct Color {
  static constexpr BlendMode kMode = BlendMode::kColor;
  static constexpr float kError = kErrorWhenLit;
  static HWY_INLINE Rgb blend(const FloatPixels& front, const FloatPixels& back) {
    return lit(times(tint(front.color), front.one_by_alpha), straight_luminosity(back));
  }
};

struct Luminosity {
  static constexpr BlendMode kMode = BlendMode::kLuminosity;
  static constexpr float kError = kErrorWhenLit;
  static HWY_INLINE Rgb blend(const FloatPixels& front, const FloatPixels& back) {
    return lit(times(tint(back.color), back.one_by_alpha), straight_luminosity(front));
  }
};

// Maximum error: 20u.
HWY_INLINE VF soft_light(VF back, VF front) {
  const VF one = hn::Set(kDF, 1);
  const VF cubic = hn::Mul(
      hn::MulAdd(hn::MulAdd(back, hn::Set(kDF, 16), hn::Set(kDF, -12)), back, hn::Set(kDF, 4)),
      back);
  const VF lifted = hn::IfThenElse(hn::Le(back, hn::Set(kDF, 0.25F)), cubic, hn::Sqrt(back));
  const VF by = hn::Sub(hn::Add(front, front), one);
  const VF toward = hn::IfThenElse(hn::Gt(by, hn::Zero(kDF)), hn::Sub(lifted, back),
                                   hn::Mul(back, hn::Sub(one, back)));
  return hn::MulAdd(by, toward, back);
}

struct SoftLight {
  static constexpr BlendMode kMode = BlendMode::kSoftLight;
  static constexpr float kError = kErrorOfSoftLight;
  static HWY_INLINE Rgb blend(const FloatPixels& front, const FloatPixels& back) {
    const Rgb above = times(front.color, front.one_by_alpha);
    const Rgb below = times(back.color, back.one_by_alpha);
    return {soft_light(below.red, above.red), soft_light(below.green, above.green),
            soft_light(below.blue, above.blue)};
  }
};

// Replaces the pixels of `shown` whose bit is set in `unsure` by blended(). Reuses the last result,
// because flat areas repeat one pixel.
void settle(BlendMode mode, uint64_t unsure, const PremulRgba8* front, const PremulRgba8* back,
            PremulRgba8* shown) {
  size_t last = kLanes;
  for (; unsure != 0; unsure &= unsure - 1) {
    const auto lane = static_cast<size_t>(std::countr_zero(unsure));
    const bool same = last < kLanes && front[lane] == front[last] && back[lane] == back[last];
    shown[lane] = same ? shown[last] : compose::blended(mode, front[lane], back[lane]);
    last = lane;
  }
}

HWY_INLINE V32 settled(BlendMode mode, uint64_t unsure, V32 front, V32 back, V32 shown) {
  HWY_ALIGN std::array<PremulRgba8, kLanes> fronts;
  HWY_ALIGN std::array<PremulRgba8, kLanes> backs;
  HWY_ALIGN std::array<PremulRgba8, kLanes> all;
  hn::Store(front, kD32, words(fronts.data()));
  hn::Store(back, kD32, words(backs.data()));
  hn::Store(shown, kD32, words(all.data()));
  settle(mode, unsure, fronts.data(), backs.data(), all.data());
  return hn::Load(kD32, words(all.data()));
}

// One bit for each pixel.
template <class M>
HWY_INLINE uint64_t bits_of(M mask) {
  std::array<uint8_t, 8> bytes{};
  hn::StoreMaskBits(kDF, mask, bytes.data());
  return std::bit_cast<uint64_t>(bytes);
}

// The byte of a component, and the distance that it was rounded by: 0..0.5.
struct Estimate {
  V32 byte;
  VF rounding;
};

HWY_INLINE Estimate composited(VF uncovered, VF full, VF blend) {
  const VF exact = hn::Mul(hn::MulAdd(full, blend, uncovered), hn::Set(kDF, 1.0F / 255));
  const Rounded nearest = rounded(exact);
  return {nearest.byte, hn::Abs(hn::Sub(exact, nearest.whole))};
}

template <class Mode>
struct InReals {
  static HWY_INLINE V32 blended(Halves front, V32 backdrop) {
    const Wide source = wide(front);
    const Wide target = wide(halves_of(backdrop));
    const FloatPixels above = float_pixels(source);
    const FloatPixels below = float_pixels(target);
    const Rgb blend = Mode::blend(above, below);
    const VF full = hn::Mul(above.alpha, below.alpha);
    const VF above_shows = hn::Sub(hn::Set(kDF, 255), below.alpha);
    const VF below_shows = hn::Sub(hn::Set(kDF, 255), above.alpha);
    const auto component = [&](VF from, VF to, VF blended) HWY_ATTR {
      const VF uncovered = hn::MulAdd(above_shows, from, hn::Mul(below_shows, to));
      return composited(uncovered, full, blended);
    };
    const Estimate red = component(above.color.red, below.color.red, blend.red);
    const Estimate green = component(above.color.green, below.color.green, blend.green);
    const Estimate blue = component(above.color.blue, below.color.blue, blend.blue);
    const V32 shown =
        pixels_of({red.byte, green.byte, blue.byte, alpha_over(source.alpha, target.alpha)});
    const VF rounding = hn::Max(hn::Max(red.rounding, green.rounding), blue.rounding);
    const auto unsure = hn::Gt(rounding, hn::Set(kDF, 0.5F - Mode::kError));
    if (HWY_LIKELY(hn::AllFalse(kDF, unsure))) return shown;
    return settled(Mode::kMode, bits_of(unsure), pixels_of(front), backdrop, shown);
  }
};

// ---- Pictures ----

template <class Mode, class Coverage>
struct Blend {
  Coverage coverage;

  HWY_INLINE void start_row(int y) { coverage.start_row(y); }

  template <class Access>
  HWY_INLINE void at(Access access, size_t x, const PremulRgba8* from, PremulRgba8* to) {
    const Covered covered = coverage.covered(access, x);
    if (covered == Covered::kNothing) return;
    const V32 source = access.load(from);
    if (from->alpha == 0 && all_clear(source)) return;
    Halves front = halves_of(source);
    if (covered == Covered::kPart) front = faded(front, coverage.lanes_at(access, x));
    access.store(Mode::blended(front, access.load(to)), to);
  }
};

template <class Coverage>
void blend_by(BlendMode mode, Pixels source, Coverage coverage, Target target) {
  const auto by = [&]<class Mode>(Mode) { walk(source, target, Blend<Mode, Coverage>{coverage}); };
  switch (mode) {
    case BlendMode::kNormal:
      break;  // composite_over() handles it.
    case BlendMode::kMultiply:
      return by(InHalves<Multiply>());
    case BlendMode::kScreen:
      return by(InHalves<Screen>());
    case BlendMode::kOverlay:
      return by(InHalves<Overlay>());
    case BlendMode::kDarken:
      return by(InHalves<Darken>());
    case BlendMode::kLighten:
      return by(InHalves<Lighten>());
    case BlendMode::kColorDodge:
      return by(InFloats<ColorDodge>());
    case BlendMode::kColorBurn:
      return by(InFloats<ColorBurn>());
    case BlendMode::kHardLight:
      return by(InHalves<HardLight>());
    case BlendMode::kSoftLight:
      return by(InReals<SoftLight>());
    case BlendMode::kDifference:
      return by(InHalves<Difference>());
    case BlendMode::kExclusion:
      return by(InHalves<Exclusion>());
    case BlendMode::kHue:
      return by(InReals<Hue>());
    case BlendMode::kSaturation:
      return by(InReals<Saturation>());
    case BlendMode::kColor:
      return by(InReals<Color>());
    case BlendMode::kLuminosity:
      return by(InReals<Luminosity>());
  }
  LAYERCAST_CHECK(false);
}

void blended_uniform(BlendMode mode, Pixels source, uint8_t opacity, Target target) {
  blend_by(mode, source, Uniform(opacity), target);
}

void blended_masked(BlendMode mode, Pixels source, Mask mask, Target target) {
  blend_by(mode, source, Masked(mask), target);
}

#endif  // HWY_TARGET == HWY_SCALAR
}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::compose {

HWY_EXPORT(blended_uniform);
HWY_EXPORT(blended_masked);

void composite_blended(base::BlendMode mode, Pixels source, uint8_t opacity, Target target) {
  if (mode == base::BlendMode::kNormal) return composite_over(source, opacity, target);
  HWY_DYNAMIC_DISPATCH(blended_uniform)(mode, source, opacity, target);
}

void composite_blended(base::BlendMode mode, Pixels source, Mask mask, Target target) {
  if (mode == base::BlendMode::kNormal) return composite_over(source, mask, target);
  HWY_DYNAMIC_DISPATCH(blended_masked)(mode, source, mask, target);
}

}  // namespace layercast::compose
#endif  // HWY_ONCE
