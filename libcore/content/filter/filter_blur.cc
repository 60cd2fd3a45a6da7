#include "content/filter/filter_blur.h"

#include "base/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <vector>

namespace layercast::content {
namespace {

using scene::BlurEdge;

constexpr double kOwnWeightsBelow = 2;  // three boxes approximate it badly
constexpr double kWeakerBelow = 0.75;   // browsers show no blur
constexpr double kGaussianUpTo = 4;
constexpr double kDeviationMax = 4;  // then the picture is reduced
constexpr int kBoxes = 3;

// Floats that a pass processes side by side.
constexpr int kLanes = 32;
constexpr int kBandRows = 128;

// e^x for x <= 0, by its series, because the last bit of libm's result depends on the machine.
double exp_of_negative(double x) {
  constexpr int kHalvings = 12;
  double term = 1;
  double sum = 1;
  const double small = std::max(x, -700.0) / (1 << kHalvings);
  for (int n = 1; n <= 12; ++n) {
    term *= small / n;
    sum += term;
  }
  for (int i = 0; i < kHalvings; ++i) sum *= sum;
  return sum;
}

// The variance of the weights or of the three boxes. Source: see Blur.
double variance_of(double deviation) {
  constexpr double kWidthPerDeviation = 1.8799712059732503;  // 3 √(2π) ÷ 4
  const double gaussian = deviation * deviation;
  if (deviation < kWeakerBelow) return gaussian * deviation / kWeakerBelow;
  if (deviation <= kGaussianUpTo) return gaussian;
  // The mean of the variances for an odd width d, (d² − 1) ÷ 4, and for an even one, where the
  // third box is wider by 1.
  const double width = kWidthPerDeviation * deviation;
  return std::max(kGaussianUpTo * kGaussianUpTo, width * width / 4 + width / 12 - 5.0 / 24);
}

// One-dimensional filter along lines of kLanes floats, in place: reads `count + 2 * reach` lines
// and writes `count`.
class Pass {
 public:
  explicit Pass(double variance) {
    if (variance < kOwnWeightsBelow * kOwnWeightsBelow) {
      use_own_weights(variance);
    } else {
      use_boxes(variance / kBoxes);
    }
  }

  // The reach of all steps together.
  int reach() const { return weights_.empty() ? kBoxes * (radius_ + 1) : radius_; }

  void run(float* lines, int count) const {
    if (!weights_.empty()) return weigh(lines, count);
    for (int box = kBoxes - 1; box >= 0; --box) sum_up(lines, count + 2 * box * (radius_ + 1));
  }

 private:
  void use_own_weights(double variance) {
    radius_ = static_cast<int>(std::ceil(3 * std::sqrt(variance)));
    double sum = 0;
    std::vector<double> weights;
    for (int k = -radius_; k <= radius_; ++k) {
      weights.push_back(exp_of_negative(-(k * k) / (2 * variance)));
      sum += weights.back();
    }
    for (const double weight : weights) weights_.push_back(static_cast<float>(weight / sum));
  }

  // A box filter with fractional outermost weights, which gives any variance exactly.
  void use_boxes(double variance) {
    radius_ = static_cast<int>((std::sqrt(12 * variance + 1) - 1) / 2);
    const double r = radius_;
    const double outer =
        (2 * r + 1) * (r * (r + 1) - 3 * variance) / (6 * (variance - (r + 1) * (r + 1)));
    const double whole = 2 * r + 1 + 2 * outer;
    inner_ = static_cast<float>(1 / whole);
    outer_ = static_cast<float>(outer / whole);
  }

  void weigh(float* lines, int count) const {
    std::array<float, kLanes> sums;
    for (int i = 0; i < count; ++i, lines += kLanes) {
      sums.fill(0);
      const float* line = lines;
      for (const float weight : weights_) {
        for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += line[lane] * weight;
        line += kLanes;
      }
      std::ranges::copy(sums, lines);
    }
  }

  void sum_up(float* lines, int count) const {
    const float* last = lines + ptrdiff_t{2} * (radius_ + 1) * kLanes;
    const ptrdiff_t to_last = last - lines;
    std::array<float, kLanes> sums{};
    for (const float* line = lines + kLanes; line < last; line += kLanes) {
      for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += line[lane];
    }
    for (int i = 0; i < count; ++i, lines += kLanes) {
      const float* enters = lines + to_last;
      const float* leaves = lines + kLanes;
      std::array<float, kLanes> result;
      for (size_t lane = 0; lane < kLanes; ++lane) {
        result[lane] = inner_ * sums[lane] + outer_ * (lines[lane] + enters[lane]);
        sums[lane] += enters[lane] - leaves[lane];
      }
      std::ranges::copy(result, lines);
    }
  }

