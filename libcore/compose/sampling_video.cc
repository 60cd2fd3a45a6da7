#include "compose/sampling.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compose/sampling_video.cc"
#include <hwy/foreach_target.h>
// foreach_target.h must come before highway.h.
#include "compose/sampling_simd.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace layercast::compose {
namespace HWY_NAMESPACE {

PremulRgba8 video_pixel(const frame::YuvCoefficients& c, const YuvPlanes& planes, base::PointI at) {
  const auto sample = [at](const SampledPlane& plane) {
    const RowPair rows = row_pair(plane.grid.y_at(at.x, at.y), plane.samples.height());
    return sample_at(plane.samples.row(rows.upper), plane.samples.row(rows.lower),
                     plane.samples.width(), sample_place(plane.grid.x_at(at.x, at.y)), rows.weight);
  };
  return frame::rgb_from_yuv(c, sample(planes[0]), sample(planes[1]), sample(planes[2]));
}

#if HWY_TARGET == HWY_SCALAR

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

HWY_EXPORT(convert_yuv);
HWY_EXPORT(sample_video);

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
