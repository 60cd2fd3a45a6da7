#include "frame/convert.h"

#include "frame/convert_kernels.h"

#include <algorithm>
#include <type_traits>

namespace layercast::frame {
namespace {

// BT.709: Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', here in ten-thousandths.
constexpr int64_t kRedWeight = 2126;
constexpr int64_t kGreenWeight = 7152;
constexpr int64_t kBlueWeight = 722;
constexpr int64_t kWeightSum = 10000;

struct Rgb {
  int64_t red = 0;
  int64_t green = 0;
  int64_t blue = 0;
};

// Rounds half up. Range: not negative; the callers' offsets ensure this.
constexpr uint8_t rounded(int64_t numerator, int64_t denominator) {
  return static_cast<uint8_t>((2 * numerator + denominator) / (2 * denominator));
}

// 32 bits hold the largest numerator, 2 · 235 · 2 550 000, so that compilers can use SIMD.
constexpr uint8_t luma_of(PremulRgba8 pixel) {
  constexpr uint32_t kDenominator = 255 * static_cast<uint32_t>(kWeightSum);
  const uint32_t weighted = static_cast<uint32_t>(kRedWeight) * pixel.red +
                            static_cast<uint32_t>(kGreenWeight) * pixel.green +
                            static_cast<uint32_t>(kBlueWeight) * pixel.blue;
  const uint32_t numerator = 219 * weighted + 16 * kDenominator;
  return static_cast<uint8_t>((2 * numerator + kDenominator) / (2 * kDenominator));
}

// `sum` is a weighted sum of pixels whose weights add up to `weight`.
template <int64_t weight>
constexpr uint8_t chroma_of(Rgb sum, int64_t component, int64_t component_weight) {
  const int64_t weighted = kRedWeight * sum.red + kGreenWeight * sum.green + kBlueWeight * sum.blue;
  constexpr int64_t kScale = 255 * weight;
  const int64_t denominator = kScale * 2 * (kWeightSum - component_weight);
  return rounded(224 * (kWeightSum * component - weighted) + 128 * denominator, denominator);
}
template <int64_t weight>
constexpr uint8_t blue_chroma_of(Rgb sum) {
  return chroma_of<weight>(sum, sum.blue, kBlueWeight);
}
template <int64_t weight>
constexpr uint8_t red_chroma_of(Rgb sum) {
  return chroma_of<weight>(sum, sum.red, kRedWeight);
}

Rgb rgb_of(PremulRgba8 pixel) { return {pixel.red, pixel.green, pixel.blue}; }

// A row of pixels, and the pixel left of the first one.
struct PixelRow {
  const PremulRgba8* pixels;
  PremulRgba8 before;
  int width;
};

// The pixel left of the frame repeats its first column.
PixelRow row_of_frame(ImageView<const PremulRgba8> source, int y) {
  return {source.row(y), source.at(0, y), source.width()};
}
PixelRow row_of_tile(ImageView<const PremulRgba8> source, int y) {
  return {source.row(y) + 1, source.at(0, y), source.width() - 1};
}

// 1-2-1 around column `x`: weight 4.
Rgb cosited_sum(const PixelRow& row, int x) {
  const Rgb left = rgb_of(x > 0 ? row.pixels[x - 1] : row.before);
  const Rgb center = rgb_of(row.pixels[x]);
  const Rgb right = rgb_of(row.pixels[std::min(x + 1, row.width - 1)]);
  return {left.red + 2 * center.red + right.red, left.green + 2 * center.green + right.green,
          left.blue + 2 * center.blue + right.blue};
}

Rgb operator+(const Rgb& a, const Rgb& b) {
  return {a.red + b.red, a.green + b.green, a.blue + b.blue};
}

// The destination of one row of chroma; `step` is 2 where U and V are interleaved.
struct ChromaRow {
  uint8_t* blue;
  uint8_t* red;
  int step;
};

// The samples of plane `plane` that `area` of the frame covers.
template <class AnyFrame>
auto plane_part(AnyFrame& frame, int plane, const base::RectI& area) {
  using Sample = std::conditional_t<std::is_const_v<AnyFrame>, const uint8_t, uint8_t>;
  const FormatLayout& layout = layout_of(frame.format());
  const int divisor_x = plane == 0 ? 1 : layout.chroma_divisor_x;
  const int divisor_y = plane == 0 ? 1 : layout.chroma_divisor_y;
  const int sample_bytes = layout.sample_bytes[static_cast<size_t>(plane)];
  const int left = area.left / divisor_x;
  const int top = area.top / divisor_y;
  const base::SizeI size = {(area.right + divisor_x - 1) / divisor_x - left,
                            (area.bottom + divisor_y - 1) / divisor_y - top};
  return ImageView<Sample>(
      frame.plane(plane) + top * frame.row_bytes(plane) + ptrdiff_t{left} * sample_bytes,
      {size.width * sample_bytes, size.height}, frame.row_bytes(plane));
}

// The row of chroma for row `y` of `area`.
ChromaRow chroma_row(Frame& target, const base::RectI& area, int y) {
  const int chroma_y = y / layout_of(target.format()).chroma_divisor_y;
  uint8_t* const row = plane_part(target, 1, area).row(chroma_y);
  if (target.format() == PixelFormat::kNv12) return {row, row + 1, 2};
  return {row, plane_part(target, 2, area).row(chroma_y), 1};
}

void write_luma_row(const PixelRow& source, uint8_t* out) {
  for (int x = 0; x < source.width; ++x) out[x] = luma_of(source.pixels[x]);
}

void write_chroma_444(const PixelRow& source, ChromaRow out) {
  for (int x = 0; x < source.width; ++x) {
    out.blue[x] = blue_chroma_of<1>(rgb_of(source.pixels[x]));
    out.red[x] = red_chroma_of<1>(rgb_of(source.pixels[x]));
  }
}

void write_chroma_422(const PixelRow& source, ChromaRow out) {
  for (int x = 0; x < source.width; x += 2) {
    const Rgb sum = cosited_sum(source, x);
    out.blue[x / 2] = blue_chroma_of<4>(sum);
    out.red[x / 2] = red_chroma_of<4>(sum);
  }
}

void write_chroma_420(const PixelRow& upper, const PixelRow& lower, ChromaRow out) {
  for (int x = 0; x < upper.width; x += 2) {
    const Rgb sum = cosited_sum(upper, x) + cosited_sum(lower, x);
    out.blue[x / 2 * out.step] = blue_chroma_of<8>(sum);
    out.red[x / 2 * out.step] = red_chroma_of<8>(sum);
  }
}

// Writes the chroma of `upper`, row `y` of `area`; for 4:2:0, that of `upper` and `lower` together.
void write_chroma(const PixelRow& upper, const PixelRow& lower, const base::RectI& area, int y,
                  Frame& target) {
  const ChromaRow out = chroma_row(target, area, y);
  if (target.format() == PixelFormat::kYuv444p) return write_chroma_444(upper, out);
  if (target.format() == PixelFormat::kYuv422p) return write_chroma_422(upper, out);
  if (y % 2 == 0) write_chroma_420(upper, lower, out);
}

// Writes `area`; row_at(y) returns the pixels of its row `y`.
template <class RowAt>
void write_yuv(const base::RectI& area, RowAt row_at, Frame& target) {
  for (int y = 0; y < area.height(); ++y) {
    const PixelRow row = row_at(y);
    write_luma_row(row, plane_part(target, 0, area).row(y));
    write_chroma(row, row_at(std::min(y + 1, area.height() - 1)), area, y, target);
  }
}

ImageView<const PremulRgba8> without_first_column(ImageView<const PremulRgba8> source) {
  return source.part({1, 0, source.width(), source.height()});
}

void check_area(const base::RectI& area, base::SizeI size) {
  LAYERCAST_CHECK(0 <= area.left && area.left < area.right && area.right <= size.width);
  LAYERCAST_CHECK(0 <= area.top && area.top < area.bottom && area.bottom <= size.height);
  LAYERCAST_CHECK(area.left % 2 == 0 && area.top % 2 == 0);
  LAYERCAST_CHECK(area.right % 2 == 0 || area.right == size.width);
  LAYERCAST_CHECK(area.bottom % 2 == 0 || area.bottom == size.height);
}

void check_tile(ImageView<const PremulRgba8> source, const base::RectI& area, base::SizeI size) {
  check_area(area, size);
  LAYERCAST_CHECK(source.size() == (base::SizeI{area.width() + 1, area.height()}));
}

// The samples of plane `plane` of `source` at `area` of the frame.
kernels::Samples part_of(const YuvPicture& source, int plane, base::PointI top_left,
                         const base::RectI& area) {
  const int divisor_x = plane == 0 ? 1 : source.layout().chroma_divisor_x;
  const int divisor_y = plane == 0 ? 1 : source.layout().chroma_divisor_y;
  return source.plane(plane).part({(area.left - top_left.x) / divisor_x,
                                   (area.top - top_left.y) / divisor_y,
                                   (area.right - top_left.x + divisor_x - 1) / divisor_x,
                                   (area.bottom - top_left.y + divisor_y - 1) / divisor_y});
}

}  // namespace

void convert_rows(ImageView<const PremulRgba8> source, RowRange rows, Frame& target) {
  LAYERCAST_CHECK(source.size() == target.size());
  LAYERCAST_CHECK(0 <= rows.first && rows.first <= rows.last && rows.last <= source.height());
  LAYERCAST_CHECK(rows.first % 2 == 0 && (rows.last % 2 == 0 || rows.last == source.height()));
  const base::RectI band{0, rows.first, source.width(), rows.last};
  if (target.format() == PixelFormat::kRgba) {
    unpremultiply(source.part(band), target.rgba().part(band));
    return;
  }
  const auto row_at = [&](int y) { return row_of_frame(source, rows.first + y); };
  write_yuv(band, row_at, target);
}

void scalar::convert_tile(ImageView<const PremulRgba8> source, const base::RectI& area,
                          Frame& target) {
  check_tile(source, area, target.size());
  if (target.format() == PixelFormat::kRgba) {
    return unpremultiply(without_first_column(source), target.rgba().part(area));
  }
  const auto row_at = [&](int y) { return row_of_tile(source, y); };
  write_yuv(area, row_at, target);
}

void convert_tile(ImageView<const PremulRgba8> source, const base::RectI& area, Frame& target) {
  if (!kernels::have_pixel_kernels()) return scalar::convert_tile(source, area, target);
  check_tile(source, area, target.size());
  const auto plane = [&](int index) { return plane_part(target, index, area); };
  switch (target.format()) {
    case PixelFormat::kRgba:
      return kernels::unpremultiply(without_first_column(source), target.rgba().part(area));
    case PixelFormat::kYuv420p:
      return kernels::convert_420(source, plane(0), plane(1), plane(2));
    case PixelFormat::kYuv422p:
      return kernels::convert_422(source, plane(0), plane(1), plane(2));
    case PixelFormat::kYuv444p:
      return kernels::convert_444(source, plane(0), plane(1), plane(2));
    case PixelFormat::kNv12:
      return kernels::convert_nv12(source, plane(0), plane(1));
  }
}

void copy_planes(const YuvPicture& source, base::PointI top_left, const base::RectI& area,
                 Frame& target) {
  const FormatLayout& layout = layout_of(target.format());
  LAYERCAST_CHECK(target.format() != PixelFormat::kRgba);
  LAYERCAST_CHECK(source.layout().chroma_divisor_x == layout.chroma_divisor_x &&
                  source.layout().chroma_divisor_y == layout.chroma_divisor_y);
  LAYERCAST_CHECK(top_left.x % layout.chroma_divisor_x == 0 &&
                  top_left.y % layout.chroma_divisor_y == 0);
  check_area(area, target.size());
  const auto from = [&](int plane) { return part_of(source, plane, top_left, area); };
  kernels::copy(from(0), plane_part(target, 0, area));
  if (target.format() == PixelFormat::kNv12) {
    return kernels::interleave(from(1), from(2), plane_part(target, 1, area));
  }
  kernels::copy(from(1), plane_part(target, 1, area));
  kernels::copy(from(2), plane_part(target, 2, area));
}

void copy_area(const Frame& source, const base::RectI& area, Frame& target) {
  LAYERCAST_CHECK(source.format() == target.format() && source.size() == target.size());
  check_area(area, target.size());
  for (int plane = 0; plane < target.planes(); ++plane) {
    kernels::copy(plane_part(source, plane, area), plane_part(target, plane, area));
  }
}

}  // namespace layercast::frame