  int radius_ = 0;              // of the whole weights
  std::vector<float> weights_;  // from -radius_ to radius_; empty: boxes
  float inner_ = 0;
  float outer_ = 0;
};

// The horizontal and the vertical pass.
struct Passes {
  Passes(base::SizeF variance, BlurEdge edge)
      : across(variance.width), down(variance.height), clamps(edge == BlurEdge::kClamp) {}
  // How far the result reaches out of the picture.
  base::PointI growth() const {
    return clamps ? base::PointI{} : base::PointI{across.reach(), down.reach()};
  }
  base::SizeI grown(base::SizeI size) const {
    return {size.width + 2 * growth().x, size.height + 2 * growth().y};
  }

  Pass across;
  Pass down;
  bool clamps;
};

// Blurs one picture in bands: first the columns, then the rows.
class Run {
 public:
  Run(const Passes& passes, base::SizeI size, int channels)
      : passes_(passes),
        size_(size),
        grown_(passes.grown(size)),
        channels_(channels),
        columns_(kLanes / channels),
        before_{passes.growth().x + passes.across.reach(),
                passes.growth().y + passes.down.reach()} {
    const int lines =
        std::max(kBandRows + 2 * passes.down.reach(), grown_.width + 2 * passes.across.reach());
    lines_.resize(static_cast<size_t>(lines) * kLanes);
    band_.resize(static_cast<size_t>(kBandRows) * row_floats());
    row_.resize(static_cast<size_t>(grown_.width) * static_cast<size_t>(channels_));
  }

  void run(const Blur::ReadRow& read, const Blur::WriteRow& write) {
    for (int first = 0; first < grown_.height; first += kBandRows) {
      const int count = std::min(kBandRows, grown_.height - first);
      for (int x = 0; x < size_.width; x += columns_) blur_columns(read, x, first, count);
      for (int y = 0; y < count; y += columns_) blur_rows(write, first, y, count);
    }
  }

 private:
  size_t row_floats() const {
    return static_cast<size_t>(size_.width) * static_cast<size_t>(channels_);
  }
  float* line(int index) { return lines_.data() + ptrdiff_t{index} * kLanes; }
  float* band_row(int y) { return band_.data() + static_cast<size_t>(y) * row_floats(); }

  // Blurs the columns from `x` for the band of `count` rows that begins at row `first` of the
  // result.
  void blur_columns(const Blur::ReadRow& read, int x, int first, int count) {
    const int width = std::min(columns_, size_.width - x);
    const int reach = passes_.down.reach();
    for (int i = 0; i < count + 2 * reach; ++i) {
      const int y = first + i - before_.y;
      const bool is_inside = y >= 0 && y < size_.height;
      const bool is_read = is_inside || passes_.clamps;
      if (!is_read || width < columns_) std::fill_n(line(i), kLanes, 0.0F);
      if (is_read) read(std::clamp(y, 0, size_.height - 1), x, width, line(i));
    }
    passes_.down.run(lines_.data(), count);
    for (int i = 0; i < count; ++i) {
      std::copy_n(line(i), width * channels_, band_row(i) + x * channels_);
    }
  }

  // Blurs the band's rows from `y`.
  void blur_rows(const Blur::WriteRow& write, int first, int y, int count) {
    const int rows = std::min(columns_, count - y);
    const int before = before_.x;
    if (!passes_.clamps) {
      std::fill(line(0), line(before), 0.0F);
      std::fill(line(before + size_.width), line(2 * before + size_.width), 0.0F);
    }
    for (int row = 0; row < rows; ++row) {
      const float* from = band_row(y + row);
      float* to = line(before) + row * channels_;
      for (int x = 0; x < size_.width; ++x) {
        copy_pixel(from + x * channels_, to + ptrdiff_t{x} * kLanes);
      };
    }
    if (passes_.clamps) repeat_ends(before);
    passes_.across.run(lines_.data(), grown_.width);
    for (int row = 0; row < rows; ++row) {
      const float* from = lines_.data() + row * channels_;
      for (int x = 0; x < grown_.width; ++x) {
        copy_pixel(from + ptrdiff_t{x} * kLanes, row_.data() + x * channels_);
      }
      write(first + y + row, row_.data());
    }
  }

  // Fills the `count` lines on both sides of the rows with their outermost pixels.
  void repeat_ends(int count) {
    const int last = count + size_.width - 1;
    for (int i = 0; i < count; ++i) {
      std::copy_n(line(count), kLanes, line(i));
      std::copy_n(line(last), kLanes, line(last + 1 + i));
    }
  }

  void copy_pixel(const float* from, float* to) const {
    if (channels_ == 4) {
      std::memcpy(to, from, 4 * sizeof(float));
    } else {
      *to = *from;
    }
  }

