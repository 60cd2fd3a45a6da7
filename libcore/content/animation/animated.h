#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/animation/picture_pool.h"
#include "content/animation/picture_sequence.h"
#include "content/picture/moving.h"
#include "scene/model/limits.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::content {

/// Which animation to show, and how.
struct AnimatedRequest {
  PictureSource source;
  std::optional<base::SizeF> box;      ///< absent: the size of its first picture
  std::optional<std::string> texture;  ///< resolved path of an image multiplied over each picture
  /// Decoded animations up to this size are kept in memory. Bytes.
  int64_t bytes_max = scene::limits::kAnimatedBytesMax;
  /// How long its pictures may be decoded before it plays.
  std::chrono::nanoseconds patience = scene::limits::kKeepPatience;
};

/// Opens an animated source. Each picture is fitted into the box as CSS object-fit does it, centred
/// and cropped to the box. If all pictures fit into `bytes_max`, they are decoded here, once for
/// all users of `pool` with an equal request, and show() does no work. A larger source, and one
/// that takes longer than `patience`, is decoded ahead by its own thread, if StreamedShare has room
/// for it.
/// Errors: `where` is the path: those of open_sequence(), and damaged or truncated pictures. For a
/// larger source, show() returns the latter when their turn comes.
base::Result<std::unique_ptr<MovingContent>> open_animated(const AnimatedRequest& request,
                                                           PicturePool& pool);

/// Decodes the pictures that open_animated() then finds in `pool` while the result lives; null when
/// the source is too large to be kept, or takes too long. Errors: as open_animated().
base::Result<std::shared_ptr<const KeptPictures>> keep_pictures(const AnimatedRequest& request,
                                                                PicturePool& pool);

}  // namespace layercast::content
