#include "compose/plain_pixels.h"

#include "base/check.h"
#include "compose/placed_item.h"
#include "compose/tile.h"
#include "compose/tile_grid.h"
#include "compose/tile_painter.h"

#include <vector>

namespace layercast::compose {

void compose_pixels(const DrawList& list, frame::ImageView<frame::PremulRgba8> target) {
  LAYERCAST_CHECK(target.size() == list.canvas);
  const base::RectI shown = shown_area(list);
  std::vector<PlacedItem> placed;
  placed.reserve(list.items.size());
  for (const DrawItem& item : list.items) placed.emplace_back(item, shown);
  TilePainter painter;
  std::vector<const PlacedItem*> touching;
  const TileGrid grid(list.canvas);
  for (int tile = 0; tile < grid.count(); ++tile) {
    const base::RectI area = grid.area(tile);
    touching.clear();
    for (const PlacedItem& item : placed) {
      if (!base::intersection(item.bounds(), area).empty()) touching.push_back(&item);
    }
    painter.compose(touching, list.background, area);
    painter.copy_to(target.part(area));
  }
}

}  // namespace layercast::compose
