#pragma once

#include "base/geometry.h"
#include "content/picture/meter_values.h"
#include "frame/image.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace layercast::content {

/// Draws a meter. First the values become `marks`, the ends of what is drawn, on whole pixels or
/// segments; equal marks are the same picture.
/// Thread: one at a time.
class MeterPainter {
 public:
  MeterPainter() = default;
  virtual ~MeterPainter() = default;
  MeterPainter(const MeterPainter&) = delete;
  MeterPainter& operator=(const MeterPainter&) = delete;

  /// Replaces `marks` by those of the values. Always the same number for one painter.
  virtual void mark(std::span<const MeterValue> values, std::vector<int32_t>& marks) const = 0;
  /// Sets all pixels. Allocates nothing.
  virtual void paint(std::span<const int32_t> marks,
                     frame::ImageView<frame::PremulRgba8> pixels) const = 0;
};

/// The painter of the meter in a box of this size. Range: not empty, within the limits of a
/// picture.
std::unique_ptr<MeterPainter> make_meter_painter(const scene::MeterContent& meter,
                                                 base::SizeI size);

}  // namespace layercast::content
