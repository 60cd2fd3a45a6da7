#pragma once

#include "frame/image.h"

#include <cstddef>
#include <hwy/cache_control.h>

namespace layercast::compose {

/// The number of rows by which kernels prefetch ahead: the rows of a picture are too far apart for
/// the hardware prefetcher.
inline constexpr int kRowsAhead = 6;

/// Prefetches `count` elements from `row` on.
template <class T>
void prefetch_row(const T* row, ptrdiff_t count) {
  constexpr auto kLine = ptrdiff_t{64} / static_cast<ptrdiff_t>(sizeof(T));
  for (ptrdiff_t x = 0; x < count; x += kLine) hwy::Prefetch(row + x);
}

/// Prefetches a whole part of a picture that a kernel will read in an unpredictable order.
inline void prefetch(const frame::ImageView<const frame::PremulRgba8>& part) {
  for (int y = 0; y < part.height(); ++y) prefetch_row(part.row(y), part.width());
}

}  // namespace layercast::compose
