#pragma once

#include "base/geometry.h"
#include "compose/draw_list.h"
#include "compose/placed_item.h"
#include "compose/tile_grid.h"
#include "frame/frame.h"

#include <span>

namespace layercast::compose {

/// The area of the canvas where the items of `list` are drawn.
inline base::RectI shown_area(const DrawList& list) {
  const base::RectI canvas{0, 0, list.canvas.width, list.canvas.height};
  return list.shown ? base::intersection(*list.shown, canvas) : canvas;
}

/// A video whose planes are copied unchanged, and the area of the canvas.
struct CopiedVideo {
  const PlacedItem* item = nullptr;  ///< null: nothing is copied
  base::RectI area;
};

/// The video whose planes can be copied into `half`, half a tile, of a frame in `format`, and the
/// area: whole chroma units inside `half`. It must be is_copyable() and hide everything below it in
/// that area, and no item above it may touch `half`. Areas too small to be worth a copy do not
/// count. `items`: from far to near. Ownership: points into `items`.
CopiedVideo copied_video(std::span<const PlacedItem> items, const base::RectI& half,
                         frame::PixelFormat format);

/// Whether the planes of `item` can be copied into a frame in `format`: a video in the colour space
/// and chroma layout of the frame, unscaled, on the boundary of a chroma unit, without recoloring
/// or mask.
bool is_copyable(const PlacedItem& item, frame::PixelFormat format);

}  // namespace layercast::compose
