#include "compose/sampling.h"

#include "compose/prefetch.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compose/sampling.cc"
#include <hwy/foreach_target.h>
// foreach_target.h must come before highway.h.
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

inline PremulRgba8 pixel_at(const PremulRgba8* upper, const PremulRgba8* lower, int width,
                            SamplePlace column, uint32_t weight_y) {
  const int left = std::clamp(column.index, 0, width - 1);
  const int right = std::clamp(column.index + 1, 0, width - 1);
  const PremulRgba8 a = upper[left], b = upper[right], c = lower[left], d = lower[right];
  const uint32_t x = column.weight, y = weight_y;
  return {mean(a.red, b.red, c.red, d.red, x, y), mean(a.green, b.green, c.green, d.green, x, y),
          mean(a.blue, b.blue, c.blue, d.blue, x, y),
          mean(a.alpha, b.alpha, c.alpha, d.alpha, x, y)};
}

inline uint8_t sample_at(const uint8_t* upper, const uint8_t* lower, int width, SamplePlace column,
                         uint32_t weight_y) {
  const int left = std::clamp(column.index, 0, width - 1);
  const int right = std::clamp(column.index + 1, 0, width - 1);
  return mean(upper[left], upper[right], lower[left], lower[right], column.weight, weight_y);
}

PremulRgba8 video_pixel(const frame::YuvCoefficients& c, const YuvPlanes& planes, base::PointI at) {
  const auto sample = [at](const SampledPlane& plane) {
    const RowPair rows = row_pair(plane.grid.y_at(at.x, at.y), plane.samples.height());
    return sample_at(plane.samples.row(rows.upper), plane.samples.row(rows.lower),
                     plane.samples.width(), sample_place(plane.grid.x_at(at.x, at.y)), rows.weight);
  };
  return frame::rgb_from_yuv(c, sample(planes[0]), sample(planes[1]), sample(planes[2]));
}

void sample_plane_plainly(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      const RowPair rows =
          row_pair(source.grid.y_at(first.x + x, first.y + y), source.samples.height());
      out.row(y)[x] = sample_at(
          source.samples.row(rows.upper), source.samples.row(rows.lower), source.samples.width(),
          sample_place(source.grid.x_at(first.x + x, first.y + y)), rows.weight);
    }
  }
}

#if HWY_TARGET == HWY_SCALAR

void sample_pixels(const SampledPixels& source, base::PointI first, ImageView<PremulRgba8> out) {
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      const RowPair rows =
          row_pair(source.grid.y_at(first.x + x, first.y + y), source.pixels.height());
      out.row(y)[x] = pixel_at(
          source.pixels.row(rows.upper), source.pixels.row(rows.lower), source.pixels.width(),
          sample_place(source.grid.x_at(first.x + x, first.y + y)), rows.weight);
    }
  }
}

void sample_plane(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  sample_plane_plainly(source, first, out);
}

void convert_yuv(const frame::YuvCoefficients& c, const YuvSamples& source,
                 ImageView<PremulRgba8> out) {
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      out.row(y)[x] =
          frame::rgb_from_yuv(c, source.y.row(y)[x], source.u.row(y)[x], source.v.row(y)[x]);
    }
  }
}

void sample_video(const frame::YuvCoefficients& c, const YuvPlanes& planes, base::PointI first,
                  ImageView<PremulRgba8> out) {
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      out.row(y)[x] = video_pixel(c, planes, {first.x + x, first.y + y});
    }
  }
}

#else

using U32 = hn::ScalableTag<uint32_t>;
using I32 = hn::RebindToSigned<U32>;
using U64 = hn::Repartition<uint64_t, U32>;
using U16 = hn::Repartition<uint16_t, U32>;
using I16 = hn::RebindToSigned<U16>;
using V32 = hn::Vec<U32>;
using V64 = hn::Vec<U64>;
using V16 = hn::Vec<U16>;

constexpr U32 u32;
constexpr I32 i32;
constexpr U64 u64;
constexpr U16 u16;

HWY_INLINE V16 as_16(V32 v) { return hn::BitCast(u16, v); }
HWY_INLINE V32 as_32(V16 v) { return hn::BitCast(u32, v); }

// In each lane, the product of the lower halves plus that of the upper halves; halves are signed.
HWY_INLINE V32 sum_of_products(V32 a, V32 b) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
  const I16 i16;
  auto unused = hn::Zero(i32);
  return hn::BitCast(u32,
                     hn::ReorderWidenMulAccumulate(i32, hn::BitCast(i16, a), hn::BitCast(i16, b),
                                                   hn::Zero(i32), unused));
#else
  const auto low = [](V32 v) { return hn::ShiftRight<16>(hn::BitCast(i32, hn::ShiftLeft<16>(v))); };
  const auto high = [](V32 v) { return hn::ShiftRight<16>(hn::BitCast(i32, v)); };
  return hn::BitCast(u32, hn::Add(hn::Mul(low(a), low(b)), hn::Mul(high(a), high(b))));
#endif
}

// The weights of a vector of pixels: both halves of a lane of `right` hold the horizontal weight,
// those of `left` 256 minus that. `y` holds the weight of the upper row in the lower half, and that
// of the lower row in the upper half.
struct Weights {
  V32 left;
  V32 right;
  V32 y;
};

// The weighted sums of left and right in one row: two components of a pixel in each lane, 16 bits
// each.
HWY_INLINE V32 row_mean(V32 left, V32 right, const Weights& weights) {
  return as_32(hn::Add(hn::Mul(as_16(left), as_16(weights.left)),
                       hn::Mul(as_16(right), as_16(weights.right))));
}

