#pragma once

#include "base/geometry.h"
#include "frame/frame.h"
#include "frame/image.h"

namespace layercast::frame {

/// Writes `rows` (first row, one past the last) of `source` into `target` in the target's format.
/// Colours: YUV is BT.709 limited range of the premultiplied colours, so what is transparent is
/// black; RGBA gets straight alpha.
/// Shape: equal sizes. `first` is even; `last` is even or the height.
/// Exact: every sample is the real-valued formula rounded to nearest. 4:2:0 and 4:2:2 chroma is
/// filtered before rounding: 1-2-1 across the co-sited column, and for 4:2:0 the mean of two rows.
/// Source: ITU-R BT.709-6, items 3.2 to 3.5; siting as H.264 Annex E, figure E-1, type 0.
/// Thread: any; bands that do not overlap may be converted at the same time.
struct RowRange {
  int first;
  int last;
};
void convert_rows(ImageView<const PremulRgba8> source, RowRange rows, Frame& target);

}  // namespace layercast::frame
