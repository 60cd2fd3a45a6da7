#pragma once

#include "base/geometry.h"
#include "scene/model/scene.h"

#include <cstdint>

namespace layercast::scene {

/// The work of one frame for `layer` on a canvas of this size: an estimate from the scene alone, in
/// pixels times passes over each.
/// A layer composites the pixels of its box that can lie on the canvas: one pass, a second one if
/// the layer is scaled, rotated or animated, two more for a blend mode, and two over the whole
/// canvas for a mask. Filters count if they are applied in every frame: those of contents and texts
/// that change, of scrolls, of animated filters and sizes, and of transitions. A blur is six
/// passes, a drop shadow four, a chroma key two, a colour filter one, over a picture that grows by
/// three radii on each side. 0 for a layer that is never drawn: hidden, without exit animations.
int64_t frame_work(const Layer& layer, base::SizeI canvas);

/// Whether the layer may be drawn without a change of the scene: it is visible, or its exit plays.
bool may_be_drawn(const Layer& layer);

}  // namespace layercast::scene
