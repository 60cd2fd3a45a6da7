#pragma once

#include "base/geometry.h"
#include "base/worker_pool.h"
#include "compose/tile_grid.h"
#include "frame/frame.h"
#include "frame/image.h"

#include <memory>
#include <vector>

namespace layercast::tools {

/// Converts pixels to the frames that an encoder takes, tile by tile on several threads; the result
/// does not depend on their number. Thread: one at a time.
class PixelConverter {
 public:
  PixelConverter(base::SizeI size, frame::PixelFormat format, int threads);

  /// The target for reading straight RGBA.
  frame::Frame& raw() { return raw_; }
  /// Converts the frame in raw().
  frame::FramePtr convert_raw();
  /// Converts `pixels`. Shape: the size of the frames.
  frame::FramePtr convert(frame::ImageView<const frame::PremulRgba8> pixels);
  /// A frame in the target format, for reading without a conversion.
  std::shared_ptr<frame::Frame> take() { return pool_.take(); }

 private:
  using Pixels = frame::ImageView<frame::PremulRgba8>;
  template <class Fetch>
  frame::FramePtr convert_tiles(const Fetch& fetch);

  frame::Frame raw_;
  compose::TileGrid grid_;
  std::vector<frame::Image<frame::PremulRgba8>> scratch_;  // one per thread
  frame::FramePool pool_;
  base::WorkerPool workers_;
};

}  // namespace layercast::tools
