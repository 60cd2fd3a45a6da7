#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <cstdint>

namespace layercast::content {

/// What happens to the place of a frame before the next frame is drawn.
enum class Disposal : uint8_t { kNone, kBackground, kPrevious };

/// Whether the pixels of a frame replace the canvas or are composited over it.
enum class Blend : uint8_t { kSource, kOver };

/// A frame of an animation: where it is drawn, and how.
struct FramePlace {
  base::RectI place;  ///< parts outside the canvas are not drawn
  Disposal disposal = Disposal::kNone;
  Blend blend = Blend::kOver;
};

/// Composes the frames of an animation. The canvas is initially transparent, and so is its
/// background.
class AnimationCanvas {
 public:
  using Pixels = frame::Image<frame::PremulRgba8>;

  AnimationCanvas() = default;
  explicit AnimationCanvas(base::SizeI size) : canvas_(size) {}

  /// Disposes of the last frame and draws `pixels`. Shape: `pixels` has the size of `frame.place`.
  void draw(frame::ImageView<const frame::PremulRgba8> pixels, const FramePlace& frame);

  /// A copy of the canvas after the last frame was drawn.
  Pixels picture() const;

 private:
  void dispose();

  Pixels canvas_;
  FramePlace last_;    ///< the last frame, clipped to the canvas
  Pixels under_last_;  ///< the canvas below it, if it is disposed of to that
};

}  // namespace layercast::content