// mean() of all four components. The products take signed 16-bit factors, so the sums of the rows
// are lowered by half of their range before and raised after.
HWY_INLINE V32 mean_of_four(V32 upper_left, V32 upper_right, V32 lower_left, V32 lower_right,
                            const Weights& weights) {
  const V32 even = hn::Set(u32, 0x00FF00FF);
  const auto red_blue = [&](V32 v) { return hn::And(v, even); };
  const auto green_alpha = [&](V32 v) { return hn::And(hn::ShiftRight<8>(v), even); };
  const V32 sign = hn::Set(u32, 0x80008000);
  const auto rows = [&](auto components) {
    return std::pair{
        hn::Xor(row_mean(components(upper_left), components(upper_right), weights), sign),
        hn::Xor(row_mean(components(lower_left), components(lower_right), weights), sign)};
  };
  const V32 low_half = hn::Set(u32, 0x0000FFFF);
  const V32 restored = hn::Set(u32, (32768u << 8) + 32768u);
  // The mean of the component in the lower or in the upper halves; the result is in the upper half.
  const auto lower_component = [&](V32 upper, V32 lower) {
    const V32 pair = hn::Or(hn::And(upper, low_half), hn::ShiftLeft<16>(lower));
    return hn::Add(sum_of_products(pair, weights.y), restored);
  };
  const auto upper_component = [&](V32 upper, V32 lower) {
    const V32 pair = hn::Or(hn::ShiftRight<16>(upper), hn::AndNot(low_half, lower));
    return hn::Add(sum_of_products(pair, weights.y), restored);
  };
  const auto [upper_rb, lower_rb] = rows(red_blue);
  const auto [upper_ga, lower_ga] = rows(green_alpha);
  const V32 red = hn::ShiftRight<16>(lower_component(upper_rb, lower_rb));
  const V32 blue = hn::AndNot(low_half, upper_component(upper_rb, lower_rb));
  const V32 green = hn::ShiftRight<16>(lower_component(upper_ga, lower_ga));
  const V32 alpha = hn::AndNot(low_half, upper_component(upper_ga, lower_ga));
  return hn::Or(hn::Or(red, blue), hn::ShiftLeft<8>(hn::Or(green, alpha)));
}

// The mean of two pixels: if a weight is 0, two of the four pixels do not contribute.
HWY_INLINE V32 mean_of_two(V32 first, V32 second, const Weights& weights) {
  const V16 low_byte = hn::Set(u16, 0x00FF);
  const V16 half = hn::Set(u16, 128);
  const auto mean = [&](V16 a, V16 b) {
    const V16 sum = hn::Add(hn::Mul(a, as_16(weights.left)), hn::Mul(b, as_16(weights.right)));
    return hn::Add(sum, half);
  };
  const V16 even = mean(hn::And(as_16(first), low_byte), hn::And(as_16(second), low_byte));
  const V16 odd = mean(hn::ShiftRight<8>(as_16(first)), hn::ShiftRight<8>(as_16(second)));
  return as_32(hn::Or(hn::ShiftRight<8>(even), hn::AndNot(low_byte, odd)));
}

HWY_INLINE V32 twice(V32 weight) { return hn::Or(weight, hn::ShiftLeft<16>(weight)); }

HWY_INLINE Weights weights_of(V32 x, V32 y) {
  const V32 whole = hn::Set(u32, 256);
  return {twice(hn::Sub(whole, x)), twice(x), hn::Or(hn::Sub(whole, y), hn::ShiftLeft<16>(y))};
}

// Reads words at byte offsets, which may be unaligned.
HWY_INLINE V32 gather(const uint8_t* base, V32 offsets) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return hn::GatherOffset(u32, reinterpret_cast<const uint32_t*>(base), hn::BitCast(i32, offsets));
#else
  HWY_ALIGN uint32_t at[hn::MaxLanes(u32)];
  HWY_ALIGN uint32_t words[hn::MaxLanes(u32)];
  hn::Store(offsets, u32, at);
  for (size_t i = 0; i < hn::Lanes(u32); ++i) std::memcpy(&words[i], base + at[i], 4);
  return hn::Load(u32, words);
#endif
}

struct Pair {
  V32 first;
  V32 second;
};

// Reads the words at byte offsets and the words after them: half as many accesses as two gathers.
HWY_INLINE Pair gather_pairs(const uint8_t* base, V32 offsets) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const hn::RebindToSigned<U64> i64;
  const hn::Half<I32> half;
  const auto* pairs = reinterpret_cast<const uint64_t*>(base);
  const auto at = hn::BitCast(i32, offsets);
  const V64 low = hn::GatherOffset(u64, pairs, hn::PromoteTo(i64, hn::LowerHalf(half, at)));
  const V64 high = hn::GatherOffset(u64, pairs, hn::PromoteTo(i64, hn::UpperHalf(half, at)));
  const V32 lower = hn::BitCast(u32, low);
  const V32 upper = hn::BitCast(u32, high);
  return {hn::ConcatEven(u32, upper, lower), hn::ConcatOdd(u32, upper, lower)};
#else
  return {gather(base, offsets), gather(base, hn::Add(offsets, hn::Set(u32, 4)))};
#endif
}

// A vector of positions on one axis that advances by its length.
class Walk {
 public:
  Walk(int64_t first, uint64_t step) {
    const uint64_t lanes = hn::Lanes(u64);
    HWY_ALIGN uint64_t places[hn::MaxLanes(u64)];
    for (uint64_t i = 0; i < lanes; ++i) places[i] = static_cast<uint64_t>(first) + step * i;
    low_ = hn::Load(u64, places);
    high_ = hn::Add(low_, hn::Set(u64, step * lanes));
    stride_ = hn::Set(u64, step * 2 * lanes);
  }

  // Returns the samples before the positions and the weights of the samples after; then advances.
  HWY_INLINE void next(V32& index, V32& weight) {
    const V32 low = hn::BitCast(u32, low_);
    const V32 high = hn::BitCast(u32, high_);
    index = hn::ConcatOdd(u32, high, low);
    weight = hn::ShiftRight<24>(hn::ConcatEven(u32, high, low));
    low_ = hn::Add(low_, stride_);
    high_ = hn::Add(high_, stride_);
  }

 private:
  V64 low_;
  V64 high_;
  V64 stride_;
};

HWY_INLINE V32 clamped(V32 index, int last) {
  const auto signed_index = hn::BitCast(i32, index);
  return hn::BitCast(u32, hn::Min(hn::Max(signed_index, hn::Zero(i32)), hn::Set(i32, last)));
}

