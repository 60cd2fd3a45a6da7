#include "frame/convert.h"

#include <algorithm>
#include <cstring>

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

// Rounds half up; numerators are made positive by the caller's offset.
constexpr uint8_t rounded(int64_t numerator, int64_t denominator) {
  return static_cast<uint8_t>((2 * numerator + denominator) / (2 * denominator));
}

// 32 bits hold the largest numerator, 2 · 235 · 2 550 000, so that compilers find SIMD for it.
constexpr uint8_t luma_of(PremulRgba8 pixel) {
  constexpr uint32_t kDenominator = 255 * static_cast<uint32_t>(kWeightSum);
  const uint32_t weighted = static_cast<uint32_t>(kRedWeight) * pixel.red +
                            static_cast<uint32_t>(kGreenWeight) * pixel.green +
                            static_cast<uint32_t>(kBlueWeight) * pixel.blue;
  const uint32_t numerator = 219 * weighted + 16 * kDenominator;
  return static_cast<uint8_t>((2 * numerator + kDenominator) / (2 * kDenominator));
}

// `sum` holds `weight` pixels' worth of colour.
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

// 1-2-1 around column `x`, edges repeated: weight 4.
Rgb cosited_sum(const PremulRgba8* row, int x, int width) {
  const Rgb left = rgb_of(row[std::max(x - 1, 0)]);
  const Rgb center = rgb_of(row[x]);
  const Rgb right = rgb_of(row[std::min(x + 1, width - 1)]);
  return {left.red + 2 * center.red + right.red, left.green + 2 * center.green + right.green,
          left.blue + 2 * center.blue + right.blue};
}

Rgb operator+(const Rgb& a, const Rgb& b) {
  return {a.red + b.red, a.green + b.green, a.blue + b.blue};
}

// Where one row of chroma goes; `step` is 2 where U and V are interleaved.
struct ChromaRow {
  uint8_t* blue;
  uint8_t* red;
  int step;
};

ChromaRow chroma_row(Frame& target, int y) {
  if (target.format() == PixelFormat::kNv12) {
    uint8_t* row = target.plane(1) + y * target.row_bytes(1);
    return {row, row + 1, 2};
  }
  return {target.plane(1) + y * target.row_bytes(1), target.plane(2) + y * target.row_bytes(2), 1};
}

void write_luma_row(const PremulRgba8* source, int width, uint8_t* out) {
  for (int x = 0; x < width; ++x) out[x] = luma_of(source[x]);
}

void write_chroma_444(const PremulRgba8* source, int width, ChromaRow out) {
  for (int x = 0; x < width; ++x) {
    out.blue[x] = blue_chroma_of<1>(rgb_of(source[x]));
    out.red[x] = red_chroma_of<1>(rgb_of(source[x]));
  }
}

void write_chroma_422(const PremulRgba8* source, int width, ChromaRow out) {
  for (int x = 0; x < width; x += 2) {
    const Rgb sum = cosited_sum(source, x, width);
    out.blue[x / 2] = blue_chroma_of<4>(sum);
    out.red[x / 2] = red_chroma_of<4>(sum);
  }
}

void write_chroma_420(const PremulRgba8* upper, const PremulRgba8* lower, int width,
                      ChromaRow out) {
  for (int x = 0; x < width; x += 2) {
    const Rgb sum = cosited_sum(upper, x, width) + cosited_sum(lower, x, width);
    out.blue[x / 2 * out.step] = blue_chroma_of<8>(sum);
    out.red[x / 2 * out.step] = red_chroma_of<8>(sum);
  }
}

void write_chroma(ImageView<const PremulRgba8> source, int y, Frame& target) {
  switch (target.format()) {
    case PixelFormat::kYuv444p:
      return write_chroma_444(source.row(y), source.width(), chroma_row(target, y));
    case PixelFormat::kYuv422p:
      return write_chroma_422(source.row(y), source.width(), chroma_row(target, y));
    default:
      break;
  }
  if (y % 2 != 0) return;
  write_chroma_420(source.row(y), source.row(std::min(y + 1, source.height() - 1)), source.width(),
                   chroma_row(target, y / 2));
}

}  // namespace

void convert_rows(ImageView<const PremulRgba8> source, RowRange rows, Frame& target) {
  LAYERCAST_CHECK(source.size() == target.size());
  LAYERCAST_CHECK(0 <= rows.first && rows.first <= rows.last && rows.last <= source.height());
  LAYERCAST_CHECK(rows.first % 2 == 0 && (rows.last % 2 == 0 || rows.last == source.height()));
  if (target.format() == PixelFormat::kRgba) {
    const base::RectI band{0, rows.first, source.width(), rows.last};
    unpremultiply(source.part(band), target.rgba().part(band));
    return;
  }
  for (int y = rows.first; y < rows.last; ++y) {
    write_luma_row(source.row(y), source.width(), target.plane(0) + y * target.row_bytes(0));
    write_chroma(source, y, target);
  }
}

}  // namespace layercast::frame
