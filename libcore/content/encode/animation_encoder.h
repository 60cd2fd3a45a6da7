#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/encode/picture_encoder.h"
#include "frame/frame.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace layercast::content {

/// A file format for animated pictures.
enum class AnimationFormat : uint8_t { kGif, kWebp, kAvif };

/// Which animation to encode.
struct AnimationRequest {
  AnimationFormat format{};
  base::SizeI size;
  base::FrameRate rate;
  /// All pixels are opaque: AVIF then has no alpha plane. The other formats ignore it.
  bool opaque = false;
};

/// Succeeds when an animation of `frames` frames fits the format, and the memory of the encoder:
/// WebP and AVIF files are held in memory until they are complete.
/// Errors: kLimit with the remedy, without `where`.
base::Result<void> check_animation(const AnimationRequest& request, int64_t frames);

/// How many frames each picture of the file lasts: 1, or more if `format` cannot show pictures as
/// fast as `rate`. Browsers show GIF pictures of less than 20 ms for 100 ms.
int frames_per_picture(AnimationFormat format, base::FrameRate rate);

/// Encodes frames as an animated picture that repeats for ever, or a single frame as a still.
/// Pictures begin at the times of their frames, rounded to the format's unit (GIF 10 ms, WebP 1 ms,
/// AVIF exact), so that delays do not drift. Equal successive frames become one picture.
/// GIF has 256 colours per picture, with dithering, and pixels that are opaque or transparent. WebP
/// and AVIF are lossy in colour; WebP has exact alpha. Equal frames give equal files, whatever the
/// number of cores.
/// Thread: one at a time.
class AnimationEncoder {
 public:
  /// `write` receives the bytes of the file, in order; GIF bytes come during add().
  /// Errors: those of check_animation() for the size; kInternal.
  static base::Result<std::unique_ptr<AnimationEncoder>> open(const AnimationRequest& request,
                                                              ByteSink write);

  /// Adds a frame, which lasts until the next. Shape: the request's size, kRgba.
  /// Ownership: keeps the latest. Errors: those of `write`; kInternal.
  base::Result<void> add(frame::FramePtr frame);
  /// Completes the file. Call once, after at least one frame. Errors: as add().
  base::Result<void> finish();

 private:
  AnimationEncoder(std::unique_ptr<PictureEncoder> encoder, int step)
      : encoder_(std::move(encoder)), step_(step) {}

  std::unique_ptr<PictureEncoder> encoder_;
  int64_t step_;
  int64_t frames_ = 0;
  frame::FramePtr held_;  ///< The latest picture, whose end is not known yet.
  int64_t held_since_ = 0;
};

/// Encodes one frame as a still. Errors: as AnimationEncoder.
base::Result<std::string> encode_one(AnimationFormat format,
                                     frame::ImageView<const frame::StraightRgba8> picture);

}  // namespace layercast::content
