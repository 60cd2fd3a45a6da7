#include "compose/sampling.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compose/sampling_planes.cc"
#include <hwy/foreach_target.h>
// foreach_target.h must come before highway.h.
#include "compose/sampling_simd.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {

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

void sample_plane(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  sample_plane_plainly(source, first, out);
}

#else

// Any affine map. One word contains both neighbours of a position and never extends past the row.
void sample_plane_anyhow(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const auto& samples = source.samples;
  const uint8_t* base = samples.row(0);
  const V32 row_bytes = hn::Set(kU32, static_cast<uint32_t>(samples.row_bytes()));
  const V32 one = hn::Set(kU32, 1);
  const V32 byte = hn::Set(kU32, 255);
  const hn::Rebind<uint8_t, U32> u8;
  for (int y = 0; y < out.height(); ++y) {
    Walk columns(source.grid.x_at(first.x, first.y + y), source.grid.xx);
    Walk lines(source.grid.y_at(first.x, first.y + y), source.grid.yx);
    for (size_t x = 0; x < static_cast<size_t>(out.width()); x += hn::Lanes(kU32)) {
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
      const V32 left_weight = hn::Sub(hn::Set(kU32, 256), weight_x);
      const auto row_mean_at = [&](V32 line_bytes) {
        const V32 four = gather(base, hn::Add(line_bytes, word));
        const V32 a = hn::And(hn::Shr(four, from_left), byte);
        const V32 b = hn::And(hn::Shr(four, from_right), byte);
        return sum_of_products(hn::Or(a, hn::ShiftLeft<16>(b)),
                               hn::Or(left_weight, hn::ShiftLeft<16>(weight_x)));
      };
      const V32 above = hn::Mul(row_mean_at(upper), hn::Sub(hn::Set(kU32, 256), weight_y));
      const V32 below = hn::Mul(row_mean_at(lower), weight_y);
      const V32 result = hn::ShiftRight<16>(hn::Add(hn::Add(above, below), hn::Set(kU32, 32768)));
      hn::StoreU(hn::DemoteTo(u8, hn::BitCast(kI32, result)), u8, out.row(y) + x);
    }
  }
}

void sample_plane_aligned(const SampledPlane& source, base::PointI first, ImageView<uint8_t> out) {
  const int column = sample_place(source.grid.x_at(first.x, first.y)).index;
  for (int y = 0; y < out.height(); ++y) {
    const RowPair rows = row_pair(source.grid.y_at(first.x, first.y + y), source.samples.height());
    copy_row(source.samples.row(rows.upper), source.samples.width(), column, out.width(),
             out.row(y));
  }
}

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
  if (row.count > kRowMax - static_cast<int>(hn::Lanes(kU16)) || width > kRowMax) return false;
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
  const V16 above = hn::Set(kU16, static_cast<uint16_t>(256 - weight_y));
  const V16 below = hn::Set(kU16, static_cast<uint16_t>(weight_y));
  for (int x = 0; x < count; x += static_cast<int>(hn::Lanes(kU16))) {
    const V16 a = hn::PromoteTo(kU16, hn::LoadU(u8, upper + x));
    const V16 b = hn::PromoteTo(kU16, hn::LoadU(u8, lower + x));
    hn::StoreU(hn::Add(hn::Mul(a, above), hn::Mul(b, below)), kU16, out + x);
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
  const V32 sign = hn::Set(kU32, 0x80008000);
  const V32 restored = hn::Set(kU32, (32768u << 8) + 32768u);
  const int read = columns.count + static_cast<int>(hn::Lanes(kU16));
  const bool is_inner = columns.first >= 0 && columns.first + read <= samples.width();
  uint8_t upper[kRowMax] = {};
  uint8_t lower[kRowMax] = {};
  uint16_t mixed[kRowMax + hn::MaxLanes(kU16)];
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
    for (int x = 0; x < out.width(); x += static_cast<int>(hn::Lanes(kU32))) {
      const V32 pairs = hn::Xor(gather_pairs(mixed, hn::Load(kU32, columns.offsets + x)), sign);
      const V32 sum = sum_of_products(pairs, hn::Load(kU32, columns.weights + x));
      const V32 result = hn::ShiftRight<16>(hn::Add(sum, restored));
      hn::StoreU(hn::DemoteTo(u8, hn::BitCast(kI32, result)), u8, out.row(y) + x);
    }
  }
}

// Doubles the width of a row whose samples coincide with every second canvas pixel. `out[0]` is the
// pixel at upper[0] and lower[0], and `out[1]` is halfway to the next sample.
void double_row(const uint8_t* upper, const uint8_t* lower, uint32_t weight_y, int count,
                uint8_t* out) {
  const hn::Rebind<uint8_t, U16> u8;
  const V16 above = hn::Set(kU16, static_cast<uint16_t>(256 - weight_y));
  const V16 below = hn::Set(kU16, static_cast<uint16_t>(weight_y));
  const V16 half = hn::Set(kU16, 128);
  const auto column_mean = [&](int at) {
    const V16 a = hn::PromoteTo(kU16, hn::LoadU(u8, upper + at));
    const V16 b = hn::PromoteTo(kU16, hn::LoadU(u8, lower + at));
    return hn::Add(hn::Mul(a, above), hn::Mul(b, below));
  };
  const auto lanes = static_cast<int>(hn::Lanes(kU16));
  for (int x = 0; x < count; x += 2 * lanes) {
    const V16 here = column_mean(x / 2);
    const V16 next = column_mean(x / 2 + 1);
    // The mean of two, rounded down without a seventeenth bit.
    const V16 middle = hn::Add(hn::And(here, next), hn::ShiftRight<1>(hn::Xor(here, next)));
    const V16 even = hn::ShiftRight<8>(hn::Add(here, half));
    const V16 odd = hn::ShiftRight<8>(hn::Add(middle, half));
    const V16 both = hn::Or(even, hn::ShiftLeft<8>(odd));
    if (count - x >= 2 * lanes) {
      hn::StoreU(both, kU16, reinterpret_cast<uint16_t*>(out + x));
    } else {
      HWY_ALIGN uint16_t rest[hn::MaxLanes(kU16)];
      hn::Store(both, kU16, rest);
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
  const int read = count + static_cast<int>(hn::Lanes(kU16));
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

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace layercast::compose
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace layercast::compose {

HWY_EXPORT(sample_plane);

void sample(const SampledPlane& source, base::PointI first, frame::ImageView<uint8_t> target) {
  HWY_DYNAMIC_DISPATCH(sample_plane)(source, first, target);
}

}  // namespace layercast::compose
#endif
