#pragma once

#include "base/geometry.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/yuv_picture.h"

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

/// Writes `area` of `target` as convert_rows() does of a whole frame: the same bytes, and no other.
/// Shape: `source` is the pixels of `area` with one more column on their left, namely the frame's
/// column left of them, or at the frame's left edge their first column again. The area is inside
/// the frame; its left and top are even, its right and bottom are even or the frame's.
/// Thread: any; areas that do not overlap may be converted at the same time.
void convert_tile(ImageView<const PremulRgba8> source, const base::RectI& area, Frame& target);

/// Copies `area` of the frame from a picture whose top left luma sample lies at frame pixel
/// `top_left`. Colours: as they are; the caller knows that they are the frame's kind.
/// Shape: the chroma divisors are equal, the area is as for convert_tile() and inside the picture,
/// and `top_left` is even where columns or rows share chroma. Not for RGBA. Thread: as above.
void copy_planes(const YuvPicture& source, base::PointI top_left, const base::RectI& area,
                 Frame& target);

/// Copies `area`, as for convert_tile(), between frames of one format and size. Thread: as above.
void copy_area(const Frame& source, const base::RectI& area, Frame& target);

/// What the kernels are held against: one pixel after another.
namespace scalar {
void convert_tile(ImageView<const PremulRgba8> source, const base::RectI& area, Frame& target);
}  // namespace scalar

}  // namespace layercast::frame