// The positions of a vector of pixels in a picture.
struct Places {
  V32 column;
  V32 line;
  Weights weights;
};

HWY_INLINE V32 mean_of(const Pair& upper, const Pair& lower, const Weights& weights) {
  return mean_of_four(upper.first, upper.second, lower.first, lower.second, weights);
}

// Range: all four neighbours of each pixel are in the picture.
HWY_INLINE V32 sample_inside(const uint8_t* base, V32 row_bytes, const Places& at) {
  const V32 upper = hn::Add(hn::Mul(at.line, row_bytes), hn::ShiftLeft<2>(at.column));
  return mean_of(gather_pairs(base, upper), gather_pairs(base, hn::Add(upper, row_bytes)),
                 at.weights);
}

// For pixels with neighbours outside the picture, whose edges repeat.
HWY_INLINE V32 sample_at_edge(const uint8_t* base, V32 row_bytes, base::SizeI size,
                              const Places& at) {
  const V32 one = hn::Set(u32, 1);
  const V32 left = hn::ShiftLeft<2>(clamped(at.column, size.width - 1));
  const V32 right = hn::ShiftLeft<2>(clamped(hn::Add(at.column, one), size.width - 1));
  const auto row_at = [&](V32 line) {
    const V32 row = hn::Mul(clamped(line, size.height - 1), row_bytes);
    return Pair{gather(base, hn::Add(row, left)), gather(base, hn::Add(row, right))};
  };
  return mean_of(row_at(at.line), row_at(hn::Add(at.line, one)), at.weights);
}

// Any affine map.
void sample_anyhow(const SampledPixels& source, base::PointI first, ImageView<PremulRgba8> out) {
  const auto& pixels = source.pixels;
  const auto* base = reinterpret_cast<const uint8_t*>(pixels.row(0));
  const V32 row_bytes = hn::Set(u32, static_cast<uint32_t>(pixels.row_bytes()));
  const V32 last_column = hn::Set(u32, static_cast<uint32_t>(pixels.width() - 1));
  const V32 last_line = hn::Set(u32, static_cast<uint32_t>(pixels.height() - 1));
  for (int y = 0; y < out.height(); ++y) {
    Walk columns(source.grid.x_at(first.x, first.y + y), source.grid.xx);
    Walk lines(source.grid.y_at(first.x, first.y + y), source.grid.yx);
    auto* row = reinterpret_cast<uint32_t*>(out.row(y));
    for (size_t x = 0; x < static_cast<size_t>(out.width()); x += hn::Lanes(u32)) {
      Places at;
      V32 weight_x, weight_y;
      columns.next(at.column, weight_x);
      lines.next(at.line, weight_y);
      at.weights = weights_of(weight_x, weight_y);
      // Positions before the first sample are very large as unsigned numbers.
      const auto is_inside = hn::And(hn::Lt(at.column, last_column), hn::Lt(at.line, last_line));
      const V32 result = hn::AllTrue(u32, is_inside)
                             ? sample_inside(base, row_bytes, at)
                             : sample_at_edge(base, row_bytes, pixels.size(), at);
      hn::StoreU(result, u32, row + x);
    }
  }
}

// A row of an unscaled picture at a fractional position: every pixel has the same weights.
struct MovedRow {
  const PremulRgba8* upper;
  const PremulRgba8* lower;
  int first;  // the neighbour left of the first pixel
  uint32_t weight_x;
  uint32_t weight_y;
};

// Writes the pixels from `x` to below `last`, whose neighbours are all in the picture, in whole
// vectors; returns the first pixel that remains. `mean(x, load)` computes those from `x` on with
// `load`.
template <class Mean>
HWY_INLINE int sample_run(int x, int last, PremulRgba8* out, const Mean& mean) {
  const auto lanes = static_cast<int>(hn::Lanes(u32));
  auto* row = reinterpret_cast<uint32_t*>(out);
  for (; x + lanes <= last; x += lanes) {
    hn::StoreU(mean(x, [](const uint32_t* at) { return hn::LoadU(u32, at); }), u32, row + x);
  }
#if !HWY_MEM_OPS_MIGHT_FAULT
  if (x < last) {
    const auto some = hn::FirstN(u32, static_cast<size_t>(last - x));
    const auto load = [&](const uint32_t* at) { return hn::MaskedLoad(some, u32, at); };
    hn::StoreU(mean(x, load), u32, row + x);
    return last;
  }
#endif
  return x;
}

HWY_INLINE int sample_inner(const MovedRow& moved, int x, int last, PremulRgba8* out) {
  const auto* above = reinterpret_cast<const uint32_t*>(moved.upper) + moved.first;
  const auto* below = reinterpret_cast<const uint32_t*>(moved.lower) + moved.first;
  if (moved.weight_x == 0 || moved.weight_y == 0) {
    const uint32_t weight = moved.weight_x + moved.weight_y;
    const Weights weights = weights_of(hn::Set(u32, weight), hn::Zero(u32));
    const auto* second = moved.weight_y == 0 ? above + 1 : below;
    return sample_run(x, last, out, [&](int at, const auto& load) {
      return mean_of_two(load(above + at), load(second + at), weights);
    });
  }
  const Weights weights = weights_of(hn::Set(u32, moved.weight_x), hn::Set(u32, moved.weight_y));
  return sample_run(x, last, out, [&](int at, const auto& load) {
    return mean_of_four(load(above + at), load(above + at + 1), load(below + at),
                        load(below + at + 1), weights);
  });
}

