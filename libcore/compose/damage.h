#pragma once

#include "base/geometry.h"
#include "compose/draw_list.h"
#include "compose/placed_item.h"
#include "compose/tile.h"
#include "frame/frame.h"

#include <vector>

namespace layercast::compose {

/// A draw list with all that is worked out once for a frame.
struct FramePlan {
  DrawList list;
  std::vector<PlacedItem> placed;  ///< of list.items, in their order
  std::vector<int> stood;  ///< per item: frames since its picture or place changed, up to a few
  std::vector<base::RectI> copied;  ///< per half of a tile: where it is copied_video()
};

/// Which parts of which tiles differ between two frames, and must be made anew.
class Damage {
 public:
  Damage(base::SizeI canvas, frame::PixelFormat format);

  void clear();
  void add_everything();
  /// Adds where frames of the two plans may differ, `copied` left aside.
  void add_difference(const FramePlan& before, const FramePlan& after);
  /// Adds `part` of tile `tile`.
  void add_part(int tile, const base::RectI& part);

  /// The damaged part of tile `tile`: as even as frame::convert_tile() wants it, or empty.
  const base::RectI& part(int tile) const { return parts_[static_cast<size_t>(tile)]; }

 private:
  void add_item(const PlacedItem& item);
  void add(const base::RectI& area);

  TileGrid grid_;
  base::RectI canvas_;
  bool spreads_;  // chroma is filtered across columns, so a pixel changes its neighbours
  std::vector<base::RectI> parts_;
};

}  // namespace layercast::compose
