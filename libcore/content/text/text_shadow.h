#pragma once

#include "base/geometry.h"
#include "content/picture/cairo_picture.h"
#include "content/text/text_ink.h"
#include "scene/model/scene.h"

namespace layercast::content {

/// Whether the style has a visible shadow.
bool has_shadow(const scene::TextStyle& style);

/// The bounding box of the shadow of ink within `ink`, including its blur.
base::RectF shadow_bounds(const scene::Shadow& shadow, const base::RectF& ink);

/// Draws the shadow of `ink` into `area`, which contains shadow_bounds().
/// Units: `cairo` uses px of the layer box, `area` pixels of the target.
void draw_shadow(cairo_t* cairo, const scene::Shadow& shadow, const Ink& ink,
                 const base::RectI& area);

}  // namespace layercast::content
