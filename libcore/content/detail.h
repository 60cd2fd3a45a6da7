#pragma once

#include "base/geometry.h"
#include "scene/scene.h"

#include <optional>

namespace layercast::content {

/// For which place on the canvas a content is rasterised: as finely as it is shown there, and on
/// the canvas's own pixels where it stands still.
struct Detail {
  base::SizeF scale{1, 1};  ///< pixels for a px of the layer box
  /// Of what never moves, and is drawn or filtered as it lies on the canvas: how its box comes
  /// there, if its anchor were the box's corner; it lands on the first pixel.
  std::optional<base::Affine> standing;
  base::PointF anchor;  ///< of what stands: 0..1 of its box
  /// Whether an image is left as it is, to be fitted into its box and onto the canvas at once;
  /// `scale` is a power of two then.
  bool is_sampled = false;
  /// Whether a drawing or a text is made a second time, finer(), for while it lies between pixels.
  bool is_made_finer = false;
  bool operator==(const Detail&) const = default;
};

/// What suits the layer: the largest scale it has at any time. No more than one pixel a px for
/// contents that move, and for what scrolls.
Detail detail_of(const scene::Layer& layer);

/// As fine as what is sampled between pixels is best: sampling blurs it the less, and it is not
/// halved yet.
Detail finer(const Detail& detail);

/// Whether the animation leaves a layer where it is, as large, and as it is turned.
bool keeps_place(const scene::Animation& animation);

/// Where the pixels of a layer with a box of that size lie: those of the canvas, but for whole
/// pixels, where it stands.
base::Affine pixels_from_box(const Detail& detail, base::SizeF box);

/// Pixels for a px along the two sides of a box that lies so. Range: above 0.
base::SizeF scale_of(const base::Affine& pixels_from_box);

}  // namespace layercast::content
