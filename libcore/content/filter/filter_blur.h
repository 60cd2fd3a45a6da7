#pragma once

#include "base/geometry.h"
#include "scene/model/filter.h"

#include <functional>

namespace layercast::content {

/// Blurs pictures of 1 or 4 float channels. Outside, a picture is 0 (scene::BlurEdge::kTransparent)
/// or repeats its edge pixels (kClamp).
/// Approximates a Gaussian of standard deviation s. Below 2: a kernel of Gaussian weights (weaker
/// below ¾, where browsers show no blur). From 2: three box blurs with the variance of
///   - the Gaussian, up to s = 4;
///   - the box blurs that the standard prescribes for larger ones, which are 3 to 6 % narrower: 3
///     √(2π) ÷ 4 · s wide, but not rounded to whole pixels, so that an animated blur grows
///     smoothly.
/// Above s = 4 the picture is first reduced by a power of two; the softening by that is subtracted.
/// Exact: the same floats on every machine; the order of operations does not depend on the vector
/// width.
/// Source: Filter Effects Module Level 1, feGaussianBlur; Gwosdek, Grewenig, Bruhn, Weickert,
/// "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering" (2011), equation 9.
class Blur {
 public:
  /// `deviation`: horizontal and vertical standard deviation. Range: above 0, px.
  explicit Blur(base::SizeF deviation, scene::BlurEdge edge = scene::BlurEdge::kTransparent);

  /// How far the picture grows on each side, in px; 0 with clamped edges.
  base::PointI reach() const;

  /// Reads `count` pixels of row `y` from `first`, all inside the picture.
  using ReadRow = std::function<void(int y, int first, int count, float* pixels)>;
  /// Receives row `y` of the blurred picture, in ascending order. Its first pixel and row lie
  /// reach() left of and above the picture's.
  using WriteRow = std::function<void(int y, const float* pixels)>;

  /// Blurs a picture. Range: `channels` is 1 or 4. Memory: some rows; above s = 4 also the reduced
  /// pictures.
  void run(base::SizeI size, int channels, const ReadRow& read, const WriteRow& write) const;

  /// The size of a blurred picture of `size`.
  base::SizeI blurred_size(base::SizeI size) const;

 private:
  void run_reduced(base::SizeI size, int channels, const ReadRow& read,
                   const WriteRow& write) const;

  base::SizeF variance_;  // on the reduced picture
  scene::BlurEdge edge_;
  int shrink_ = 1;  // the power of two
};

}  // namespace layercast::content
