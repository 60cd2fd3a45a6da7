#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <cstdint>
#include <optional>

namespace layercast::tools {

/// The frames of a scene.
struct SceneFrames {
  base::SizeI size;
  int64_t count = 0;
};

/// The size that raw frames probably have, if that is not the size of the scene: `bytes` of input
/// make all frames of the scene in another size of the same shape, and the rows of the picture
/// resemble each other more at that width. nullopt when nothing speaks against the scene's size.
/// `start`: the beginning of the input, as a frame of the scene's size. Thread: any.
std::optional<base::SizeI> likely_other_size(const SceneFrames& scene, int64_t bytes,
                                             frame::ImageView<const frame::StraightRgba8> start);

}  // namespace layercast::tools
