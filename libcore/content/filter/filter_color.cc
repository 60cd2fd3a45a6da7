#include "content/filter/filter_color.h"

#include "base/check.h"
#include "base/geometry.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace layercast::content {
namespace {

using frame::ColorMatrix;
using frame::ImageView;
using frame::PremulRgba8;
using Kind = scene::ColorFilter::Kind;

ColorMatrix matrix_of(const double (&rows)[3][4]) {
  ColorMatrix matrix{};
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 4; ++column) {
      matrix.rows[row][column] = static_cast<float>(rows[row][column]);
    }
  }
  return matrix;
}

ColorMatrix scaled(double slope, double intercept) {
  return matrix_of({{slope, 0, 0, intercept}, {0, slope, 0, intercept}, {0, 0, slope, intercept}});
}

ColorMatrix saturated(double s) {
  return matrix_of({{0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s, 0},
                    {0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s, 0},
                    {0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s, 0}});
}

ColorMatrix hue_rotated(double degrees) {
  const base::Affine turned = base::rotation_degrees(degrees);
  const double c = turned.xx;
  const double s = turned.yx;
  return matrix_of({{0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715,
                     0.072 - c * 0.072 + s * 0.928, 0},
                    {0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.140,
                     0.072 - c * 0.072 - s * 0.283, 0},
                    {0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715,
                     0.072 + c * 0.928 + s * 0.072, 0}});
}

ColorMatrix gray(double amount) {
  const double rest = 1 - amount;
  return matrix_of({{0.2126 + 0.7874 * rest, 0.7152 - 0.7152 * rest, 0.0722 - 0.0722 * rest, 0},
                    {0.2126 - 0.2126 * rest, 0.7152 + 0.2848 * rest, 0.0722 - 0.0722 * rest, 0},
                    {0.2126 - 0.2126 * rest, 0.7152 - 0.7152 * rest, 0.0722 + 0.9278 * rest, 0}});
}

ColorMatrix sepia(double amount) {
  const double rest = 1 - amount;
  return matrix_of({{0.393 + 0.607 * rest, 0.769 - 0.769 * rest, 0.189 - 0.189 * rest, 0},
                    {0.349 - 0.349 * rest, 0.686 + 0.314 * rest, 0.168 - 0.168 * rest, 0},
                    {0.272 - 0.272 * rest, 0.534 - 0.534 * rest, 0.131 + 0.869 * rest, 0}});
}

// For all functions except opacity.
ColorMatrix color_matrix(const scene::ColorFilter& filter) {
  const double amount = filter.amount;
  switch (filter.kind) {
    case Kind::kBrightness:
      return scaled(amount, 0);
    case Kind::kContrast:
      return scaled(amount, 0.5 - 0.5 * amount);
    case Kind::kSaturate:
      return saturated(amount);
    case Kind::kHueRotate:
      return hue_rotated(amount);
    case Kind::kGrayscale:
      return gray(amount);
    case Kind::kInvert:
      return scaled(1 - 2 * amount, amount);
    case Kind::kSepia:
      return sepia(amount);
    case Kind::kOpacity:
      break;
  }
  return scaled(1, 0);
}

// --- chroma key ---

// A run of pixels in planes: straight colours 0..1, alpha 0..255.
struct Chunk {
  static constexpr size_t kPixels = 128;
  std::array<float, kPixels> red, green, blue, alpha;
};

// Pixels as integers; red is the lowest byte.
static_assert(std::endian::native == std::endian::little);
using Words = std::array<uint32_t, Chunk::kPixels>;

void load(const PremulRgba8* pixels, size_t count, Chunk& chunk) {
  Words words{};
  std::memcpy(words.data(), pixels, count * sizeof(PremulRgba8));
  for (size_t i = 0; i < Chunk::kPixels; ++i) {
    const auto byte = [&](int shift) {
      return static_cast<float>(static_cast<int32_t>((words[i] >> shift) & 255));
    };
    const float alpha = byte(24);
    const float inverse = 1 / std::max(alpha, 1.0F);
    chunk.red[i] = byte(0) * inverse;
    chunk.green[i] = byte(8) * inverse;
    chunk.blue[i] = byte(16) * inverse;
    chunk.alpha[i] = alpha;
  }
}

void store(const Chunk& chunk, size_t count, PremulRgba8* pixels) {
  Words words;
  for (size_t i = 0; i < Chunk::kPixels; ++i) {
    const float alpha = chunk.alpha[i];
    const auto rounded = [](float value) {
      return static_cast<uint32_t>(static_cast<int32_t>(value + 0.5F));
    };
    words[i] = rounded(chunk.red[i] * alpha) | rounded(chunk.green[i] * alpha) << 8 |
               rounded(chunk.blue[i] * alpha) << 16 | rounded(alpha) << 24;
  }
  std::memcpy(static_cast<void*>(pixels), words.data(), count * sizeof(PremulRgba8));
}

float clamped(float value) { return std::min(std::max(value, 0.0F), 1.0F); }

