#pragma once

#include "base/geometry.h"

#include <functional>

namespace layercast::content {

/// Blurs whole pictures whose pixels are 1 or 4 floats, transparent (0) around them.
/// A Gaussian of standard deviation s: its own weights below 2 (weaker below ¾, where browsers show
/// nothing); from there three boxes that have the variance of
///   - the Gaussian, up to s = 4;
///   - the boxes that the standard prescribes for larger ones, which are 3 to 6 % narrower: as wide
///     as 3 √(2π) ÷ 4 · s, but not rounded to whole pixels, so that a blur grows smoothly;
/// above s = 4 on a picture made smaller by a power of two, whose own softness is counted in.
/// Exact: the same floats on every machine: no step depends on how wide its vectors are.
/// Source: Filter Effects Module Level 1, feGaussianBlur; Gwosdek, Grewenig, Bruhn, Weickert,
/// "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering" (2011), equation 9.
class Blur {
 public:
  /// Range: `deviation`, along rows and down columns, above 0, px.
  explicit Blur(base::SizeF deviation);

  /// px by which a picture grows at each side.
  base::PointI reach() const;

  /// Pixels `first` to `first + count` of row `y`, all inside the picture.
  using ReadRow = std::function<void(int y, int first, int count, float* pixels)>;
  /// Row `y` of the blurred picture, all of it; the row above comes before it. Its first pixel and
  /// row lie reach() left of and above the picture's.
  using WriteRow = std::function<void(int y, const float* pixels)>;

  /// Range: `channels` is 1 or 4. Memory: some rows; above s = 4 also the smaller pictures.
  void run(base::SizeI size, int channels, const ReadRow& read, const WriteRow& write) const;

  /// The size of what a picture of `size` becomes.
  base::SizeI blurred_size(base::SizeI size) const;

 private:
  base::SizeF variance_;  // on the smaller picture
  int shrink_ = 1;        // the power of two
};

}  // namespace layercast::content
