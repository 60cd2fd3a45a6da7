#pragma once

#include "compose/draw_list.h"
#include "frame/convert.h"
#include "frame/image.h"

namespace layercast::compose {

/// Draws the rows `rows` of `list` into the same rows of `target`: the reference compositor, one
/// pixel at a time, that every faster one must equal.
/// Shape: `target` has the size of the canvas. Rows do not depend on each other.
///
/// A pixel is the background, and over it each item in turn:
/// - the item's picture, sampled at the pixel's centre: bilinear interpolation of premultiplied
///   pixels with 8-bit weights, edges repeated, from the smallest mip level whose pixels are not
///   larger than a canvas pixel; of a YUV picture, each plane likewise, then converted to R'G'B'
///   (frame/yuv_color.h);
/// - recolored() by the item's recoloring, if it has one;
/// - times the coverage of the picture's four edges, each a ramp one canvas pixel wide;
/// - times the coverage of the clip, the same ramp around its rounded box;
/// - times the mask's coverage of the pixel;
/// - times the opacity; then blended and composited.
/// Exact: integers, or IEEE floats without contraction, so that every machine gives the same
/// bytes. Thread: any; several may draw different rows of one target.
void compose_rows(const DrawList& list, frame::RowRange rows,
                  frame::ImageView<frame::PremulRgba8> target);

/// Draws all of `list` into `target` in the target's format: converts the result of compose_rows(),
/// and copies the planes of a video into the half tiles that show nothing else (copied_video()).
/// Shape: `target` has the size of the canvas. Exact: the compositor must give the same bytes.
void compose_plainly(const DrawList& list, frame::Frame& target);

}  // namespace layercast::compose
