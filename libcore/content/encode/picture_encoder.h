#pragma once

#include "base/check.h"
#include "base/error.h"
#include "base/time.h"
#include "frame/image.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace layercast::content {

/// Receives the next bytes of a file.
using ByteSink = std::function<base::Result<void>(std::string_view)>;

/// The frames during which a picture is shown: from `first` up to `end`, without `end`.
struct PictureSpan {
  int64_t first;
  int64_t end;
};

/// Writes one file of pictures that follow each other without gaps. Thread: one at a time.
class PictureEncoder {
 public:
  virtual ~PictureEncoder() = default;
  virtual base::Result<void> add(frame::ImageView<const frame::StraightRgba8> picture,
                                 PictureSpan span) = 0;
  /// Completes the file. Call once, after the last picture.
  virtual base::Result<void> finish() = 0;
};

/// The time of frame `index` in units of 1/`units_per_second` s, rounded to nearest.
constexpr int64_t units_at(int64_t index, base::FrameRate rate, int64_t units_per_second) {
  const int64_t numerator = index * rate.denominator * units_per_second;
  return (2 * numerator + rate.numerator) / (int64_t{2} * rate.numerator);
}

}  // namespace layercast::content