void sample_moved(const SampledPixels& source, base::PointI first, ImageView<PremulRgba8> out) {
  const auto& pixels = source.pixels;
  const SamplePlace column = sample_place(source.grid.x_at(first.x, first.y));
  // From `inner` to below `outer`, both neighbours of a pixel are in the picture.
  const int inner = std::clamp(-column.index, 0, out.width());
  const int outer = std::clamp(pixels.width() - 1 - column.index, inner, out.width());
  for (int y = 0; y < out.height(); ++y) {
    const RowPair rows = row_pair(source.grid.y_at(first.x, first.y + y), pixels.height());
    const MovedRow moved{pixels.row(rows.upper), pixels.row(rows.lower), column.index,
                         column.weight, rows.weight};
    const int ahead = std::min(rows.upper + kRowsAhead, pixels.height() - 1);
    prefetch_row(pixels.row(ahead) + column.index + inner, outer - inner);
    PremulRgba8* row = out.row(y);
    const int x = sample_inner(moved, inner, outer, row);
    const auto plainly = [&](int from, int to) {
      for (int i = from; i < to; ++i) {
        row[i] = pixel_at(moved.upper, moved.lower, pixels.width(),
                          {column.index + i, column.weight}, rows.weight);
      }
    };
    plainly(0, inner);
    plainly(x, out.width());
  }
}

void sample_pixels(const SampledPixels& source, base::PointI first, ImageView<PremulRgba8> out) {
  const SampleGrid& grid = source.grid;
  if (grid.xx == kOne && grid.yy == kOne && grid.xy == 0 && grid.yx == 0) {
    sample_moved(source, first, out);
  } else {
    sample_anyhow(source, first, out);
  }
}

// ---- Planes -------------------------------------------------------------------------------------

// Any affine map. One word contains both neighbours of a position and never extends past the row.
void sample_plane_anyhow(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const auto& samples = source.samples;
  const uint8_t* base = samples.row(0);
  const V32 row_bytes = hn::Set(u32, static_cast<uint32_t>(samples.row_bytes()));
  const V32 one = hn::Set(u32, 1);
  const V32 byte = hn::Set(u32, 255);
  const hn::Rebind<uint8_t, U32> u8;
  for (int y = 0; y < out.height(); ++y) {
    Walk columns(source.grid.x_at(first.x, first.y + y), source.grid.xx);
    Walk lines(source.grid.y_at(first.x, first.y + y), source.grid.yx);
    for (size_t x = 0; x < static_cast<size_t>(out.width()); x += hn::Lanes(u32)) {
      V32 column, line, weight_x, weight_y;
      columns.next(column, weight_x);
      lines.next(line, weight_y);
      const V32 left = clamped(column, samples.width() - 1);
      const V32 right = clamped(hn::Add(column, one), samples.width() - 1);
      const V32 word = clamped(column, samples.width() - 4);
      const V32 upper = hn::Mul(clamped(line, samples.height() - 1), row_bytes);
      const V32 lower = hn::Mul(clamped(hn::Add(line, one), samples.height() - 1), row_bytes);
      const V32 from_left = hn::ShiftLeft<3>(hn::Sub(left, word));
      const V32 from_right = hn::ShiftLeft<3>(hn::Sub(right, word));
      const V32 left_weight = hn::Sub(hn::Set(u32, 256), weight_x);
      const auto row_mean_at = [&](V32 line_bytes) {
        const V32 four = gather(base, hn::Add(line_bytes, word));
        const V32 a = hn::And(hn::Shr(four, from_left), byte);
        const V32 b = hn::And(hn::Shr(four, from_right), byte);
        return sum_of_products(hn::Or(a, hn::ShiftLeft<16>(b)),
                               hn::Or(left_weight, hn::ShiftLeft<16>(weight_x)));
      };
      const V32 above = hn::Mul(row_mean_at(upper), hn::Sub(hn::Set(u32, 256), weight_y));
      const V32 below = hn::Mul(row_mean_at(lower), weight_y);
      const V32 result = hn::ShiftRight<16>(hn::Add(hn::Add(above, below), hn::Set(u32, 32768)));
      hn::StoreU(hn::DemoteTo(u8, hn::BitCast(i32, result)), u8, out.row(y) + x);
    }
  }
}

// Copies `count` samples of a row from column `first` on; edges repeat.
void copy_row(const uint8_t* row, int width, int first, int count, uint8_t* out) {
  const int inner = std::clamp(-first, 0, count);
  const int outer = std::clamp(width - first, inner, count);
  std::memset(out, row[0], static_cast<size_t>(inner));
  if (outer > inner) {
    std::memcpy(out + inner, row + first + inner, static_cast<size_t>(outer - inner));
  }
  std::memset(out + outer, row[width - 1], static_cast<size_t>(count - outer));
}

void sample_plane_aligned(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const int column = sample_place(source.grid.x_at(first.x, first.y)).index;
  for (int y = 0; y < out.height(); ++y) {
    const RowPair rows = row_pair(source.grid.y_at(first.x, first.y + y), source.samples.height());
    copy_row(source.samples.row(rows.upper), source.samples.width(), column, out.width(),
             out.row(y));
  }
}

// The maximum number of samples in a row of a tile, plus what a vector may read past them.
constexpr int kRowMax = 192;
static_assert(kWidthAtOnceMax + 32 <= kRowMax);

// The columns of a plane that is only scaled and translated: the same in every row.
struct StretchedRow {
  int first = 0;                        // the column of the plane at offset 0
  int count = 0;                        // columns that are read
  HWY_ALIGN uint32_t offsets[kRowMax];  // of the left neighbour, in samples
  HWY_ALIGN uint32_t weights[kRowMax];  // left neighbour in the lower half, right in the upper
};

// Returns false when the row reads too many columns, because the picture is scaled down.
bool find_columns(const SampleGrid& grid, base::PointI first, int width, StretchedRow& row) {
  const int64_t left = grid.x_at(first.x, first.y);
  const int64_t right = grid.x_at(first.x + width - 1, first.y);
  row.first = sample_place(std::min(left, right)).index;
  row.count = sample_place(std::max(left, right)).index - row.first + 2;
  if (row.count > kRowMax - static_cast<int>(hn::Lanes(u16)) || width > kRowMax) return false;
  for (int x = 0; x < kRowMax; ++x) {
    const SamplePlace place = sample_place(grid.x_at(first.x + std::min(x, width - 1), first.y));
    row.offsets[x] = static_cast<uint32_t>(place.index - row.first);
    row.weights[x] = (256 - place.weight) | place.weight << 16;
  }
  return true;
}

