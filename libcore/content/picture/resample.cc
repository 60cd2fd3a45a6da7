#include "content/picture/resample.h"

#include "base/check.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace layercast::content {
namespace {

constexpr size_t kChannels = 4;

// A resampling kernel: the first source pixel and the weights, which add up to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

// The scaling along one axis.
struct Axis {
  int source_length;
  int halvings;   // of the source, in sequence
  int cells;      // samples of the halved line, in place of source pixels
  double start;   // where the first one begins in the result
  double length;  // total length of the cells in the result
};

// How often both sides can be halved and still be at least `wanted`.
int halvings(base::SizeI source, base::SizeF wanted) {
  int count = 0;
  for (double part = 0.5;
       source.width * part >= wanted.width && source.height * part >= wanted.height; part /= 2) {
    ++count;
  }
  return count;
}

int halved_length(int length, int times) { return std::max(1, length >> times); }

// The part of [from, from + 1] that lies in [first, last].
double overlap(double from, double first, double last) {
  return std::clamp(std::min(from + 1, last) - std::max(from, first), 0.0, 1.0);
}

// The two pixels around `place`, which counts from the centre of the first of `count` pixels.
Taps taps_around(double place, int count) {
  const double within = std::clamp(place, 0.0, count - 1.0);
  const auto left = static_cast<int>(within);
  const auto share = static_cast<float>(within - left);
  if (share == 0) return {left, {1}};
  return {left, {1 - share, share}};
}

// A pixel of a halved line, as pixels of the line before. If that has an odd length, each result
// pixel takes half of its middle one and a quarter of both neighbours.
Taps halving_taps(int position, int length) {
  if (length == 1) return {0, {1}};
  if (length % 2 == 0) return {2 * position, {0.5F, 0.5F}};
  return {2 * position, {0.25F, 0.5F, 0.25F}};
}

// Composes two resampling kernels: replaces each tap of `outer` by the taps of `inner`.
// Requires inner(i).first to be non-decreasing.
template <typename Inner>
Taps through(const Taps& outer, const Inner& inner) {
  Taps all;
  for (size_t i = 0; i < outer.weights.size(); ++i) {
    const Taps each = inner(outer.first + static_cast<int>(i));
    if (i == 0) all.first = each.first;
    const auto at = static_cast<size_t>(each.first - all.first);
    all.weights.resize(std::max(all.weights.size(), at + each.weights.size()));
    for (size_t k = 0; k < each.weights.size(); ++k) {
      all.weights[at + k] += outer.weights[i] * each.weights[k];
    }
  }
  return all;
}

// The two cells around the pixel's centre, in terms of source pixels.
Taps taps_of(int position, const Axis& axis) {
  Taps taps =
      taps_around((position + 0.5 - axis.start) * axis.cells / axis.length - 0.5, axis.cells);
  const int halved = halved_length(axis.source_length, axis.halvings);
  if (halved != axis.cells) {
    taps = through(taps, [&](int cell) {
      return taps_around((cell + 0.5) * halved / axis.cells - 0.5, halved);
    });
  }
  for (int level = axis.halvings - 1; level >= 0; --level) {
    const int length = halved_length(axis.source_length, level);
    taps = through(taps, [&](int pixel) { return halving_taps(pixel, length); });
  }
  const auto covered = static_cast<float>(overlap(position, axis.start, axis.start + axis.length));
  for (float& weight : taps.weights) weight *= covered;
  return taps;
}

// The reduction of a picture before it is sampled.
struct Reduction {
  base::SizeI size;
  int halvings = 0;
};

Reduction reduction_of(base::SizeI source, base::SizeF wanted) {
  const int level = halvings(source, wanted);
  const auto reduced = [level](int length) { return 1 + ((length - 1) >> level); };
  Reduction less{{reduced(source.width), reduced(source.height)}, 0};
  while (source.area() >= less.size.area() << (2 * (less.halvings + 1))) ++less.halvings;
  return less;
}

std::vector<Taps> all_taps(const Axis& axis, int first, int last) {
  std::vector<Taps> taps;
  taps.reserve(static_cast<size_t>(last - first));
  for (int i = first; i < last; ++i) taps.push_back(taps_of(i, axis));
  return taps;
}

using Row = std::vector<float>;  // four channels per pixel

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
    // Keeps colours at or below alpha, as premultiplied pixels require.
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

frame::Image<frame::PremulRgba8> resampled_into(frame::ImageView<const frame::PremulRgba8> source,
                                                const base::RectF& place, const base::RectI& part) {
  LAYERCAST_CHECK(!source.size().empty() && !part.empty());
  LAYERCAST_CHECK(place.width() > 0 && place.height() > 0);
  const Reduction less = reduction_of(source.size(), {place.width(), place.height()});
  const auto columns =
      all_taps({source.width(), less.halvings, less.size.width, place.left, place.width()},
               part.left, part.right);
  const auto lines =
      all_taps({source.height(), less.halvings, less.size.height, place.top, place.height()},
               part.top, part.bottom);

  // Filters each source row horizontally once and keeps it while result rows need it.
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

frame::Image<frame::PremulRgba8> resampled(frame::ImageView<const frame::PremulRgba8> source,
                                           base::SizeI size, const base::RectI& part) {
  LAYERCAST_CHECK(part.left >= 0 && part.top >= 0 && part.right <= size.width &&
                  part.bottom <= size.height);
  if (size == source.size()) return copied(source.part(part));
  return resampled_into(
      source, {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)}, part);
}

frame::Image<frame::PremulRgba8> reduced(frame::ImageView<const frame::PremulRgba8> source,
                                         base::SizeF size) {
  const base::SizeI less = reduction_of(source.size(), size).size;
  if (less == source.size()) return copied(source);
  return resampled(source, less, {0, 0, less.width, less.height});
}

}  // namespace layercast::content
