#include "content/resample.h"

#include "base/check.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace layercast::content {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLobes = 3;
constexpr size_t kChannels = 4;

// The source pixels that one result pixel is made of. The weights add up to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

// sin(πx), the same bits everywhere, unlike libm's.
double sine_of_pi(double x) { return base::rotation_degrees(180 * x).yx; }

double lanczos(double x) {
  if (x == 0) return 1;
  if (std::abs(x) >= kLobes) return 0;
  return kLobes * sine_of_pi(x) * sine_of_pi(x / kLobes) / (kPi * kPi * x * x);
}

Taps taps_of(int position, int source_length, int length) {
  const double step = static_cast<double>(source_length) / length;
  const double stretch = std::max(1.0, step);
  const double center = (position + 0.5) * step;
  Taps taps;
  taps.first = std::max(0, static_cast<int>(std::floor(center - kLobes * stretch + 0.5)));
  const int last =
      std::min(source_length, static_cast<int>(std::floor(center + kLobes * stretch + 0.5)));
  std::vector<double> weights;
  double sum = 0;
  for (int i = taps.first; i < last; ++i) {
    weights.push_back(lanczos((i + 0.5 - center) / stretch));
    sum += weights.back();
  }
  taps.weights.reserve(weights.size());
  for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
  return taps;
}

std::vector<Taps> all_taps(int source_length, int length, int first, int last) {
  std::vector<Taps> taps;
  taps.reserve(static_cast<size_t>(last - first));
  for (int i = first; i < last; ++i) taps.push_back(taps_of(i, source_length, length));
  return taps;
}

using Row = std::vector<float>;  // four channels a pixel

void unpack_row(const frame::PremulRgba8* from, Row& to) {
  for (size_t x = 0; x < to.size() / kChannels; ++x) {
    to[kChannels * x] = from[x].red;
    to[kChannels * x + 1] = from[x].green;
    to[kChannels * x + 2] = from[x].blue;
    to[kChannels * x + 3] = from[x].alpha;
  }
}

void filter_across(const Row& from, const std::vector<Taps>& columns, Row& to) {
  float* out = to.data();
  for (const Taps& taps : columns) {
    const float* in = from.data() + kChannels * static_cast<size_t>(taps.first);
    float sum[kChannels] = {};
    for (const float weight : taps.weights) {
      for (size_t c = 0; c < kChannels; ++c) sum[c] += weight * in[c];
      in += kChannels;
    }
    std::copy_n(sum, kChannels, out);
    out += kChannels;
  }
}

uint8_t rounded(float value, float largest) {
  const float shifted = std::clamp(value, 0.0F, largest) + 0.5F;
  return static_cast<uint8_t>(shifted);
}

void pack_row(const Row& from, frame::PremulRgba8* to) {
  for (size_t x = 0; x < from.size() / kChannels; ++x) {
    const float* pixel = from.data() + kChannels * x;
    // The filter overshoots at edges; a colour above its alpha would be brighter than white.
    const float alpha = std::clamp(pixel[3], 0.0F, 255.0F);
    to[x] = {rounded(pixel[0], alpha), rounded(pixel[1], alpha), rounded(pixel[2], alpha),
             rounded(alpha, 255.0F)};
  }
}

frame::Image<frame::PremulRgba8> copied(frame::ImageView<const frame::PremulRgba8> source) {
  frame::Image<frame::PremulRgba8> copy(source.size());
  for (int y = 0; y < source.height(); ++y) {
    std::copy_n(source.row(y), source.width(), copy.view().row(y));
  }
  return copy;
}

}  // namespace

frame::Image<frame::PremulRgba8> resampled(frame::ImageView<const frame::PremulRgba8> source,
                                           base::SizeI size, const base::RectI& part) {
  LAYERCAST_CHECK(!source.size().empty() && !part.empty());
  LAYERCAST_CHECK(part.left >= 0 && part.top >= 0 && part.right <= size.width &&
                  part.bottom <= size.height);
  if (size == source.size()) return copied(source.part(part));
  const auto columns = all_taps(source.width(), size.width, part.left, part.right);
  const auto lines = all_taps(source.height(), size.height, part.top, part.bottom);

  // Source rows are filtered across once each and kept while result rows still need them.
  size_t kept_max = 0;
  for (const Taps& taps : lines) kept_max = std::max(kept_max, taps.weights.size());
  const size_t row_floats = kChannels * static_cast<size_t>(part.width());
  std::vector<Row> kept(kept_max, Row(row_floats));
  Row unpacked(kChannels * static_cast<size_t>(source.width()));
  Row sum(row_floats);
  frame::Image<frame::PremulRgba8> result({part.width(), part.height()});
  int next = lines.front().first;
  for (int y = 0; y < part.height(); ++y) {
    const Taps& taps = lines[static_cast<size_t>(y)];
    const int end = taps.first + static_cast<int>(taps.weights.size());
    for (; next < end; ++next) {
      unpack_row(source.row(next), unpacked);
      filter_across(unpacked, columns, kept[static_cast<size_t>(next) % kept_max]);
    }
    std::fill(sum.begin(), sum.end(), 0.0F);
    for (size_t k = 0; k < taps.weights.size(); ++k) {
      const Row& row = kept[(static_cast<size_t>(taps.first) + k) % kept_max];
      const float weight = taps.weights[k];
      for (size_t i = 0; i < row_floats; ++i) sum[i] += weight * row[i];
    }
    pack_row(sum, result.view().row(y));
  }
  return result;
}

}  // namespace layercast::content
