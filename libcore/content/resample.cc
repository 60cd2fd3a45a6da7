#include "content/resample.h"

#include "base/check.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace layercast::content {
namespace {

constexpr size_t kChannels = 4;

// The source pixels that one result pixel is made of. The weights add up to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

// One direction of a scaling.
struct Axis {
  int source_length;
  int cells;      // that many cells of equal length stand in for the source's pixels
  double start;   // where the first one begins in the result
  double length;  // of all of them in the result
};

// How often both sides can be halved without coming below what is wanted.
int halvings(base::SizeI source, base::SizeF wanted) {
  int count = 0;
  for (double part = 0.5;
       source.width * part >= wanted.width && source.height * part >= wanted.height; part /= 2) {
    ++count;
  }
  return count;
}

// How much of [from, from + 1] lies in [first, last].
double overlap(double from, double first, double last) {
  return std::clamp(std::min(from + 1, last) - std::max(from, first), 0.0, 1.0);
}

// The two cells around the pixel's centre, each as the mean of the source pixels in it.
Taps taps_of(int position, const Axis& axis) {
  const double cell = static_cast<double>(axis.source_length) / axis.cells;
  const double place = (position + 0.5 - axis.start) * axis.cells / axis.length - 0.5;
  const double within = std::clamp(place, 0.0, axis.cells - 1.0);
  const double left = std::floor(within);
  const double right = std::min(left + 1, axis.cells - 1.0);
  const double right_share = within - left;
  const double covered = overlap(position, axis.start, axis.start + axis.length);
  Taps taps;
  taps.first = static_cast<int>(std::floor(left * cell));
  const int end = std::min(axis.source_length, static_cast<int>(std::ceil((right + 1) * cell)));
  for (int i = taps.first; i < end; ++i) {
    const double weight = overlap(i, left * cell, (left + 1) * cell) * (1 - right_share) +
                          overlap(i, right * cell, (right + 1) * cell) * right_share;
    taps.weights.push_back(static_cast<float>(weight / cell * covered));
  }
  return taps;
}

std::vector<Taps> all_taps(const Axis& axis, int first, int last) {
  std::vector<Taps> taps;
  taps.reserve(static_cast<size_t>(last - first));
  for (int i = first; i < last; ++i) taps.push_back(taps_of(i, axis));
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
    // A colour above its alpha would be brighter than white.
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
  const int level = halvings(source.size(), {place.width(), place.height()});
  const auto columns =
      all_taps({source.width(), std::max(1, source.width() >> level), place.left, place.width()},
               part.left, part.right);
  const auto lines =
      all_taps({source.height(), std::max(1, source.height() >> level), place.top, place.height()},
               part.top, part.bottom);

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

frame::Image<frame::PremulRgba8> resampled(frame::ImageView<const frame::PremulRgba8> source,
                                           base::SizeI size, const base::RectI& part) {
  LAYERCAST_CHECK(part.left >= 0 && part.top >= 0 && part.right <= size.width &&
                  part.bottom <= size.height);
  if (size == source.size()) return copied(source.part(part));
  return resampled_into(
      source, {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)}, part);
}

}  // namespace layercast::content
