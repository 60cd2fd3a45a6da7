#include "compose/tile.h"

namespace layercast::compose {
namespace {

// Smaller areas are composed together with their surroundings.
constexpr base::SizeI kCopiedMin{16, 4};

// The part of `half` inside `bounds`, in whole chroma units. Half tiles begin on even pixels, and
// end on odd ones only at the edge of the canvas.
base::RectI even_part(const base::RectI& half, const base::RectI& bounds) {
  base::RectI part = base::intersection(half, bounds);
  part.left += part.left % 2;
  part.top += part.top % 2;
  if (part.right != half.right) part.right -= part.right % 2;
  if (part.bottom != half.bottom) part.bottom -= part.bottom % 2;
  return part;
}

}  // namespace

bool is_copyable(const PlacedItem& item, frame::PixelFormat format) {
  if (item.yuv() == nullptr || !item.is_aligned() || item.recoloring() != nullptr ||
      item.mask() != nullptr || format == frame::PixelFormat::kRgba) {
    return false;
  }
  const frame::YuvLayout& video = item.yuv()->layout();
  const frame::FormatLayout& frame = frame::layout_of(format);
  const bool is_alike = video.matrix == frame::YuvMatrix::kBt709 &&
                        video.range == frame::YuvRange::kLimited &&
                        video.chroma_divisor_x == frame.chroma_divisor_x &&
                        video.chroma_divisor_y == frame.chroma_divisor_y;
  const bool is_sited_alike = video.siting == frame::ChromaSiting::kLeft ||
                              (frame.chroma_divisor_x == 1 && frame.chroma_divisor_y == 1);
  const bool is_even = item.top_left().x % frame.chroma_divisor_x == 0 &&
                       item.top_left().y % frame.chroma_divisor_y == 0;
  return is_alike && is_sited_alike && is_even;
}

CopiedVideo copied_video(std::span<const PlacedItem> items, const base::RectI& half,
                         frame::PixelFormat format) {
  for (size_t i = items.size(); i-- > 0;) {
    if (items[i].is_clear(half)) continue;
    const base::RectI part = even_part(half, items[i].bounds());
    // The last half of a canvas may be smaller than kCopiedMin; it is copied as a whole.
    const bool is_worth_it =
        part == half || (part.width() >= kCopiedMin.width && part.height() >= kCopiedMin.height);
    if (is_worth_it && is_copyable(items[i], format) && items[i].hides(part)) {
      return {&items[i], part};
    }
    return {};
  }
  return {};
}

}  // namespace layercast::compose