// Visits each chunk of each row with its first column, row and length.
template <class Visit>
void for_each_chunk(base::SizeI size, Visit visit) {
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; x += static_cast<int>(Chunk::kPixels)) {
      visit(x, y, std::min(Chunk::kPixels, static_cast<size_t>(size.width - x)));
    }
  }
}

// Cb and Cr of limited range, centred on 0, as in OBS.
struct Chroma {
  float blue = 0;
  float red = 0;
};
constexpr float kLumaRed = 0.2126F;
constexpr float kLumaGreen = 0.7152F;
constexpr float kLumaBlue = 0.0722F;

Chroma chroma_of(float red, float green, float blue) {
  return {-0.100644F * red - 0.338572F * green + 0.439216F * blue,
          0.439216F * red - 0.398942F * green - 0.040274F * blue};
}

float distance(const Chroma& a, const Chroma& b) {
  const float blue = a.blue - b.blue;
  const float red = a.red - b.red;
  return std::sqrt(blue * blue + red * red);
}

// The distances of a row's pixels from the key colour, with one more entry on both sides.
using Distances = std::vector<float>;

void measure(const Chroma& screen, const PremulRgba8* pixels, int width, Distances& distances) {
  Chunk chunk;
  std::array<float, Chunk::kPixels> found;
  for (int x = 0; x < width; x += static_cast<int>(Chunk::kPixels)) {
    const size_t count = std::min(Chunk::kPixels, static_cast<size_t>(width - x));
    load(pixels + x, count, chunk);
    for (size_t i = 0; i < Chunk::kPixels; ++i) {
      found[i] = distance(chroma_of(chunk.red[i], chunk.green[i], chunk.blue[i]), screen);
    }
    std::copy_n(found.begin(), count, distances.begin() + 1 + x);
  }
  distances.front() = distances[1];
  distances.back() = distances[distances.size() - 2];
}

// 0 at `from`, 1 at `from + length`, with the curve that OBS uses.
float ramp(float distance, float from, float length) {
  const float above = distance - from;
  if (above < 0) return 0;
  if (above >= length) return 1;
  const float part = above / length;
  return part * std::sqrt(part);
}

struct Key {
  float similarity, smoothness, spill;

  void apply(const Distances* const (&rows)[3], size_t first, size_t count, Chunk& chunk) const {
    for (size_t i = 0; i < count; ++i) {
      const auto row = [&](size_t index, float side, float middle) {
        const float* at = rows[index]->data() + first + i;  // the one before it
        return side * (at[0] + at[2]) + middle * at[1];
      };
      const float distance = (row(0, 1, 2) + row(1, 2, 6) + row(2, 1, 2)) / 18;
      const float kept = ramp(distance, similarity, spill);
      const float luma =
          kLumaRed * chunk.red[i] + kLumaGreen * chunk.green[i] + kLumaBlue * chunk.blue[i];
      const auto despilled = [&](float color) { return clamped(luma + (color - luma) * kept); };
      chunk.red[i] = despilled(chunk.red[i]);
      chunk.green[i] = despilled(chunk.green[i]);
      chunk.blue[i] = despilled(chunk.blue[i]);
      chunk.alpha[i] *= ramp(distance, similarity, smoothness);
    }
  }
};

}  // namespace

frame::Recoloring recoloring(std::span<const scene::ColorFilter> filters) {
  frame::Recoloring recoloring;
  double opacity = 1;
  for (const scene::ColorFilter& filter : filters) {
    if (filter.kind == Kind::kOpacity) {
      opacity *= filter.amount;
    } else {
      recoloring.matrices.push_back(color_matrix(filter));
    }
  }
  recoloring.opacity = static_cast<float>(opacity);
  return recoloring;
}

void apply_chroma_key(const scene::ChromaKeyFilter& filter, ImageView<const PremulRgba8> source,
                      ImageView<PremulRgba8> target) {
  LAYERCAST_CHECK(source.size() == target.size());
  const base::Color& color = filter.color;
  const Chroma screen = chroma_of(color.red / 255.0F, color.green / 255.0F, color.blue / 255.0F);
  // A lower bound, for key colours that are nearly grey.
  const float unit = 2 * std::max(0.05F, distance(screen, {}));
  const Key key{static_cast<float>(filter.similarity) * unit,
                static_cast<float>(filter.smoothness) * unit,
                static_cast<float>(filter.spill) * unit};
  const int width = source.width();
  const int last = source.height() - 1;
  std::array<Distances, 3> rows;  // row y is at index y mod 3
  for (Distances& row : rows) row.resize(static_cast<size_t>(width) + 2);
  const auto row_of = [&](int y) -> Distances& {
    return rows[static_cast<size_t>(std::clamp(y, 0, last) % 3)];
  };
  measure(screen, source.row(0), width, row_of(0));
  Chunk chunk;
  for_each_chunk(source.size(), [&](int x, int y, size_t count) {
    if (x == 0 && y < last) measure(screen, source.row(y + 1), width, row_of(y + 1));
    load(source.row(y) + x, count, chunk);
    key.apply({&row_of(y - 1), &row_of(y), &row_of(y + 1)}, static_cast<size_t>(x), count, chunk);
    store(chunk, count, target.row(y) + x);
  });
}

}  // namespace layercast::content
