#pragma once

#include "base/geometry.h"
#include "frame/alpha_map.h"
#include "frame/image.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace layercast::frame {

/// Rasterised content: premultiplied pixels that several layers and frames can share. They are
/// immutable while they are shared; RepaintedPictures reuses pictures that no one shows.
/// `origin` is the position of the top-left pixel in the layer box, in px; strokes and shadows
/// extend outside the box, so it may be negative.
/// Thread: any. Level 0 is immutable; the first use of a smaller level makes it under a lock.
class Picture {
 public:
  /// Range: `pixels` is not empty.
  explicit Picture(Image<PremulRgba8> pixels, base::PointF origin = {});

  base::SizeI size() const { return levels_.front().size(); }
  base::PointF origin() const { return origin_; }
  ImageView<const PremulRgba8> view() const { return levels_.front().view(); }
  const AlphaMap& alpha_map() const { return alpha_map_; }
  /// The alpha channel of a picture whose pixels are all black, such as a vignette or a shadow: a
  /// quarter of the memory to read. Null for any other picture, and for a repainted one.
  const Image<uint8_t>* black() const { return black_.get(); }

  /// The picture halved `level` times, each pixel the rounded mean of four (edges repeat).
  /// The smallest level is one pixel; a higher `level` returns that one.
  ImageView<const PremulRgba8> level(int level) const;
  /// The bytes of memory in use now, smaller levels included.
  size_t bytes() const;

 private:
  friend class RepaintedPictures;
  // Replaces the pixels, which `paint` gets as they are, without allocating.
  void repaint(const std::function<void(ImageView<PremulRgba8>)>& paint);

  base::PointF origin_;
  AlphaMap alpha_map_;
  std::unique_ptr<const Image<uint8_t>> black_;
  mutable std::mutex mutex_;
  mutable std::vector<Image<PremulRgba8>> levels_;
};

using PicturePtr = std::shared_ptr<const Picture>;

/// Pictures of one size that change from frame to frame. Allocates nothing once there are enough.
/// Thread: one at a time; other threads may release the pictures.
class RepaintedPictures {
 public:
  /// Range: not empty.
  explicit RepaintedPictures(base::SizeI size) : size_(size) {}

  /// A picture that no one else refers to. `paint` gets its old pixels and sets all of them.
  PicturePtr painted(const std::function<void(ImageView<PremulRgba8>)>& paint);

 private:
  base::SizeI size_;
  std::vector<std::shared_ptr<Picture>> pictures_;
};

}  // namespace layercast::frame
