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

/// A video whose planes are taken over as they are, and where on the canvas.
struct CopiedVideo {
  const PlacedItem* item = nullptr;  ///< null: there is none
  base::RectI area;
};

/// What can be copied into `half`, half a tile, of a frame in `format`: the even part that a video
/// has there which is in the frame's own colour space, unscaled, evenly aligned, in its own
/// colours, and hides what lies below it, in a half that nothing above it touches. `items`: from
/// far to near.
CopiedVideo copied_video(std::span<const PlacedItem> items, const base::RectI& half,
                         frame::PixelFormat format);

/// Whether the planes of `item` can be taken over anywhere in a frame in `format`.
bool is_copyable(const PlacedItem& item, frame::PixelFormat format);

}  // namespace layercast::compose
