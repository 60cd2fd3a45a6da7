#pragma once

#include "base/geometry.h"
#include "scene/scene.h"

#include <optional>

namespace layercast::content {

/// For which place on the canvas a drawing is rasterised: as finely as it is shown there, and on
/// the canvas's own pixels where it stands still.
struct Detail {
  base::SizeF scale{1, 1};  ///< pixels for a px of the layer box
  /// Of a shape that is upright and never moves: where its anchor lands between two pixels of the
  /// canvas, 0..1 each, and the anchor, 0..1 of its box.
  std::optional<base::PointF> place;
  base::PointF anchor;
  bool operator==(const Detail&) const = default;
};

/// What suits the layer: the largest scale it has at any time. No more than one pixel a px for
/// contents that are pictures, and for what is done with a layer's own pixels: filters and scrolls.
Detail detail_of(const scene::Layer& layer);

/// Where the corner of a box of that size lies between two pixels, 0..1 each.
base::PointF phase_of(const Detail& detail, base::SizeF box);

}  // namespace layercast::content
