#pragma once

#include "base/geometry.h"
#include "scene/model/scene.h"

#include <optional>

namespace layercast::content {

/// How to rasterise a content for its place on the canvas: at the scale at which it is shown, and
/// on the canvas's own pixels if it does not move.
struct Detail {
  base::SizeF scale{1, 1};  ///< pixels per px of the layer box
  /// For a content that never moves and is drawn or filtered in canvas pixels: the map from its box
  /// to the canvas with the anchor as the origin of the box, without whole pixels of translation.
  std::optional<base::Affine> standing;
  base::PointF anchor;  ///< of `standing`: 0..1 of the box
  /// Whether an image keeps its own pixels and is fitted into its box and onto the canvas in one
  /// step; `scale` is then a power of two.
  bool is_sampled = false;
  /// Whether a drawing or a text is also made in finer() detail, for use at a fractional position.
  bool is_made_finer = false;
  bool operator==(const Detail&) const = default;
};

/// The detail for the layer: its largest scale at any time. At most one pixel per px for moving
/// contents and for scrolls.
Detail detail_of(const scene::Layer& layer);

/// The best detail for sampling at a fractional position: sampling blurs a finer picture less, and
/// the detail is still below the one at which sampling would halve the picture first.
Detail finer(const Detail& detail);

/// Whether the animation leaves the position, scale and rotation of a layer unchanged.
bool keeps_place(const scene::Animation& animation);

/// The map from a layer box of this size to the pixels of its raster. With `standing`, these are
/// the pixels of the canvas up to a translation by whole pixels.
base::Affine pixels_from_box(const Detail& detail, base::SizeF box);

/// Pixels per px along the two sides of a box with this map. Range: above 0.
base::SizeF scale_of(const base::Affine& pixels_from_box);

}  // namespace layercast::content