// Writes 256 times the weighted mean of both rows.
HWY_INLINE void mix_rows(const uint8_t* upper, const uint8_t* lower, uint32_t weight_y, int count,
                         uint16_t* out) {
  const hn::Rebind<uint8_t, U16> u8;
  const V16 above = hn::Set(u16, static_cast<uint16_t>(256 - weight_y));
  const V16 below = hn::Set(u16, static_cast<uint16_t>(weight_y));
  for (int x = 0; x < count; x += static_cast<int>(hn::Lanes(u16))) {
    const V16 a = hn::PromoteTo(u16, hn::LoadU(u8, upper + x));
    const V16 b = hn::PromoteTo(u16, hn::LoadU(u8, lower + x));
    hn::StoreU(hn::Add(hn::Mul(a, above), hn::Mul(b, below)), u16, out + x);
  }
}

// Reads two neighbours of 16 bits into each lane.
HWY_INLINE V32 gather_pairs(const uint16_t* from, V32 offsets) {
  return gather(reinterpret_cast<const uint8_t*>(from), hn::ShiftLeft<1>(offsets));
}

void sample_plane_stretched(const SampledPlane& source, base::PointI first,
                            const StretchedRow& columns, ImageView<uint8_t> out) {
  const auto& samples = source.samples;
  const hn::Rebind<uint8_t, U32> u8;
  const V32 sign = hn::Set(u32, 0x80008000);
  const V32 restored = hn::Set(u32, (32768u << 8) + 32768u);
  const int read = columns.count + static_cast<int>(hn::Lanes(u16));
  const bool is_inner = columns.first >= 0 && columns.first + read <= samples.width();
  uint8_t upper[kRowMax] = {};
  uint8_t lower[kRowMax] = {};
  uint16_t mixed[kRowMax + hn::MaxLanes(u16)];
  for (int y = 0; y < out.height(); ++y) {
    const RowPair rows = row_pair(source.grid.y_at(first.x, first.y + y), samples.height());
    const uint8_t* above = samples.row(rows.upper) + (is_inner ? columns.first : 0);
    const uint8_t* below = samples.row(rows.lower) + (is_inner ? columns.first : 0);
    if (!is_inner) {
      copy_row(above, samples.width(), columns.first, columns.count, upper);
      copy_row(below, samples.width(), columns.first, columns.count, lower);
      above = upper;
      below = lower;
    }
    mix_rows(above, below, rows.weight, columns.count, mixed);
    for (int x = 0; x < out.width(); x += static_cast<int>(hn::Lanes(u32))) {
      const V32 pairs = hn::Xor(gather_pairs(mixed, hn::Load(u32, columns.offsets + x)), sign);
      const V32 sum = sum_of_products(pairs, hn::Load(u32, columns.weights + x));
      const V32 result = hn::ShiftRight<16>(hn::Add(sum, restored));
      hn::StoreU(hn::DemoteTo(u8, hn::BitCast(i32, result)), u8, out.row(y) + x);
    }
  }
}

// Doubles the width of a row whose samples coincide with every second canvas pixel. `out[0]` is the
// pixel at upper[0] and lower[0], and `out[1]` is halfway to the next sample.
void double_row(const uint8_t* upper, const uint8_t* lower, uint32_t weight_y, int count,
                uint8_t* out) {
  const hn::Rebind<uint8_t, U16> u8;
  const V16 above = hn::Set(u16, static_cast<uint16_t>(256 - weight_y));
  const V16 below = hn::Set(u16, static_cast<uint16_t>(weight_y));
  const V16 half = hn::Set(u16, 128);
  const auto column_mean = [&](int at) {
    const V16 a = hn::PromoteTo(u16, hn::LoadU(u8, upper + at));
    const V16 b = hn::PromoteTo(u16, hn::LoadU(u8, lower + at));
    return hn::Add(hn::Mul(a, above), hn::Mul(b, below));
  };
  const auto lanes = static_cast<int>(hn::Lanes(u16));
  for (int x = 0; x < count; x += 2 * lanes) {
    const V16 here = column_mean(x / 2);
    const V16 next = column_mean(x / 2 + 1);
    // The mean of two, rounded down without a seventeenth bit.
    const V16 middle = hn::Add(hn::And(here, next), hn::ShiftRight<1>(hn::Xor(here, next)));
    const V16 even = hn::ShiftRight<8>(hn::Add(here, half));
    const V16 odd = hn::ShiftRight<8>(hn::Add(middle, half));
    const V16 both = hn::Or(even, hn::ShiftLeft<8>(odd));
    if (count - x >= 2 * lanes) {
      hn::StoreU(both, u16, reinterpret_cast<uint16_t*>(out + x));
    } else {
      HWY_ALIGN uint16_t rest[hn::MaxLanes(u16)];
      hn::Store(both, u16, rest);
      std::memcpy(out + x, rest, static_cast<size_t>(count - x));
    }
  }
}

void sample_plane_doubled(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const auto& samples = source.samples;
  const SamplePlace column = sample_place(source.grid.x_at(first.x, first.y));
  const int skipped = column.weight == 0 ? 0 : 1;  // the first pixel is halfway between samples
  const int count = (out.width() + skipped) / 2 + 2;
  uint8_t upper[kRowMax] = {};
  uint8_t lower[kRowMax] = {};
  uint8_t doubled[2 * kRowMax];
  // Whether all reads are inside the rows of the plane.
  const int read = count + static_cast<int>(hn::Lanes(u16));
  const bool is_inner = column.index >= 0 && column.index + read <= samples.width();
  for (int y = 0; y < out.height(); ++y) {
    const RowPair rows = row_pair(source.grid.y_at(first.x, first.y + y), samples.height());
    const uint8_t* above = samples.row(rows.upper) + (is_inner ? column.index : 0);
    const uint8_t* below = samples.row(rows.lower) + (is_inner ? column.index : 0);
    if (!is_inner) {
      copy_row(above, samples.width(), column.index, count, upper);
      copy_row(below, samples.width(), column.index, count, lower);
      above = upper;
      below = lower;
    }
    if (skipped == 0) {
      double_row(above, below, rows.weight, out.width(), out.row(y));
    } else {
      double_row(above, below, rows.weight, out.width() + 1, doubled);
      std::memcpy(out.row(y), doubled + 1, static_cast<size_t>(out.width()));
    }
  }
}

