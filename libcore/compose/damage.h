#pragma once

#include "base/geometry.h"
#include "compose/draw_list.h"
#include "compose/placed_item.h"
#include "compose/tile.h"
#include "frame/frame.h"

#include <vector>

namespace layercast::compose {

/// A draw list and everything that the compositor computes once for a frame.
struct FramePlan {
  DrawList list;
  std::vector<PlacedItem> placed;   ///< for each item of `list`, in its order
  std::vector<int> stood;           ///< for each item: frames without a change, up to a maximum
  std::vector<base::RectI> copied;  ///< for each half tile: the area of copied_video()
  int64_t call = 0;                 ///< the call of compose() that made the plan
};

/// The damage of each tile: the area that differs between two frames and must be composed again.
/// Units: canvas pixels. Thread: one at a time.
class Damage {
 public:
  Damage(base::SizeI canvas, frame::PixelFormat format);

  void clear();
  void add_everything();
  /// Adds all areas where frames of the two plans may differ, except through FramePlan::copied.
  void add_difference(const FramePlan& before, const FramePlan& after);
  /// Extends the damage of `tile` to include `part`. Range: `part` is inside the tile.
  void add_part(int tile, const base::RectI& part);

  /// The damaged part of `tile`, with the even edges that frame::convert_tile() requires; may be
  /// empty.
  const base::RectI& part(int tile) const { return parts_[static_cast<size_t>(tile)]; }

 private:
  void add_item(const PlacedItem& item);
  void add(const base::RectI& area);

  TileGrid grid_;
  base::RectI canvas_;
  bool spreads_;  // the chroma filter spans columns, so a pixel affects its neighbours
  std::vector<base::RectI> parts_;
};

}  // namespace layercast::compose
