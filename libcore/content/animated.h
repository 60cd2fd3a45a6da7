#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/moving.h"
#include "content/picture_pool.h"
#include "content/picture_sequence.h"
#include "scene/limits.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::content {

struct AnimatedRequest {
  PictureSource source;
  std::optional<base::SizeF> box;      ///< absent: the size of its first picture
  std::optional<std::string> texture;  ///< resolved path of an image multiplied over each picture
  /// Up to how much of it is kept once decoded.
  int64_t bytes_max = scene::limits::kAnimatedBytesMax;
};

/// An animated source, its pictures fitted into the box as CSS object-fit does it, centred and
/// cropped to the box, each once. As long as all of them fit into `bytes_max`, they are decoded
/// here and shared with whoever shows the same in `pool`, and showing one costs nothing; a larger
/// source is decoded ahead by a thread of its own.
/// Errors: open_sequence()'s; a picture that is damaged or cut short, of a source that is kept;
/// `where` is the path. Those of a larger one are told when its turn comes.
base::Result<std::unique_ptr<MovingContent>> open_animated(const AnimatedRequest& request,
                                                           PicturePool& pool);

/// Decodes what open_animated() will then find in `pool` as long as somebody holds it; null for a
/// source that is too large to be kept. Errors: as open_animated().
base::Result<std::shared_ptr<const KeptPictures>> keep_pictures(const AnimatedRequest& request,
                                                                PicturePool& pool);

}  // namespace layercast::content