// Samples a plane that is only scaled and translated by the fastest of the row kernels; returns
// false when none fits.
bool sample_upright_plane(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const SampleGrid& grid = source.grid;
  const uint32_t weight = sample_place(grid.x_at(first.x, first.y)).weight;
  if (grid.xx == kOne && grid.yy == kOne && weight == 0 &&
      sample_place(grid.y_at(first.x, first.y)).weight == 0) {
    sample_plane_aligned(source, first, out);
    return true;
  }
  if (grid.xx == kOne / 2 && (weight == 0 || weight == 128) && out.width() <= kRowMax) {
    sample_plane_doubled(source, first, out);
    return true;
  }
  StretchedRow columns;
  if (!find_columns(grid, first, out.width(), columns)) return false;
  sample_plane_stretched(source, first, columns, out);
  return true;
}

void sample_plane(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const bool is_upright = source.grid.xy == 0 && source.grid.yx == 0;
  if (is_upright && sample_upright_plane(source, first, out)) return;
  if (source.samples.width() >= 4) {
    sample_plane_anyhow(source, first, out);
  } else {
    sample_plane_plainly(source, first, out);
  }
}

// ---- Colours ------------------------------------------------------------------------------------

// frame::rgb_from_yuv() for as many even and as many odd columns as D has lanes.
template <class D>
class YuvStep {
 public:
  using D8 = hn::Repartition<uint8_t, D>;
  using DSigned = hn::RebindToSigned<D>;
  using D32 = hn::Repartition<uint32_t, D>;
  using V = hn::Vec<D>;
  using V8 = hn::Vec<D8>;
  using VSigned = hn::Vec<DSigned>;

  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
  static constexpr int kColumns = 2 * kLanes;

  explicit YuvStep(const frame::YuvCoefficients& c)
      : luma_(hn::Set(D(), c.luma)),
        start_(hn::Set(DSigned(), c.start)),
        red_from_v_(hn::Set(DSigned(), c.red_from_v)),
        green_from_u_(hn::Set(DSigned(), c.green_from_u)),
        green_from_v_(hn::Set(DSigned(), c.green_from_v)),
        blue_from_u_(hn::Set(DSigned(), c.blue_from_u)) {}

  // Puts a vector of pairs of columns into the order from which store() restores the original one.
  static HWY_INLINE V ordered(V pairs) {
    if constexpr (kBlocks == 1) {
      return pairs;
    } else {
      return hn::BitCast(D(), hn::TableLookupLanes(hn::BitCast(D32(), pairs), order()));
    }
  }
  static HWY_INLINE V ordered_bytes(const uint8_t* samples) {
    return ordered(hn::BitCast(D(), hn::LoadU(D8(), samples)));
  }

  // The samples in the upper bytes, minus 128.
  static HWY_INLINE VSigned difference(V upper_bytes) {
    const V bits = hn::And(upper_bytes, hn::Set(D(), uint16_t{0xFF00}));
    return hn::BitCast(DSigned(), hn::Xor(bits, hn::Set(D(), uint16_t{0x8000})));
  }

  // Chroma minus 128 and pairs of luma, in the order of ordered().
  struct Samples {
    V luma;
    VSigned even_u;
    VSigned odd_u;
    VSigned even_v;
    VSigned odd_v;
  };
  HWY_INLINE void store(const Samples& samples, PremulRgba8* pixels) const {
    const Colors even = colors(hn::ShiftLeft<8>(samples.luma), samples.even_u, samples.even_v);
    const Colors odd =
        colors(hn::And(samples.luma, hn::Set(D(), uint16_t{0xFF00})), samples.odd_u, samples.odd_v);
    const V8 red = clipped(even.red, odd.red);
    const V8 green = clipped(even.green, odd.green);
    const V8 blue = clipped(even.blue, odd.blue);
    const V8 alpha = hn::Set(D8(), uint8_t{255});
    const auto interleaved = [](V8 first, V8 second, V& lower, V& upper) {
      lower = hn::BitCast(D(), hn::InterleaveLower(D8(), first, second));
      upper = hn::BitCast(D(), hn::InterleaveUpper(D8(), first, second));
    };
    V even_red_green, odd_red_green, even_blue_alpha, odd_blue_alpha;
    interleaved(red, green, even_red_green, odd_red_green);
    interleaved(blue, alpha, even_blue_alpha, odd_blue_alpha);
    store_half<0>(hn::InterleaveLower(D(), even_red_green, even_blue_alpha),
                  hn::InterleaveLower(D(), odd_red_green, odd_blue_alpha), pixels);
    store_half<1>(hn::InterleaveUpper(D(), even_red_green, even_blue_alpha),
                  hn::InterleaveUpper(D(), odd_red_green, odd_blue_alpha), pixels);
  }

 private:
  static constexpr int kBlocks = kLanes / 8;  // of 128 bits

  struct Colors {
    VSigned red;
    VSigned green;
    VSigned blue;
  };

  // Saturation is harmless: sums above 16 bits are clipped to a byte anyway.
  HWY_INLINE Colors colors(V luma, VSigned u, VSigned v) const {
    const VSigned light = hn::Add(hn::BitCast(DSigned(), hn::MulHigh(luma, luma_)), start_);
    const VSigned green =
        hn::Add(hn::MulFixedPoint15(u, green_from_u_), hn::MulFixedPoint15(v, green_from_v_));
    return {whole(hn::SaturatedAdd(light, hn::MulFixedPoint15(v, red_from_v_))),
            whole(hn::Sub(light, green)),
            whole(hn::SaturatedAdd(light, hn::MulFixedPoint15(u, blue_from_u_)))};
  }
  static HWY_INLINE VSigned whole(VSigned value) {
    return hn::ShiftRight<frame::YuvCoefficients::kShift>(value);
  }

