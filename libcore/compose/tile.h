#pragma once

#include "base/geometry.h"
#include "compose/draw_list.h"
#include "compose/placed_item.h"
#include "compose/tile_grid.h"
#include "frame/frame.h"

#include <span>

namespace layercast::compose {

/// Where the items of `list` show.
inline base::RectI shown_area(const DrawList& list) {
  const base::RectI canvas{0, 0, list.canvas.width, list.canvas.height};
  return list.shown ? base::intersection(*list.shown, canvas) : canvas;
}

/// The item whose planes can be taken over as they are for `area`, half a tile, of a frame in
/// `format`: a video in the frame's own colour space, unscaled and evenly aligned, that hides what
/// lies below it and that nothing above it touches. Null when there is none. `items`: from far to
/// near.
const PlacedItem* copied_video(std::span<const PlacedItem> items, const base::RectI& area,
                               frame::PixelFormat format);

/// Whether the planes of `item` can be taken over anywhere in a frame in `format`.
bool is_copyable(const PlacedItem& item, frame::PixelFormat format);

}  // namespace layercast::compose
