#pragma once

#include "base/geometry.h"
#include "content/cairo_picture.h"
#include "content/text_ink.h"
#include "scene/scene.h"

namespace layercast::content {

bool has_shadow(const scene::TextStyle& style);

/// Around the shadow of ink with these bounds, its blur included.
base::RectF shadow_bounds(const scene::Shadow& shadow, const base::RectF& ink);

/// Draws the shadow of `ink` inside `area`, which holds shadow_bounds().
/// Shape: `cairo` counts in px of the layer box.
void draw_shadow(cairo_t* cairo, const scene::Shadow& shadow, const Ink& ink,
                 const base::RectI& area);

}  // namespace layercast::content
