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

/// The edges of a clip.
inline BoxEdges edges_of(const RoundedClip& clip) {
  return {clip.radius, clip.is_cut ? EdgesCount::kTwice : EdgesCount::kOnce, clip.fade};
}

/// A plane of pixels, and the positions in it at which canvas pixels are sampled.
struct SampledPixels {
  frame::ImageView<const frame::PremulRgba8> pixels;
  SampleGrid grid;
};
/// The same for a plane of a YUV picture.
struct SampledPlane {
  frame::ImageView<const uint8_t> samples;
  SampleGrid grid;
};

/// A draw item, and everything that is computed once for its place before its pixels are drawn.
/// Ownership: borrows the item's source, recoloring and mask, not the item. Thread: any for the
/// const functions, one at a time for the others.
class PlacedItem {
 public:
  /// `shown`: the area of the canvas where items are drawn.
  PlacedItem(const DrawItem& item, const base::RectI& shown);

  /// The canvas pixels that the item may touch.
  const base::RectI& bounds() const { return bounds_; }
  /// True only if the item shows nothing in `area` of the canvas; may miss some such areas.
  bool is_clear(const base::RectI& area) const;
  /// True only if the item hides everything below it in `area` of the canvas; may miss some such
  /// areas.
  bool hides(const base::RectI& area) const;

  uint8_t opacity() const { return opacity_; }
  base::BlendMode blend() const { return blend_; }
  /// Whether the picture is unscaled and on a pixel boundary: its pixels are the canvas pixels from
  /// top_left() on.
  bool is_aligned() const { return aligned_; }
  base::PointI top_left() const { return top_left_; }
  /// Whether the rows of the picture are parallel to those of the canvas.
  bool is_upright() const { return picture_from_canvas_.xy == 0 && picture_from_canvas_.yx == 0; }
  /// The picture; null for a YUV picture.
  const frame::Picture* picture() const { return picture_; }
  /// The YUV picture; null for any other.
  const frame::YuvPicture* yuv() const { return yuv_; }
  /// The change of colours after sampling; null for none.
  const frame::Recoloring* recoloring() const { return recoloring_; }

  /// The pixels of `part` of bounds() as they appear on the canvas, before recoloring and opacity;
  /// nullopt when they must be sampled first. Range: `part` is inside bounds().
  std::optional<frame::ImageView<const frame::PremulRgba8>> at_hand(const base::RectI& part) const;
  /// The alphas of `part` of an aligned picture whose pixels are all black; nullopt for others and
  /// with recoloring.
  std::optional<frame::ImageView<const uint8_t>> black_at_hand(const base::RectI& part) const;
  /// Samples the whole picture, so that at_hand() returns its pixels from now on.
  void resample();
  /// The bytes that resample() allocates or has allocated; 0 when the item needs no resampling or
  /// is a YUV picture.
  size_t resampled_bytes() const;
  bool is_resampled() const { return resampled_ != nullptr; }
  /// Shares the result of resample() with `before`, which shows the same picture at the same place.
  void take_resampled(const PlacedItem& before) { resampled_ = before.resampled_; }

  /// The source of the samples: pixels() for a picture, planes() for a YUV picture.
  const SampledPixels& pixels() const { return pixels_; }
  const std::array<SampledPlane, 3>& planes() const { return planes_; }
  const frame::YuvCoefficients& coefficients() const { return coefficients_; }

  /// The pixels of the source that contribute to the samples of `area`.
  base::RectI sampled(const base::RectI& area) const;

  /// A rectangle of pixels of `part` that edges(), clip() and mask() do not make more transparent;
  /// may be empty. Range: `part` is inside bounds().
  base::RectI inside(const base::RectI& part) const;

  /// The coverage by the edges of the picture; nullopt when they are on a pixel boundary, so that
  /// bounds() represents them exactly.
  const std::optional<CoverageBox>& edges() const { return edges_; }
  /// The coverage by the clip; nullopt when there is none or when it covers all of bounds().
  const std::optional<CoverageBox>& clip() const { return clip_; }
  /// The mask; null for none.
  const MaskPlane* mask() const { return mask_; }

 private:
  void sample_planes(const base::Affine& canvas_from_picture);

  const frame::Picture* picture_ = nullptr;
  const frame::YuvPicture* yuv_ = nullptr;
  const frame::Recoloring* recoloring_ = nullptr;
  const MaskPlane* mask_ = nullptr;
  base::SizeI size_;
  base::Affine picture_from_canvas_;
  base::RectI bounds_;
  uint8_t opacity_;
  base::BlendMode blend_;
  bool aligned_;
  base::PointI top_left_;
  double reach_ = 0;  // distance, in px of the picture, over which pixels contribute to a sample
  SampledPixels pixels_;
  std::shared_ptr<const frame::Image<frame::PremulRgba8>> resampled_;  // the pixels of bounds_
  std::array<SampledPlane, 3> planes_;
  frame::YuvCoefficients coefficients_;
  std::optional<CoverageBox> edges_;
  std::optional<CoverageBox> clip_;
};

}  // namespace layercast::compose
