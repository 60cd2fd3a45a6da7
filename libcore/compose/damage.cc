#include "compose/damage.h"

#include <algorithm>

namespace layercast::compose {
namespace {

using base::RectI;

// Damage is rounded to this many columns, a power of two that divides a half tile: a whole vector
// costs no more than the few columns that differ, and less than an incomplete one.
constexpr int kColumnsAtOnce = 16;

template <int kUnit>
constexpr int rounded_down(int value) {
  return value & ~(kUnit - 1);
}
template <int kUnit>
constexpr int rounded_up(int value) {
  return rounded_down<kUnit>(value + kUnit - 1);
}

RectI joined(const RectI& a, const RectI& b) {
  if (a.empty()) return b;
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

// Whether `after` shows another picture of the video that `before` shows, at the same place.
bool is_next_picture(const DrawItem& before, const DrawItem& after) {
  return std::holds_alternative<frame::YuvPicturePtr>(before.source) &&
         std::holds_alternative<frame::YuvPicturePtr>(after.source) &&
         size_of(before.source) == size_of(after.source) &&
         before.canvas_from_picture == after.canvas_from_picture && before.clip == after.clip &&
         before.mask == after.mask;
}

}  // namespace

Damage::Damage(base::SizeI canvas, frame::PixelFormat format)
    : grid_(canvas),
      canvas_{0, 0, canvas.width, canvas.height},
      spreads_(frame::layout_of(format).chroma_divisor_x > 1),
      parts_(static_cast<size_t>(grid_.count())) {}

void Damage::clear() { std::ranges::fill(parts_, RectI{}); }

void Damage::add_everything() {
  for (int tile = 0; tile < grid_.count(); ++tile) add_part(tile, grid_.area(tile));
}

void Damage::add_part(int tile, const RectI& part) {
  RectI& known = parts_[static_cast<size_t>(tile)];
  known = joined(known, part);
}

// Items that both lists contain in the same order cannot change a pixel that no other item touches,
// so it is enough to add the old and the new places of the other items.
void Damage::add_difference(const FramePlan& before, const FramePlan& after) {
  const auto& old_items = before.list.items;
  const auto& new_items = after.list.items;
  if (before.list.background != after.list.background || before.list.shown != after.list.shown) {
    return add_everything();
  }
  if (old_items.size() == new_items.size()) {
    for (size_t i = 0; i < new_items.size(); ++i) {
      if (old_items[i] == new_items[i]) continue;
      if (!is_next_picture(old_items[i], new_items[i])) add_item(before.placed[i]);
      add_item(after.placed[i]);
    }
    return;
  }
  size_t known = 0;  // items of `before` that have been handled
  for (size_t i = 0; i < new_items.size(); ++i) {
    size_t match = known;
    while (match < old_items.size() && old_items[match] != new_items[i]) ++match;
    if (match == old_items.size()) {
      add_item(after.placed[i]);
      continue;
    }
    for (; known < match; ++known) add_item(before.placed[known]);
    known = match + 1;
  }
  for (; known < old_items.size(); ++known) add_item(before.placed[known]);
}

void Damage::add_item(const PlacedItem& item) {
  const RectI tiles = grid_.touched(item.bounds());
  for (int line = tiles.top; line < tiles.bottom; ++line) {
    for (int column = tiles.left; column < tiles.right; ++column) {
      const RectI tile = grid_.area(line * grid_.columns() + column);
      const RectI part = base::intersection(tile, item.bounds());
      if (!item.is_clear(part)) add(part);
    }
  }
}

void Damage::add(const RectI& area) {
  // The chroma sample at an even column depends on the columns on both sides.
  const int right = spreads_ && area.right % 2 == 0 ? area.right + 1 : area.right;
  const RectI wide =
      base::intersection({rounded_down<kColumnsAtOnce>(area.left), rounded_down<2>(area.top),
                          rounded_up<kColumnsAtOnce>(right), rounded_up<2>(area.bottom)},
                         canvas_);
  const RectI tiles = grid_.touched(wide);
  for (int line = tiles.top; line < tiles.bottom; ++line) {
    for (int column = tiles.left; column < tiles.right; ++column) {
      const int tile = line * grid_.columns() + column;
      add_part(tile, base::intersection(wide, grid_.area(tile)));
    }
  }
}

}  // namespace layercast::compose
