#pragma once

#include "frame/image.h"

#include <cstddef>
#include <hwy/cache_control.h>

namespace layercast::compose {

/// Rows of a picture that kernels ask for ahead: they lie too far apart for the processor to see by
/// itself what comes next.
inline constexpr int kRowsAhead = 6;

/// Asks for `count` elements from `row` on, which will be read soon.
template <class T>
void prefetch_row(const T* row, ptrdiff_t count) {
  constexpr auto kLine = ptrdiff_t{64} / static_cast<ptrdiff_t>(sizeof(T));
  for (ptrdiff_t x = 0; x < count; x += kLine) hwy::Prefetch(row + x);
}

/// Asks for a whole part of a picture, which will be read in no order that a processor foresees.
inline void prefetch(const frame::ImageView<const frame::PremulRgba8>& part) {
  for (int y = 0; y < part.height(); ++y) prefetch_row(part.row(y), part.width());
}

}  // namespace layercast::compose
