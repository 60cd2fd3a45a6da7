#pragma once

#include "compose/draw_list.h"
#include "frame/convert.h"
#include "frame/image.h"

namespace layercast::compose {

/// Draws the rows `rows` of `list` into the same rows of `target`: the plain compositor, one pixel
/// after another, that every faster one is held against.
/// Shape: `target` has the size of the canvas. Rows do not depend on each other.
///
/// What a pixel is: the background, and over it each item in turn:
/// - the item's picture, sampled at the pixel's centre: bilinear between premultiplied pixels with
///   8-bit weights, edges repeated, from the mip level whose pixels are nearest below a canvas
///   pixel; of a YUV picture each plane so, then made R'G'B' (frame/yuv_color.h);
/// - recolored() by the item's recoloring, if it has one;
/// - times the coverage of the picture's four edges, each a ramp one canvas pixel wide;
/// - times the coverage of the clip, the same ramp around its rounded box;
/// - times the opacity; then blended and composited.
/// Exact: integers, or IEEE floats without contraction, so that every machine gives the same
/// bytes. Thread: any; several may draw different rows of one target.
void compose_rows(const DrawList& list, frame::RowRange rows,
                  frame::ImageView<frame::PremulRgba8> target);

/// Draws all of `list` into `target` in the target's format: compose_rows() converted, but for what
/// half tiles show of one video and nothing else (copied_video()), whose planes are copied.
/// Shape: `target` has the size of the canvas. Exact: what the compositor is held against.
void compose_plainly(const DrawList& list, frame::Frame& target);

}  // namespace layercast::compose
