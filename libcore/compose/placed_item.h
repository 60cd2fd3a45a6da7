#pragma once

#include "base/geometry.h"
#include "compose/coverage.h"
#include "compose/draw_list.h"
#include "compose/sample_grid.h"
#include "frame/yuv_color.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace layercast::compose {

/// One plane, and where canvas pixels are sampled in it.
struct SampledPixels {
  frame::ImageView<const frame::PremulRgba8> pixels;
  SampleGrid grid;
};
struct SampledPlane {
  frame::ImageView<const uint8_t> samples;
  SampleGrid grid;
};

/// A draw item with all that is worked out once for its whole place, before a pixel is drawn.
/// Ownership: borrows the item's source and recoloring, not the item.
class PlacedItem {
 public:
  /// `shown`: where on the canvas items show.
  PlacedItem(const DrawItem& item, const base::RectI& shown);

  /// Canvas pixels that it may touch.
  const base::RectI& bounds() const { return bounds_; }
  /// Whether nothing of it shows in `area` of the canvas, for certain.
  bool is_clear(const base::RectI& area) const;
  /// Whether nothing below it shows in `area` of the canvas, for certain.
  bool hides(const base::RectI& area) const;

  uint8_t opacity() const { return opacity_; }
  base::BlendMode blend() const { return blend_; }
  /// Whether each of its pixels is one canvas pixel, at top_left() and on.
  bool is_aligned() const { return aligned_; }
  base::PointI top_left() const { return top_left_; }
  /// Whether its rows are rows of the canvas.
  bool is_upright() const { return picture_from_canvas_.xy == 0 && picture_from_canvas_.yx == 0; }
  /// The item's picture; null for a YUV one.
  const frame::Picture* picture() const { return picture_; }
  const frame::YuvPicture* yuv() const { return yuv_; }
  /// What is done to its pixels once they are sampled; null for nothing.
  const frame::Recoloring* recoloring() const { return recoloring_; }

  /// The pixels of `part` of its bounds, where they need no sampling: there they are as they lie on
  /// the canvas.
  std::optional<frame::ImageView<const frame::PremulRgba8>> at_hand(const base::RectI& part) const;
  /// The same of a picture that is black: its alphas.
  std::optional<frame::ImageView<const uint8_t>> black_at_hand(const base::RectI& part) const;
  /// Samples all of a picture that needs it, for at_hand() from now on.
  void resample();
  /// Bytes of what resample() makes or has made; 0 where there is nothing to sample.
  size_t resampled_bytes() const;
  bool is_resampled() const { return resampled_ != nullptr; }
  /// Takes over what resample() made of `before`, which shows the same picture in the same place.
  void take_resampled(const PlacedItem& before) { resampled_ = before.resampled_; }

  /// How it is sampled: `pixels` for a picture, `planes` for a YUV one.
  const SampledPixels& pixels() const { return pixels_; }
  const std::array<SampledPlane, 3>& planes() const { return planes_; }
  const frame::YuvCoefficients& coefficients() const { return coefficients_; }

  /// Which pixels of its source the samples of `area` are made of.
  base::RectI sampled(const base::RectI& area) const;

  /// The pixels of `part` of its bounds that show it at its opacity and no less, for certain: one
  /// rectangle, maybe of none. Elsewhere edges() and clip() tell.
  base::RectI inside(const base::RectI& part) const;

  /// Absent: its edges fall between pixels, so `bounds` has them.
  const std::optional<CoverageBox>& edges() const { return edges_; }
  const std::optional<CoverageBox>& clip() const { return clip_; }

 private:
  void sample_planes(const base::Affine& canvas_from_picture);

  const frame::Picture* picture_ = nullptr;
  const frame::YuvPicture* yuv_ = nullptr;
  const frame::Recoloring* recoloring_ = nullptr;
  base::SizeI size_;
  base::Affine picture_from_canvas_;
  base::RectI bounds_;
  uint8_t opacity_;
  base::BlendMode blend_;
  bool aligned_;
  base::PointI top_left_;
  double reach_ = 0;  // px of the picture around a sample that it is made of
  SampledPixels pixels_;
  std::shared_ptr<const frame::Image<frame::PremulRgba8>> resampled_;  // its bounds
  std::array<SampledPlane, 3> planes_;
  frame::YuvCoefficients coefficients_;
  std::optional<CoverageBox> edges_;
  std::optional<CoverageBox> clip_;
};

}  // namespace layercast::compose
