#pragma once

#include "base/geometry.h"
#include "compose/placed_item.h"
#include "frame/frame.h"
#include "frame/image.h"

#include <cstdint>
#include <span>
#include <vector>

namespace layercast::compose {

/// Composes a part of one tile in memory that stays in the first level cache, and converts it from
/// there into the frame's planes.
/// Exact: what compose_rows() and convert_rows() make of it. Thread: one at a time.
class TilePainter {
 public:
  TilePainter();

  /// Composes `area` of a canvas: at most a tile, even as convert_tile() wants it. `items`: those
  /// that may touch it, from far to near. Afterwards convert() has it.
  void compose(std::span<const PlacedItem* const> items, frame::PremulRgba8 background,
               const base::RectI& area);

  /// Writes what was composed last into its place in `target`.
  void convert(frame::Frame& target) const;

  /// The same as pixels. Shape: `target` has the size of the area.
  void copy_to(frame::ImageView<frame::PremulRgba8> target) const;

  /// Pixels that items were drawn on so far, each item counted.
  int64_t pixels_blended() const { return pixels_blended_; }

 private:
  void choose(std::span<const PlacedItem* const> items);
  void paint(const PlacedItem& item, bool is_first);
  void paint_first(const PlacedItem& item, const base::RectI& part,
                   frame::ImageView<frame::PremulRgba8> target);
  frame::ImageView<const frame::PremulRgba8> source_of(const PlacedItem& item,
                                                       const base::RectI& part);
  void sample_rows(const PlacedItem& item, const base::RectI& part,
                   frame::ImageView<frame::PremulRgba8> out);
  void sample_yuv(const PlacedItem& item, const base::RectI& part,
                  frame::ImageView<frame::PremulRgba8> out);
  // The item's coverage of each pixel of `part`, its opacity included. Borrowed until the next
  // call.
  frame::ImageView<const uint8_t> mask_of(const PlacedItem& item, const base::RectI& part);

  base::RectI area_;      // as asked for
  base::RectI composed_;  // with the column to its left
  frame::Image<frame::PremulRgba8> pixels_;
  frame::Image<frame::PremulRgba8> sampled_;
  frame::Image<uint8_t> mask_;
  frame::Image<uint8_t> planes_[3];
  std::vector<const PlacedItem*> chosen_;  // from near to far
  bool is_hidden_ = false;                 // whether the last of them hides what is below
  frame::ImageView<const frame::PremulRgba8> result_;
  int64_t pixels_blended_ = 0;
};

}  // namespace layercast::compose
