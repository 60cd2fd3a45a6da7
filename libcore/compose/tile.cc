#include "compose/tile.h"

namespace layercast::compose {

bool is_copyable(const PlacedItem& item, frame::PixelFormat format) {
  if (item.yuv() == nullptr || !item.is_aligned() || format == frame::PixelFormat::kRgba) {
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

const PlacedItem* copied_video(std::span<const PlacedItem> items, const base::RectI& area,
                               frame::PixelFormat format) {
  for (size_t i = items.size(); i-- > 0;) {
    if (items[i].is_clear(area)) continue;
    return is_copyable(items[i], format) && items[i].hides(area) ? &items[i] : nullptr;
  }
  return nullptr;
}

}  // namespace layercast::compose
