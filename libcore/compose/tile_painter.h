#pragma once

#include "base/geometry.h"
#include "compose/placed_item.h"
#include "frame/frame.h"
#include "frame/image.h"

#include <cstdint>
#include <span>
#include <vector>

namespace layercast::compose {

/// Composes a part of one tile in memory that stays in the first-level cache, and converts it from
/// there into the planes of a frame.
/// Exact: equals compose_rows() and convert_rows(). Thread: one at a time.
class TilePainter {
 public:
  TilePainter();

  /// Composes `area` of a canvas for convert() or copy_to(). Range: `area` is inside one tile and
  /// has the even edges that convert_tile() requires. `items`: those that may touch `area`, from
  /// far to near. Ownership: borrows the items until the next call.
  void compose(std::span<const PlacedItem* const> items, frame::PremulRgba8 background,
               const base::RectI& area);

  /// Writes the area that was composed last to the same area of `target`.
  void convert(frame::Frame& target) const;

  /// Copies the pixels that were composed last. Shape: `target` has the size of the area.
  void copy_to(frame::ImageView<frame::PremulRgba8> target) const;

  /// Adds the ticks of drawing each item to `item_ticks` from now on, by its distance from
  /// `first_item`; an empty span ends that. Ownership: borrows both.
  void measure(const PlacedItem* first_item, std::span<int64_t> item_ticks) {
    first_item_ = first_item;
    item_ticks_ = item_ticks;
  }

  /// The number of pixels drawn so far, counted once for each item.
  int64_t pixels_blended() const { return pixels_blended_; }

 private:
  void choose(std::span<const PlacedItem* const> items);
  void paint(const PlacedItem& item, bool is_first);
  void draw(const PlacedItem& item, bool is_first);
  void paint_first(const PlacedItem& item, const base::RectI& part,
                   frame::ImageView<frame::PremulRgba8> target);
  frame::ImageView<const frame::PremulRgba8> source_of(const PlacedItem& item,
                                                       const base::RectI& part);
  void sample_rows(const PlacedItem& item, const base::RectI& part,
                   frame::ImageView<frame::PremulRgba8> out);
  void sample_yuv(const PlacedItem& item, const base::RectI& part,
                  frame::ImageView<frame::PremulRgba8> out);
  // The coverage of each pixel of `part` by the item, times its opacity. Valid until the next call.
  frame::ImageView<const uint8_t> mask_of(const PlacedItem& item, const base::RectI& part);

  base::RectI area_;      // the argument of compose()
  base::RectI composed_;  // area_ and the column to its left
  frame::Image<frame::PremulRgba8> pixels_;
  frame::Image<frame::PremulRgba8> sampled_;
  frame::Image<uint8_t> mask_;
  frame::Image<uint8_t> planes_[3];
  std::vector<const PlacedItem*> chosen_;  // from near to far
  bool is_hidden_ = false;                 // whether the last of them hides everything below it
  frame::ImageView<const frame::PremulRgba8> result_;
  int64_t pixels_blended_ = 0;
  const PlacedItem* first_item_ = nullptr;
  std::span<int64_t> item_ticks_;
};

}  // namespace layercast::compose