  // Clips to bytes: in each block, those of `even`, then those of `odd`. These are intrinsics
  // because hn::ReorderDemote2To does not specify its order.
  static HWY_INLINE V8 clipped(VSigned even, VSigned odd) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
    if constexpr (kLanes == 8) {
      return V8{_mm_packus_epi16(even.raw, odd.raw)};
#if HWY_TARGET <= HWY_AVX2
    } else if constexpr (kLanes == 16) {
      return V8{_mm256_packus_epi16(even.raw, odd.raw)};
#endif
#if HWY_TARGET <= HWY_AVX3
    } else if constexpr (kLanes == 32) {
      return V8{_mm512_packus_epi16(even.raw, odd.raw)};
#endif
    }
#else
    const auto byte = [](VSigned value) {
      return hn::BitCast(
          D8(), hn::Min(hn::Max(value, hn::Zero(DSigned())), hn::Set(DSigned(), int16_t{255})));
    };
    return hn::ConcatEven(D8(), byte(odd), byte(even));
#endif
  }

  // Stores the first or the second half of the pixels of each block.
  template <int kHalf>
  static HWY_INLINE void store_half(V even, V odd, PremulRgba8* pixels) {
    const auto even_pixels = hn::BitCast(D32(), even);
    const auto odd_pixels = hn::BitCast(D32(), odd);
    constexpr int kPixels = kLanes / 2;  // of a vector
    auto* to = reinterpret_cast<uint32_t*>(pixels) + 2 * kHalf * kPixels;
    hn::StoreU(hn::InterleaveLower(D32(), even_pixels, odd_pixels), D32(), to);
    hn::StoreU(hn::InterleaveUpper(D32(), even_pixels, odd_pixels), D32(), to + kPixels);
  }

  // store() makes one vector of pixels from four columns of each block.
  static HWY_INLINE auto order() {
    alignas(64) static constexpr auto kOrder = [] {
      std::array<int32_t, kLanes / 2> order{};
      for (int i = 0; i < kLanes / 2; ++i) {
        order[static_cast<size_t>(i)] = i % 4 * kBlocks + i / 4;
      }
      return order;
    }();
    return hn::SetTableIndices(D32(), kOrder.data());
  }

  V luma_;
  VSigned start_;
  VSigned red_from_v_;
  VSigned green_from_u_;
  VSigned green_from_v_;
  VSigned blue_from_u_;
};

using WideYuv = YuvStep<U16>;
using NarrowLanes = hn::CappedTag<uint16_t, 8>;
using NarrowYuv = YuvStep<NarrowLanes>;
static_assert(NarrowYuv::kColumns <= kRowSlack + 1);

// Calls `step(wide or narrow, x)` for all columns from `x` on; the last step may exceed `width`.
template <class Run>
HWY_INLINE void in_steps(const WideYuv& wide, const NarrowYuv& narrow, int x, int width,
                         const Run& step) {
  for (; x + WideYuv::kColumns <= width; x += WideYuv::kColumns) step(wide, x);
  for (; x < width; x += NarrowYuv::kColumns) step(narrow, x);
}

void convert_yuv(const frame::YuvCoefficients& c, const YuvSamples& source,
                 ImageView<PremulRgba8> out) {
  const WideYuv wide(c);
  const NarrowYuv narrow(c);
  for (int y = 0; y < out.height(); ++y) {
    prefetch_row(source.y.row(std::min(y + kRowsAhead, out.height() - 1)), out.width());
    in_steps(wide, narrow, 0, out.width(), [&]<class D>(const YuvStep<D>& step, int x) {
      using Step = YuvStep<D>;
      const auto u = Step::ordered_bytes(source.u.row(y) + x);
      const auto v = Step::ordered_bytes(source.v.row(y) + x);
      step.store({Step::ordered_bytes(source.y.row(y) + x), Step::difference(hn::ShiftLeft<8>(u)),
                  Step::difference(u), Step::difference(hn::ShiftLeft<8>(v)), Step::difference(v)},
                 out.row(y) + x);
    });
  }
}

// ---- Video on a pixel boundary ------------------------------------------------------------------

// Two rows of a chroma plane of half the width, whose samples are sited on even columns.
struct ChromaRows {
  const uint8_t* upper;
  const uint8_t* lower;
};

// 256 times the weighted mean of both rows, from `column` on.
template <class D>
HWY_INLINE hn::Vec<D> mixed(const ChromaRows& rows, int column, hn::Vec<D> above,
                            hn::Vec<D> below) {
  const hn::Rebind<uint8_t, D> u8;
  const auto a = hn::PromoteTo(D(), hn::LoadU(u8, rows.upper + column));
  const auto b = hn::PromoteTo(D(), hn::LoadU(u8, rows.lower + column));
  return hn::Add(hn::Mul(a, above), hn::Mul(b, below));
}

// The chroma of the even columns, and that of the odd columns halfway between; see double_row().
template <class D>
HWY_INLINE void doubled(const ChromaRows& rows, int column, uint32_t weight_y,
                        hn::Vec<hn::RebindToSigned<D>>& even, hn::Vec<hn::RebindToSigned<D>>& odd) {
  using Step = YuvStep<D>;
  const auto above = hn::Set(D(), static_cast<uint16_t>(256 - weight_y));
  const auto below = hn::Set(D(), static_cast<uint16_t>(weight_y));
  const auto half = hn::Set(D(), uint16_t{128});
  const auto here = Step::ordered(mixed<D>(rows, column, above, below));
  const auto next = Step::ordered(mixed<D>(rows, column + 1, above, below));
  const auto middle = hn::Add(hn::And(here, next), hn::ShiftRight<1>(hn::Xor(here, next)));
  even = Step::difference(hn::Add(here, half));
  odd = Step::difference(hn::Add(middle, half));
}

// A row of such a video from an even column on.
struct VideoRow {
  const uint8_t* luma;
  ChromaRows u;
  ChromaRows v;
  uint32_t weight_y;
};