  const Passes& passes_;
  base::SizeI size_;
  base::SizeI grown_;
  int channels_;
  int columns_;          // columns per step; also rows
  base::PointI before_;  // pixels read before the picture
  std::vector<float> lines_;
  std::vector<float> band_;
  std::vector<float> row_;
};

// A float picture.
struct Field {
  base::SizeI size;
  int channels = 1;
  std::vector<float> pixels;

  Field(base::SizeI field_size, int channel_count)
      : size(field_size),
        channels(channel_count),
        pixels(static_cast<size_t>(field_size.area() * channel_count)) {}
  float* row(int y) { return pixels.data() + ptrdiff_t{y} * size.width * channels; }
};

// The position of a pixel of the full picture, relative to the pixels of one reduced by `shrink`.
struct Between {
  Between(int pixel, int shrink) {
    // Its coordinate in the reduced picture is (pixel + ½) ÷ shrink − ½.
    const int halves = 2 * pixel + 1 - shrink;
    before = (halves + 2 * shrink) / (2 * shrink) - 1;
    weight = static_cast<float>(halves - 2 * shrink * before) / static_cast<float>(2 * shrink);
  }
  int before;    // the pixel before it; -1: outside
  float weight;  // of the pixel after it
};

std::vector<Between> places_of(int first, int last, int shrink) {
  std::vector<Between> places;
  places.reserve(static_cast<size_t>(last - first));
  for (int pixel = first; pixel < last; ++pixel) places.emplace_back(pixel, shrink);
  return places;
}

// A reduced picture has an additional pixel on each side, for pixels near the edges.
base::SizeI shrunk(base::SizeI size, int shrink) {
  return {(size.width + shrink - 1) / shrink + 2, (size.height + shrink - 1) / shrink + 2};
}

// Distributes each pixel over its two neighbours in the reduced row, which begins one pixel early.
template <int kChannels>
void gather(const std::vector<float>& row, const std::vector<Between>& places, float* sums) {
  const float* pixel = row.data();
  for (const Between& place : places) {
    float* left = sums + ptrdiff_t{place.before + 1} * kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const float right = pixel[c] * place.weight;
      left[c] += pixel[c] - right;
      left[c + kChannels] += right;
    }
    pixel += kChannels;
  }
}

// Distributes each pixel over its four neighbours, so that the reduction does not shift anything.
Field shrunk_picture(base::SizeI size, int channels, int shrink, const Blur::ReadRow& read) {
  Field field(shrunk(size, shrink), channels);
  const std::vector<Between> places = places_of(0, size.width, shrink);
  std::vector<float> row(static_cast<size_t>(size.width * channels));
  std::vector<float> sums(static_cast<size_t>(field.size.width * channels));
  const float part = 1.0F / static_cast<float>(shrink * shrink);
  for (int y = 0; y < size.height; ++y) {
    read(y, 0, size.width, row.data());
    std::ranges::fill(sums, 0.0F);
    channels == 4 ? gather<4>(row, places, sums.data()) : gather<1>(row, places, sums.data());
    const Between place(y, shrink);
    float* upper = field.row(place.before + 1);
    float* lower = field.row(place.before + 2);
    for (size_t i = 0; i < sums.size(); ++i) {
      const float below = sums[i] * place.weight;
      upper[i] += (sums[i] - below) * part;
      lower[i] += below * part;
    }
  }
  return field;
}

// Enlarges `row`, which has an additional pixel on both sides, by linear interpolation.
template <int kChannels>
void stretch(const std::vector<float>& row, const std::vector<Between>& places, float* result) {
  for (const Between& place : places) {
    const float* left = row.data() + ptrdiff_t{place.before + 1} * kChannels;
    for (int c = 0; c < kChannels; ++c) {
      result[c] = left[c] + (left[c + kChannels] - left[c]) * place.weight;
    }
    result += kChannels;
  }
}

// Writes `part` of the reduced picture enlarged by linear interpolation, with transparent
// surroundings.
void write_enlarged(Field& field, int shrink, const base::RectI& part,
                    const Blur::WriteRow& write) {
  const auto channels = static_cast<size_t>(field.channels);
  const size_t row_floats = static_cast<size_t>(field.size.width) * channels;
  const std::vector<Between> places = places_of(part.left, part.right, shrink);
  const std::vector<float> nothing(row_floats);
  std::vector<float> between(row_floats + 2 * channels);  // 0 at both ends
  std::vector<float> row(places.size() * channels);
  for (int y = part.top; y < part.bottom; ++y) {
    const Between place(y, shrink);
    const float* a = place.before < 0 ? nothing.data() : field.row(place.before);
    const bool is_last = place.before + 1 == field.size.height;
    const float* b = is_last ? nothing.data() : field.row(place.before + 1);
    for (size_t i = 0; i < row_floats; ++i) {
      between[i + channels] = a[i] + (b[i] - a[i]) * place.weight;
    }
    channels == 4 ? stretch<4>(between, places, row.data())
                  : stretch<1>(between, places, row.data());
    write(y - part.top, row.data());
  }
}

// A picture with clamped edges is extended by this many reduced pixels on each side before it is
// reduced. All but kIncomplete of them are then sums of whole neighbourhoods, the outermost two of
// these of the repeated edge alone: clamping the reduced picture repeats the edge exactly.
constexpr int kExtended = 4;
constexpr int kIncomplete = 3;

// Reads a picture that repeats its edge pixels for `border` pixels on each side.
class ExtendedRows {
 public:
  ExtendedRows(base::SizeI size, int channels, int border, const Blur::ReadRow& read)
      : size_(size), channels_(channels), border_(border), read_(read) {}

