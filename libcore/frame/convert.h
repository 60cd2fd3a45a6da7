#pragma once

#include "base/geometry.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/yuv_picture.h"

namespace layercast::frame {

/// The rows from `first` to below `last`.
struct RowRange {
  int first;
  int last;
};

/// Writes `rows` of `source` into the same rows of `target`, in the format of `target`.
/// Colours: YUV is BT.709 limited range of the premultiplied colours, so transparent pixels are
/// black; RGBA gets straight alpha.
/// Shape: equal sizes. `rows.first` is even; `rows.last` is even or the height.
/// Exact: every sample is the real-valued formula rounded to nearest. 4:2:0 and 4:2:2 chroma is
/// filtered before rounding: 1-2-1 across the co-sited column, and for 4:2:0 the mean of two rows.
/// Source: ITU-R BT.709-6, items 3.2 to 3.5; siting as H.264 Annex E, figure E-1, type 0.
/// Thread: any; bands that do not overlap may be converted at the same time.
void convert_rows(ImageView<const PremulRgba8> source, RowRange rows, Frame& target);

/// Writes `area` of `target`: the bytes that convert_rows() of the whole frame writes there, and no
/// others.
/// Shape: `source` is the pixels of `area` and one more column on their left: the column of the
/// frame left of `area`, or at the left edge of the frame a copy of the first column. `area` is
/// inside the frame; its left and top are even, its right and bottom are even or at the edge.
/// Thread: any; areas that do not overlap may be converted at the same time.
void convert_tile(ImageView<const PremulRgba8> source, const base::RectI& area, Frame& target);

/// Copies `area` of the frame from a picture whose top left luma sample is at frame pixel
/// `top_left`. Colours: unchanged; the caller ensures that matrix and range are those of the frame.
/// Shape: equal chroma divisors; `area` is as for convert_tile() and inside the picture; `top_left`
/// is even where columns or rows share chroma. Not for RGBA. Thread: as above.
void copy_planes(const YuvPicture& source, base::PointI top_left, const base::RectI& area,
                 Frame& target);

/// Copies `area`, as for convert_tile(), between frames of one format and size. Thread: as above.
void copy_area(const Frame& source, const base::RectI& area, Frame& target);

/// The reference implementation, one pixel at a time, that the kernels must equal.
namespace scalar {
void convert_tile(ImageView<const PremulRgba8> source, const base::RectI& area, Frame& target);
}  // namespace scalar

}  // namespace layercast::frame