HWY_INLINE void convert_row(const WideYuv& wide, const NarrowYuv& narrow, const VideoRow& row,
                            int width, PremulRgba8* out) {
  in_steps(wide, narrow, 0, width, [&]<class D>(const YuvStep<D>& step, int x) {
    typename YuvStep<D>::Samples samples;
    samples.luma = YuvStep<D>::ordered_bytes(row.luma + x);
    doubled<D>(row.u, x / 2, row.weight_y, samples.even_u, samples.odd_u);
    doubled<D>(row.v, x / 2, row.weight_y, samples.even_v, samples.odd_v);
    step.store(samples, out + x);
  });
}

// The pixel before such a row: the odd column left of its first one.
HWY_INLINE PremulRgba8 pixel_before(const NarrowYuv& narrow, const VideoRow& row) {
  NarrowYuv::Samples samples;
  samples.luma = NarrowYuv::ordered_bytes(row.luma - 2);
  doubled<NarrowLanes>(row.u, -1, row.weight_y, samples.even_u, samples.odd_u);
  doubled<NarrowLanes>(row.v, -1, row.weight_y, samples.even_v, samples.odd_v);
  PremulRgba8 pixels[NarrowYuv::kColumns];
  narrow.store(samples, pixels);
  return pixels[1];
}

// Copies of rows of samples that extend past the edges of a plane.
class EdgeRows {
 public:
  HWY_INLINE const uint8_t* row(size_t at, const ImageView<const uint8_t>& plane, int y, int first,
                                int count) {
    copy_row(plane.row(y), plane.width(), first, count, rows_[at]);
    return rows_[at];
  }

 private:
  uint8_t rows_[5][kRowMax + 1] = {};
};

void sample_video(const frame::YuvCoefficients& c, const YuvPlanes& planes, base::PointI first,
                  ImageView<PremulRgba8> out) {
  const WideYuv wide(c);
  const NarrowYuv narrow(c);
  const auto& luma = planes[0].samples;
  const auto& chroma = planes[1].samples;
  const SampleGrid& grid = planes[1].grid;
  const SamplePlace place = sample_place(grid.x_at(first.x, first.y));
  const int skipped = place.weight == 0 ? 0 : 1;
  const int column = place.index + skipped;
  const base::PointI from = {sample_place(planes[0].grid.x_at(first.x + skipped, first.y)).index,
                             sample_place(planes[0].grid.y_at(first.x, first.y)).index};
  // The columns that the steps read: whole narrow steps; for chroma, one more sample.
  const int width = out.width() - skipped;
  const int read = (width + NarrowYuv::kColumns - 1) / NarrowYuv::kColumns * NarrowYuv::kColumns;
  const bool is_inner = from.x >= 0 && from.x + read <= luma.width() && column >= 0 &&
                        column + read / 2 + 1 <= chroma.width();
  const bool has_before = is_inner && from.x >= 2 && column >= 1;
  EdgeRows edges;
  for (int y = 0; y < out.height(); ++y) {
    const auto row = [&](size_t at, const ImageView<const uint8_t>& plane, int line, int x, int n) {
      return is_inner ? plane.row(line) + x : edges.row(at, plane, line, x, n);
    };
    const int line = std::clamp(from.y + y, 0, luma.height() - 1);
    const RowPair rows = row_pair(grid.y_at(first.x, first.y + y), chroma.height());
    const auto both = [&](size_t at, const ImageView<const uint8_t>& plane) {
      return ChromaRows{row(at, plane, rows.upper, column, read / 2 + 1),
                        row(at + 1, plane, rows.lower, column, read / 2 + 1)};
    };
    prefetch_row(luma.row(std::min(line + kRowsAhead, luma.height() - 1)) + from.x, width);
    const VideoRow samples{row(0, luma, line, from.x, read), both(1, planes[1].samples),
                           both(3, planes[2].samples), rows.weight};
    if (skipped != 0) {
      out.row(y)[0] = has_before ? pixel_before(narrow, samples)
                                 : video_pixel(c, planes, {first.x, first.y + y});
    }
    convert_row(wide, narrow, samples, width, out.row(y) + skipped);
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::compose {

HWY_EXPORT(sample_pixels);
HWY_EXPORT(sample_plane);
HWY_EXPORT(convert_yuv);
HWY_EXPORT(sample_video);

void sample(const SampledPixels& source, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target) {
  HWY_DYNAMIC_DISPATCH(sample_pixels)(source, first, target);
}

void sample(const SampledPlane& source, base::PointI first, frame::ImageView<uint8_t> target) {
  HWY_DYNAMIC_DISPATCH(sample_plane)(source, first, target);
}

bool is_sampled_at_once(const YuvPlanes& planes, base::PointI first, int width) {
  constexpr uint64_t kOne = uint64_t{1} << 32;
  const auto is_stepped = [](const SampleGrid& grid, uint64_t step) {
    return grid.xx == step && grid.xy == 0 && grid.yx == 0;
  };
  const SampleGrid& luma = planes[0].grid;
  const SampleGrid& chroma = planes[1].grid;
  const uint32_t weight = sample_place(chroma.x_at(first.x, first.y)).weight;
  return width <= kWidthAtOnceMax && is_stepped(luma, kOne) && luma.yy == kOne &&
         sample_place(luma.x_at(first.x, first.y)).weight == 0 &&
         sample_place(luma.y_at(first.x, first.y)).weight == 0 && is_stepped(chroma, kOne / 2) &&
         (weight == 0 || weight == 128) && planes[2].grid == chroma;
}

void sample(const frame::YuvCoefficients& coefficients, const YuvPlanes& planes, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target) {
  HWY_DYNAMIC_DISPATCH(sample_video)(coefficients, planes, first, target);
}

void rgb_from_yuv(const frame::YuvCoefficients& coefficients, const YuvSamples& source,
                  frame::ImageView<frame::PremulRgba8> target) {
  HWY_DYNAMIC_DISPATCH(convert_yuv)(coefficients, source, target);
}

}  // namespace layercast::compose
#endif
