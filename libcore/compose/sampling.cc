#include "compose/sampling.h"

#include "compose/prefetch.h"

#include <algorithm>
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

// The scalar way, for what is too little to be worth a vector.
inline uint8_t mean(uint32_t upper_left, uint32_t upper_right, uint32_t lower_left,
                    uint32_t lower_right, uint32_t weight_x, uint32_t weight_y) {
  const uint32_t upper = upper_left * (256 - weight_x) + upper_right * weight_x;
  const uint32_t lower = lower_left * (256 - weight_x) + lower_right * weight_x;
  return static_cast<uint8_t>((upper * (256 - weight_y) + lower * weight_y + 32768) >> 16);
}

struct RowPair {
  int upper;
  int lower;
  uint32_t weight;  // of the lower, of 256
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

// The lower half of each lane times that of `b`, plus the upper halves' product; halves are signed.
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

// Pixels with weights: `x` holds a weight twice in each lane, and `left` 256 less that; `y` holds
// that of the upper row in the lower half, that of the lower row in the upper one.
struct Weights {
  V32 left;
  V32 right;
  V32 y;
};

// Two components of a pixel in each lane, as 16 bits, of one row: what left and right make.
HWY_INLINE V32 row_mean(V32 left, V32 right, const Weights& weights) {
  return as_32(hn::Add(hn::Mul(as_16(left), as_16(weights.left)),
                       hn::Mul(as_16(right), as_16(weights.right))));
}

// Bilinear, all four components: see mean(). Sums of two rows are taken from 16 signed bits, so
// they are lowered by half of their range before and raised after.
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
  // Of the component in the lower and in the upper halves; the result is in the upper half.
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

// The same of two pixels: where one of the weights is 0, the other two do not count.
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

// Words at byte offsets, which need not be aligned.
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

// A vector of places on one axis, moved on by its length at a time.
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