  base::SizeI size() const { return {size_.width + 2 * border_, size_.height + 2 * border_}; }

  void read_whole(int y, float* pixels) const {
    float* own = pixels + ptrdiff_t{border_} * channels_;
    float* after = own + ptrdiff_t{size_.width} * channels_;
    read_(std::clamp(y - border_, 0, size_.height - 1), 0, size_.width, own);
    for (int x = 0; x < border_; ++x) {
      std::copy_n(own, channels_, pixels + ptrdiff_t{x} * channels_);
      std::copy_n(after - channels_, channels_, after + ptrdiff_t{x} * channels_);
    }
  }

 private:
  base::SizeI size_;
  int channels_;
  int border_;
  const Blur::ReadRow& read_;
};

}  // namespace

Blur::Blur(base::SizeF deviation, BlurEdge edge)
    : variance_{variance_of(deviation.width), variance_of(deviation.height)}, edge_(edge) {
  LAYERCAST_CHECK(deviation.width > 0 && deviation.height > 0);
  while (std::min(deviation.width, deviation.height) / shrink_ > kDeviationMax) shrink_ *= 2;
  if (shrink_ == 1) return;
  // Reduction and enlargement have already blurred the picture, each with a variance of shrink² ÷ 6
  // + 1 ÷ 12.
  const double softness = 1.0 / 3 + 1.0 / (6.0 * shrink_ * shrink_);
  variance_ = {variance_.width / shrink_ / shrink_ - softness,
               variance_.height / shrink_ / shrink_ - softness};
}

base::PointI Blur::reach() const {
  if (edge_ == BlurEdge::kClamp) return {};
  const Passes passes(variance_, edge_);
  const int border = shrink_ == 1 ? 0 : 1;
  return {(passes.across.reach() + border) * shrink_, (passes.down.reach() + border) * shrink_};
}

base::SizeI Blur::blurred_size(base::SizeI size) const {
  if (edge_ == BlurEdge::kClamp) return size;
  const base::SizeI grown =
      Passes(variance_, edge_).grown(shrink_ == 1 ? size : shrunk(size, shrink_));
  return {grown.width * shrink_, grown.height * shrink_};
}

void Blur::run(base::SizeI size, int channels, const ReadRow& read, const WriteRow& write) const {
  LAYERCAST_CHECK(channels == 1 || channels == 4);
  if (shrink_ == 1) {
    Run(Passes(variance_, edge_), size, channels).run(read, write);
  } else {
    run_reduced(size, channels, read, write);
  }
}

void Blur::run_reduced(base::SizeI size, int channels, const ReadRow& read,
                       const WriteRow& write) const {
  const Passes passes(variance_, edge_);
  const int border = passes.clamps ? kExtended * shrink_ : 0;
  const int skipped = passes.clamps ? kIncomplete : 0;
  const ExtendedRows extended(size, channels, border, read);
  Field small = shrunk_picture(
      extended.size(), channels, shrink_,
      [&](int y, int /*first*/, int /*count*/, float* pixels) { extended.read_whole(y, pixels); });
  const base::SizeI used{small.size.width - 2 * skipped, small.size.height - 2 * skipped};
  Field blurred(passes.grown(used), channels);
  const auto read_small = [&](int y, int first, int count, float* pixels) {
    const float* row = small.row(y + skipped) + ptrdiff_t{first + skipped} * channels;
    std::copy_n(row, count * channels, pixels);
  };
  const auto write_small = [&](int y, const float* pixels) {
    std::copy_n(pixels, blurred.size.width * channels, blurred.row(y));
  };
  Run(passes, used, channels).run(read_small, write_small);
  // The field begins one reduced pixel before the extended picture.
  const int first = passes.clamps ? border - (skipped - 1) * shrink_ : 0;
  const base::SizeI shown = blurred_size(size);
  write_enlarged(blurred, shrink_, {first, first, first + shown.width, first + shown.height},
                 write);
}

}  // namespace layercast::content
