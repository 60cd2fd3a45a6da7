#pragma once

#include "frame/color_transform.h"

namespace layercast::frame::kernels {

/// The inner loops of ColorTransform::convert(), dispatched at run time to the widest SIMD of the
/// machine. Exact: they equal ColorTransform::convert_scalar() byte for byte on every target: they
/// multiply and add in the same order, without fusing. Thread: any.
void transform_colors(const ColorTransform::Tables& tables, const SampleRows& source,
                      const RgbRows& target, int count);
void transform_colors(const ColorTransform::Tables& tables, const SampleRows& source,
                      const YuvRows& target, int count);

}  // namespace layercast::frame::kernels