  // The samples before the places, and the weights of those after.
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

// Any affine map.
void sample_anyhow(const SampledPixels& source, base::PointI first, ImageView<PremulRgba8> out) {
  const auto& pixels = source.pixels;
  const auto* base = reinterpret_cast<const uint8_t*>(pixels.row(0));
  const V32 row_bytes = hn::Set(u32, static_cast<uint32_t>(pixels.row_bytes()));
  const V32 one = hn::Set(u32, 1);
  for (int y = 0; y < out.height(); ++y) {
    Walk columns(source.grid.x_at(first.x, first.y + y), source.grid.xx);
    Walk lines(source.grid.y_at(first.x, first.y + y), source.grid.yx);
    auto* row = reinterpret_cast<uint32_t*>(out.row(y));
    for (size_t x = 0; x < static_cast<size_t>(out.width()); x += hn::Lanes(u32)) {
      V32 column, line, weight_x, weight_y;
      columns.next(column, weight_x);
      lines.next(line, weight_y);
      const V32 left = hn::ShiftLeft<2>(clamped(column, pixels.width() - 1));
      const V32 right = hn::ShiftLeft<2>(clamped(hn::Add(column, one), pixels.width() - 1));
      const V32 upper = hn::Mul(clamped(line, pixels.height() - 1), row_bytes);
      const V32 lower = hn::Mul(clamped(hn::Add(line, one), pixels.height() - 1), row_bytes);
      const V32 result =
          mean_of_four(gather(base, hn::Add(upper, left)), gather(base, hn::Add(upper, right)),
                       gather(base, hn::Add(lower, left)), gather(base, hn::Add(lower, right)),
                       weights_of(weight_x, weight_y));
      hn::StoreU(result, u32, row + x);
    }
  }
}

// A row of pixels moved by a part of a pixel: every pixel has the same weights.
struct MovedRow {
  const PremulRgba8* upper;
  const PremulRgba8* lower;
  int first;  // the neighbour left of the first pixel
  uint32_t weight_x;
  uint32_t weight_y;
};

// The pixels from `x` to before `last`, whose neighbours are all in the picture, as far as vectors
// go; returns where they end. `mean(x, load)` gives those from `x` on, read with `load`.
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
  // Between these both neighbours of a pixel are in the picture.
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

// Any affine map. Both neighbours of a place lie in one word, which never reaches past the row.
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

// One row, moved by whole samples: copied, edges repeated.
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

// Samples of a row of a tile at most, and what a vector may read past them.
constexpr int kRowMax = 192;

// Where the samples of a row lie that is only stretched and moved: the same in every row.
struct StretchedRow {
  int first = 0;                        // the plane's column that offset 0 stands for
  int count = 0;                        // columns that are read
  HWY_ALIGN uint32_t offsets[kRowMax];  // of the left neighbour, in samples
  HWY_ALIGN uint32_t weights[kRowMax];  // of the left one in the lower half, of the right above
};

// False when it reads more columns than fit: the picture is shrunk.
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

// Both rows, mixed: 256 times the mean of each column.
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

// Two neighbours of 16 bits for each lane.
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

// A row at half the canvas's resolution, whose even samples lie on canvas pixels. `out[0]` is one
// of those; `upper` and `lower` have the sample before it first.
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
  const int skipped = column.weight == 0 ? 0 : 1;  // begins between two samples
  const int count = (out.width() + skipped) / 2 + 2;
  uint8_t upper[kRowMax] = {};
  uint8_t lower[kRowMax] = {};
  uint8_t doubled[2 * kRowMax];
  // Whether all that is read lies in the plane's rows.
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

// Reads what it shares with no other row, for a plane that is stretched and moved only.
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

HWY_INLINE hn::Vec<I32> clipped(hn::Vec<I32> value) {
  return hn::Min(hn::Max(hn::ShiftRight<frame::YuvCoefficients::kShift>(value), hn::Zero(i32)),
                 hn::Set(i32, 255));
}

void convert_yuv(const frame::YuvCoefficients& c, const YuvSamples& source,
                 ImageView<PremulRgba8> out) {
  const hn::Rebind<uint8_t, I32> u8;
  const auto luma = hn::Set(i32, c.luma);
  const auto red_from_v = hn::Set(i32, c.red_from_v);
  const auto green_from_u = hn::Set(i32, c.green_from_u);
  const auto green_from_v = hn::Set(i32, c.green_from_v);
  const auto blue_from_u = hn::Set(i32, c.blue_from_u);
  const auto middle = hn::Set(i32, 128);
  const auto start =
      hn::Set(i32, (1 << (frame::YuvCoefficients::kShift - 1)) - c.luma * c.luma_black);
  for (int y = 0; y < out.height(); ++y) {
    prefetch_row(source.y.row(std::min(y + kRowsAhead, out.height() - 1)), out.width());
    for (int x = 0; x < out.width(); x += static_cast<int>(hn::Lanes(i32))) {
      const auto samples = [&](const ImageView<const uint8_t>& plane) {
        return hn::PromoteTo(i32, hn::LoadU(u8, plane.row(y) + x));
      };
      const auto light = hn::Add(hn::Mul(samples(source.y), luma), start);
      const auto u = hn::Sub(samples(source.u), middle);
      const auto v = hn::Sub(samples(source.v), middle);
      const auto red = clipped(hn::Add(light, hn::Mul(v, red_from_v)));
      const auto green =
          clipped(hn::Sub(hn::Sub(light, hn::Mul(u, green_from_u)), hn::Mul(v, green_from_v)));
      const auto blue = clipped(hn::Add(light, hn::Mul(u, blue_from_u)));
      const auto pixel =
          hn::Or(hn::Or(red, hn::ShiftLeft<8>(green)),
                 hn::Or(hn::ShiftLeft<16>(blue), hn::Set(i32, static_cast<int>(0xFF000000))));
      hn::StoreU(hn::BitCast(u32, pixel), u32, reinterpret_cast<uint32_t*>(out.row(y)) + x);
    }
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

void sample(const SampledPixels& source, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target) {
  HWY_DYNAMIC_DISPATCH(sample_pixels)(source, first, target);
}

void sample(const SampledPlane& source, base::PointI first, frame::ImageView<uint8_t> target) {
  HWY_DYNAMIC_DISPATCH(sample_plane)(source, first, target);
}

void rgb_from_yuv(const frame::YuvCoefficients& coefficients, const YuvSamples& source,
                  frame::ImageView<frame::PremulRgba8> target) {
  HWY_DYNAMIC_DISPATCH(convert_yuv)(coefficients, source, target);
}

}  // namespace layercast::compose
#endif
