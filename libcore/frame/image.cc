#include "frame/image.h"

#include <cstdlib>
#include <cstring>

namespace layercast::frame {

void AlignedFree::operator()(std::byte* memory) const { std::free(memory); }

AlignedBytes allocate_aligned(size_t size_bytes) {
  const size_t rounded = static_cast<size_t>(aligned_row_bytes(static_cast<ptrdiff_t>(size_bytes)));
  if (rounded == 0) return nullptr;
  void* memory = std::aligned_alloc(static_cast<size_t>(kRowAlignmentBytes), rounded);
  LAYERCAST_CHECK(memory != nullptr);
  std::memset(memory, 0, rounded);
  return AlignedBytes{static_cast<std::byte*>(memory)};
}

void premultiply(ImageView<const StraightRgba8> source, ImageView<PremulRgba8> target) {
  LAYERCAST_CHECK(source.size() == target.size());
  for (int y = 0; y < source.height(); ++y) {
    const StraightRgba8* from = source.row(y);
    PremulRgba8* to = target.row(y);
    for (int x = 0; x < source.width(); ++x) to[x] = premultiplied(from[x]);
  }
}

void unpremultiply(ImageView<const PremulRgba8> source, ImageView<StraightRgba8> target) {
  LAYERCAST_CHECK(source.size() == target.size());
  for (int y = 0; y < source.height(); ++y) {
    const PremulRgba8* from = source.row(y);
    StraightRgba8* to = target.row(y);
    for (int x = 0; x < source.width(); ++x) {
      // Opaque pixels, nearly all of them, are the same in both forms.
      to[x] = from[x].alpha == 255 ? StraightRgba8{from[x].red, from[x].green, from[x].blue, 255}
                                   : unpremultiplied(from[x]);
    }
  }
}

}  // namespace layercast::frame
