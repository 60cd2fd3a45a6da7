#include "compose/sampling.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compose/sampling_pixels.cc"
#include <hwy/foreach_target.h>
// foreach_target.h must come before highway.h.
#include "compose/sampling_simd.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {

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

#else

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
  const V32 even = hn::Set(kU32, 0x00FF00FF);
  const auto red_blue = [&](V32 v) { return hn::And(v, even); };
  const auto green_alpha = [&](V32 v) { return hn::And(hn::ShiftRight<8>(v), even); };
  const V32 sign = hn::Set(kU32, 0x80008000);
  const auto rows = [&](auto components) {
    return std::pair{
        hn::Xor(row_mean(components(upper_left), components(upper_right), weights), sign),
        hn::Xor(row_mean(components(lower_left), components(lower_right), weights), sign)};
  };
  const V32 low_half = hn::Set(kU32, 0x0000FFFF);
  const V32 restored = hn::Set(kU32, (32768u << 8) + 32768u);
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
  const V16 low_byte = hn::Set(kU16, 0x00FF);
  const V16 half = hn::Set(kU16, 128);
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
  const V32 whole = hn::Set(kU32, 256);
  return {twice(hn::Sub(whole, x)), twice(x), hn::Or(hn::Sub(whole, y), hn::ShiftLeft<16>(y))};
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
  const auto at = hn::BitCast(kI32, offsets);
  const V64 low = hn::GatherOffset(kU64, pairs, hn::PromoteTo(i64, hn::LowerHalf(half, at)));
  const V64 high = hn::GatherOffset(kU64, pairs, hn::PromoteTo(i64, hn::UpperHalf(half, at)));
  const V32 lower = hn::BitCast(kU32, low);
  const V32 upper = hn::BitCast(kU32, high);
  return {hn::ConcatEven(kU32, upper, lower), hn::ConcatOdd(kU32, upper, lower)};
#else
  return {gather(base, offsets), gather(base, hn::Add(offsets, hn::Set(kU32, 4)))};
#endif
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
  const V32 one = hn::Set(kU32, 1);
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
  const V32 row_bytes = hn::Set(kU32, static_cast<uint32_t>(pixels.row_bytes()));
  const V32 last_column = hn::Set(kU32, static_cast<uint32_t>(pixels.width() - 1));
  const V32 last_line = hn::Set(kU32, static_cast<uint32_t>(pixels.height() - 1));
  for (int y = 0; y < out.height(); ++y) {
    Walk columns(source.grid.x_at(first.x, first.y + y), source.grid.xx);
    Walk lines(source.grid.y_at(first.x, first.y + y), source.grid.yx);
    auto* row = reinterpret_cast<uint32_t*>(out.row(y));
    for (size_t x = 0; x < static_cast<size_t>(out.width()); x += hn::Lanes(kU32)) {
      Places at;
      V32 weight_x, weight_y;
      columns.next(at.column, weight_x);
      lines.next(at.line, weight_y);
      at.weights = weights_of(weight_x, weight_y);
      // Positions before the first sample are very large as unsigned numbers.
      const auto is_inside = hn::And(hn::Lt(at.column, last_column), hn::Lt(at.line, last_line));
      const V32 result = hn::AllTrue(kU32, is_inside)
                             ? sample_inside(base, row_bytes, at)
                             : sample_at_edge(base, row_bytes, pixels.size(), at);
      hn::StoreU(result, kU32, row + x);
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
  const auto lanes = static_cast<int>(hn::Lanes(kU32));
  auto* row = reinterpret_cast<uint32_t*>(out);
  for (; x + lanes <= last; x += lanes) {
    hn::StoreU(mean(x, [](const uint32_t* at) { return hn::LoadU(kU32, at); }), kU32, row + x);
  }
#if !HWY_MEM_OPS_MIGHT_FAULT
  if (x < last) {
    const auto some = hn::FirstN(kU32, static_cast<size_t>(last - x));
    const auto load = [&](const uint32_t* at) { return hn::MaskedLoad(some, kU32, at); };
    hn::StoreU(mean(x, load), kU32, row + x);
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
    const Weights weights = weights_of(hn::Set(kU32, weight), hn::Zero(kU32));
    const auto* second = moved.weight_y == 0 ? above + 1 : below;
    return sample_run(x, last, out, [&](int at, const auto& load) {
      return mean_of_two(load(above + at), load(second + at), weights);
    });
  }
  const Weights weights = weights_of(hn::Set(kU32, moved.weight_x), hn::Set(kU32, moved.weight_y));
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

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::compose {

HWY_EXPORT(sample_pixels);

void sample(const SampledPixels& source, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target) {
  HWY_DYNAMIC_DISPATCH(sample_pixels)(source, first, target);
}

}  // namespace layercast::compose
#endif
